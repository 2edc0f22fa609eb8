import type { ApplyContext } from './case-step.js';
import type { CaseFile } from './case-file.js';
import type { Duty, DutyKey } from './duty.js';
import { change, clockOf, noLaterThan, onverwijld, told, within24Hours, type DutyChange } from './duty-change.js';
import { dutyKey, openDuty, type DutyClock, type DutyDraft } from './duty-open.js';
import { groupsOf, textOf } from './field-read.js';
import type { Message } from './message.js';
import type { Role } from './role.js';
import { subjectsWith } from './subject.js';
import { banLimit } from './terms.js';

/** E3: Veilig Thuis answers before a ban for child abuse is imposed (Wth art. 2(3)). */
export const consultDuties = (message: Message, context: ApplyContext): DutyChange => {
  const bearer = message.sender.role === 'HOVJ' ? 'HOVJ' : 'BM';
  return change([openDuty({ event: 'E3', rule: null, article: 'Wth art. 2(3)', bearer, toward: 'VT', term: noLaterThan(null, 'law', 0) }, clockOf(message, context))], []);
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
