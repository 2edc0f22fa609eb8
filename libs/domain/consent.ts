import { z } from 'zod';
import type { Category } from './category.js';
import { categorySchema, keySchema, lineSchema, municipalitySchema, roleSchema } from './identifier.js';
import { instantSchema } from './interval.js';
import type { Role } from './role.js';

/** Consent of one person in one case (AVG art. 6(1)(a), 7); the person is named by role, so that the register holds no name. */
export const consentSchema = z.strictObject({
  kind: z.literal('consent'),
  key: keySchema,
  municipality: municipalitySchema,
  caseNumber: z.string().min(1).max(40),
  person: z.enum(['UHG', 'PART']),
  recipient: roleSchema,
  categories: z.array(categorySchema).min(1),
  givenAt: instantSchema,
  recordedBy: lineSchema,
  withdrawnAt: instantSchema.nullable(),
});

/** A consent in the register. */
export type Consent = Readonly<z.output<typeof consentSchema>>;

/** What consent is asked for. */
export interface ConsentQuestion {
  readonly municipality: string;
  readonly caseNumber: string;
  /** Whose data they are: nobody consents for another. */
  readonly person: 'UHG' | 'PART';
  readonly recipient: Role;
  readonly categories: readonly Category[];
}

/** True when the consent was given, not withdrawn (AVG art. 7(3)), and names recipient and every category. */
export const consentsTo = (consent: Consent, question: ConsentQuestion, at: Date): boolean =>
  Date.parse(consent.givenAt) <= at.getTime()
  && (consent.withdrawnAt === null || at.getTime() < Date.parse(consent.withdrawnAt))
  && consent.municipality === question.municipality
  && consent.caseNumber === question.caseNumber
  && consent.person === question.person
  && consent.recipient === question.recipient
  && question.categories.every((category) => consent.categories.includes(category));
