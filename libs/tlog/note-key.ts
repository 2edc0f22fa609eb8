import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * Signature types of C2SP signed-note. A log signs with Ed25519 (0x01), a witness with cosignature/v1 (0x04). ML-DSA-44 (0x06) and
 * whatever comes later stand in the same note as lines of unknown keys.
 */
export const signatureTypes = { ed25519: 0x01, cosignature: 0x04, mlDsa44: 0x06 } as const;

/** What a key signs; the key id depends on it, so one cannot stand in for the other. */
export type KeyUse = 'log' | 'witness';

/** A key of a log that we trust, as configured by its vkey line. */
export interface VerifierKey {
  readonly use: 'log';
  readonly name: string;
  readonly keyId: number;
  readonly publicKey: KeyObject;
  readonly vkey: string;
}

/** A key of a witness that we trust (C2SP tlog-cosignature). It signs a time with the checkpoint, so it opens no note by itself. */
export interface CosignerKey extends Omit<VerifierKey, 'use'> {
  readonly use: 'witness';
}

/** A key that signs for a log. */
export interface NoteSigner {
  readonly use: 'log';
  readonly name: string;
  readonly keyId: number;
  readonly privateKey: KeyObject;
  readonly vkey: string;
}

/** A key that a witness signs with. */
export interface Cosigner extends Omit<NoteSigner, 'use'> {
  readonly use: 'witness';
}

/** A vkey or skey line that cannot be used. Names the flaw, never the key. */
export interface KeyRefusal {
  readonly kind: 'refused';
  readonly code: 'malformed' | 'unsupported-algorithm' | 'wrong-key-id';
  readonly detail: string;
}

// RFC 8410: a raw Ed25519 key is 32 bytes behind a fixed DER header.
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyBytes = 32;
const privatePrefix = 'PRIVATE+KEY+';

const typeOf = { log: signatureTypes.ed25519, witness: signatureTypes.cosignature } as const;

/** First four bytes of SHA-256(name 0x0A type key), as a number. */
const keyIdOf = (name: string, publicKey: Uint8Array, use: KeyUse = 'log'): number =>
  createHash('sha256').update(`${name}\n`, 'utf8').update(typed(publicKey, use)).digest().readUInt32BE(0);

/** The four bytes of a key id, big-endian. */
export const keyIdBytes = (keyId: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(keyId);
  return bytes;
};

/** Reads `<name>+<key id>+<base64(0x01 || key)>`, the key of a log; refuses a key id that does not belong to name and key. */
export const parseVerifierKey = (vkey: string): VerifierKey | KeyRefusal => {
  const parts = publicParts(vkey, 'log');
  return 'kind' in parts ? parts : { use: 'log', ...parts };
};

/** The same with 0x04, the key of a witness. */
export const parseCosignerKey = (vkey: string): CosignerKey | KeyRefusal => {
  const parts = publicParts(vkey, 'witness');
  return 'kind' in parts ? parts : { use: 'witness', ...parts };
};

/** Reads `PRIVATE+KEY+<name>+<key id>+<base64(0x01 || seed)>`; refuses a key id that does not belong to name and key. */
export const parseSignerKey = (skey: string): NoteSigner | KeyRefusal => {
  const parts = secretParts(skey, 'log');
  return 'kind' in parts ? parts : { use: 'log', ...parts };
};

/** The same with 0x04, the secret key of a witness. */
export const parseCosigner = (skey: string): Cosigner | KeyRefusal => {
  const parts = secretParts(skey, 'witness');
  return 'kind' in parts ? parts : { use: 'witness', ...parts };
};

/** A signer from 32 secret random bytes. Throws on a name with a space or plus, and on another length. */
export const signerOf = (name: string, seed: Uint8Array): NoteSigner => ({ use: 'log', ...pairOf(name, seed, 'log') });

/** A witness from 32 secret random bytes. Throws as `signerOf` does. */
export const cosignerOf = (name: string, seed: Uint8Array): Cosigner => ({ use: 'witness', ...pairOf(name, seed, 'witness') });

/** The skey line of a name and seed: a secret. */
export const formatSignerKey = (name: string, seed: Uint8Array, use: KeyUse = 'log'): string =>
  `${privatePrefix}${name}+${hex(pairOf(name, seed, use).keyId)}+${typed(seed, use).toString('base64')}`;

/** Ed25519 over the text (RFC 8032). */
export const signText = (signer: NoteSigner | Cosigner, text: Uint8Array): Uint8Array => sign(null, text, signer.privateKey);

const publicParts = (vkey: string, use: KeyUse): Omit<VerifierKey, 'use'> | KeyRefusal => {
  const parts = split(vkey, use);
  if ('kind' in parts) return parts;
  if (keyIdOf(parts.name, parts.key, use) !== parts.keyId) return wrongId;
  return { name: parts.name, keyId: parts.keyId, publicKey: publicKeyOf(parts.key), vkey };
};

const secretParts = (skey: string, use: KeyUse): Omit<NoteSigner, 'use'> | KeyRefusal => {
  if (!skey.startsWith(privatePrefix)) return malformed;
  const parts = split(skey.slice(privatePrefix.length), use);
  if ('kind' in parts) return parts;
  const signer = pairOf(parts.name, parts.key, use);
  return signer.keyId === parts.keyId ? signer : wrongId;
};

const pairOf = (name: string, seed: Uint8Array, use: KeyUse): Omit<NoteSigner, 'use'> => {
  if (!isName(name) || seed.length !== keyBytes) throw new Error('bug: not a key name and a seed of 32 bytes');
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Header, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-keyBytes);
  const keyId = keyIdOf(name, publicKey, use);
  return { name, keyId, privateKey, vkey: `${name}+${hex(keyId)}+${typed(publicKey, use).toString('base64')}` };
};

const publicKeyOf = (key: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([spkiHeader, key]), format: 'der', type: 'spki' });
const typed = (key: Uint8Array, use: KeyUse): Buffer => Buffer.concat([Buffer.from([typeOf[use]]), key]);
const hex = (keyId: number): string => keyId.toString(16).padStart(8, '0');
const isName = (name: string): boolean => /^[^\s+]+$/u.test(name);

const malformed: KeyRefusal = { kind: 'refused', code: 'malformed', detail: 'not a key line of C2SP signed-note' };
const wrongId: KeyRefusal = { kind: 'refused', code: 'wrong-key-id', detail: 'the key id is not that of this name and key' };
const unsupported = {
  log: 'only Ed25519 (0x01) keys sign a log',
  witness: 'only Ed25519 cosignature (0x04) keys are accepted of a witness',
} as const;

const split = (line: string, use: KeyUse): { readonly name: string; readonly keyId: number; readonly key: Uint8Array } | KeyRefusal => {
  // The base64 may hold a plus as well: only the first two separate.
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(line);
  const [name, id, encoded] = [match?.[1], match?.[2], match?.[3]];
  if (name === undefined || id === undefined || encoded === undefined) return malformed;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return malformed;
  if (bytes[0] !== typeOf[use]) return { kind: 'refused', code: 'unsupported-algorithm', detail: unsupported[use] };
  if (bytes.length !== 1 + keyBytes) return malformed;
  return { name, keyId: Number.parseInt(id, 16), key: bytes.subarray(1) };
};
