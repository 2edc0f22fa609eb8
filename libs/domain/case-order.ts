import type { ApplyContext, Step, StepResult } from './case-step.js';
import { isInForce, wasImposed, type CaseFile } from './case-file.js';
import { cannot, type CaseRefusal } from './case-refusal.js';
import { extensionDuties, impositionDuties, withdrawalDuties } from './case-duties.js';
import { groupOf, groupsOf, momentIn, requiredMoment, says, textOf } from './field-read.js';
import { isWithin } from './interval.js';
import type { Power } from './mandate.js';
import type { Message } from './message.js';
import type { MessageType } from './messages/type.js';
import { ageAt, banEnd, banLimit, minutesLater } from './terms.js';

/** Clocks of two machines differ; a moment this far ahead still counts as now. */
const clockSkewMinutes = 5;

/** True when the act would lie after the moment it was received. */
export const isFuture = (moment: Date, { at }: ApplyContext): boolean => moment.getTime() > minutesLater(at, clockSkewMinutes).getTime();

const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null;
const hasMinors = (message: Message): boolean => groupsOf(message.fields, 'minderjarigen').length > 0;

const assessed: Step = (file, message) => {
  if (wasImposed(file) && !isInForce(file)) return cannot('closed', 'Besluit Wth art. 2');
  if (file.state === 'REFUSED') return cannot('closed', 'Besluit Wth art. 2');
  const early = file.state === 'SIGNAL' || file.state === 'NO_BAN';
  return {
    file: {
      ...file,
      state: early ? 'RIHG_DONE' : file.state,
      // Once there is an order, the order says whether it is for child abuse (Wth art. 2(8)), not the form.
      childAbuse: wasImposed(file) ? file.childAbuse : says(groupOf(message.fields, 'rihg'), 'kindermishandeling'),
      minorsInvolved: file.minorsInvolved || hasMinors(message),
    },
  };
};

const noBan: Step = (file) => {
  if (wasImposed(file)) return cannot('already-imposed', 'Besluit Wth art. 2');
  return file.state === 'REFUSED' ? cannot('closed', 'Besluit Wth art. 2') : { file: { ...file, state: 'NO_BAN' } };
};

// Wth art. 3(1) lists what can be mandated; the mandate is judged at the moment of imposing.
const isMandated = (message: Message, imposedAt: Date, powers: readonly Power[], { mandates }: ApplyContext): boolean => {
  const { sender } = message;
  const reference = textOf(message.fields, 'mandaat_id');
  return mandates.some((mandate) =>
    mandate.reference === reference
    && mandate.municipality === message.case.municipality
    && isWithin(mandate, imposedAt)
    && powers.every((power) => mandate.powers.includes(power))
    && (sender.role !== 'HOVJ' || (mandate.holder.oin === sender.oin && mandate.holder.function === sender.function)));
};

const impose = (oral: boolean): Step => (file, message, context) => {
  const problem = impositionProblem(file, message, oral, context);
  if (problem !== null) return problem;
  const { fields } = message;
  const wish = groupOf(fields, 'raadsman_wens');
  const first = !wasImposed(file);
  const next: CaseFile = {
    ...file,
    state: oral ? 'IMPOSED_ORAL' : 'IMPOSED',
    // The ban runs from the oral notice when there was one (law.md 2.0.3).
    imposedAt: file.imposedAt ?? iso(requiredMoment(message, 'opgelegd_op')),
    writtenAt: oral ? file.writtenAt : iso(requiredMoment(message, 'op_schrift_op')),
    imposedBy: textOf(fields, 'opgelegd_door') === 'HOVJ-mandaat' ? 'HOVJ' : 'BM',
    endsAt: iso(requiredMoment(message, 'einde_op')),
    childAbuse: says(fields, 'kindermishandeling'),
    vtTold: file.vtTold || says(fields, 'kindermishandeling'),
    minorsInvolved: file.minorsInvolved || hasMinors(message),
    vtConsultedAt: textOf(groupOf(fields, 'vt_overleg'), 'overlegd_op') ?? file.vtConsultedAt,
    reachGivenAt: 'bereikbaarheid' in fields ? file.reachGivenAt ?? message.receivedAt.toISOString() : file.reachGivenAt,
    procedure: { ...file.procedure, lawyer: file.procedure.lawyer === 'NONE' && says(wish, 'gewenst') ? 'WISHED' : file.procedure.lawyer },
  };
  return { file: next, ...impositionDuties({ before: file, after: next, message, oral, first, wishedAt: momentIn(wish, 'gewenst_op') }, context) };
};

const impositionProblem = (file: CaseFile, message: Message, oral: boolean, context: ApplyContext): CaseRefusal | null => {
  const { fields } = message;
  if (file.state === 'REFUSED') return cannot('closed', 'Wth art. 2(1)');
  if (wasImposed(file) && (oral || file.state !== 'IMPOSED_ORAL')) return cannot('already-imposed', 'Wth art. 2(1)');
  const imposedAt = requiredMoment(message, 'opgelegd_op');
  if (isFuture(imposedAt, context)) return cannot('in-the-future', 'Wth art. 2(1)');
  const start = file.imposedAt === null ? imposedAt : new Date(file.imposedAt);
  if (start.getTime() !== imposedAt.getTime()) return cannot('other-start', 'Wth art. 2(7)');
  const birthDate = textOf(groupOf(fields, 'uithuisgeplaatste'), 'geboortedatum');
  if (birthDate !== null && ageAt(birthDate, start) < 18) return cannot('minor', 'Wth art. 2(2)');
  const end = requiredMoment(message, 'einde_op');
  if (end.getTime() > banEnd(start).getTime()) return cannot('too-long', 'Wth art. 2(1)');
  if (end.getTime() <= start.getTime()) return cannot('not-later', 'Wth art. 2(1)');
  if (textOf(fields, 'opgelegd_door') === 'HOVJ-mandaat' && !isMandated(message, start, oral ? ['2(1)', '2(7)'] : ['2(1)'], context)) {
    return cannot('no-mandate', 'Wth art. 3(1)');
  }
  const consulted = file.vtConsultedAt !== null || 'vt_overleg' in fields;
  return says(fields, 'kindermishandeling') && !consulted ? cannot('consult-missing', 'Wth art. 2(3)') : null;
};

const isHovj = (message: Message): boolean => message.sender.role === 'HOVJ';

const refused: Step = (file, message) => {
  if (isHovj(message)) return cannot('not-mandatable', 'Wth art. 3(1)');
  if (wasImposed(file)) return cannot('already-imposed', 'Wth art. 2(1)');
  if (file.state === 'SIGNAL' || file.state === 'REFUSED') return cannot('no-proposal', 'Wth art. 3(1)');
  return { file: { ...file, state: 'REFUSED' } };
};

interface RunningQuestion {
  readonly message: Message;
  readonly decidedAt: Date;
  readonly article: string;
  readonly context: ApplyContext;
}

// Shared by extending and withdrawing: there is a ban, nobody ended it, and it still ran when the burgemeester decided.
const runningProblem = (file: CaseFile, { message, decidedAt, article, context }: RunningQuestion): CaseRefusal | null => {
  if (isHovj(message)) return cannot('not-mandatable', `Wth art. 3(1), ${article}`);
  if (file.imposedAt === null || file.endsAt === null) return cannot('not-imposed', `Wth art. ${article}`);
  if (!isInForce(file)) return cannot('closed', `Wth art. ${article}`);
  if (isFuture(decidedAt, context)) return cannot('in-the-future', `Wth art. ${article}`);
  if (decidedAt.getTime() < Date.parse(file.imposedAt)) return cannot('not-imposed', `Wth art. ${article}`);
  return decidedAt.getTime() >= Date.parse(file.endsAt) ? cannot('after-expiry', `Wth art. ${article}`) : null;
};

const extended: Step = (file, message, context): StepResult | CaseRefusal => {
  const decidedAt = requiredMoment(message, 'verlengd_op');
  const problem = runningProblem(file, { message, decidedAt, article: '9(1)', context });
  if (problem !== null) return problem;
  const start = file.imposedAt === null ? decidedAt : new Date(file.imposedAt);
  if (requiredMoment(message, 'opgelegd_op').getTime() !== start.getTime()) return cannot('other-start', 'Wth art. 9(1)');
  const end = requiredMoment(message, 'einde_op_nieuw');
  if (end.getTime() > banLimit(start).getTime()) return cannot('too-long', 'Wth art. 9(1)');
  if (file.endsAt !== null && end.getTime() <= Date.parse(file.endsAt)) return cannot('not-later', 'Wth art. 9(1)');
  const next: CaseFile = {
    ...file,
    state: 'EXTENDED',
    endsAt: iso(end),
    extensions: file.extensions + 1,
    childAbuse: says(message.fields, 'kindermishandeling'),
    vtTold: file.vtTold || says(message.fields, 'kindermishandeling'),
    minorsInvolved: file.minorsInvolved || hasMinors(message),
  };
  return { file: next, ...extensionDuties(file, next, message, context) };
};

const withdrawn: Step = (file, message, context) => {
  const problem = runningProblem(file, { message, decidedAt: requiredMoment(message, 'ingetrokken_op'), article: '2(9)', context });
  if (problem !== null) return problem;
  const { fields } = message;
  const per = requiredMoment(message, 'intrekking_per');
  if (file.endsAt !== null && per.getTime() > Date.parse(file.endsAt)) return cannot('too-long', 'Wth art. 2(9)');
  const conditions = ['hulp_aanvaard', 'bevestigd_door_instantie', 'belooft_niet_te_belemmeren'];
  if (textOf(fields, 'reden') === 'hulp-aanvaard' && !conditions.every((name) => says(fields, name))) return cannot('help-not-accepted', 'Wth art. 2(9)');
  const next: CaseFile = { ...file, state: 'WITHDRAWN', endsAt: iso(per) };
  return { file: next, ...withdrawalDuties(file, message, context) };
};

const violated: Step = (file, message, context) => {
  if (file.imposedAt === null || file.endsAt === null) return cannot('not-imposed', 'Wth art. 11');
  const moment = requiredMoment(message, 'overtreden_op');
  if (isFuture(moment, context)) return cannot('in-the-future', 'Wth art. 11');
  if (moment.getTime() < Date.parse(file.imposedAt)) return cannot('not-imposed', 'Wth art. 11');
  // Where there is no ban any more it cannot be broken; what the police saw then is not for this law.
  if (moment.getTime() >= Date.parse(file.endsAt)) return cannot('after-expiry', 'Wth art. 11');
  return { file: { ...file, violations: file.violations + 1, minorsInvolved: file.minorsInvolved || says(message.fields, 'minderjarigen_betrokken') } };
};

/** From signal to the end of the ban (S0-S13 of law.md 2.1.2). */
export const orderSteps = {
  'rihg.afgerond': assessed,
  'rihg.geen-verbod': noBan,
  'huisverbod.aangezegd': impose(true),
  'huisverbod.opgelegd': impose(false),
  'huisverbod.geweigerd': refused,
  'huisverbod.verlengd': extended,
  'huisverbod.ingetrokken': withdrawn,
  'huisverbod.overtreden': violated,
} as const satisfies Partial<Record<MessageType, Step>>;
