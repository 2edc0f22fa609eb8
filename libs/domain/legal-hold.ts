import { z } from 'zod';
import { oinSchema } from './identifier.js';

/** Why destruction may wait: a procedure that needs the file, or somebody with a power to ask for it (law.md 5.3). */
export const legalHoldReasons = ['interim-relief', 'appeal', 'higher-appeal', 'complaint', 'criminal-case', 'supervisor', 'damages'] as const;
/** One of `legalHoldReasons`. */
export type HoldCause = (typeof legalHoldReasons)[number];

/** A function in the log: a code, never a name (I7). */
export const functionCodeSchema = z.string().regex(/^(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,39}$/, 'a function is a code such as privacy-officer, without spaces');

/** A legal hold as somebody wants to add it; Wth art. 10 knows none, so it has a reason, a function and an end. */
export const newHoldSchema = z
  .strictObject({
    controller: oinSchema.nullable(),
    reason: z.enum(legalHoldReasons),
    byFunction: functionCodeSchema,
    fromAt: z.date(),
    untilAt: z.date(),
  })
  .refine(({ fromAt, untilAt }) => fromAt.getTime() < untilAt.getTime(), 'a hold ends after it begins');

/** A legal hold without its id. */
export type NewHold = Readonly<z.output<typeof newHoldSchema>>;
