import { leafHash, parseLeaf, verifyProof } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { readIfPresent, readTrust, trustOptions } from './files.js';
import { grouped } from './progress.js';

/** How `log proof` is called. */
const proofUsage =
  'usage: ketensluis log proof PROOF LEAF --vkey FILE | --policy FILE [--json]\n' +
  '  PROOF  the .tlog-proof that came with a message\n' +
  '  LEAF   the entry, byte for byte';

/** Checks that an entry stands in the signed log by its proof alone; 0 when it does, 1 when not, 3 when called wrongly. */
export const logProof = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: trustOptions, flags: ['json'] });
  const [proofFile, leafFile, ...rest] = given?.positionals ?? [];
  if (given === null || proofFile === undefined || leafFile === undefined || rest.length > 0) return usage(io, proofUsage);
  const found = readTrust(given, null);
  if (found.kind === 'refused') return usage(io, `${found.detail}\n${proofUsage}`);
  const [proof, leaf] = [readIfPresent(proofFile), readIfPresent(leafFile)];
  if (proof === null || leaf === null) return usage(io, `${proof === null ? proofFile : leafFile}: no such file`);
  const verdict = judge(proof, leaf, found.trust);
  if (given.isSet('json')) io.out(`${JSON.stringify(verdict)}\n`);
  else if (verdict.verdict === 'refused') io.out(`NOT PROVEN: ${verdict.detail}\n`);
  else {
    const witnesses = verdict.witnesses.length === 0 ? '' : `, witnessed by ${verdict.witnesses.join(', ')}`;
    io.out(`entry ${grouped(verdict.index)} of ${verdict.origin} at ${grouped(verdict.size)}: ${verdict.kind} of ${verdict.at}${witnesses}\n`);
  }
  return verdict.verdict === 'proven' ? 0 : 1;
};

const judge = (proof: Uint8Array, bytes: Uint8Array, trust: Parameters<typeof verifyProof>[2]) => {
  const proven = verifyProof(proof, leafHash(bytes), trust);
  if (proven.kind === 'refused') return { verdict: 'refused', code: proven.code, detail: proven.detail } as const;
  const parsed = parseLeaf(bytes);
  if (parsed.kind === 'refused') return { verdict: 'refused', code: 'leaf', detail: `the entry is no leaf: ${parsed.problem}` } as const;
  const { checkpoint: { origin, size, cosignatures }, index } = proven;
  const { kind, at, id } = parsed.leaf;
  return { verdict: 'proven', index, origin, size, witnesses: cosignatures.map(({ witness }) => witness), id, kind, at } as const;
};
