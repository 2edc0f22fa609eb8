import type { z } from 'zod';
import { agreementSchema, type Agreement } from './agreement.js';
import { consentSchema, type Consent } from './consent.js';
import { designationSchema, type Designation } from './designation.js';
import { isWithin } from './interval.js';
import { mandateSchema, type Mandate } from './mandate.js';
import { addressesOf, isActive, partySchema, type Party } from './party.js';
import { settingSchema, type Setting } from './setting.js';

/** A register document with the number of its version; superseded, never changed (I4). */
export type Versioned<T> = T & { readonly version: number };

/** What decisions are made by: of every document the version that is current. */
export interface Registers {
  readonly parties: readonly Versioned<Party>[];
  readonly agreements: readonly Versioned<Agreement>[];
  readonly settings: readonly Versioned<Setting>[];
  readonly mandates: readonly Versioned<Mandate>[];
  readonly designations: readonly Versioned<Designation>[];
  readonly consents: readonly Versioned<Consent>[];
}

/** Kinds of register documents, and the schema each must pass. */
const registerSchemas = {
  party: partySchema,
  agreement: agreementSchema,
  setting: settingSchema,
  mandate: mandateSchema,
  designation: designationSchema,
  consent: consentSchema,
} as const;

/** Any register document. */
export type RegisterDocument = Party | Agreement | Setting | Mandate | Designation | Consent;
/** Name of a sort of register document. */
export type RegisterKind = RegisterDocument['kind'];

/** A document that does not pass; `problems` say where and why, for the person who wrote it. */
export interface RegisterRefusal {
  readonly kind: 'refused';
  readonly code: 'invalid-register';
  readonly public: string;
  readonly detail: string;
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
}

/** One register document from outside, checked; unknown fields are refused. */
export const parseRegisterDocument = (value: unknown): { readonly kind: 'read'; readonly document: RegisterDocument } | RegisterRefusal => {
  const name = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  if (!isRegisterKind(name)) return refusal([{ path: 'kind', problem: 'unknown kind of register document' }]);
  const parsed: z.ZodSafeParseResult<RegisterDocument> = registerSchemas[name].safeParse(value);
  if (parsed.success) return { kind: 'read', document: parsed.data };
  return refusal(parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message })));
};

const isRegisterKind = (name: unknown): name is RegisterKind => typeof name === 'string' && Object.hasOwn(registerSchemas, name);

const refusal = (problems: RegisterRefusal['problems']): RegisterRefusal => ({
  kind: 'refused',
  code: 'invalid-register',
  public: 'the register document is not valid',
  detail: problems.map(({ path, problem }) => `${path}: ${problem}`).join('; '),
  problems,
});

/** The registers made of stored documents. Throws on a document that does not pass: what is stored was checked before. */
export const registersOf = (rows: Iterable<{ readonly version: number; readonly body: unknown }>): Registers => {
  const documents = [...rows].map(({ version, body }) => {
    const read = parseRegisterDocument(body);
    if (read.kind === 'refused') throw new Error(`bug: a stored register document does not pass: ${read.detail}`);
    return { ...read.document, version };
  });
  const of = <K extends RegisterKind>(kind: K) => documents.filter((d): d is Extract<RegisterDocument, { kind: K }> & { version: number } => d.kind === kind);
  return {
    parties: of('party'),
    agreements: of('agreement'),
    settings: of('setting'),
    mandates: of('mandate'),
    designations: of('designation'),
    consents: of('consent'),
  };
};

/** The one active party that may send from this address, or null; two parties with one address are nobody. */
export const senderOf = (registers: Registers, address: string, at: Date): Versioned<Party> | null => {
  const [only, ...others] = registers.parties.filter((party) => isActive(party, at) && addressesOf(party).includes(address.toLowerCase()));
  return only === undefined || others.length > 0 ? null : only;
};

/** The party with this OIN, active or not, or null. */
export const partyOf = (registers: Pick<Registers, 'parties'>, oin: string): Versioned<Party> | null =>
  registers.parties.find((party) => party.oin === oin) ?? null;

/** The municipality with this CBS code, or null when it is not connected. */
export const municipalityOf = (registers: Pick<Registers, 'parties'>, code: string): Versioned<Party> | null =>
  registers.parties.find((party) => party.municipality === code) ?? null;

/** Who answers today for what this body received: itself while it is connected, else every connected party that names it as a predecessor, however far back. */
export const successorsOf = (registers: Pick<Registers, 'parties'>, oin: string, at: Date): readonly Versioned<Party>[] => {
  const found = new Map<string, Versioned<Party>>();
  const seen = new Set<string>();
  const look = (one: string): void => {
    if (seen.has(one)) return;
    seen.add(one);
    const party = partyOf(registers, one);
    if (party !== null && isWithin(party, at)) return void found.set(one, party);
    for (const later of registers.parties) if (later.predecessors.includes(one)) look(later.oin);
  };
  look(oin);
  return [...found.values()];
};
