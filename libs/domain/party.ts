import { z } from 'zod';
import { channelSchema } from './channel.js';
import { instantSchema, intervalShape, isOrdered, isWithin } from './interval.js';
import { keySchema, lineSchema, municipalitySchema, oinSchema, roleSchema, sha256Schema } from './identifier.js';
import type { Role } from './role.js';

const addressSchema = z.email().max(254).transform((address) => address.toLowerCase());

/** Roles only natural persons have: they are addressed through a party, never over a channel of their own (Wth art. 1(c), 2(8)). */
const personRoles: readonly Role[] = ['UHG', 'PART'];

/** True for roles of natural persons. */
export const isPersonRole = (role: Role): boolean => personRoles.includes(role);

const municipalRoles: readonly Role[] = ['GEM', 'BM', 'OOV'];
/** True for a role of the municipality itself: its posts are one party, and one controller. */
export const isMunicipalRole = (role: Role): boolean => municipalRoles.includes(role);

const certificatesSchema = z.array(sha256Schema).max(20).default([]);

/** A post within a party, such as one hulpofficier: its own addresses, and a role the mandate register may speak of. */
const functionSchema = z.strictObject({
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: lineSchema,
  role: roleSchema,
  addresses: z.array(addressSchema).max(20),
  /** Certificates that may sign for the post, as for the party; empty: those of the party. */
  certificateSha256: certificatesSchema,
});

/** How far a connection is: drawn up, tried out with test messages only, in use. A pause stands apart, since it ends where it began. */
export const partyStages = ['concept', 'practice', 'active'] as const;
/** One of `partyStages`. */
export type PartyStage = (typeof partyStages)[number];

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
    /** The certificates the party signs with and is encrypted to: sha256 of the DER, hexadecimal. Empty: every one that is proven for its address. */
    certificateSha256: certificatesSchema,
    /** PEM; absent until the party handed one over. Without it nothing can be sent (I12). */
    encryptionCertificate: z.string().max(20_000).optional(),
    ...intervalShape,
    stage: z.enum(partyStages).default('active'),
    pausedAt: instantSchema.nullable().default(null),
    /** Bodies this one came from by a merger, a split or a new number: what they received by the log, this one answers for. */
    predecessors: z.array(oinSchema).max(20).default([]),
  })
  .refine(isOrdered, 'the period ends before it starts')
  .refine((party) => party.roles.every((role) => !personRoles.includes(role)), 'a natural person is never a party (Wth art. 1(c))')
  .refine((party) => party.functions.every((f) => party.roles.includes(f.role)), 'a function has a role its party does not have')
  .refine((party) => (party.municipality !== null) === party.roles.includes('GEM'), 'role GEM and a municipality code go together')
  .refine((party) => party.municipality === null || (party.serves.length === 1 && party.serves[0] === party.municipality), 'a municipality serves itself only (I10)');

/** One organisation connected to the hub; a version of it holds from `from` until just before `to`. */
export type Party = Readonly<z.output<typeof partySchema>>;

/** True while the connection is in use, also while it is paused: it is still this party that must hear. */
export const isConnected = (party: Party, at: Date): boolean => party.stage === 'active' && isWithin(party, at);

/** True while the party is connected and not paused: nobody else sends or receives anything about anybody. */
export const isActive = (party: Party, at: Date): boolean => isConnected(party, at) && !isPaused(party, at);

/** True while test messages may go to the party, in practice or in use. */
export const takesTests = (party: Party, at: Date): boolean => party.stage !== 'concept' && isWithin(party, at) && !isPaused(party, at);

const isPaused = ({ pausedAt }: Party, at: Date): boolean => pausedAt !== null && Date.parse(pausedAt) <= at.getTime();

/** What may be done to a connection. */
export type PartyStep = { readonly kind: 'stage'; readonly stage: PartyStage } | { readonly kind: 'pause' } | { readonly kind: 'resume' };

/** The party after a step, or why it cannot be taken. A connection comes into use by way of practice, and never goes back to being drawn up. */
export const stepParty = (party: Party, step: PartyStep, at: Date): { readonly kind: 'changed'; readonly party: Party } | { readonly kind: 'refused'; readonly detail: string } => {
  const refused = (detail: string) => ({ kind: 'refused', detail }) as const;
  switch (step.kind) {
    case 'pause':
      return party.pausedAt === null ? { kind: 'changed', party: { ...party, pausedAt: at.toISOString() } } : refused('the party is paused already');
    case 'resume':
      return party.pausedAt === null ? refused('the party is not paused') : { kind: 'changed', party: { ...party, pausedAt: null } };
    case 'stage': {
      const [from, to] = [partyStages.indexOf(party.stage), partyStages.indexOf(step.stage)];
      if (from === to) return refused(`the party is in stage ${party.stage} already`);
      if (to === 0) return refused('a connection that was tried out does not become a concept again');
      if (to > from + 1) return refused('a concept comes into use by way of practice');
      return { kind: 'changed', party: { ...party, stage: step.stage } };
    }
  }
};

/** True when the party has the role and works for the municipality: nobody else is ever a recipient in its cases (I10). */
export const serves = (party: Party, role: Role, municipality: string): boolean =>
  party.roles.includes(role) && party.serves.includes(municipality);

/** Every address the party may send from, lower case. */
export const addressesOf = (party: Party): readonly string[] =>
  [...party.addresses, ...party.functions.flatMap((f) => f.addresses)];

/** True when the party has named no certificates for what signs from this address, or this one among them; those of a post go before. */
export const maySign = (party: Party, address: string, certificateSha256: string): boolean => {
  const post = party.functions.find(({ addresses }) => addresses.includes(address.toLowerCase()));
  const named = post === undefined || post.certificateSha256.length === 0 ? party.certificateSha256 : post.certificateSha256;
  return named.length === 0 || named.includes(certificateSha256);
};

/** True when the party has named no certificates, or this one among them: nothing is encrypted to another (I12). */
export const mayReceive = (party: Party, certificateSha256: string): boolean =>
  party.certificateSha256.length === 0 || party.certificateSha256.includes(certificateSha256);
