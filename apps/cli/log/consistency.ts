import {
  foldTile, hashesAt, openCheckpoint, placeOf, planConsistency, proofOf, sameBytes, tilePath, tileWidth, verifyConsistency,
} from '@ketensluis/tlog';
import type { HashOf, OpenedCheckpoint, VerifierKey } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { folderReader, isFolder, readIfPresent, readKeys } from './files.js';
import { grouped } from './progress.js';

/** How `log consistency` is called. */
export const consistencyUsage =
  'usage: ketensluis log consistency OLD NEW --vkey FILE [--log DIR]\n' +
  '  OLD, NEW  two checkpoints of the same log\n' +
  '  --log     the exported log that leads from one to the other (default: .)';

/**
 * Checks that the log of one checkpoint is the beginning of that of another, with the tiles of an export that holds the newer one.
 * 0 when it is, 1 when it is not, 2 when tiles are missing, 3 when called wrongly.
 */
export const logConsistency = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: ['vkey', 'log'], flags: [] });
  const [oldFile, newFile, ...rest] = given?.positionals ?? [];
  const keyFile = given?.value('vkey') ?? null;
  if (given === null || oldFile === undefined || newFile === undefined || rest.length > 0 || keyFile === null) return usage(io, consistencyUsage);
  const directory = given.value('log') ?? '.';
  if (!isFolder(directory)) return usage(io, `${directory}: no such folder`);
  const found = readKeys(keyFile);
  if (found.kind === 'refused') return usage(io, found.detail);
  const [older, newer] = [checkpointIn(oldFile, found.keys), checkpointIn(newFile, found.keys)];
  if (typeof older === 'string' || typeof newer === 'string') {
    io.out(`NOT CONSISTENT: ${typeof older === 'string' ? older : String(newer)}\n`);
    return 1;
  }
  const verdict = compare(older, newer, directory);
  io.out(`${verdict.text}\n`);
  return verdict.exit;
};

const checkpointIn = (path: string, keys: readonly VerifierKey[]): OpenedCheckpoint | string => {
  const note = readIfPresent(path);
  if (note === null) return `${path}: no such file`;
  const opened = openCheckpoint(note, keys);
  return opened.kind === 'opened' ? opened : `${path}: ${opened.detail}`;
};

const compare = (older: OpenedCheckpoint, newer: OpenedCheckpoint, directory: string): { readonly exit: LogExit; readonly text: string } => {
  const sizes = `${grouped(older.size)} to ${grouped(newer.size)}`;
  if (older.origin !== newer.origin) return { exit: 1, text: 'NOT CONSISTENT: two different logs' };
  if (older.size > newer.size) return { exit: 1, text: `NOT CONSISTENT: the log became smaller, ${sizes}` };
  if (older.size === newer.size) {
    return sameBytes(older.root, newer.root) ? { exit: 0, text: 'consistent: the same head' } : { exit: 1, text: 'NOT CONSISTENT: two heads of one size (fork)' };
  }
  if (older.size === 0) return { exit: 0, text: 'consistent: every log continues an empty one' };
  const read = folderReader(directory);
  let missing: string | null = null;
  const hashOf: HashOf = (subtree) => {
    const { level, index, from, count } = placeOf(subtree);
    // A partial tile of any later size begins with this one; the export may be ahead of the newer checkpoint.
    const width = Math.min(tileWidth, hashesAt(level, newer.size) - index * tileWidth);
    const bytes = read(tilePath({ level, index, width })) ?? read(tilePath({ level, index, width: tileWidth }));
    if (bytes !== null && bytes.length >= (from + count) * 32) return foldTile(bytes, from, count);
    missing ??= tilePath({ level, index, width });
    return new Uint8Array(32);
  };
  const proof = proofOf(planConsistency(older.size, newer.size), hashOf);
  if (missing !== null) return { exit: 2, text: `INCOMPLETE: ${String(missing)} is missing` };
  return verifyConsistency({ oldSize: older.size, oldRoot: older.root, size: newer.size, root: newer.root, proof })
    ? { exit: 0, text: `consistent: ${sizes}` }
    : { exit: 1, text: `NOT CONSISTENT: the tiles do not lead from ${sizes}` };
};
