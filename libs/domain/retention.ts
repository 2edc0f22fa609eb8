import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { lineSchema, textSchema } from './identifier.js';
import { messageTypes, type MessageType } from './messages/type.js';
import { zone } from './terms.js';

/**
 * Everything the hub keeps that can have a term of its own. A case has no single clock: its file, its signed mails, what went out and what the
 * log knows of its persons each have theirs (law.md 5.3).
 */
export const retentionObjects = [
  'ban-file', 'no-ban-file', 'raw-mail', 'outgoing', 'log-detail', 'log-pseudonym', 'access-log', 'deferral', 'register', 'entry',
] as const;
/** One of `retentionObjects`. */
export type RetentionObject = (typeof retentionObjects)[number];

/** Objects that belong to a case, so to a law and a municipality; the others are the hub's own. */
export const caseObjects = ['ban-file', 'no-ban-file', 'raw-mail', 'outgoing'] as const satisfies readonly RetentionObject[];

/** The moments a term can run from. */
const clockStarts = ['last-decision', 'last-message', 'received', 'recorded', 'end-of-month', 'end-of-year', 'end-of-deferral'] as const;
/** One of `clockStarts`. */
export type ClockStart = (typeof clockStarts)[number];

// Where the start of each object can be read from: any other would be a clock that nobody can tell.
const startsOf: Readonly<Record<RetentionObject, readonly ClockStart[]>> = {
  'ban-file': ['last-decision', 'last-message'],
  'no-ban-file': ['last-message'],
  'raw-mail': ['received'],
  outgoing: ['recorded'],
  'log-detail': ['end-of-month'],
  'log-pseudonym': ['end-of-year'],
  'access-log': ['end-of-month'],
  deferral: ['end-of-deferral'],
  register: ['recorded'],
  entry: ['recorded'],
};

// Rows of the log that a proof needs, and the rules it names, cannot go.
const keptAlways: readonly RetentionObject[] = ['register', 'entry'];

const lengthSchema = z.union([
  z.literal('always').transform(() => null),
  z.strictObject({ years: z.number().int().min(1).max(100) }),
  z.strictObject({ months: z.number().int().min(1).max(1_200) }),
  z.strictObject({ days: z.number().int().min(1).max(36_500) }),
]);

const clockSchema = z
  .strictObject({
    object: z.enum(retentionObjects),
    keep: lengthSchema,
    from: z.enum(clockStarts),
    authority: z.enum(['law', 'policy']),
    unverified: z.boolean(),
    basis: lineSchema,
    nl: textSchema,
    en: textSchema,
  })
  .refine((clock) => startsOf[clock.object].includes(clock.from), 'this object has no such moment to run from')
  .refine((clock) => (clock.keep === null) === keptAlways.includes(clock.object), 'only registers and entries are kept always, and they are');

/** One file of config/retention. */
const retentionFileSchema = z
  .strictObject({
    law: z.enum(['WTH']).nullable(),
    decisions: z.array(z.enum(messageTypes)).max(50),
    clocks: z.array(clockSchema).min(1),
  })
  .refine((file) => file.clocks.every(({ object }) => caseObjects.some((one) => one === object) === (file.law !== null)), 'objects of a case stand in the file of a law, the others in that of the hub')
  .refine((file) => new Set(file.clocks.map(({ object }) => object)).size === file.clocks.length, 'an object has one clock')
  .refine((file) => file.law === null || caseObjects.every((object) => file.clocks.some((clock) => clock.object === object)), 'a law needs a clock for each object of a case')
  .refine((file) => (file.law === null) === (file.decisions.length === 0), 'a law says which messages are decisions');

/** How long one object is kept, from when, and on whose authority; `keep` null is for good. */
export interface RetentionClock extends Readonly<z.output<typeof clockSchema>> {
  readonly law: 'WTH' | null;
}

/** Every clock there is, and which messages are decisions under which law. */
export interface RetentionRules {
  readonly clocks: readonly RetentionClock[];
  readonly decisions: Readonly<Record<string, readonly MessageType[]>>;
  /** Of the texts of all files, hexadecimal: which rules were applied. */
  readonly sha256: string;
}

/** The rules of these files together, or every reason why they cannot be used; an object nobody knows is one. */
export const parseRetention = (
  files: readonly { readonly name: string; readonly value: unknown }[],
  sha256: string,
): RetentionRules | { readonly kind: 'refused'; readonly problems: readonly string[] } => {
  const parsed = files.map(({ name, value }) => ({ name, read: retentionFileSchema.safeParse(value) }));
  const problems = parsed.flatMap(({ name, read }) => (read.success ? [] : read.error.issues.map(({ path, message }) => `${name}: ${path.join('.')}: ${message}`)));
  const good = parsed.flatMap(({ read }) => (read.success ? [read.data] : []));
  const clocks = good.flatMap(({ law, clocks: own }) => own.map((clock) => ({ ...clock, law })));
  const laws = good.map(({ law }) => law);
  if (new Set(laws).size !== laws.length) problems.push('two files speak of the same law');
  const missing = retentionObjects.filter((object) => !clocks.some((clock) => clock.object === object));
  if (problems.length === 0 && missing.length > 0) problems.push(`no clock for ${missing.join(', ')}`);
  if (problems.length > 0) return { kind: 'refused', problems };
  return { clocks, decisions: Object.fromEntries(good.flatMap(({ law, decisions }) => (law === null ? [] : [[law, decisions]]))), sha256 };
};

/** The clock of an object under a law, or null when that law has none. */
export const clockOf = (rules: RetentionRules, object: RetentionObject, law: string | null): RetentionClock | null =>
  rules.clocks.find((clock) => clock.object === object && clock.law === law) ?? null;

/**
 * When an object is due to be destroyed: at midnight in Amsterdam after the last day of its term, so that no day of the term is lost to the hour
 * of its start or to summer time. 29 February plus years that have none ends on 28 February. Null when it is kept for good.
 */
export const dueAt = ({ keep }: Pick<RetentionClock, 'keep'>, startedAt: Date): Date | null => {
  if (keep === null) return null;
  const last = dayOf(startedAt).add(keep, { overflow: 'constrain' });
  return new Date(last.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds);
};

/** What started at this moment or later is not due at `at`; of what started before it, `dueAt` decides. For a first choice in a database. */
export const startedBefore = ({ keep }: Pick<RetentionClock, 'keep'>, at: Date): Date | null => {
  if (keep === null) return null;
  // A month back may end a few days later than a month on began: two days more are looked at than can be due.
  return new Date(dayOf(at).subtract(keep, { overflow: 'constrain' }).add({ days: 3 }).toZonedDateTime(zone).epochMilliseconds);
};

/** True when the term is over. */
export const isDue = (clock: Pick<RetentionClock, 'keep'>, startedAt: Date, at: Date): boolean => {
  const due = dueAt(clock, startedAt);
  return due !== null && due.getTime() <= at.getTime();
};

/** The last moment of a month `2026-11` or a year `2026`, as the log counts them (UTC). */
export const endOfPeriod = (period: string): Date => {
  const [year, month] = period.split('-');
  const next = month === undefined ? Date.UTC(Number(year) + 1, 0) : Date.UTC(Number(year), Number(month));
  return new Date(next - 1);
};

const dayOf = (at: Date): Temporal.PlainDate => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate();
