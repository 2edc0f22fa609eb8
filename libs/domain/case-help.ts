import type { Step } from './case-step.js';
import { stateAt, wasImposed, type CaseFile } from './case-file.js';
import { cannot } from './case-refusal.js';
import { consultDuties } from './case-duties.js';
import { dutyKey } from './duty-open.js';
import { requiredMoment, says } from './field-read.js';
import type { MessageType } from './messages/type.js';

const consultAsked: Step = (file, message, context) => {
  if (wasImposed(file)) return cannot('already-imposed', 'Wth art. 2(3)');
  if (file.state === 'REFUSED') return cannot('closed', 'Wth art. 2(3)');
  const next: CaseFile = {
    ...file,
    state: 'CONSULT_VT',
    childAbuse: true,
    minorsInvolved: true,
    consultAskedBy: message.sender.role === 'HOVJ' ? 'HOVJ' : 'BM',
  };
  return { file: next, ...consultDuties(message, context) };
};

// Facts that matter for safety are welcome also when they come after the order; without a question nothing in the Wth asks for them.
const consultAnswered: Step = (file, message) => {
  if (file.consultAskedBy === null) return cannot('not-requested', 'Wth art. 2(3)');
  return {
    file: {
      ...file,
      state: file.state === 'CONSULT_VT' ? 'DECISION_PENDING' : file.state,
      vtConsultedAt: file.vtConsultedAt ?? requiredMoment(message, 'overlegd_op').toISOString(),
    },
    closes: [dutyKey('E3', 'VT')],
  };
};

const reachGiven: Step = (file, message) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 2(6)');
  return { file: { ...file, reachGivenAt: requiredMoment(message, 'opgegeven_op').toISOString() }, closes: [dutyKey('E10', 'BM')] };
};

type Help = CaseFile['help'];
const helpOrder: readonly Help[] = ['NONE', 'ACCEPTED', 'CONFIRMED', 'STARTED'];
const atLeast = (now: Help, reached: Help): Help => (helpOrder.indexOf(now) >= helpOrder.indexOf(reached) ? now : reached);

const help = (reached: Help, article: string): Step => (file, message) => {
  if (!wasImposed(file)) return cannot('not-imposed', article);
  const refusedHelp = 'hulp_aanvaard' in message.fields && !says(message.fields, 'hulp_aanvaard');
  return { file: refusedHelp ? { ...file, help: 'NONE' } : { ...file, help: atLeast(file.help, reached) } };
};

const shelter: Step = (file) => (wasImposed(file) ? { file } : cannot('not-imposed', 'AVG art. 6(1)'));

// Advice is about a ban that runs: afterwards there is nothing to extend or withdraw.
const advice: Step = (file, _message, { at }) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 9(1)');
  const state = stateAt(file, at);
  if (state === 'EXPIRED') return cannot('after-expiry', 'Wth art. 9(1)');
  return state === 'WITHDRAWN' || state === 'ANNULLED' ? cannot('closed', 'Wth art. 9(1)') : { file };
};

/** The consultation before, and the help beside the ban (S3, Z0-Z5 of law.md 2.1.2). */
export const helpSteps = {
  'overleg.gevraagd': consultAsked,
  'overleg.antwoord': consultAnswered,
  'bereikbaarheid.opgegeven': reachGiven,
  'hulp.aanvaard': help('ACCEPTED', 'Wth art. 2(9)'),
  'hulp.bevestigd': help('CONFIRMED', 'Wth art. 2(9)'),
  'hulp.gestart': help('STARTED', 'Wth art. 2(8)'),
  'opvang.gevraagd': shelter,
  'advies.gegeven': advice,
} as const satisfies Partial<Record<MessageType, Step>>;
