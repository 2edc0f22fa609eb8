import { z } from 'zod';
import { instantSchema, intervalShape, isOrdered, isWithin } from './interval.js';
import { keySchema, lineSchema, municipalitySchema, oinSchema, roleSchema, sha256Schema } from './identifier.js';
import type { Role } from './role.js';

const addressSchema = z.email().max(254).transform((address) => address.toLowerCase());

/** Roles only natural persons have: they are addressed through a party, never over a channel of their own (Wth art. 1(c), 2(8)). */
export const personRoles: readonly Role[] = ['UHG', 'PART'];

/** True for roles of natural persons. */
export const isPersonRole = (role: Role): boolean => personRoles.includes(role);

const municipalRoles: readonly Role[] = ['GEM', 'BM', 'OOV'];
/** True for a role of the municipality itself: its posts are one party, and one controller. */
export const isMunicipalRole = (role: Role): boolean => municipalRoles.includes(role);

/** A post within a party, such as one hulpofficier: its own addresses, and a role the mandate register may speak of. */
export const functionSchema = z.strictObject({
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: lineSchema,
  role: roleSchema,
  addresses: z.array(addressSchema).max(20),
});

/** How the hub brings a disclosure to a party; `host` names the receiving server where it is not looked up. */
export const channelSchema = z.strictObject({
  kind: z.literal('smime-mail'),
  address: addressSchema,
  host: z.string().max(253).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
});

/** One organisation connected to the hub. */
export const partySchema = z
  .strictObject({
    kind: z.literal('party'),
    key: keySchema,
    oin: oinSchema,
    name: lineSchema,
    roles: z.array(roleSchema).min(1),
    /** Set for a municipality: its own CBS code. The tenant of a case is found by it (I10). */
    municipality: municipalitySchema.nullable(),
    /** Municipalities this party works for; a municipality serves itself only. */
    serves: z.array(municipalitySchema).max(400),
    functions: z.array(functionSchema).max(100),
    /** Addresses the party may send from, apart from those of its functions. */
    addresses: z.array(addressSchema).max(50),
    channel: channelSchema.nullable(),
    /** Signing certificates known for the party: sha256 of the DER, hexadecimal. */
    certificateSha256: z.array(sha256Schema).max(20).default([]),
    /** PEM; absent until the party handed one over. Without it nothing can be sent (I12). */
    encryptionCertificate: z.string().max(20_000).optional(),
    ...intervalShape,
    pausedAt: instantSchema.nullable().default(null),
  })
  .refine(isOrdered, 'the period ends before it starts')
  .refine((party) => party.roles.every((role) => !personRoles.includes(role)), 'a natural person is never a party (Wth art. 1(c))')
  .refine((party) => party.functions.every((f) => party.roles.includes(f.role)), 'a function has a role its party does not have')
  .refine((party) => (party.municipality !== null) === party.roles.includes('GEM'), 'role GEM and a municipality code go together')
  .refine((party) => party.municipality === null || (party.serves.length === 1 && party.serves[0] === party.municipality), 'a municipality serves itself only (I10)');

/** One organisation connected to the hub; a version of it holds from `from` until just before `to`. */
export type Party = Readonly<z.output<typeof partySchema>>;
/** A post within a party. */
export type PartyFunction = Readonly<z.output<typeof functionSchema>>;

/** True while the party is connected and not paused. */
export const isActive = (party: Party, at: Date): boolean =>
  isWithin(party, at) && (party.pausedAt === null || at.getTime() < Date.parse(party.pausedAt));

/** True when the party has the role and works for the municipality: nobody else is ever a recipient in its cases (I10). */
export const serves = (party: Party, role: Role, municipality: string): boolean =>
  party.roles.includes(role) && party.serves.includes(municipality);

/** Every address the party may send from, lower case. */
export const addressesOf = (party: Party): readonly string[] =>
  [...party.addresses, ...party.functions.flatMap((f) => f.addresses)];
