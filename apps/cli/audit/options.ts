import { categories, consultationPurposes, outcomes, periodOf, type Period } from '@ketensluis/domain';
import { absent, everything, type Asker, type FilterAsked } from '@ketensluis/flow';
import { leafKinds } from '@ketensluis/tlog';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { z } from 'zod';
import { PlainFault } from '../terminal.js';

/** What every question to the log says: who asks, why, and whose entries. */
export const addAskerOptions = (command: Command): Command =>
  command
    .requiredOption('--by <function>', 'who asks: code of a function, as in fg; not a name')
    .requiredOption('--purpose <code>', `why: ${consultationPurposes.join(', ')}`)
    .option('--for <oin>', 'entries of this controller only; required unless --all')
    .option('--all', 'entries of every controller; for the operator');

const text = z.string().min(1).max(120);
const askerSchema = z
  .object({
    by: z.string().regex(/^(?=[^a-z]*[a-z])[a-z0-9][a-z0-9-]{0,39}$/, 'the code of a function: lower-case letters, digits and dashes'),
    purpose: z.enum(consultationPurposes),
    for: z.string().regex(/^\d{20}$/, 'an OIN has 20 digits').optional(),
    all: z.boolean().optional(),
  })
  .refine((asker) => (asker.for === undefined) !== (asker.all !== true), 'name the controller with --for, or say --all');

/** Reads who asks; ends with what is wrong and exit code 2. */
export const askerOf = (options: unknown): Asker => {
  const { by, purpose, for: controller } = read(askerSchema, options);
  return { account: userInfo().username, function: by, purpose, controller: controller ?? null };
};

/** The filters of a question. */
export const addFilterOptions = (command: Command): Command =>
  addPeriodOptions(command)
    .option('--recipient <party>', `OIN or key of who received; ${absent} for nobody connected`)
    .option('--sender <party>', 'OIN or key of who sent')
    .option('--kind <kind>', leafKinds.join(', '))
    .option('--decision <decision>', 'permit, hold or refuse')
    .option('--type <schema>', 'type of message with its version, as in huisverbod.opgelegd@1')
    .option('--category <code>', 'category of data, as in C-HEALTH')
    .option('--basis <code>', 'code of the article, as in wth:2.8')
    .option('--rule <id>', 'rule, as in WTH-08')
    .option('--law <version>', 'version of the law pack in the register, as in wth@1')
    .option('--reason <code>', 'first reason of a hold or refusal, as in no-agreement')
    .option('--about-purpose <code>', 'purpose the entry itself names')
    .option('--outcome <code>', outcomes.join(', '))
    .option('--channel <kind>', 'kind of channel the recipient had, as in smime-mail')
    .option('--outside-hours', 'only outside office hours: Monday to Friday, eight to six, holidays apart');

/** From when to when. */
export const addPeriodOptions = (command: Command): Command =>
  command
    .option('--period <period>', 'year, quarter, month or day: 2026, 2026-Q4, 2026-11, 2026-11-22')
    .option('--from <moment>', 'from this day or moment on')
    .option('--to <moment>', 'until just before this day or moment');

const code = text.regex(/^[A-Za-z0-9][A-Za-z0-9._:@/+-]*$|^-$/, 'a code');
const filterSchema = z.object({
  recipient: code.optional(), sender: code.optional(), kind: z.enum(leafKinds).optional(), decision: z.enum(['permit', 'hold', 'refuse', absent]).optional(),
  type: code.optional(), category: z.enum([...categories, absent]).optional(), basis: code.optional(), rule: code.optional(), law: code.optional(), reason: code.optional(),
  aboutPurpose: code.optional(), outcome: z.enum(outcomes).optional(), channel: code.optional(), outsideHours: z.boolean().optional(),
});

/** Reads the filter of a question; the person comes from elsewhere, never from here (I13). */
export const filterOf = (options: unknown, at: Date): FilterAsked => {
  const { aboutPurpose, outsideHours, ...given } = read(filterSchema, options);
  const { from, to } = spanOf(options, at);
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...everything(from, to), ...named, purpose: aboutPurpose ?? null, outsideHours: outsideHours === true };
};

const spanSchema = z.object({ period: text.optional(), from: text.optional(), to: text.optional() });
const yearsBack = 5;

/** The period asked for; without one the last five years, as long as the log can tell of persons. */
export const spanOf = (options: unknown, at: Date): Period => {
  const { period, from, to } = read(spanSchema, options);
  if (period !== undefined) {
    const found = periodOf(period);
    if (found === null || from !== undefined || to !== undefined) throw new PlainFault('Write the period as 2026, 2026-Q4, 2026-11 or 2026-11-22, without --from and --to.', 2);
    return found;
  }
  const start = new Date(at);
  start.setUTCFullYear(at.getUTCFullYear() - yearsBack);
  return { from: from === undefined ? start : momentOf(from), to: to === undefined ? at : momentOf(to) };
};

/** A day on the calendar of Amsterdam, or a moment with its offset. */
export const momentOf = (written: string): Date => {
  const day = /^\d{4}-\d\d-\d\d$/.test(written) ? periodOf(written) : null;
  const moment = day?.from ?? (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(written) ? new Date(written) : null);
  if (moment === null || Number.isNaN(moment.getTime())) throw new PlainFault('Write a moment as 2026-11-22 or 2026-11-22T14:00:00Z.', 2);
  return moment;
};

/** Options as a schema wants them; ends with what is wrong and exit code 2. */
export const read = <T>(schema: z.ZodType<T>, options: unknown): T => {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new PlainFault(parsed.error.issues.map(({ path, message }) => `${path.length === 0 ? '' : `--${path.join('.').replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}: `}${message}`).join('\n'), 2);
};

