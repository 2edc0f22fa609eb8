import type { Step } from './case-step.js';
import { isInForce, wasImposed, type CaseFile } from './case-file.js';
import { cannot } from './case-refusal.js';
import { choiceKeys, wishDuties } from './case-duties.js';
import { isFuture } from './case-order.js';
import { hearingDuties, reliefDuties, rulingDuties, type RulingKind } from './court-duties.js';
import { dutyKey } from './duty-open.js';
import { groupOf, momentIn, requiredMoment, textOf } from './field-read.js';
import type { Message } from './message.js';
import type { MessageType } from './messages/type.js';

const lawyerWished: Step = (file, message, context) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 5(1)');
  // A second wish does not start the 24 hours again.
  if (file.procedure.lawyer !== 'NONE') return { file };
  const wishedAt = requiredMoment(message, 'gewenst_op');
  if (isFuture(wishedAt, context)) return cannot('in-the-future', 'Wth art. 5(1)');
  return { file: { ...file, procedure: { ...file.procedure, lawyer: 'WISHED' } }, ...wishDuties(wishedAt, file.imposedBy, message, context) };
};

// The law does not say who may name the raadsman. Cautious: a firm can report itself only where one is wished and none is assigned, for
// the raadsman gets the file (Wth art. 5(2)); a change comes from the Raad voor Rechtsbijstand or the municipality (art. 5(1)). Named
// without OIN he is told outside the hub, and so is nobody else any more.
const lawyerAssigned: Step = (file, message) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 5(1)');
  const { lawyer, lawyerOin: known } = file.procedure;
  const named = textOf(groupOf(message.fields, 'raadsman'), 'oin');
  const reportsItself = message.sender.role === 'ADV';
  const isOpen = lawyer === 'WISHED' || (lawyer === 'ASSIGNED' && known === message.sender.oin);
  if (reportsItself && (!isOpen || (named !== null && named !== message.sender.oin))) return cannot('not-raadsman', 'Wth art. 5(1)');
  const lawyerOin = reportsItself ? message.sender.oin : named;
  // He asks for the file by being assigned: nobody can prepare a hearing of within three days without it (Wth art. 5(2), 6(1)(a)).
  const isKnown = lawyer === 'ASSIGNED' && known === lawyerOin;
  return { file: { ...file, procedure: { ...file.procedure, lawyer: 'ASSIGNED', lawyerOin } }, closes: [dutyKey('E12', 'ADV')], onward: isKnown ? [] : ['FILE_FOR_LAWYER'] };
};

// Also after the ban ran out: an expired ban can still be reviewed (law.md 2.0.3).
const reliefRequested: Step = (file, message, context) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 6(1)');
  if (file.procedure.relief === 'REQUESTED' || file.procedure.relief === 'HEARING_SET') return cannot('out-of-order', 'Wth art. 6(1)');
  const requestedAt = requiredMoment(message, 'verzoek_ontvangen_op');
  if (isFuture(requestedAt, context)) return cannot('in-the-future', 'Wth art. 6(1)');
  const hearingAt = momentIn(message.fields, 'zitting_op');
  const procedure: CaseFile['procedure'] = {
    ...file.procedure,
    relief: hearingAt === null ? 'REQUESTED' : 'HEARING_SET',
    reliefRequestedAt: requestedAt.toISOString(),
    hearingAt: hearingAt?.toISOString() ?? null,
    requests: file.procedure.requests + 1,
  };
  return { file: { ...file, procedure }, ...reliefDuties({ requestedAt, hearingAt, time: procedure.requests }, message, context), onward: ['FILE_FOR_COURT'] };
};

const hearingSet: Step = (file, message, context) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 6(1)');
  const hearingAt = requiredMoment(message, 'zitting_op').toISOString();
  if (textOf(message.fields, 'soort_procedure') !== 'voorlopige-voorziening') return { file: { ...file, procedure: { ...file.procedure, hearingAt } } };
  if (file.procedure.relief !== 'REQUESTED' && file.procedure.relief !== 'HEARING_SET') return cannot('not-requested', 'Wth art. 6(1)');
  const moved = hearingDuties({ hearingAt: new Date(hearingAt), documentsAt: momentIn(message.fields, 'stukken_uiterlijk'), time: file.procedure.requests }, message, context);
  return { file: { ...file, procedure: { ...file.procedure, relief: 'HEARING_SET', hearingAt } }, moved };
};

// What the ruling does to the ban: it can end or shorten it, never lengthen it, and does nothing to one that has ended already.
const withEffect = (file: CaseFile, message: Message): CaseFile => {
  const effect = textOf(message.fields, 'gevolg_voor_maatregel');
  const until = momentIn(message.fields, 'werking_tot');
  if (effect === 'blijft' || until === null || file.endsAt === null || !isInForce(file) || until.getTime() > Date.parse(file.endsAt)) return file;
  return { ...file, state: effect === 'eindigt' ? 'ANNULLED' : file.state, endsAt: until.toISOString() };
};

const rulingProblem = (file: CaseFile, kind: RulingKind) => {
  if (!wasImposed(file)) return cannot('not-imposed', 'Wth art. 6(1)');
  const { relief, appeal } = file.procedure;
  if (kind === 'relief' && relief !== 'REQUESTED' && relief !== 'HEARING_SET') return cannot('not-requested', 'Wth art. 6(1)');
  // Kortsluiting (Awb art. 8:86) decides the main case with the relief, so either opens the higher appeal.
  return kind === 'higher' && appeal === 'NONE' && relief !== 'RULED' ? cannot('out-of-order', 'Awb art. 8:104') : null;
};

const ruled = (kind: RulingKind): Step => (file, message, context) => {
  const problem = rulingProblem(file, kind);
  if (problem !== null) return problem;
  const ruledAt = requiredMoment(message, 'uitspraak_op');
  if (isFuture(ruledAt, context)) return cannot('in-the-future', 'Wth art. 6(1)');
  const requestedAt = kind === 'relief' ? file.procedure.reliefRequestedAt : null;
  if (requestedAt !== null && ruledAt.getTime() < Date.parse(requestedAt)) return cannot('not-requested', 'Wth art. 6(1)');
  const procedure: CaseFile['procedure'] = {
    ...file.procedure,
    relief: kind === 'relief' ? 'RULED' : file.procedure.relief,
    appeal: kind === 'relief' ? file.procedure.appeal : kind === 'main' ? 'RULED' : 'HIGHER_RULED',
    rulings: file.procedure.rulings + 1,
  };
  const next = withEffect({ ...file, procedure }, message);
  const { duties, closes } = rulingDuties(kind, next, message, context);
  const ended = isInForce(file) && !isInForce(next) ? choiceKeys(file) : [];
  return { file: next, duties, closes: [...closes, ...ended] };
};

/** The raadsman and the court (P0-P5, B1-H2 of law.md 2.1.2). */
export const courtSteps = {
  'raadsman.gewenst': lawyerWished,
  'raadsman.toegewezen': lawyerAssigned,
  'voorziening.verzocht': reliefRequested,
  'zitting.bepaald': hearingSet,
  'uitspraak.voorziening': ruled('relief'),
  'uitspraak.beroep': ruled('main'),
  'uitspraak.hoger-beroep': ruled('higher'),
} as const satisfies Partial<Record<MessageType, Step>>;
