import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Queryable } from './pool.js';
import { prepared } from './statement.js';

const nonceBytes = 12;
const tagBytes = 16;
/** On the way to and from PostgreSQL bytes are copied, and come back as text of twice their length: of a part of this size that costs little. */
const partBytes = 256 * 1024;

/** From this many bytes on a value goes to the database and comes back in parts. */
export const inPartsFromBytes = 1024 * 1024;

/** The same as `encrypt` (vault.ts), in parts that are made while they are taken. */
function* encryptedParts(key: Uint8Array, plain: Uint8Array, place: string): Iterable<Buffer> {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(place, 'utf8'));
  yield nonce;
  for (let at = 0; at < plain.length; at += partBytes) yield cipher.update(plain.subarray(at, at + partBytes));
  cipher.final();
  yield cipher.getAuthTag();
}

/**
 * Brings a large value to the database, encrypted as by `encrypt`, as a large object of this transaction; `use` puts it into its row by
 * `lo_get($1)`. Afterwards the large object is gone. What stands in memory beside the value is one part.
 */
export const bringInParts = async (client: Queryable, sealing: { readonly key: Uint8Array; readonly plain: Uint8Array; readonly place: string }, use: (object: number) => Promise<unknown>): Promise<void> => {
  const { rows } = await client.query<{ object: number }>('select lo_create(0) as object');
  const object = rows[0]?.object ?? 0;
  let at = 0;
  for (const part of encryptedParts(sealing.key, sealing.plain, sealing.place)) {
    await client.query(prepared('select lo_put($1, $2, $3)', [object, at, part]));
    at += part.length;
  }
  await use(object);
  await client.query('select lo_unlink($1)', [object]);
};

/** Bytes made by `encrypt` that are read a part at a time. */
export interface SealedSource {
  readonly sizeBytes: number;
  readonly read: (start: number, bytes: number) => Promise<Uint8Array>;
}

/**
 * The same as `decrypt` (vault.ts) for what is large, which never stands in memory whole both encrypted and open. Null when a single bit differs;
 * throws when `read` does.
 */
export const decryptParts = async (key: Uint8Array, { sizeBytes, read }: SealedSource, place: string): Promise<Buffer | null> => {
  if (sizeBytes < nonceBytes + tagBytes) return null;
  const plain = Buffer.allocUnsafe(sizeBytes - nonceBytes - tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, await read(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(place, 'utf8'));
  decipher.setAuthTag(await read(sizeBytes - tagBytes, tagBytes));
  for (let at = 0; at < plain.length; at += partBytes) {
    const part = await read(nonceBytes + at, Math.min(partBytes, plain.length - at));
    plain.set(decipher.update(part), at);
  }
  try {
    // Nothing is released before the tag was right.
    decipher.final();
    return plain;
  } catch {
    return null;
  }
};
