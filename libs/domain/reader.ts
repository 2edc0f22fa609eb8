import { z } from 'zod';
import { lineSchema, oinSchema } from './identifier.js';

/** Who reads the log over HTTP: a party its own entries, a privacy officer those of the cases of one municipality, an auditor all of them. */
export const readerRoles = ['party', 'controller', 'auditor'] as const;
/** One of `readerRoles`. */
export type ReaderRole = (typeof readerRoles)[number];

/** Longest validity of a token: a forgotten one ends by itself. */
const readerDaysMax = 731;
const dayMs = 86_400_000;

/** A reader as somebody wants to add it; the name is that of an organisation. */
export const newReaderSchema = z
  .strictObject({ name: lineSchema, role: z.enum(readerRoles), oin: oinSchema.nullable(), validFrom: z.date(), validUntil: z.date() })
  .refine(({ role, oin }) => (role === 'auditor') === (oin === null), 'a party or controller has an OIN, an auditor has none')
  .refine(({ validFrom, validUntil }) => validFrom.getTime() < validUntil.getTime(), 'the period ends before it starts')
  .refine(({ validFrom, validUntil }) => validUntil.getTime() - validFrom.getTime() <= readerDaysMax * dayMs, `a token is valid for ${readerDaysMax} days at most`);

/** A reader without its id. */
export type NewReader = Readonly<z.output<typeof newReaderSchema>>;

/** Somebody known to the log. */
export interface Reader extends NewReader {
  readonly id: string;
  readonly revokedAt: Date | null;
}

/** True within the period of the token and before it was revoked. */
export const isReaderValid = (reader: Reader, at: Date): boolean =>
  reader.validFrom.getTime() <= at.getTime() && at.getTime() < reader.validUntil.getTime() && (reader.revokedAt === null || at.getTime() < reader.revokedAt.getTime());

/** Parts of the log: hashes and keys, everybody's entries, one's own entries. */
export type LogPart = 'hashes' | 'all-entries' | 'own-entries';

/**
 * Which part of the log a reader may have. Hashes tell nothing of anybody. Entries name parties, so all of them are for an auditor only, and a
 * party or municipality gets its own (LED art. 25: the log is for checking lawfulness, for own control and for proceedings).
 */
export const mayReadLog = (role: ReaderRole, part: LogPart): boolean => {
  switch (part) {
    case 'hashes': return true;
    case 'all-entries': return role === 'auditor';
    case 'own-entries': return role !== 'auditor';
  }
};
