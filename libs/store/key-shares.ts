import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Names one share: sixteen hexadecimal digits of its file and four of its place in it. */
export type ShareId = string;

/**
 * Secret halves of the keys that wrap keys, kept in files beside the database. A wrapped key opens with the master key and its share only, so
 * that a destroyed share closes it everywhere: in the database, in its replicas and in every backup of it, however old.
 */
export interface KeyShares {
  /** A share nobody else has or gets; durable before it is handed out, so what it protects is never stored without it. */
  readonly draw: () => { readonly id: ShareId; readonly share: Uint8Array };
  /** Null once it was destroyed. Throws when its file is missing or damaged: the folder must be restored. */
  readonly find: (id: ShareId) => Uint8Array | null;
  /** Once this returns the shares are overwritten on disk. May be repeated. */
  readonly destroy: (ids: readonly ShareId[]) => void;
}

const shareBytes = 32;
const sharesPerFile = 256;
const fileDigits = 16;
const idShape = /^[0-9a-f]{20}$/;

/**
 * Shares in files of 256 in this folder. A process claims a file for itself by making it, and hands out its shares one by one: no two processes
 * draw the same one, also after the database was set back. What a process did not use stays unused.
 */
export const openKeyShares = (folder: string): KeyShares => {
  let own: { readonly file: string; readonly bytes: Buffer; next: number } | null = null;
  return {
    draw: () => {
      if (own === null || own.next === sharesPerFile) own = { ...makeFile(folder), next: 0 };
      const place = own.next;
      own.next += 1;
      return { id: own.file + place.toString(16).padStart(4, '0'), share: own.bytes.subarray(place * shareBytes, (place + 1) * shareBytes) };
    },
    find: (id) => {
      const { path, offset } = placeOf(folder, id);
      const share = Buffer.alloc(shareBytes);
      within(path, 'r', (file) => {
        if (readSync(file, share, 0, shareBytes, offset) !== shareBytes) throw new SharesDamaged(`the file ${id.slice(0, fileDigits)} is too short`);
      });
      return share.every((byte) => byte === 0) ? null : share;
    },
    destroy: (ids) => {
      const places = ids.map((id) => placeOf(folder, id));
      for (const path of new Set(places.map((place) => place.path))) {
        within(path, 'r+', (file) => {
          for (const { offset } of places.filter((place) => place.path === path)) writeSync(file, Buffer.alloc(shareBytes), 0, shareBytes, offset);
          fsyncSync(file);
        });
      }
    },
  };
};

/** Shares that cannot be read: the folder was lost, or is older than the database. */
export class SharesDamaged extends Error {
  constructor(what: string) {
    super(`keys/shares cannot be read: ${what}. Restore the folder "keys" of the data folder; it must be as new as the database. Nothing was changed.`);
    this.name = 'SharesDamaged';
  }
}

const placeOf = (folder: string, id: ShareId): { readonly path: string; readonly offset: number } => {
  if (!idShape.test(id)) throw new Error('bug: this names no share');
  return { path: join(folder, id.slice(0, fileDigits)), offset: Number.parseInt(id.slice(fileDigits), 16) * shareBytes };
};

const within = (path: string, flags: 'r' | 'r+', work: (file: number) => void): void => {
  const file = openExisting(path, flags);
  try {
    work(file);
  } finally {
    closeSync(file);
  }
};

const openExisting = (path: string, flags: 'r' | 'r+'): number => {
  try {
    return openSync(path, flags);
  } catch (fault) {
    if (typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ENOENT') throw new SharesDamaged('a file is missing');
    throw fault;
  }
};

/** Whole and on disk, or not there at all. */
const makeFile = (folder: string): { readonly file: string; readonly bytes: Buffer } => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = randomBytes(fileDigits / 2).toString('hex');
  const bytes = randomBytes(sharesPerFile * shareBytes);
  writeFileSync(join(folder, `${file}.new`), bytes, { flag: 'wx', mode: 0o600, flush: true });
  renameSync(join(folder, `${file}.new`), join(folder, file));
  const place = openSync(folder, 'r');
  fsyncSync(place);
  closeSync(place);
  return { file, bytes };
};
