import { groupOf, groupsOf, momentIn } from './field-read.js';
import type { FieldValues } from './messages/field.js';
import type { MessageType } from './messages/type.js';
import { hoursLater } from './terms.js';

/** How a case stands for one party that was told of it, by what that party knows. */
export const noticeStatuses = ['nieuw', 'ontvangen', 'in behandeling', 'advies nodig', 'verlengd', 'ingetrokken', 'afgelopen', 'teruggegeven'] as const;
/** One of `noticeStatuses`. */
export type NoticeStatus = (typeof noticeStatuses)[number];

/** Why a party gives a notice back; a closed list, because the sender gets it outside the law pack, where nothing about a person may stand. */
export const returnReasons = ['andere-regio', 'geen-taak', 'dubbel', 'onbekend'] as const;
/** One of `returnReasons`. */
export type ReturnReason = (typeof returnReasons)[number];

/** What a recipient may ask its sender about; a closed list for the same reason. The answer comes by telephone, or as a message of its own. */
export const questionSubjects = ['bereikbaarheid', 'bijlage', 'termijn', 'inhoud', 'anders'] as const;
/** One of `questionSubjects`. */
export type QuestionSubject = (typeof questionSubjects)[number];

/** How many of which kind a case is about; no names. */
export interface NoticePersons {
  readonly evicted: number;
  readonly adults: number;
  readonly children: number;
}

/** What a list says of one disclosure: moments and numbers. */
export interface NoticeFacts {
  readonly imposedAt: Date | null;
  /** The end before it was extended. */
  readonly firstEndsAt: Date | null;
  readonly endsAt: Date | null;
  readonly persons: NoticePersons | null;
}

/** Moments and numbers of what was disclosed; what was left out is not counted. */
export const noticeFacts = ({ type, fields, endsAt }: { readonly type: MessageType; readonly fields: FieldValues; readonly endsAt: Date | null }): NoticeFacts => {
  const lists = ['contactverbod_personen', 'huisgenoten'].map((name) => groupsOf(fields, name).length);
  const persons = { evicted: Object.keys(groupOf(fields, 'uithuisgeplaatste')).length === 0 ? 0 : 1, adults: Math.max(...lists), children: groupsOf(fields, 'minderjarigen').length };
  return {
    imposedAt: momentIn(fields, 'opgelegd_op'),
    firstEndsAt: type === 'huisverbod.verlengd' ? momentIn(fields, 'einde_op') : null,
    endsAt: endsAt ?? momentIn(fields, 'einde_op'),
    persons: persons.evicted + persons.adults + persons.children === 0 ? null : persons,
  };
};

/** Later facts over earlier ones; what a later one does not say stays. */
export const factsTogether = (facts: readonly NoticeFacts[]): NoticeFacts =>
  facts.reduce<NoticeFacts>((all, one) => ({
    imposedAt: one.imposedAt ?? all.imposedAt, firstEndsAt: one.firstEndsAt ?? all.firstEndsAt, endsAt: one.endsAt ?? all.endsAt, persons: one.persons ?? all.persons,
  }), { imposedAt: null, firstEndsAt: null, endsAt: null, persons: null });

/** What a status follows from. */
export interface NoticeStanding {
  /** Types of messages this party has, or can fetch. */
  readonly told: readonly MessageType[];
  /** Types this party sent in the case. */
  readonly said: readonly MessageType[];
  readonly isConfirmed: boolean;
  readonly isAssigned: boolean;
  readonly isReturned: boolean;
  readonly endsAt: Date | null;
}

/** Advice on extending is of use until the end; this long before it, a case asks for it (Wth art. 9(1)). Policy: no article gives a number. */
const adviceHours = 72;

/** True while a ban this party was told of runs, by what it was told. */
export const isRunning = ({ told, endsAt }: Pick<NoticeStanding, 'told' | 'endsAt'>, at: Date): boolean =>
  endsAt !== null && at < endsAt && !told.includes('huisverbod.ingetrokken');

/** How the case stands for the party; the first that holds. */
export const noticeStatus = (standing: NoticeStanding, at: Date): NoticeStatus => {
  const { told, said, endsAt } = standing;
  if (standing.isReturned) return 'teruggegeven';
  if (!standing.isConfirmed) return 'nieuw';
  if (told.includes('huisverbod.ingetrokken')) return 'ingetrokken';
  if (endsAt !== null && endsAt <= at) return 'afgelopen';
  if (told.includes('overleg.gevraagd') && endsAt === null && !said.includes('overleg.antwoord')) return 'advies nodig';
  if (told.includes('huisverbod.verlengd')) return 'verlengd';
  if (endsAt !== null && !said.includes('advies.gegeven') && hoursLater(at, adviceHours) >= endsAt) return 'advies nodig';
  return standing.isAssigned ? 'in behandeling' : 'ontvangen';
};
