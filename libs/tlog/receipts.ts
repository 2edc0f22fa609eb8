import type { OpenedCheckpoint } from './checkpoint.js';
import { parseLeaf } from './leaf.js';
import { openTiles } from './log-tiles.js';
import type { LogReader, LogTiles } from './log-tiles.js';
import { leafHash, sameBytes } from './merkle.js';
import { verifyInclusion } from './merkle-proof.js';
import { opensLeaf, parseOpening } from './opening.js';
import { verifyProof } from './tlog-proof.js';
import { openTrusted } from './trust.js';
import type { LogTrust } from './trust.js';

/** What somebody kept of one disclosure; what was not kept is null. */
export interface KeptProof {
  /** Names it to the reader: the path of its proof. */
  readonly name: string;
  readonly proof: Uint8Array;
  readonly leaf: Uint8Array | null;
  readonly opening: Uint8Array | null;
  readonly document: Uint8Array | null;
}

/**
 * What can be wrong. `missing` and `ahead` say that something could not be compared, `no-quorum` that a checkpoint has too few witnesses; every other
 * code says that two things contradict each other.
 */
export type ReceiptCode = 'missing' | 'ahead' | 'no-quorum' | 'proof' | 'leaf' | 'opening' | 'document' | 'fork' | 'changed' | 'checkpoint';

/** One thing that is wrong, with the proof it was found by. */
export interface ReceiptFinding {
  readonly code: ReceiptCode;
  readonly name: string;
  readonly index: number | null;
  readonly detail: string;
}

/** Outcome of checking what recipients kept. `incomplete`: nothing contradicts, but not everything could be compared. */
export interface ReceiptsReport {
  readonly verdict: 'good' | 'tampered' | 'incomplete';
  readonly proofs: number;
  /** Proofs that were compared with a log, documents that were held against their commitment. */
  readonly compared: number;
  readonly documents: number;
  /** Size of the log they were compared with; null without one. */
  readonly size: number | null;
  readonly findings: readonly ReceiptFinding[];
}

/** What to check. */
export interface ReceiptsInput {
  readonly kept: Iterable<KeptProof>;
  readonly trust: LogTrust;
  /** The log as the hub shows it now; null to hold the proofs against each other only. */
  readonly log: LogReader | null;
}

/**
 * Holds what recipients kept against the log and against each other: a log that was rebuilt, cut off or shown in two versions contradicts a proof that
 * somebody has outside it (log.md 5). Memory grows by the hash of each entry and the root of each size. Never throws on what it reads.
 */
export const checkReceipts = ({ kept, trust, log }: ReceiptsInput): ReceiptsReport => {
  const findings: ReceiptFinding[] = [];
  const shown = log === null ? null : openShown(log, trust);
  if (shown !== null && 'code' in shown) findings.push(shown);
  const check: Check = { trust, findings, shown: shown !== null && 'code' in shown ? null : shown, heads: new Map(), leaves: new Map(), proofs: 0, compared: 0, documents: 0 };
  for (const one of kept) checkOne(check, one);
  const isTampered = findings.some(({ code }) => !undecided.has(code));
  return {
    verdict: isTampered ? 'tampered' : findings.length > 0 ? 'incomplete' : 'good',
    proofs: check.proofs, compared: check.compared, documents: check.documents, size: check.shown?.head.size ?? null, findings,
  };
};

const undecided: ReadonlySet<ReceiptCode> = new Set(['missing', 'ahead', 'no-quorum']);

/** The log as it is shown. */
interface Shown {
  readonly head: OpenedCheckpoint;
  readonly tiles: LogTiles;
}

interface Check {
  readonly trust: LogTrust;
  readonly findings: ReceiptFinding[];
  readonly shown: Shown | null;
  /** By origin and size, and by origin and index: what was seen first, and where. */
  readonly heads: Map<string, { readonly hash: Uint8Array; readonly name: string }>;
  readonly leaves: Map<string, { readonly hash: Uint8Array; readonly name: string }>;
  proofs: number;
  compared: number;
  documents: number;
}

const openShown = (read: LogReader, trust: LogTrust): Shown | ReceiptFinding => {
  const note = read('checkpoint');
  const wrong = (code: ReceiptCode, detail: string): ReceiptFinding => ({ code, name: 'checkpoint', index: null, detail });
  if (note === null) return wrong('missing', 'the log shown has no checkpoint');
  const head = openTrusted(note, trust);
  if (head.kind === 'refused') return wrong(head.code === 'no-quorum' ? 'no-quorum' : 'checkpoint', head.detail);
  return { head, tiles: openTiles(read, head.size) };
};

const checkOne = (check: Check, one: KeptProof): void => {
  check.proofs += 1;
  const found = (code: ReceiptCode, index: number | null, detail: string): void => void check.findings.push({ code, name: one.name, index, detail });
  if (one.leaf === null) return found('missing', null, 'the entry was not kept beside it');
  const leaf = leafHash(one.leaf);
  const verdict = verifyProof(one.proof, leaf, check.trust);
  if (verdict.kind === 'refused') return found(verdict.code === 'no-quorum' ? 'no-quorum' : 'proof', null, verdict.detail);
  const { index, checkpoint } = verdict;
  checkOpening(check, one, (code, detail) => found(code, index, detail));
  compareEachOther(check, { name: one.name, leaf, index, head: checkpoint }, (code, detail) => found(code, index, detail));
  if (check.shown !== null) compareShown(check, check.shown, { leaf, index, head: checkpoint }, (code, detail) => found(code, index, detail));
};

type Found = (code: ReceiptCode, detail: string) => void;

const checkOpening = (check: Check, { leaf, opening, document }: KeptProof, found: Found): void => {
  const parsed = leaf === null ? null : parseLeaf(leaf);
  if (parsed?.kind !== 'leaf') return found('leaf', 'the entry is no leaf');
  if (opening === null) return;
  const read = parseOpening(opening);
  if (read === null) return found('opening', 'not an opening');
  const bytes = read.text === null ? document : Buffer.from(read.text, 'utf8');
  if (bytes === null) return;
  check.documents += 1;
  if (!opensLeaf(read, bytes, parsed.leaf.c)) found('document', 'the document is not the one the entry commits to');
};

interface Placed {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly head: OpenedCheckpoint;
}

/** Two readers who were shown different logs find it out here, without any log at hand. */
const compareEachOther = ({ heads, leaves }: Check, { name, leaf, index, head }: Placed & { readonly name: string }, found: Found): void => {
  const other = (seen: Check['heads'], key: string, hash: Uint8Array): string | null => {
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, { hash, name });
    return earlier === undefined || sameBytes(earlier.hash, hash) ? null : earlier.name;
  };
  const forked = other(heads, `${head.origin} ${head.size}`, head.root);
  if (forked !== null) found('fork', `another log of ${head.size} entries than ${forked} was shown`);
  const changed = other(leaves, `${head.origin} ${index}`, leaf);
  if (changed !== null) found('changed', `another entry ${index} than in ${changed}`);
};

const compareShown = (check: Check, { head: shown, tiles }: Shown, { leaf, index, head }: Placed, found: Found): void => {
  if (head.origin !== shown.origin) return found('fork', `of another log: ${head.origin}`);
  check.compared += 1;
  // A younger proof than the log at hand shows nothing yet; that the hub cannot show as many entries any more would.
  if (head.size > shown.size) found('ahead', `proves entry ${index} of ${head.size}, and the log shown ends at ${shown.size}: get the log anew; if it does not grow, it was cut off`);
  else {
    const root = tiles.rootAt(head.size);
    if (root === null) found('missing', `tiles for the log of ${head.size} entries are missing`);
    else if (!sameBytes(root, head.root)) found('fork', `the first ${head.size} entries shown are not those of this proof`);
  }
  if (index >= shown.size) return;
  const proof = tiles.inclusion(index);
  if (proof === null) found('missing', `tiles for entry ${index} are missing`);
  else if (!verifyInclusion({ index, size: shown.size, leaf, proof, root: shown.root })) found('changed', `entry ${index} of the log shown is another one`);
};
