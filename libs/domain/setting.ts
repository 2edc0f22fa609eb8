import { z } from 'zod';
import { controllerSchema, keySchema, lineSchema, ruleIdSchema, textSchema } from './identifier.js';
import type { SharingRule } from './law-pack.js';
import { instantSchema, intervalShape, isOrdered, isWithin } from './interval.js';

/**
 * What a controller has switched on within what the law permits. Only permitted and policy rules are switches; duties of law are not.
 * A rule that is not named is off. Two people: one proposes, another approves.
 */
export const settingSchema = z
  .strictObject({
    kind: z.literal('setting'),
    key: keySchema,
    /** The controller whose choice it is: the municipality, or the sender for rules on its own data. */
    controller: controllerSchema,
    rules: z.record(ruleIdSchema, z.enum(['on', 'off'])),
    proposedBy: lineSchema,
    proposedAt: instantSchema,
    approvedBy: lineSchema,
    approvedAt: instantSchema,
    reason: textSchema,
    ...intervalShape,
  })
  .refine(isOrdered, 'the period ends before it starts')
  .refine((s) => s.proposedBy.toLowerCase() !== s.approvedBy.toLowerCase(), 'the one who approves is another than the one who proposes')
  .refine((s) => Date.parse(s.proposedAt) <= Date.parse(s.approvedAt), 'approved before it was proposed');

/** What one controller has switched on. */
export type Setting = Readonly<z.output<typeof settingSchema>>;

/** True when the setting is in force, approved, and names the rule as on. */
export const switchesOn = (setting: Setting, rule: string, at: Date): boolean =>
  isWithin(setting, at) && Date.parse(setting.approvedAt) <= at.getTime() && setting.rules[rule] === 'on';

/** True for what a controller chooses: what the law permits, and what it made its policy. A duty of law and a right of the person are no switches. */
export const isSwitch = ({ authority, mode }: Pick<SharingRule, 'authority' | 'mode'>): boolean => authority === 'policy' || mode === 'permitted';
