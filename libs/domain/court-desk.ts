import type { MessageType } from './messages/type.js';

/** By which a court rules. */
export const rulingTypes = ['uitspraak.voorziening', 'uitspraak.beroep', 'uitspraak.hoger-beroep'] as const satisfies readonly MessageType[];
/** One of those. */
export type RulingType = (typeof rulingTypes)[number];

/** What a court says in a case. */
export const courtTypes = ['voorziening.verzocht', 'zitting.bepaald', ...rulingTypes] as const satisfies readonly MessageType[];
/** One of those. */
export type CourtType = (typeof courtTypes)[number];

/** Parts of what a court's clerk looks at: requests without a hearing, hearings that are near, rulings of which somebody still lacks his copy, and the others. */
export const courtShows = ['new', 'hearing', 'unsent', 'sent'] as const;
/** One of those. */
export type CourtShow = (typeof courtShows)[number];

/** How near a hearing is when it stands among those. */
export const hearingNearMs = 3 * 24 * 60 * 60_000;
/** How long a ruling that was drawn up waits to be looked over and sent. */
export const draftKeptMs = 60 * 60_000;
/** A feed that nobody read for so long is told of. */
export const feedQuietMs = 2 * 60 * 60_000;
