import type { CosignedCheckpoint } from './cosignature.js';
import { parseLeaf } from './leaf.js';
import type { Leaf } from './leaf.js';
import { leafHash, sameBytes } from './merkle.js';
import { opensLeaf, parseOpening } from './opening.js';
import { verifyProof } from './tlog-proof.js';
import type { ProofVerdict } from './tlog-proof.js';
import type { LogTrust } from './trust.js';

/** The three files that go with a disclosure, each byte for byte. */
export interface DisclosureProof {
  /** The entry of the log. */
  readonly leaf: Uint8Array;
  /** Its place under a signed checkpoint (C2SP tlog-proof). */
  readonly proof: Uint8Array;
  /** Label and salt of the commitment to the document. */
  readonly opening: Uint8Array;
}

/** What a recipient knows by itself and holds the proof against. */
export interface ExpectedDisclosure {
  /** Its own OIN. */
  readonly recipient: string;
  /** Id of the message as it arrived. */
  readonly message: string;
  /** The document as it arrived, byte for byte. */
  readonly document: Uint8Array;
}

/** What checking the files of a disclosure says; `detail` names rules and places, never content. */
export type DisclosureVerdict =
  | { readonly kind: 'proven'; readonly index: number; readonly leaf: Leaf; readonly checkpoint: CosignedCheckpoint }
  | { readonly kind: 'refused'; readonly code: DisclosureProofCode; readonly detail: string };

export type DisclosureProofCode =
  | Extract<ProofVerdict, { kind: 'refused' }>['code']
  | 'leaf' | 'no-disclosure' | 'other-recipient' | 'other-message' | 'opening' | 'other-document';

/**
 * Proves what a recipient must know before it uses a disclosure: this very document, under this message id, to this party, was in the log that is
 * trusted before it was sent (log.md 3). Needs no network. Never throws.
 */
export const verifyDisclosureProof = (files: DisclosureProof, expected: ExpectedDisclosure, trust: LogTrust): DisclosureVerdict => {
  const included = verifyProof(files.proof, leafHash(files.leaf), trust);
  if (included.kind === 'refused') return included;
  const parsed = parseLeaf(files.leaf);
  if (parsed.kind === 'refused') return refused('leaf', `the entry is no leaf: ${parsed.problem}`);
  const { leaf } = parsed;
  if (leaf.kind !== 'disclosure') return refused('no-disclosure', `the entry is a ${leaf.kind}, not a disclosure`);
  if (leaf.to !== expected.recipient) return refused('other-recipient', 'the entry names another recipient');
  if (leaf.msg !== expected.message) return refused('other-message', 'the entry names another message');
  const opening = parseOpening(files.opening);
  if (opening === null || opening.label !== 'payload') return refused('opening', 'not the opening of a payload');
  if (!opensLeaf(opening, expected.document, leaf.c)) return refused('other-document', 'the document is not the one the entry commits to');
  return { kind: 'proven', index: included.index, leaf, checkpoint: included.checkpoint };
};

/** What a recipient has since the disclosure itself came. */
export interface EarlierDisclosure extends Omit<ExpectedDisclosure, 'document'> {
  /** Entry and opening that came with it and were held against its document then. */
  readonly earlier: Pick<DisclosureProof, 'leaf' | 'opening'>;
}

/**
 * Proves that a disclosure which came uncosigned is under a checkpoint that enough witnesses signed by now: the same entry and the same opening, so the
 * same document. Needs no network. Never throws.
 */
export const verifyLaterProof = (files: DisclosureProof, { recipient, message, earlier }: EarlierDisclosure, trust: LogTrust): DisclosureVerdict => {
  const included = verifyProof(files.proof, leafHash(files.leaf), trust);
  if (included.kind === 'refused') return included;
  const parsed = parseLeaf(files.leaf);
  if (parsed.kind === 'refused') return refused('leaf', `the entry is no leaf: ${parsed.problem}`);
  const { leaf } = parsed;
  if (leaf.kind !== 'disclosure') return refused('no-disclosure', `the entry is a ${leaf.kind}, not a disclosure`);
  if (leaf.to !== recipient) return refused('other-recipient', 'the entry names another recipient');
  if (leaf.msg !== message || !sameBytes(files.leaf, earlier.leaf)) return refused('other-message', 'the entry is not that of the disclosure that came');
  if (!sameBytes(files.opening, earlier.opening)) return refused('opening', 'the opening is not the one that came with the disclosure');
  return { kind: 'proven', index: included.index, leaf, checkpoint: included.checkpoint };
};

const refused = (code: DisclosureProofCode, detail: string): DisclosureVerdict => ({ kind: 'refused', code, detail });
