import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseVerifierKey } from '@ketensluis/tlog';
import type { LogReader, VerifierKey } from '@ketensluis/tlog';

/** True for a folder that exists. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Bytes of a file, or null when it does not exist. Throws when it exists and cannot be read. */
export const readIfPresent = (path: string): Uint8Array | null => (statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : null);

/** Reads a log from a folder laid out as tlog-tiles. */
export const folderReader = (folder: string): LogReader => (path) => readIfPresent(join(folder, path));

/** The keys in a file of vkey lines (one each; empty lines and lines with # are skipped), or what is wrong with it. */
export const readKeys = (path: string): { readonly kind: 'keys'; readonly keys: readonly VerifierKey[] } | { readonly kind: 'refused'; readonly detail: string } => {
  const bytes = readIfPresent(path);
  if (bytes === null) return { kind: 'refused', detail: `${path}: no such file` };
  const lines = Buffer.from(bytes).toString('utf8').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const keys: VerifierKey[] = [];
  for (const line of lines) {
    const key = parseVerifierKey(line);
    if ('kind' in key) return { kind: 'refused', detail: `${path}: ${key.detail}` };
    keys.push(key);
  }
  return keys.length === 0 ? { kind: 'refused', detail: `${path}: no key in it` } : { kind: 'keys', keys };
};
