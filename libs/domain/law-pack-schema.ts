import { z } from 'zod';
import { regimes } from './agreement.js';
import { categories, type Category } from './category.js';
import { events, type Event } from './event.js';
import { categorySchema, lineSchema, roleSchema, ruleIdSchema, textSchema } from './identifier.js';
import { conditions, modes, purposes, type SharingRule, type Term } from './law-pack.js';
import { mandatedPowers } from './mandate.js';
import { messageTypes } from './messages/type.js';
import { isPersonRole } from './party.js';
import { roles, type Role } from './role.js';

const everyEvent = z.literal('any').transform((): readonly Event[] => events);
// Whoever can send: a natural person has no channel, so "any" does not mean him.
const everySender = z.literal('any').transform((): readonly Role[] => roles.filter((role) => !isPersonRole(role)));
const everyCategory = z.literal('all').transform((): readonly Category[] => categories);

const distinct = <T>(list: readonly T[]): boolean => new Set(list).size === list.length;
const twice = 'named twice';

const termSchema = z
  .union([
    z.strictObject({ before: z.enum(['decision', 'imposition', 'end-of-ban', 'hearing', 'withdrawal']), authority: z.enum(['law', 'policy']).default('policy') }),
    z.strictObject({ policy: z.enum(['onverwijld', 'spoedig', 'zelfde-dag']) }),
    z.strictObject({ hours: z.number().int().min(1).max(240) }),
    z.strictObject({ days: z.number().int().min(1).max(90), atw: z.boolean() }),
    z.strictObject({ weeks: z.number().int().min(1).max(12), atw: z.boolean() }),
    z.strictObject({ months: z.number().int().min(1).max(3) }),
  ])
  .transform((term): Term => {
    if ('before' in term) return { kind: 'before', moment: term.before, authority: term.authority };
    if ('policy' in term) return { kind: 'policy', level: term.policy };
    // Atw art. 4(a): a term in hours is never extended. A month is counted by EU law here (AVG art. 12(3)), without the Atw.
    if ('hours' in term) return { kind: 'law', amount: term.hours, unit: 'hours', atw: false };
    if ('days' in term) return { kind: 'law', amount: term.days, unit: 'days', atw: term.atw };
    if ('weeks' in term) return { kind: 'law', amount: term.weeks, unit: 'weeks', atw: term.atw };
    return { kind: 'law', amount: term.months, unit: 'months', atw: false };
  });

/** One rule as it stands in the file. */
export const ruleSchema = z
  .strictObject({
    id: ruleIdSchema,
    events: z.union([everyEvent, z.array(z.enum(events)).min(1).refine(distinct, twice)]),
    from: z.union([everySender, z.array(roleSchema).min(1).refine(distinct, twice)]),
    to: z.array(roleSchema).refine(distinct, twice),
    outsiders: lineSchema.optional(),
    mode: z.enum(modes),
    authority: z.enum(['law', 'policy']),
    basis: lineSchema,
    basisCode: z.string().regex(/^[a-z][a-z0-9-]*:[a-z0-9][a-z0-9.-]*$/),
    text: textSchema,
    regime: z.enum(regimes),
    controller: z.enum(['municipality', 'sender']),
    allowed: z.array(categorySchema).refine(distinct, twice),
    forbidden: z.union([everyCategory, z.array(categorySchema).refine(distinct, twice)]),
    required: z.array(categorySchema).refine(distinct, twice).default([]),
    withholdsOnly: z.boolean().default(false),
    fieldsOnly: z.boolean().default(false),
    fullByWebhook: z.boolean().default(false),
    enforcedTls: z.boolean().default(false),
    weighed: z.boolean().default(false),
    term: termSchema.optional(),
    when: z.array(z.enum(conditions)).refine(distinct, twice).default([]),
    power: z.enum(mandatedPowers).optional(),
    purpose: z.enum(purposes),
    unverified: z.boolean().default(false),
    nl: textSchema,
    en: textSchema,
  })
  .transform(({ text, nl, en, term, power, outsiders, ...rest }): SharingRule => ({
    ...rest,
    articleText: text,
    term: term ?? null,
    power: power ?? null,
    outsiders: outsiders ?? null,
    explain: { nl, en },
  }));

const levelSchema = z
  .strictObject({
    targetMinutes: z.number().int().min(1),
    warnMinutes: z.number().int().min(1),
    breachMinutes: z.number().int().min(1).max(7 * 24 * 60),
  })
  .refine((level) => level.targetMinutes < level.warnMinutes && level.warnMinutes < level.breachMinutes, 'target, warning and breach come in this order');

/** The file around the rules; the rules themselves are checked one by one, so that every wrong one is named. */
export const packSchema = z.strictObject({
  law: z.literal('WTH'),
  version: z.string().regex(/^[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,4}$/),
  serviceLevels: z.strictObject({ onverwijld: levelSchema, spoedig: levelSchema, 'zelfde-dag': levelSchema }),
  calendar: z.strictObject({
    koningsdag: z.strictObject({ month: z.number().int().min(1).max(12), day: z.number().int().min(1).max(28), ifSunday: z.enum(['day-before', 'same-day']) }),
    equated: z.array(z.iso.date()).max(200),
  }),
  // `policy` stands there for who reads the file: no article gives this list.
  acuteThreat: z
    .strictObject({ authority: z.literal('policy'), messages: z.array(z.enum(messageTypes)).refine(distinct, twice) })
    .default({ authority: 'policy', messages: [] })
    .transform(({ messages }) => messages),
  rules: z.array(z.unknown()).min(1).max(500),
});
