import type { DeskRole } from '@ketensluis/domain';
import type { Page } from '../route.js';
import type { Language } from './language.js';
import { shellWords } from './words.js';

const statuses = { nothing: 404, stale: 403, large: 422, slow: 408, broken: 500, away: 503, underWay: 409, tooMany: 429 } as const;

/** Why a page that needs nobody's room is shown. */
export type PlainReason = keyof typeof statuses;

/** A page of the frame itself: what is the matter, and what to do next. */
export const plainPage = (reason: PlainReason, language: Language, trace: string | null = null): Page => {
  const words = shellWords(language);
  const next = { nothing: words.nothingNext, stale: words.staleNext, large: null, slow: null, broken: words.brokenNext, away: words.awayNext, underWay: null, tooMany: null }[reason];
  return {
    kind: 'page', status: statuses[reason], trail: [], title: words[reason],
    body: <><p>{words[`${reason}Body`]}</p>{next === null ? null : <p>{next}{trace === null || reason !== 'broken' ? null : <> <code>{trace}</code></>}</p>}<Onward reason={reason} language={language} /></>,
  };
};

const helpIds: Readonly<Record<PlainReason | 'denied' | 'sign-in', string>> = { nothing: 'nothing', stale: 'stale', large: 'large', slow: 'slow', broken: 'broken', away: 'away', underWay: 'under-way', tooMany: 'too-many', denied: 'denied', 'sign-in': 'sign-in' };

/** Where to go from a page that says that something is the matter: the start, and what the help has about it. */
export const Onward = ({ reason, language }: { readonly reason: keyof typeof helpIds; readonly language: Language }) => {
  const words = shellWords(language);
  return <p><a href="/">{words.home}</a> · <a href={`/hulp/foutmeldingen#${helpIds[reason]}`}>{words.explain}</a></p>;
};

/** Somebody in another role: which roles may, and whom to ask. */
export const deniedPage = (roles: readonly DeskRole[], language: Language): Page => {
  const words = shellWords(language);
  return {
    kind: 'page', status: 403, trail: [], title: words.denied,
    body: <><p>{words.deniedBody(roles.map((role) => words.roles[role]).join(', '))}</p><p>{words.deniedNext}</p><Onward reason="denied" language={language} /></>,
  };
};
