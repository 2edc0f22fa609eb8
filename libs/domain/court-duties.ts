import type { ApplyContext } from './case-step.js';
import type { CaseFile } from './case-file.js';
import type { Duty, DutyKey } from './duty.js';
import { change, clockOf, noLaterThan, onverwijld, told, within24Hours, type DutyChange } from './duty-change.js';
import { dutyKey, openDuty, type DutyDraft, type DutyTerm } from './duty-open.js';
import { textOf } from './field-read.js';
import type { Message } from './message.js';
import type { Role } from './role.js';

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
