import { leafHash, parseLeaf, verifyProof } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { readIfPresent, readKeys } from './files.js';
import { grouped } from './progress.js';

/** How `log proof` is called. */
export const proofUsage =
  'usage: ketensluis log proof PROOF LEAF --vkey FILE [--json]\n' +
  '  PROOF  the .tlog-proof that came with a message\n' +
  '  LEAF   the entry, byte for byte';

/** Checks that an entry stands in the signed log by its proof alone; 0 when it does, 1 when not, 3 when called wrongly. */
export const logProof = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: ['vkey'], flags: ['json'] });
  const [proofFile, leafFile, ...rest] = given?.positionals ?? [];
  const keyFile = given?.value('vkey') ?? null;
  if (given === null || proofFile === undefined || leafFile === undefined || rest.length > 0 || keyFile === null) return usage(io, proofUsage);
  const found = readKeys(keyFile);
  if (found.kind === 'refused') return usage(io, found.detail);
  const [proof, leaf] = [readIfPresent(proofFile), readIfPresent(leafFile)];
  if (proof === null || leaf === null) return usage(io, `${proof === null ? proofFile : leafFile}: no such file`);
  const verdict = verifyProof(proof, leafHash(leaf), found.keys);
  const parsed = parseLeaf(leaf);
  const isGood = verdict.kind === 'proven' && parsed.kind === 'leaf';
  if (given.isSet('json')) {
    io.out(`${JSON.stringify(verdict.kind === 'refused' ? verdict : { kind: verdict.kind, index: verdict.index, origin: verdict.checkpoint.origin, size: verdict.checkpoint.size })}\n`);
  } else if (verdict.kind === 'refused') {
    io.out(`NOT PROVEN: ${verdict.detail}\n`);
  } else if (parsed.kind === 'refused') {
    io.out(`NOT PROVEN: the entry is no leaf: ${parsed.problem}\n`);
  } else {
    io.out(`entry ${grouped(verdict.index)} of ${verdict.checkpoint.origin} at ${grouped(verdict.checkpoint.size)}: ${parsed.leaf.kind} of ${parsed.leaf.at}\n`);
  }
  return isGood ? 0 : 1;
};
