import { z } from 'zod';
import { keySchema, lineSchema, municipalitySchema, oinSchema } from './identifier.js';
import { intervalShape, isOrdered, isWithin } from './interval.js';

/** The powers a burgemeester may give a hulpofficier van justitie (Wth art. 3(1)); withdrawing and extending are not among them. */
export const mandatedPowers = ['2(1)', '2(3)', '2(7)', '2(8)', '5(1)'] as const;
/** One of `mandatedPowers`. */
export type Power = (typeof mandatedPowers)[number];

const neverMandated = ['2(9)', '9(1)'];

const powerSchema = z.string().transform((power, context): Power => {
  const known = mandatedPowers.find((name) => name === power);
  if (known !== undefined) return known;
  context.addIssue({
    code: 'custom',
    message: neverMandated.includes(power)
      ? `the power of Wth art. ${power} stays with the burgemeester: Wth art. 3(1) names 2(1), 2(3), 2(7), 2(8) and 5(1) only`
      : `unknown power ${power}: Wth art. 3(1) names 2(1), 2(3), 2(7), 2(8) and 5(1) only`,
  });
  return z.NEVER;
});

/**
 * A mandate of a burgemeester to one function of HOvJ. Granted by the municipality itself: Awb art. 10:9(1) does not apply, so a
 * holder cannot pass it on (Wth art. 3(1)), and there is no field in which an ondermandaat could be written.
 */
export const mandateSchema = z
  .strictObject({
    kind: z.literal('mandate'),
    key: keySchema,
    municipality: municipalitySchema,
    /** The number an order names it by (`mandaat_id`); one decision can give a mandate to several functions. */
    reference: keySchema,
    grantedBy: z.literal('burgemeester'),
    holder: z.strictObject({ oin: oinSchema, function: z.string().min(1).max(40) }),
    powers: z.array(powerSchema).min(1),
    signedBy: lineSchema,
    decision: lineSchema,
    ...intervalShape,
  })
  .refine(isOrdered, 'the period ends before it starts');

/** A mandate in the register. */
export type Mandate = Readonly<z.output<typeof mandateSchema>>;

/** Whose power is asked for, in which municipality. */
export interface MandateQuestion {
  readonly municipality: string;
  readonly oin: string;
  readonly function: string | null;
  readonly power: Power;
}

/** True when the mandate is in force and gives this function this power; without a function no mandate can be found (Wth art. 3(1)). */
export const mandates = (mandate: Mandate, question: MandateQuestion, at: Date): boolean =>
  isWithin(mandate, at)
  && mandate.municipality === question.municipality
  && mandate.holder.oin === question.oin
  && mandate.holder.function === question.function
  && mandate.powers.includes(question.power);
