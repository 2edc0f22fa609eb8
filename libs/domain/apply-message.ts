import type { CaseFile } from './case-file.js';
import { cannot, type CaseRefusal } from './case-refusal.js';
import type { ApplyContext, Step } from './case-step.js';
import { courtSteps } from './case-court.js';
import { helpSteps } from './case-help.js';
import { orderSteps } from './case-order.js';
import type { Duty, DutyKey } from './duty.js';
import { eventOf, onwardEvents, type Event, type OnwardEvent } from './event.js';
import type { Message } from './message.js';
import type { MessageType } from './messages/type.js';
import { subjectsWith } from './subject.js';

/** What a message did to its case. */
export interface Applied {
  readonly kind: 'applied';
  readonly file: CaseFile;
  readonly event: Event;
  /** Events on earlier messages of the case that now become due, such as the file for the court. */
  readonly onward: readonly OnwardEvent[];
  readonly duties: readonly Duty[];
  /** Duties whose moment this message sets: opened, or when open given the new moment. */
  readonly moved: readonly Duty[];
  /** Keys of duties this message does, whether or not they are open. */
  readonly closes: readonly DutyKey[];
}

/** The case a first message opens: nothing has happened in it yet, `applyMessage` follows. */
export const openCase = (message: Message): CaseFile => ({
  law: message.case.law,
  municipality: message.case.municipality,
  number: message.case.number,
  openedAt: message.receivedAt.toISOString(),
  changedAt: message.receivedAt.toISOString(),
  state: 'SIGNAL',
  imposedAt: null,
  writtenAt: null,
  imposedBy: null,
  endsAt: null,
  extensions: 0,
  violations: 0,
  childAbuse: false,
  vtTold: false,
  minorsInvolved: false,
  consultAskedBy: null,
  vtConsultedAt: null,
  reachGivenAt: null,
  procedure: { lawyer: 'NONE', lawyerOin: null, relief: 'NONE', reliefRequestedAt: null, hearingAt: null, requests: 0, rulings: 0, appeal: 'NONE' },
  help: 'NONE',
  subjects: [],
});

/** The whole state machine of law.md 2.1.2: one line per message. */
const steps: Readonly<Record<MessageType, Step>> = { ...orderSteps, ...courtSteps, ...helpSteps, 'bericht.ingetrokken': (file) => ({ file }) };

// While a request is before the court, what comes later belongs to the same file: it also covers the extension (Wth art. 9(2)-(4), 6(2)).
// The raadsman has the documents of the case as long as there is one (art. 5(2)). What court and raadsman already have is not given again:
// a document has one decision per event and recipient.
const alsoForFile = ({ procedure }: CaseFile, { type }: Message): readonly OnwardEvent[] => {
  const isIn = (event: 'FILE_FOR_COURT' | 'FILE_FOR_LAWYER'): boolean => (onwardEvents[event] as readonly MessageType[]).includes(type);
  const isAsked = procedure.relief === 'REQUESTED' || procedure.relief === 'HEARING_SET';
  return [
    ...(isAsked && isIn('FILE_FOR_COURT') ? ['FILE_FOR_COURT' as const] : []),
    ...(procedure.lawyer === 'ASSIGNED' && isIn('FILE_FOR_LAWYER') ? ['FILE_FOR_LAWYER' as const] : []),
  ];
};

/**
 * The case after the message with the duties it opens and closes, or the reason and the article why it cannot be. Applying the same
 * message twice is for the caller to prevent. A ban that ran out by itself stays in its stored state: `stateAt` tells.
 */
export const applyMessage = (file: CaseFile, message: Message, context: ApplyContext): Applied | CaseRefusal => {
  if (file.municipality !== message.case.municipality || file.number !== message.case.number || file.law !== message.case.law) {
    return cannot('wrong-case', 'AVG art. 5(1)(f)');
  }
  const result = steps[message.type](file, message, context);
  if ('kind' in result) return result;
  const changed: CaseFile = { ...result.file, changedAt: message.receivedAt.toISOString(), subjects: [...subjectsWith(result.file, message.fields)] };
  return {
    kind: 'applied',
    file: changed,
    event: eventOf[message.type],
    onward: [...new Set([...(result.onward ?? []), ...alsoForFile(changed, message)])],
    duties: result.duties ?? [],
    moved: result.moved ?? [],
    closes: result.closes ?? [],
  };
};
