import type { LeafKind } from './leaf-fields.js';
import { createLeafPlaces, scanLeaf } from './leaf-scan.js';

/** Largest leaf in bytes; an entry bundle (tlog-tiles) could hold 65,535. */
export const leafMaxBytes = 8192;

/** Commitments of one entry, each the base64 of 32 bytes made by `commit`; `subject` has one per person concerned. */
export interface LeafCommitments {
  readonly actor?: string | undefined;
  readonly payload?: string | undefined;
  readonly reason?: string | undefined;
  readonly subject?: readonly string[] | undefined;
}

/**
 * One entry of the log, version 1. No personal data (I7): organisations, functions, codes, times and commitments only.
 * LED art. 25 and Wpg 32a ask for reason, date, time, discloser and recipient; CJEU C-154/21 for the recipient by name.
 */
export interface Leaf {
  readonly v: 1;
  /** UUIDv7 whose first 48 bits are the milliseconds of `at`, so that one id can have one time only. */
  readonly id: string;
  readonly kind: LeafKind;
  /** RFC 3339, UTC, milliseconds: 2026-03-01T12:00:00.000Z. */
  readonly at: string;
  /** OIN of the party that sent, and of the party that receives; never a person. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly onBehalf?: string | undefined;
  /** OIN of the controller (the municipality whose case it is). */
  readonly controller?: string | undefined;
  /** Roles in the chain (GEM, POL, VT ...); a recipient without a connection has a role and no OIN. */
  readonly fromRole?: string | undefined;
  readonly toRole?: string | undefined;
  /** Function code of whoever acted, never a name. */
  readonly role?: string | undefined;
  /** URI in the register of processing activities. */
  readonly activity?: string | undefined;
  readonly law?: string | undefined;
  readonly purpose?: string | undefined;
  readonly basis?: string | undefined;
  /** Categories of data. */
  readonly cat?: readonly string[] | undefined;
  readonly decision?: 'permit' | 'hold' | 'refuse' | undefined;
  readonly rule?: string | undefined;
  /** SHA-256 of the law pack applied, lower-case hexadecimal as sha256sum prints it. */
  readonly policy?: string | undefined;
  /** Versions the decision rested on, each `id@version`. */
  readonly agreement?: string | undefined;
  /** The agreement of the sender, where the rule needs that as well (the police, Wpg art. 6c). */
  readonly senderAgreement?: string | undefined;
  readonly setting?: string | undefined;
  readonly mandate?: string | undefined;
  /** Outcome or reason as a code from a closed list; `reasons` when there are more. */
  readonly code?: string | undefined;
  readonly reasons?: readonly string[] | undefined;
  /** Message type and version, e.g. huisverbod.opgelegd@1. */
  readonly schema?: string | undefined;
  /** W3C trace id, 32 hexadecimal digits. */
  readonly trace?: string | undefined;
  /** Message id (UUID) for the recipient's own reconciliation. */
  readonly msg?: string | undefined;
  /** Id of an earlier entry. */
  readonly ref?: string | undefined;
  readonly c?: LeafCommitments | undefined;
  /** SHA-256 of the encrypted outgoing body, base64; the database binds the outgoing row to it by foreign key. */
  readonly sealed?: string | undefined;
  /** Destruction and refusal summary: how many, and the Merkle root over what is summarised. */
  readonly count?: number | undefined;
  readonly root?: string | undefined;
  /** Destruction: month, first index, last index, keys destroyed, function codes of both approvers. */
  readonly period?: string | undefined;
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly approvers?: readonly string[] | undefined;
  /** Key change: the new verifier key, and the last size signed with the old one that is to be trusted. */
  readonly vkey?: string | undefined;
  readonly size?: number | undefined;
}

/** A leaf, or why these bytes are none. `problem` names keys and rules, never values. */
export type ParsedLeaf = { readonly kind: 'leaf'; readonly leaf: Leaf } | { readonly kind: 'refused'; readonly problem: string };

/**
 * The canonical bytes of an entry (RFC 8785 restricted: sorted keys, no floats, no null, ASCII values only, so NFC holds by
 * construction). Throws when the leaf breaks its schema or exceeds `leafMaxBytes`: that is a bug of the caller, not input.
 */
export const encodeLeaf = (leaf: Leaf): Uint8Array => {
  const bytes = new TextEncoder().encode(JSON.stringify(sorted(leaf)));
  const problem = scanLeaf(bytes, places);
  if (problem !== null) throw new Error(`bug: leaf refused: ${problem}`);
  if (bytes.length > leafMaxBytes) throw new Error('bug: leaf refused: larger than 8 KiB');
  return bytes;
};

/** Reads a leaf back; refuses whatever `encodeLeaf` would not have written byte for byte. Never throws. */
export const parseLeaf = (bytes: Uint8Array): ParsedLeaf => {
  if (bytes.length > leafMaxBytes) return refused('larger than 8 KiB');
  const problem = scanLeaf(bytes, places);
  if (problem !== null) return refused(problem);
  const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  return isScanned(value) ? { kind: 'leaf', leaf: value } : refused('not an object');
};

// Nothing waits in between, so one is enough.
const places = createLeafPlaces();

/** The moment of an entry. */
export const leafTime = (leaf: Leaf): Date => new Date(leaf.at);

const refused = (problem: string): ParsedLeaf => ({ kind: 'refused', problem });

// The scan has proven every key and value of these bytes, and it takes objects only.
const isScanned = (value: unknown): value is Leaf => typeof value === 'object' && value !== null;

/** Copies with sorted keys and without absent ones; nested objects as well. */
const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, v]) => [key, sorted(v)]));
};
