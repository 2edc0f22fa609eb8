import { z } from 'zod';
import { endEvents, type EndEvent } from './event.js';
import { municipalitySchema, oinSchema } from './identifier.js';
import { instantSchema } from './interval.js';

/** States of law.md 2.1.2 a message can bring about. EXPIRED follows from the clock and is computed by `stateAt`, never stored. */
const storedStates = [
  'SIGNAL', 'RIHG_DONE', 'CONSULT_VT', 'DECISION_PENDING', 'IMPOSED_ORAL', 'IMPOSED', 'EXTENDED', 'WITHDRAWN', 'ANNULLED', 'REFUSED', 'NO_BAN',
] as const;
/** One of `storedStates`. */
export type StoredState = (typeof storedStates)[number];
/** Where a case stands at one moment. */
export type CaseState = StoredState | 'EXPIRED';

/** Somebody the case is about, known to the log by pseudonym only; BSN when the sender gave one, else name and birth date. */
const subjectSchema = z.strictObject({
  role: z.enum(['UHG', 'PART', 'KIND']),
  bsn: z.string().nullable(),
  name: z.string().nullable(),
  birthDate: z.iso.date().nullable(),
  /** An order named him in its contact ban: he is told of it (Wth art. 2(4)c, 2(8)). */
  isProtected: z.boolean().default(false),
});

/** Everything the hub keeps of one measure: what deciding needs, and no more. Plain JSON; moments are ISO text. */
export const caseFileSchema = z.strictObject({
  law: z.literal('WTH'),
  municipality: municipalitySchema,
  number: z.string().min(1).max(40),
  openedAt: instantSchema,
  /** When the last message was sent that changed the case. */
  changedAt: instantSchema,
  state: z.enum(storedStates),
  /** Oral notice when there was one, else the decision on paper (law.md 2.0.3). */
  imposedAt: instantSchema.nullable(),
  writtenAt: instantSchema.nullable(),
  imposedBy: z.enum(['BM', 'HOVJ']).nullable(),
  /** Start plus ten days, or the end of the extension, or an earlier end by withdrawal or ruling. */
  endsAt: instantSchema.nullable(),
  extensions: z.number().int().min(0),
  violations: z.number().int().min(0),
  childAbuse: z.boolean(),
  /** Veilig Thuis was told of the ban, for child abuse: then it also hears of its extension and end, whatever a later order says. */
  vtTold: z.boolean().default(false),
  minorsInvolved: z.boolean(),
  /** Who asked Veilig Thuis: its answer goes back to him (Wth art. 2(3)). */
  consultAskedBy: z.enum(['BM', 'HOVJ']).nullable(),
  vtConsultedAt: instantSchema.nullable(),
  reachGivenAt: instantSchema.nullable(),
  procedure: z.strictObject({
    lawyer: z.enum(['NONE', 'WISHED', 'ASSIGNED']),
    lawyerOin: oinSchema.nullable(),
    relief: z.enum(['NONE', 'REQUESTED', 'HEARING_SET', 'RULED']),
    reliefRequestedAt: instantSchema.nullable(),
    hearingAt: instantSchema.nullable(),
    requests: z.number().int().min(0),
    rulings: z.number().int().min(0),
    appeal: z.enum(['NONE', 'RULED', 'HIGHER_RULED']),
  }),
  /** Z1 HANDED_OVER of law.md is not kept here: the receipt that closes the duty toward the instance says it. */
  help: z.enum(['NONE', 'ACCEPTED', 'CONFIRMED', 'STARTED']),
  subjects: z.array(subjectSchema).max(60),
});

/** One measure against one person, as the hub knows it. */
export type CaseFile = Readonly<z.output<typeof caseFileSchema>>;
/** Somebody the case is about. */
export type Subject = Readonly<z.output<typeof subjectSchema>>;

/** Where the case stands at a moment: the stored state, or EXPIRED once the end of the ban has passed (Wth art. 2(1)). */
export const stateAt = (file: CaseFile, at: Date): CaseState => (isInForce(file) && file.endsAt !== null && at.getTime() >= Date.parse(file.endsAt) ? 'EXPIRED' : file.state);

/** True when a ban stands that nobody ended; the clock may have. */
export const isInForce = (file: CaseFile): boolean => file.state === 'IMPOSED_ORAL' || file.state === 'IMPOSED' || file.state === 'EXTENDED';

/** True when a ban was ever imposed in this case: the procedure goes on after its end (law.md 2.0.3). */
export const wasImposed = (file: CaseFile): boolean => file.imposedAt !== null;

/** True when what the event says of the end is so at this moment: it ran out, or it runs and ends within the hours of the reminder. */
export const tellsEnd = (file: CaseFile, event: EndEvent, at: Date): boolean => {
  if (!isInForce(file) || file.endsAt === null) return false;
  const leftMs = Date.parse(file.endsAt) - at.getTime();
  return event === 'EXPIRED' ? leftMs <= 0 : leftMs > 0 && leftMs <= endEvents[event] * 3_600_000;
};
