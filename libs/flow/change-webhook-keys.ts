import {
  readWebhookSigner, readWebhookVerifier, webhookVerifierOf, webhookVerifierText, type WebhookScheme, type WebhookSigner, type WebhookVerifier,
} from '@ketensluis/contract';
import { keyOverlapDaysMax, keyStateAt, partyOf, type KeyDirection } from '@ketensluis/domain';
import type { Clock, Ids, RegisterReader } from './ports.js';
import type { WebhookKey, WebhookKeyChange, WebhookKeys } from './webhook-ports.js';

export interface WebhookKeyPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly keys: WebhookKeys;
  /** So many bytes that nobody can guess. */
  readonly random: (bytes: number) => Uint8Array;
}

/** A key that is wanted: made here, unless the party gave `given`. */
export interface WantedKey {
  readonly party: string;
  readonly direction: KeyDirection;
  readonly scheme: WebhookScheme;
  /** What a party gave of its own: `whsec_` or `whpk_`. Null makes one. */
  readonly given: string | null;
  /** From when it is used; null is at once. */
  readonly activeFrom: Date | null;
}

/** `saved`: `text` is what the other side needs, shown once: a secret for `v1`, a public key for `v1a`; null when the party gave the key itself. */
export type KeyVerdict =
  | { readonly kind: 'saved'; readonly key: WebhookKey; readonly text: string | null; readonly retiring: readonly WebhookKey[] }
  | { readonly kind: 'refused'; readonly detail: string };

const dayMs = 86_400_000;
const secretBytes = 32;

/** Adds a key beside those there are, with its entry in the log. */
export const addWebhookKey = async (wanted: WantedKey, by: string, ports: WebhookKeyPorts): Promise<KeyVerdict> => {
  const made = await newKey(wanted, by, ports);
  if (made.kind === 'refused') return made;
  await ports.keys.save([made.change]);
  return { kind: 'saved', key: made.change.key, text: made.text, retiring: [] };
};

/**
 * Adds a key at once; those of the same party, direction and scheme go on beside it for so many days, and end by themselves. What the hub sends carries both
 * signatures meanwhile, so that the receiver changes over when it likes.
 */
export const rotateWebhookKey = async (wanted: Omit<WantedKey, 'activeFrom'>, days: number, by: string, ports: WebhookKeyPorts): Promise<KeyVerdict> => {
  if (!Number.isInteger(days) || days < 0 || days > keyOverlapDaysMax) return { kind: 'refused', detail: `an old key goes on for 0 to ${keyOverlapDaysMax} days` };
  const made = await newKey({ ...wanted, activeFrom: null }, by, ports);
  if (made.kind === 'refused') return made;
  const { key, entryId } = made.change;
  const at = key.changedAt;
  const endsAt = new Date(at.getTime() + days * dayMs);
  const active = (await ports.keys.list(wanted.party)).filter((one) => one.direction === wanted.direction && one.scheme === wanted.scheme && keyStateAt(one, at) === 'active');
  if (active.length === 0) return { kind: 'refused', detail: 'there is no active key of this kind to rotate: add one' };
  const retiring = active.map((one): WebhookKeyChange => ({
    key: { ...one, version: one.version + 1, retiresAt: at, endsAt: one.endsAt !== null && one.endsAt < endsAt ? one.endsAt : endsAt, changedAt: at, changedBy: by },
    entryId: ports.ids.next(at), secret: null,
  }));
  await ports.keys.save([{ ...made.change, key, entryId }, ...retiring]);
  return { kind: 'saved', key, text: made.text, retiring: retiring.map((change) => change.key) };
};

/** Ends a key at once and destroys its secret; what waits is signed with the keys that are left, or held when there is none. */
export const endWebhookKey = async (party: string, id: string, by: string, { clock, ids, keys }: Pick<WebhookKeyPorts, 'clock' | 'ids' | 'keys'>): Promise<KeyVerdict> => {
  const at = clock.now();
  const key = (await keys.list(party)).find((one) => one.id === id);
  if (key === undefined) return { kind: 'refused', detail: 'the party has no such key' };
  if (keyStateAt(key, at) === 'ended') return { kind: 'refused', detail: 'the key has ended before' };
  const ended: WebhookKey = { ...key, version: key.version + 1, retiresAt: key.retiresAt !== null && key.retiresAt < at ? key.retiresAt : at, endsAt: at, changedAt: at, changedBy: by };
  await keys.save([{ key: ended, entryId: ids.next(at), secret: null }]);
  return { kind: 'saved', key: ended, text: null, retiring: [] };
};

type Made = { readonly kind: 'made'; readonly change: WebhookKeyChange; readonly text: string | null } | { readonly kind: 'refused'; readonly detail: string };

const newKey = async (wanted: WantedKey, by: string, ports: WebhookKeyPorts): Promise<Made> => {
  const { party, direction, scheme, given, activeFrom } = wanted;
  if (partyOf((await ports.registers.current()).registers, party) === null) return { kind: 'refused', detail: 'no party in the register has this OIN' };
  const material = given === null ? madeKey(wanted, ports) : givenKey(wanted, given);
  if (typeof material === 'string') return { kind: 'refused', detail: material };
  const at = ports.clock.now();
  const key: WebhookKey = {
    id: ports.ids.next(at), version: 1, party, direction, scheme, publicKey: material.verifier.scheme === 'v1a' ? material.verifier.publicKey : null,
    activeFrom: activeFrom ?? at, retiresAt: null, endsAt: null, changedAt: at, changedBy: by,
  };
  if (await isKnown(key, ports.keys)) return { kind: 'refused', detail: 'this public key was given before' };
  return { kind: 'made', change: { key, entryId: ports.ids.next(at), secret: material.secret }, text: given === null ? webhookVerifierText(material.verifier) : null };
};

interface Material {
  readonly verifier: WebhookVerifier;
  readonly secret: Uint8Array | null;
}

const madeKey = ({ direction, scheme }: WantedKey, { random }: WebhookKeyPorts): Material | string => {
  if (direction === 'from-party' && scheme === 'v1a') return 'a party signs v1a with a key of its own: give its public key (whpk_)';
  const signer: WebhookSigner = scheme === 'v1' ? { scheme, secret: random(secretBytes) } : { scheme, seed: random(secretBytes) };
  return { verifier: webhookVerifierOf(signer), secret: signer.scheme === 'v1' ? signer.secret : signer.seed };
};

const givenKey = ({ direction, scheme }: WantedKey, given: string): Material | string => {
  if (direction === 'to-party') return 'the hub makes the keys it signs with';
  // Said apart, because it is a mistake that makes the key worthless.
  if (readWebhookSigner(given)?.scheme === 'v1a') return 'this is the private key of the party: nobody else may have it, so let the party make another pair';
  const verifier = readWebhookVerifier(given);
  if (verifier === null || verifier.scheme !== scheme) return scheme === 'v1' ? 'a secret is whsec_ and 24 to 64 bytes in base64' : 'a public key is whpk_ and 32 bytes in base64';
  return { verifier, secret: verifier.scheme === 'v1' ? verifier.secret : null };
};

/** One key for two parties would let one speak for the other. */
const isKnown = async ({ publicKey }: WebhookKey, keys: WebhookKeys): Promise<boolean> =>
  publicKey !== null && (await keys.list(null)).some((one) => one.publicKey !== null && Buffer.from(one.publicKey).equals(publicKey));
