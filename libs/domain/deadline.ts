import type { Question } from './decision-grounds.js';
import { banEnd, dayTerm, hoursLater, minutesLater } from './terms.js';

/** By when a decision must be carried out, and whether law or policy says so. */
export interface Deadline {
  readonly dutyDeadline: Date | null;
  readonly deadlineAuthority: 'law' | 'policy' | null;
}

/** Moments at which a term may start or end, from the fields in which the messages give them. */
const startFields = ['gewenst_op', 'dagtekening', 'opgelegd_op', 'uitspraak_op', 'intrekking_per'] as const;

// Terms run from the act, not from when the hub heard of it; a field that gives no moment leaves the moment of sending.
const startOf = ({ message, rule }: Question): Date => {
  const name = rule?.term?.kind === 'law' ? startFields.find((field) => typeof message.fields[field] === 'string') : undefined;
  const text = name === undefined ? undefined : message.fields[name];
  const at = typeof text === 'string' ? new Date(text) : null;
  return at === null || Number.isNaN(at.getTime()) ? message.sentAt : at;
};

/** The deadline of the rule for this message. A service level counts from receipt: policy cannot make anyone late before he could know. */
export const deadlineOf = (question: Question): Deadline => {
  const { rule, pack, file, message } = question;
  const term = rule?.term ?? null;
  if (term === null || rule?.mode === 'forbidden') return { dutyDeadline: null, deadlineAuthority: null };
  switch (term.kind) {
    case 'policy':
      return { dutyDeadline: minutesLater(message.receivedAt, pack.serviceLevels[term.level].breachMinutes), deadlineAuthority: 'policy' };
    case 'law': {
      const start = startOf(question);
      const dutyDeadline = term.unit === 'hours'
        ? hoursLater(start, term.amount)
        : dayTerm(start, { amount: term.amount, unit: term.unit }, term.atw ? pack.calendar : null).legalAt;
      return { dutyDeadline, deadlineAuthority: 'law' };
    }
    case 'before': {
      const moment = { decision: null, imposition: null, withdrawal: endOf(file), 'end-of-ban': runningEnd(question), hearing: file.procedure.hearingAt }[term.moment];
      return { dutyDeadline: moment === null ? null : new Date(moment), deadlineAuthority: moment === null ? null : term.authority };
    }
  }
};

const endOf = (file: Question['file']): string | null => file.endsAt;

// An extension must be known before the running ban ends, which is the end before the extension: the file already holds the new one.
const runningEnd = ({ message, file }: Question): string | null => {
  if (message.type !== 'huisverbod.verlengd') return file.endsAt;
  const stated = message.fields['einde_op'];
  return typeof stated === 'string' ? stated : file.imposedAt === null ? null : banEnd(new Date(file.imposedAt)).toISOString();
};
