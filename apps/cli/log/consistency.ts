import { openTiles, openTrusted, planConsistency, sameBytes, verifyConsistency } from '@ketensluis/tlog';
import type { LogTrust, OpenedCheckpoint } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { folderReader, isFolder, readIfPresent, readTrust, trustOptions } from './files.js';
import { grouped } from './progress.js';

/** How `log consistency` is called. */
const consistencyUsage =
  'usage: ketensluis log consistency OLD NEW --vkey FILE | --policy FILE [--log DIR] [--json]\n' +
  '  OLD, NEW  two checkpoints of the same log\n' +
  '  --log     the exported log that leads from one to the other (default: .)';

/**
 * Checks that the log of one checkpoint is the beginning of that of another, with the tiles of an export that holds the newer one.
 * 0 when it is, 1 when it is not, 2 when tiles are missing, 3 when called wrongly.
 */
export const logConsistency = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: [...trustOptions, 'log'], flags: ['json'] });
  const [oldFile, newFile, ...rest] = given?.positionals ?? [];
  if (given === null || oldFile === undefined || newFile === undefined || rest.length > 0) return usage(io, consistencyUsage);
  const directory = given.value('log') ?? '.';
  if (!isFolder(directory)) return usage(io, `${directory}: no such folder`);
  const found = readTrust(given, null);
  if (found.kind === 'refused') return usage(io, `${found.detail}\n${consistencyUsage}`);
  const absent = [oldFile, newFile].find((file) => readIfPresent(file) === null);
  if (absent !== undefined) return usage(io, `${absent}: no such file`);
  const [older, newer] = [checkpointIn(oldFile, found.trust), checkpointIn(newFile, found.trust)];
  const refusal = [older, newer].find((one) => typeof one === 'string');
  const verdict = typeof older === 'string' || typeof newer === 'string' ? { exit: 1, text: `NOT CONSISTENT: ${String(refusal)}` } as const : compare(older, newer, directory);
  io.out(given.isSet('json') ? `${JSON.stringify({ verdict: verdicts[verdict.exit], detail: verdict.text, ...sizesOf(older, newer) })}\n` : `${verdict.text}\n`);
  return verdict.exit;
};

const verdicts = { 0: 'consistent', 1: 'tampered', 2: 'incomplete' } as const;

const sizesOf = (older: OpenedCheckpoint | string, newer: OpenedCheckpoint | string) =>
  ({ oldSize: typeof older === 'string' ? null : older.size, size: typeof newer === 'string' ? null : newer.size });

const checkpointIn = (path: string, trust: LogTrust): OpenedCheckpoint | string => {
  const opened = openTrusted(readIfPresent(path) ?? new Uint8Array(), trust);
  return opened.kind === 'opened' ? opened : `${path}: ${opened.detail}`;
};

const compare = (older: OpenedCheckpoint, newer: OpenedCheckpoint, directory: string): { readonly exit: 0 | 1 | 2; readonly text: string } => {
  const sizes = `${grouped(older.size)} to ${grouped(newer.size)}`;
  if (older.origin !== newer.origin) return { exit: 1, text: 'NOT CONSISTENT: two different logs' };
  if (older.size > newer.size) return { exit: 1, text: `NOT CONSISTENT: the log became smaller, ${sizes}` };
  if (older.size === newer.size) {
    return sameBytes(older.root, newer.root) ? { exit: 0, text: 'consistent: the same head' } : { exit: 1, text: 'NOT CONSISTENT: two heads of one size (fork)' };
  }
  if (older.size === 0) return { exit: 0, text: 'consistent: every log continues an empty one' };
  const proof = openTiles(folderReader(directory), newer.size).fill(planConsistency(older.size, newer.size));
  if (typeof proof === 'string') return { exit: 2, text: `INCOMPLETE: ${proof} is missing` };
  return verifyConsistency({ oldSize: older.size, oldRoot: older.root, size: newer.size, root: newer.root, proof })
    ? { exit: 0, text: `consistent: ${sizes}` }
    : { exit: 1, text: `NOT CONSISTENT: the tiles do not lead from ${sizes}` };
};
