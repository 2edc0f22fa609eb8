import { createHash } from 'node:crypto';
import { signCheckpoint } from './checkpoint.js';
import { commitmentText } from './commitment.js';
import { encodeLeaf } from './leaf.js';
import { append, emptyRange, leafHash, rootOf } from './merkle.js';
import { planInclusion, proofOf } from './merkle-proof.js';
import { parseVerifierKey, signerOf } from './note-key.js';
import type { VerifierKey } from './note-key.js';
import { formatOpening } from './opening.js';
import { bundlePath, encodeBundle, encodeTile, tilePath, tilesAt, tilesOf } from './tile.js';
import { formatProof } from './tlog-proof.js';

/** Signs the logs that specs make. */
export const signer = signerOf('log.example/1', Buffer.alloc(32, 1));
/** The key of a vkey line; throws on a bad one. */
export const verifierOf = (vkey: string): VerifierKey => {
  const parsed = parseVerifierKey(vkey);
  if ('kind' in parsed) throw new Error(parsed.detail);
  return parsed;
};
/** The key of `signer`. */
export const keys = [verifierOf(signer.vkey)];

const startMs = Date.parse('2026-03-01T12:00:00.000Z');
/** Id of the entry at a place. */
export const idOf = (index: number): string => {
  const hex = (startMs + index).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(index).padStart(12, '0')}`;
};
/** A consultation, one millisecond later for each place. */
export const entryOf = (index: number, ref?: string): Uint8Array => encodeLeaf({
  v: 1, id: idOf(index), kind: 'consultation', at: new Date(startMs + index).toISOString(), purpose: 'avg.inzage', ref,
});

/** A log by its paths. */
export type Files = Map<string, Uint8Array>;

/** A log as tlog-tiles, made by the definition and not by the code under test's own walk. */
export const logOf = (entries: readonly Uint8Array[], by = signer): Files => {
  const files: Files = new Map();
  const levels: Uint8Array[][] = [];
  let range = emptyRange;
  for (const entry of entries) {
    range = append(range, leafHash(entry), ({ level }, hash) => {
      if (level % 8 === 0) (levels[level / 8] ??= []).push(hash);
    });
  }
  for (const tile of tilesOf(entries.length)) {
    const start = tile.index * 256;
    files.set(tilePath(tile), encodeTile(levels[tile.level]?.slice(start, start + tile.width) ?? []));
  }
  for (const { index, width } of tilesAt(0, entries.length)) {
    files.set(bundlePath(index, width), encodeBundle(entries.slice(index * 256, index * 256 + width)));
  }
  files.set('checkpoint', signCheckpoint({ origin: by.name, size: entries.length, root: rootOf(range) }, by));
  return files;
};


/** The `.tlog-proof` of one entry under the head of the whole. */
export const proofIn = (entries: readonly Uint8Array[], index: number, by = signer): Uint8Array => {
  const nodes = new Map<string, Uint8Array>();
  entries.reduce((range, entry) => append(range, leafHash(entry), ({ level, index: at }, hash) => nodes.set(`${level}/${at}`, hash)), emptyRange);
  const hashes = proofOf(planInclusion(index, entries.length), ({ level, index: at }) => nodes.get(`${level}/${at}`) ?? Buffer.alloc(0));
  return formatProof({ index, hashes, checkpoint: logOf(entries, by).get('checkpoint') ?? Buffer.alloc(0) });
};

/** OIN of the party that gets the disclosures of the fixture. */
export const recipientOin = '00000009902000000002';

/** The entry of a disclosure at a place, and what opens its payload. */
export const disclosureOf = (index: number, document: Uint8Array): { readonly leaf: Uint8Array; readonly opening: Uint8Array; readonly message: string } => {
  const salt = createHash('sha256').update(`salt ${index}`).digest();
  const message = idOf(index).replace('-7000-', '-7001-');
  const leaf = encodeLeaf({
    v: 1, id: idOf(index), kind: 'disclosure', at: new Date(startMs + index).toISOString(), from: '00000009901000000001', to: recipientOin,
    cat: ['C-REF'], rule: 'WTH-08', policy: 'ab'.repeat(32), msg: message, sealed: Buffer.alloc(32, 7).toString('base64'),
    c: { payload: commitmentText({ label: 'payload', salt, bytes: document }) },
  });
  return { leaf, message, opening: formatOpening({ label: 'payload', salt, text: null }) };
};
