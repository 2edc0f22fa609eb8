import { z } from 'zod';
import { instantSchema } from './interval.js';
import { sha256Schema } from './identifier.js';
import { civilDay } from './terms.js';

/** What an own key is for: signing mail, opening mail, the hub's mail and web servers, and DKIM. */
export const ownKeyRoles = ['sign', 'decrypt', 'tls', 'dkim'] as const;
/** One of `ownKeyRoles`. */
export type OwnKeyRole = (typeof ownKeyRoles)[number];

/**
 * The life of an own key. `made`: asked to be certified. `announced`: certified; a key that opens mail opens it, and our mail names it to be used.
 * `active`: in use. `retiring`: another took its place; still good for what is under way. `decrypt-only`: opens what was kept, and is no recipient any more.
 */
const ownKeyStates = ['made', 'announced', 'active', 'retiring', 'decrypt-only', 'destroyed'] as const;
/** One of `ownKeyStates`. */
export type OwnKeyState = (typeof ownKeyStates)[number];

/** One version of an own key; the private half stands at the provider, under `id`. */
export const ownKeySchema = z
  .strictObject({
    kind: z.literal('own-key'),
    id: z.uuid(),
    role: z.enum(ownKeyRoles),
    algorithm: z.enum(['p-256', 'rsa-3072', 'ed25519', 'other']),
    state: z.enum(ownKeyStates),
    /** Its certificate and what leads from there toward an anchor, by sha256; null until it is certified. DKIM keys have none. */
    certificate: sha256Schema.nullable(),
    chain: z.array(sha256Schema).max(8),
    madeAt: instantSchema,
    announcedAt: instantSchema.nullable(),
    activeAt: instantSchema.nullable(),
    retiringAt: instantSchema.nullable(),
    decryptOnlyAt: instantSchema.nullable(),
    /** Not destroyed before this moment: what was encrypted to it is kept until then. */
    keepUntil: instantSchema.nullable(),
    destroyedAt: instantSchema.nullable(),
  })
  .refine((key) => key.state === 'made' || key.role === 'dkim' || key.certificate !== null || key.activeAt === null, 'a key in use has a certificate');
/** One version of an own key. */
export type OwnKey = Readonly<z.output<typeof ownKeySchema>>;

/** What may be done to an own key. `early` allows activating before partners had their fortnight; the log tells it. */
export type OwnKeyStep =
  | { readonly kind: 'announce'; readonly certificate: string | null; readonly chain: readonly string[] }
  | { readonly kind: 'activate'; readonly early: 'allowed' | 'refused' }
  | { readonly kind: 'retire' }
  | { readonly kind: 'destroy' };

/** Partners take the next key to encrypt to from our mail; so long they have for it (smime.md 4). */
export const announceDays = 14;
/** A key that opened mail is kept this long after it stopped receiving: the five years of a file (Wth art. 10(1)) and a case that lasts. */
const decryptKeptYears = 7;

const dayMs = 86_400_000;

type Stepped = { readonly kind: 'changed'; readonly keys: readonly OwnKey[] } | { readonly kind: 'refused'; readonly detail: string };
const refused = (detail: string): Stepped => ({ kind: 'refused', detail });

/**
 * The keys that change by a step, with what they become. Activating retires the one that was active, in the same step: of each role exactly one is active.
 * Keys that open mail pass `decrypt-only` and are kept; the others have nothing to open.
 */
export const stepOwnKey = (keys: readonly OwnKey[], id: string, step: OwnKeyStep, at: Date): Stepped => {
  const key = keys.find((one) => one.id === id);
  if (key === undefined) return refused('there is no such key');
  switch (step.kind) {
    case 'announce': return announce(key, step, at);
    case 'activate': return activate(keys, key, step, at);
    case 'retire': return retire(key, at);
    case 'destroy': return destroy(key, at);
  }
};

const announce = (key: OwnKey, { certificate, chain }: Extract<OwnKeyStep, { kind: 'announce' }>, at: Date): Stepped =>
  key.state === 'made'
    ? { kind: 'changed', keys: [{ ...key, state: 'announced', certificate, chain: [...chain], announcedAt: at.toISOString() }] }
    : refused(`the key is ${key.state}, and only one that was made is announced`);

const activate = (keys: readonly OwnKey[], key: OwnKey, { early }: Extract<OwnKeyStep, { kind: 'activate' }>, at: Date): Stepped => {
  if (key.state !== 'announced') return refused(`the key is ${key.state}, and only an announced one becomes active`);
  const before = keys.filter(({ role, state }) => role === key.role && state === 'active');
  const readyAt = Date.parse(key.announcedAt ?? key.madeAt) + announceDays * dayMs;
  // Whoever reads no announcement goes on with the old key, which is still opened with; a role that had none has nobody to wait for.
  if (key.role === 'decrypt' && before.length > 0 && at.getTime() < readyAt && early === 'refused') {
    return refused(`partners have until ${civilDay(new Date(readyAt))} to change over; --early does not wait for them`);
  }
  const active: OwnKey = { ...key, state: 'active', activeAt: at.toISOString() };
  return { kind: 'changed', keys: [active, ...before.map((one): OwnKey => ({ ...one, state: 'retiring', retiringAt: at.toISOString() }))] };
};

const retire = (key: OwnKey, at: Date): Stepped => {
  if (key.role !== 'decrypt') return refused('only a key that opens mail is kept to open with; this one can be destroyed');
  if (key.state !== 'retiring') return refused(`the key is ${key.state}; another one must be active in its place first`);
  const keepUntil = new Date(at);
  keepUntil.setUTCFullYear(keepUntil.getUTCFullYear() + decryptKeptYears);
  return { kind: 'changed', keys: [{ ...key, state: 'decrypt-only', decryptOnlyAt: at.toISOString(), keepUntil: keepUntil.toISOString() }] };
};

const destroy = (key: OwnKey, at: Date): Stepped => {
  switch (key.state) {
    case 'made':
      return gone(key, at);
    case 'announced':
      return key.role === 'decrypt' ? refused('partners may have begun to use it: activate it and let another take its place') : gone(key, at);
    case 'active':
      return refused('the key is in use; another one must be active in its place first');
    case 'retiring':
      return key.role === 'decrypt' ? refused('mail that was kept may need it; retire it first') : gone(key, at);
    case 'decrypt-only':
      return key.keepUntil !== null && at.getTime() < Date.parse(key.keepUntil) ? refused(`mail that was kept needs it until ${civilDay(new Date(key.keepUntil))}`) : gone(key, at);
    case 'destroyed':
      return refused('the key is destroyed');
  }
};

const gone = (key: OwnKey, at: Date): Stepped => ({ kind: 'changed', keys: [{ ...key, state: 'destroyed', destroyedAt: at.toISOString() }] });

/** The one active key of a role; null when there is none, or more than one, which is nobody's. */
export const activeOwnKey = (keys: readonly OwnKey[], role: OwnKeyRole): OwnKey | null => {
  const [only, ...others] = keys.filter((key) => key.role === role && key.state === 'active');
  return only === undefined || others.length > 0 ? null : only;
};

/** The key partners are asked to encrypt to: the one announced last, else the active one. */
export const advertisedKey = (keys: readonly OwnKey[]): OwnKey | null => {
  const announced = keys.filter(({ role, state, certificate }) => role === 'decrypt' && state === 'announced' && certificate !== null);
  return announced.toSorted((a, b) => Date.parse(b.announcedAt ?? '') - Date.parse(a.announcedAt ?? ''))[0] ?? activeOwnKey(keys, 'decrypt');
};

/** Every key that opens mail, the active one first: what was encrypted to any of them while it was good is still read. */
export const openingKeys = (keys: readonly OwnKey[]): readonly OwnKey[] => {
  const order: readonly OwnKeyState[] = ['active', 'announced', 'retiring', 'decrypt-only'];
  return keys.filter(({ role, state, certificate }) => role === 'decrypt' && certificate !== null && order.includes(state)).toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
};
