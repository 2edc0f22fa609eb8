import type { KeyProvider, OwnKeyKind } from '@ketensluis/mail';
import { constants, createPrivateKey, createPublicKey, diffieHellman, generateKeyPair, privateDecrypt, sign, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Keys in files, and how one that was there before comes among them. */
export interface KeyFiles extends KeyProvider {
  /** Keeps a key that is in use already under this id; harmless when it is there. */
  readonly adopt: (id: string, key: KeyObject) => Promise<void>;
}

const makePair = promisify(generateKeyPair);
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A key provider over a folder: `ID.key.pem`, PKCS #8, mode 0600. Whoever reads the folder has the keys; a device (PKCS #11) would keep them in. */
export const keyFiles = (folder: string): KeyFiles => {
  const handles = new Map<string, KeyObject>();
  const fileOf = (id: string): string => {
    if (!idShape.test(id)) throw new Error('bug: a key is named by a UUID');
    return join(folder, `${id}.key.pem`);
  };
  const handle = async (id: string): Promise<KeyObject> => {
    const known = handles.get(id);
    if (known !== undefined) return known;
    const key = createPrivateKey(await readFile(fileOf(id)));
    handles.set(id, key);
    return key;
  };
  const keep = async (id: string, key: KeyObject): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFirst(fileOf(id), key.export({ format: 'pem', type: 'pkcs8' }).toString());
  };
  return {
    generate: async (id, kind) => {
      const { privateKey } = await newPair(kind);
      await keep(id, privateKey);
    },
    publicKey: async (id) => createPublicKey(await handle(id)).export({ format: 'der', type: 'spki' }),
    sign: async (id, content) => sign('sha256', content, await handle(id)),
    unwrap: async (id, wrapped) => unwrap(await handle(id), wrapped),
    handle,
    destroy: async (id) => {
      handles.delete(id);
      // Over what stands there first; a file system that copies on write keeps it all the same, and so may a backup.
      await writeFile(fileOf(id), Buffer.alloc(4_096), { flag: 'r+', flush: true }).catch(absentIsFine);
      await rm(fileOf(id), { force: true });
    },
    adopt: (id, key) => keep(id, key).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EEXIST') throw fault;
    }),
  };
};

const newPair = (kind: OwnKeyKind): Promise<{ readonly privateKey: KeyObject }> => {
  switch (kind) {
    case 'p-256': return makePair('ec', { namedCurve: 'P-256' });
    case 'rsa-3072': return makePair('rsa', { modulusLength: 3072 });
    case 'ed25519': return makePair('ed25519');
  }
};

const unwrap = (privateKey: KeyObject, { kind, bytes }: { readonly kind: 'oaep' | 'ecdh'; readonly bytes: Uint8Array }): Uint8Array | null => {
  try {
    if (kind === 'oaep') return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, bytes);
    return diffieHellman({ privateKey, publicKey: createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' }) });
  } catch {
    return null; // one outcome, whatever does not fit
  }
};

const absentIsFine = (fault: NodeJS.ErrnoException): void => {
  if (fault.code !== 'ENOENT') throw fault;
};

/** The whole file or none, and never over an existing one: a certificate may already speak of that key. */
const writeFirst = async (file: string, text: string): Promise<void> => {
  const unfinished = `${file}.${process.pid}.new`;
  try {
    await writeFile(unfinished, text, { flag: 'wx', mode: 0o600, flush: true });
    await link(unfinished, file);
    const place = await open(join(file, '..'), 'r');
    await place.sync().finally(() => place.close());
  } finally {
    await rm(unfinished, { force: true });
  }
};
