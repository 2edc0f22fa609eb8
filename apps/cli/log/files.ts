import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseKeyFile, parsePolicy } from '@ketensluis/tlog';
import type { LogReader, LogTrust, VerifierKey } from '@ketensluis/tlog';
import type { LogArguments } from './command.js';

/** True for a folder that exists. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Bytes of a file, or null when it does not exist. Throws when it exists and cannot be read. */
export const readIfPresent = (path: string): Uint8Array | null => (statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : null);

/** Reads a log from a folder laid out as tlog-tiles. */
export const folderReader = (folder: string): LogReader => (path) => readIfPresent(join(folder, path));

/** Something read from a file, or what is wrong with it. */
export type FromFile<T> = T | { readonly kind: 'refused'; readonly detail: string };

/** The keys in a file of vkey lines. */
export const readKeys = (path: string): FromFile<{ readonly kind: 'keys'; readonly keys: readonly VerifierKey[] }> => {
  const bytes = readIfPresent(path);
  if (bytes === null) return { kind: 'refused', detail: `${path}: no such file` };
  const keys = parseKeyFile(bytes);
  return 'kind' in keys ? { kind: 'refused', detail: `${path}: ${keys.detail}` } : { kind: 'keys', keys };
};

/** How to say whom to believe; the same for every command. */
export const trustOptions = ['vkey', 'policy'] as const;

/** Whom to believe: a policy file, a key file, or the key at `besides`, which came with what is to be checked. */
export const readTrust = (given: LogArguments, besides: string | null): FromFile<{ readonly kind: 'trust'; readonly trust: LogTrust; readonly from: 'file' | 'export' }> => {
  const [policyFile, keyFile] = [given.value('policy'), given.value('vkey')];
  if (policyFile !== null && keyFile !== null) return { kind: 'refused', detail: 'either --policy or --vkey: a policy names the keys of the log itself' };
  if (policyFile !== null) {
    const bytes = readIfPresent(policyFile);
    if (bytes === null) return { kind: 'refused', detail: `${policyFile}: no such file` };
    const policy = parsePolicy(bytes);
    return 'kind' in policy ? { kind: 'refused', detail: `${policyFile}:${policy.line}: ${policy.detail}` } : { kind: 'trust', trust: policy, from: 'file' };
  }
  const path = keyFile ?? besides;
  if (path === null) return { kind: 'refused', detail: 'whose signature to believe must be given: --vkey FILE or --policy FILE' };
  const found = readKeys(path);
  return found.kind === 'refused' ? found : { kind: 'trust', trust: found.keys, from: keyFile === null ? 'export' : 'file' };
};
