import { caseNumberKey, messageTypes, parseEcli, type FieldValues } from '@ketensluis/domain';
import { z } from 'zod';
import type { DisclosureDocument } from './disclosure.js';

const code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);

const listingSchema = z.strictObject({
  type: z.enum(messageTypes),
  law: z.string().regex(/^[A-Z0-9-]{1,20}$/),
  municipality: z.string().regex(/^[0-9]{4}$/),
  outcome: code.nullable(),
  effect: code.nullable(),
  courtCase: z.string().max(60).nullable(),
  court: z.string().regex(/^[A-Z][A-Z0-9]{0,6}$/).nullable(),
  ecli: z.string().max(48).nullable(),
  /** The recipient may have the ECLI: its permit names C-RULDOC (I2). */
  mayHaveEcli: z.boolean(),
});

/** What a feed says of one disclosure before it is fetched: codes, and the case number and ECLI of the court. Never a name, nor anything written by hand. */
export type FeedListing = Readonly<z.output<typeof listingSchema>>;

/** The listing of a disclosure; it says no more than the disclosure itself does. */
export const listingOf = ({ type, case: of, fields, ground }: DisclosureDocument): FeedListing => {
  const number = textIn(fields, 'zaaknummer_rechtbank');
  const court = textIn(fields, 'instantie');
  return {
    type, law: of.law, municipality: of.municipality,
    outcome: codeIn(fields, 'dictum'), effect: codeIn(fields, 'gevolg_voor_maatregel'),
    // A free field: what does not have the form of a case number, in capitals and digits, may be anything, and is not listed.
    courtCase: number === null || /[a-z]/.test(number) || caseNumberKey(number) === null ? null : number,
    court: court !== null && /^[A-Z][A-Z0-9]{0,6}$/.test(court) ? court : null,
    ecli: parseEcli(textIn(fields, 'ecli') ?? '')?.ecli ?? null,
    mayHaveEcli: ground.categories.includes('C-RULDOC'),
  };
};

/** The stored form of a listing. */
export const writeListing = (listing: FeedListing): Uint8Array => new TextEncoder().encode(JSON.stringify(listing));

/** Reads the stored form; throws when it is none. */
export const readListing = (bytes: Uint8Array): FeedListing => listingSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));

const textIn = (fields: FieldValues, name: string): string | null => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : null;
};

const codeIn = (fields: FieldValues, name: string): string | null => {
  const read = code.safeParse(textIn(fields, name));
  return read.success ? read.data : null;
};
