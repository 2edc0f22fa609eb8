import type { ApplyContext } from './case-step.js';
import type { CaseFile } from './case-file.js';
import type { Duty, DutyKey } from './duty.js';
import { dutyKey, openDuty, type DutyClock, type DutyDraft, type DutyTerm } from './duty-open.js';
import { groupsOf, textOf } from './field-read.js';
import type { Message } from './message.js';
import type { Role } from './role.js';
import { subjectsWith } from './subject.js';
import { banLimit } from './terms.js';

/** Duties a message opens, and keys of those it does. */
export interface DutyChange {
  readonly duties: readonly Duty[];
  readonly closes: readonly DutyKey[];
}

const clockOf = (message: Message, { serviceLevels, calendar }: ApplyContext): DutyClock => ({ serviceLevels, calendar, openedAt: message.receivedAt });
const onverwijld: DutyTerm = { kind: 'level', level: 'onverwijld' };
const noTerm: DutyTerm = { kind: 'at', at: null, authority: 'law', warnHours: 0 };
const within24Hours = (since: Date): DutyTerm => ({ kind: 'hours', hours: 24, since });
const noLaterThan = (at: Date | null, authority: 'law' | 'policy', warnHours: number): DutyTerm => ({ kind: 'at', at, authority, warnHours });

// What a message says was told already, by word of mouth or on paper, need not be opened, and closes what was open.
const told = (message: Message, list: string, keys: Readonly<Record<string, string>>): readonly DutyKey[] =>
  groupsOf(message.fields, list).flatMap((notice) => keys[textOf(notice, 'aan') ?? ''] ?? []);

const change = (duties: readonly Duty[], closes: readonly DutyKey[]): DutyChange =>
  ({ duties: duties.filter((duty) => !closes.includes(duty.key)), closes: [...new Set(closes)] });

/**
 * Rules whose duties are opened here, by the event itself, whether or not a disclosure under them waits. A duty with a rule of its own event
 * (`E3`, `E13`) is not done by a delivery: what it asks is an answer, or more than one document.
 */
export const guardedRules: readonly string[] = [
  'WTH-03', 'WTH-05', 'WTH-06', 'WTH-07', 'WTH-08', 'WTH-09', 'WTH-12', 'WTH-15', 'WTH-16', 'WTH-17', 'WTH-18', 'WTH-19', 'WTH-19b', 'WTH-20', 'WTH-21',
  'WTH-22', 'WTH-24', 'WTH-26', 'WTH-30',
];

/** E3: Veilig Thuis answers before a ban for child abuse is imposed (Wth art. 2(3)). */
export const consultDuties = (message: Message, context: ApplyContext): DutyChange => {
  const bearer = message.sender.role === 'HOVJ' ? 'HOVJ' : 'BM';
  return change([openDuty({ event: 'E3', rule: null, article: 'Wth art. 2(3)', bearer, toward: 'VT', term: noTerm }, clockOf(message, context))], []);
};

const wishDraft = (bearer: Role, since: Date): DutyDraft => ({
  event: 'E12', rule: 'WTH-12', article: 'Wth art. 5(1)', bearer, toward: 'ADV', term: within24Hours(since),
});

/** E12: a lawyer within 24 hours of the wish (Wth art. 5(1)). */
export const wishDuties = (since: Date, imposedBy: CaseFile['imposedBy'], message: Message, context: ApplyContext): DutyChange =>
  change([openDuty(wishDraft(imposedBy ?? 'BM', since), clockOf(message, context))], []);

/** What imposing depends on. */
export interface Imposition {
  readonly before: CaseFile;
  readonly after: CaseFile;
  readonly message: Message;
  readonly oral: boolean;
  /** False when the writing follows an oral notice: what that opened is not opened again. */
  readonly first: boolean;
  readonly wishedAt: Date | null;
}

const noticeKeys = { 'aangewezen-instantie': 'E8:INST', 'veilig-thuis': 'E9:VT', burgemeester: 'E6:BM' };

/** E5-E10, E12 and the choice before the end (E20), opened by a ban told or written; each once. */
export const impositionDuties = (of: Imposition, context: ApplyContext): DutyChange => {
  const { before, after, message, oral, first } = of;
  const bearer = after.imposedBy ?? 'BM';
  const imposedAt = new Date(after.imposedAt ?? message.sentAt);
  const drafts: readonly (readonly [boolean, DutyDraft])[] = [
    [oral, { event: 'E5', rule: 'WTH-05', article: 'Wth art. 2(7)', bearer, toward: 'UHG', term: { kind: 'level', level: 'spoedig' } }],
    [first && bearer === 'HOVJ', { event: 'E6', rule: 'WTH-06', article: 'Wth art. 3(2)', bearer, toward: 'BM', term: onverwijld }],
    [first, { event: 'E8', rule: 'WTH-08', article: 'Wth art. 2(8)', bearer, toward: 'INST', term: onverwijld }],
    [after.childAbuse && (first || !before.childAbuse), { event: 'E9', rule: 'WTH-09', article: 'Wth art. 2(8)', bearer, toward: 'VT', term: onverwijld }],
    [first && after.reachGivenAt === null, { event: 'E10', rule: 'WTH-30', article: 'Wth art. 2(6)', bearer: 'UHG', toward: 'BM', term: within24Hours(imposedAt) }],
    [before.procedure.lawyer === 'NONE' && of.wishedAt !== null, wishDraft(bearer, of.wishedAt ?? message.sentAt)],
    [first, choice(after.endsAt)],
  ];
  const clock = clockOf(message, context);
  const household = householdDuties(before, message, bearer, clock);
  const closes = [
    ...told(message, 'mededelingen', noticeKeys),
    ...household.slice(0, toldOfHousehold(message)).map(({ key }) => key),
    ...(oral ? [] : [dutyKey('E5', 'UHG')]),
    ...(textOf(message.fields, 'hovj_melding_bm_op') === null ? [] : [dutyKey('E6', 'BM')]),
    ...(after.reachGivenAt === null ? [] : [dutyKey('E10', 'BM')]),
  ];
  const owed = drafts.flatMap(([holds, draft]) => (holds ? [openDuty(draft, clock)] : []));
  return change([...(first ? household : household.slice(toBeTold(before.subjects))), ...owed], closes);
};

// E7 is owed to every adult of the household (art. 2(8), "degene met wie"): one duty a person, by number, so that no name stands in it. Whom the
// writing names and the oral notice did not is owed it as well.
const householdDuties = ({ subjects }: CaseFile, message: Message, bearer: Role, clock: DutyClock): readonly Duty[] => {
  const persons = toBeTold([...subjectsWith({ subjects }, message.fields)]);
  const draft: DutyDraft = { event: 'E7', rule: 'WTH-07', article: 'Wth art. 2(8)', bearer, toward: 'PART', term: onverwijld };
  return Array.from({ length: persons }, (_, index) => openDuty(draft, clock, index + 1));
};

// A ban that names nobody protects somebody all the same.
const toBeTold = (subjects: CaseFile['subjects']): number => Math.max(1, subjects.filter(({ isProtected }) => isProtected).length);

// A notice does not say which of them was told; as many as were told are done.
const toldOfHousehold = (message: Message): number =>
  groupsOf(message.fields, 'mededelingen').filter((notice) => textOf(notice, 'aan') === 'huisgenoot').length;

/** Keys of the choice before the end, of the ban and of each extension of it. */
export const choiceKeys = ({ extensions }: CaseFile): readonly DutyKey[] =>
  Array.from({ length: extensions + 1 }, (_, index) => dutyKey('E20', 'BM', index + 1));

// Extend, withdraw or let it expire.
const choice = (end: string | null): DutyDraft => ({
  event: 'E20', rule: null, article: 'Wth art. 2(1), 2(9), 9(1)', bearer: 'BM', toward: 'BM', term: noLaterThan(end === null ? null : new Date(end), 'policy', 24),
});

/** WTH-24 before the running end; the choice before that end is made, and before an end that can still be moved there is another. */
export const extensionDuties = (before: CaseFile, after: CaseFile, message: Message, context: ApplyContext): DutyChange => {
  const clock = clockOf(message, context);
  const time = after.extensions;
  const runningEnd = before.endsAt === null ? null : new Date(before.endsAt);
  const keys = { uithuisgeplaatste: dutyKey('E20', 'UHG', time), huisgenoot: dutyKey('WTH-25', 'PART', time) };
  return change([
    openDuty({ event: 'E20', rule: 'WTH-24', article: 'Wth art. 9(1); Awb art. 3:41', bearer: 'BM', toward: 'UHG', term: noLaterThan(runningEnd, 'law', 4) }, clock, time),
    ...(isLongest(after) ? [] : [openDuty(choice(after.endsAt), clock, time + 1)]),
  ], [...choiceKeys(before), ...told(message, 'mededelingen', keys)]);
};

// Four weeks from imposing is the longest (Wth art. 9(1)): then only withdrawing is left, and that is no choice for a set moment.
const isLongest = ({ imposedAt, endsAt }: CaseFile): boolean =>
  imposedAt !== null && endsAt !== null && Date.parse(endsAt) >= banLimit(new Date(imposedAt)).getTime();

/** WTH-26: who relies on the ban knows of its end before the person sent out comes home. */
export const withdrawalDuties = (before: CaseFile, message: Message, context: ApplyContext): DutyChange => {
  const clock = clockOf(message, context);
  return change([
    openDuty({ event: 'WTH-26', rule: 'WTH-26', article: 'Awb art. 3:41', bearer: 'BM', toward: 'UHG', term: onverwijld }, clock),
  ], [...choiceKeys(before), ...told(message, 'mededelingen', { uithuisgeplaatste: 'WTH-26:UHG', huisgenoot: 'WTH-27:PART' })]);
};

/** A request for relief. */
export interface ReliefRequest {
  readonly requestedAt: Date;
  readonly hearingAt: Date | null;
  /** 1 for the first request in the case. */
  readonly time: number;
}

/** E13: the court hears within three days (Wth art. 6(1)(a)); and the documents of the case go to it (WTH-15). */
export const reliefDuties = ({ requestedAt, hearingAt, time }: ReliefRequest, message: Message, context: ApplyContext): DutyChange => {
  const clock = clockOf(message, context);
  const term: DutyTerm = { kind: 'days', length: { amount: 3, unit: 'days' }, since: requestedAt };
  return change([
    ...hearingDuties({ hearingAt, documentsAt: null, time }, message, context),
    openDuty({ event: 'E13', rule: null, article: 'Wth art. 6(1)(a)', bearer: 'RB', toward: 'UHG', term }, clock, time),
  ], []);
};

/** When the court hears, and until when it wants the documents. */
export interface Hearing {
  readonly hearingAt: Date | null;
  readonly documentsAt: Date | null;
  readonly time: number;
}

/** WTH-15: the file is with the court in time, which a person sees: one delivery is one document of it. E15: a ruling at once, or within 24 hours of the hearing. */
export const hearingDuties = ({ hearingAt, documentsAt, time }: Hearing, message: Message, context: ApplyContext): readonly Duty[] => {
  const clock = clockOf(message, context);
  const term = noLaterThan(documentsAt ?? hearingAt, 'policy', 24);
  const documents = openDuty({ event: 'WTH-15', rule: 'E13', article: 'Awb art. 8:42', bearer: 'GEM', toward: 'RB', term }, clock, time);
  if (hearingAt === null) return [documents];
  const ruling: DutyDraft = { event: 'E15', rule: null, article: 'Wth art. 6(1)(b)', bearer: 'RB', toward: 'UHG', term: within24Hours(hearingAt) };
  return [documents, openDuty(ruling, clock, time)];
};

/** Relief, main case or higher appeal. */
export type RulingKind = 'relief' | 'main' | 'higher';

// With the ruling the hearing is past and the file was there.
const reliefKeys = (time: number): readonly DutyKey[] => [dutyKey('E13', 'UHG', time), dutyKey('E15', 'UHG', time), dutyKey('WTH-15', 'RB', time)];

/** E16-E19: copies and word of mouth after a ruling; E13 is done. */
export const rulingDuties = (kind: RulingKind, file: CaseFile, message: Message, context: ApplyContext): DutyChange => {
  const clock = clockOf(message, context);
  const time = file.procedure.rulings;
  const bearer: Role = kind === 'higher' ? 'RVS' : 'RB';
  const copy = kind === 'relief' ? 'E16' : 'E17';
  const dated = textOf(message.fields, 'dagtekening');
  const twoWeeks: DutyTerm = { kind: 'days', length: { amount: 2, unit: 'weeks' }, since: dated === null ? message.sentAt : new Date(dated) };
  const copyTerm = kind === 'relief' ? onverwijld : twoWeeks;
  const copyRule = (relief: string, vt: boolean): string => (kind === 'relief' ? relief : vt ? 'WTH-19b' : 'WTH-19');
  const rows: readonly (readonly [boolean, DutyDraft])[] = [
    [true, { event: copy, rule: copyRule('WTH-16', false), article: 'Wth art. 8(1)(a)', bearer, toward: 'PART', term: copyTerm }],
    [true, { event: copy, rule: copyRule('WTH-17', false), article: 'Wth art. 8(1)(b)', bearer, toward: 'POL', term: copyTerm }],
    [file.minorsInvolved, { event: copy, rule: copyRule('WTH-18', true), article: 'Wth art. 8(1)(c)', bearer, toward: 'VT', term: copyTerm }],
    [true, { event: 'E18', rule: 'WTH-20', article: 'Wth art. 8(2)', bearer, toward: 'UHG', term: onverwijld }],
    [file.procedure.lawyer === 'ASSIGNED', { event: 'E18', rule: 'WTH-20', article: 'Wth art. 8(2)', bearer, toward: 'ADV', term: onverwijld }],
    [true, { event: 'E18', rule: 'WTH-20', article: 'Wth art. 8(2)', bearer, toward: 'BM', term: onverwijld }],
    [true, { event: 'E19', rule: 'WTH-21', article: 'Wth art. 8(2)', bearer: 'BM', toward: 'PART', term: onverwijld }],
    [true, { event: 'E19', rule: 'WTH-22', article: 'Wth art. 8(2)', bearer: 'BM', toward: 'POL', term: onverwijld }],
  ];
  const key = (event: string, role: Role): string => dutyKey(event, role, time);
  const closes = [
    ...(kind === 'relief' ? reliefKeys(file.procedure.requests) : []),
    ...told(message, 'verzonden_aan', { huisgenoot: key(copy, 'PART'), politie: key(copy, 'POL'), 'veilig-thuis': key(copy, 'VT') }),
    // What the griffier told household or police does not do the burgemeester's own telling for him (art. 8(2), second sentence).
    ...told(message, 'mondeling_medegedeeld', { uithuisgeplaatste: key('E18', 'UHG'), raadsman: key('E18', 'ADV'), burgemeester: key('E18', 'BM') }),
  ];
  return change(rows.flatMap(([holds, draft]) => (holds ? [openDuty(draft, clock, time)] : [])), closes);
};
