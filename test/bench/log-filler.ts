import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundlePath, encodeBundle, encodeLeaf, foldTile, leafHashes, openTiles, signCheckpoint, signerOf, tilePath, tilesAt, tileWidth } from '@ketensluis/tlog';
import type { Leaf } from '@ketensluis/tlog';

/** Origin and key of the logs that are made to be measured. */
export const fillerSigner = signerOf('hub.example/log/bench', Buffer.alloc(32, 1));

const startMs = Date.parse('2026-01-01T00:00:00.000Z');
const idOf = (index: number, variant: string): string => {
  const hex = (startMs + index).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-${variant}-${index.toString(16).padStart(12, '0')}`;
};
const hash = Buffer.alloc(32, 9).toString('base64');

const disclosure: Leaf = {
  v: 1, id: idOf(0, '8000'), kind: 'disclosure', at: new Date(startMs).toISOString(), from: '00000009901000000001', to: '00000009902000000002', controller: '00000009901000000001',
  fromRole: 'POL', toRole: 'VT', law: 'WTH', purpose: 'wth.huisverbod', basis: 'wth.art-9', cat: ['C-ADDR', 'C-HH', 'C-ID', 'C-REF'], decision: 'permit', rule: 'WTH-08',
  policy: 'ab'.repeat(32), schema: 'huisverbod.opgelegd@1', trace: 'cd'.repeat(16), msg: idOf(0, '9000'), c: { payload: hash, reason: hash, subject: [hash] }, sealed: hash,
};
const outcome: Leaf = { v: 1, id: idOf(0, '8000'), kind: 'outcome', at: new Date(startMs).toISOString(), to: '00000009902000000002', msg: idOf(0, '9000'), ref: idOf(0, '8000'), code: 'delivered' };
const [disclosureText, outcomeText] = [disclosure, outcome].map((leaf) => Buffer.from(encodeLeaf(leaf)).toString('latin1'));

/** The leaf at a place: of every four entries three are disclosures, and one tells what became of one of them. Written by its form, because checking each takes longer than making it. */
export const leafAt = (index: number): Uint8Array => {
  const isOutcome = index % 4 === 3;
  const text = ((isOutcome ? outcomeText : disclosureText) ?? '').replace(`"at":"${disclosure.at}"`, `"at":"${new Date(startMs + index).toISOString()}"`)
    .replace(`"id":"${disclosure.id}"`, `"id":"${idOf(index, '8000')}"`).replace(`"msg":"${idOf(0, '9000')}"`, `"msg":"${idOf(isOutcome ? index - 1 : index, '9000')}"`);
  return Buffer.from(isOutcome ? text.replace(`"ref":"${disclosure.id}"`, `"ref":"${idOf(index - 1, '8000')}"`) : text, 'latin1');
};

/** Writes a log of `size` entries as C2SP tlog-tiles, with its key and checkpoint; returns the bytes of all leaves together. */
export const fillLog = (directory: string, size: number): number => {
  const put = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  };
  let leafBytes = 0;
  let tops: Uint8Array[] = [];
  for (const { index, width } of tilesAt(0, size)) {
    const leaves = Array.from({ length: width }, (_, place) => leafAt(index * tileWidth + place));
    leafBytes += leaves.reduce((sum, leaf) => sum + leaf.length, 0);
    const hashes = leafHashes(leaves);
    put(bundlePath(index, width), encodeBundle(leaves));
    put(tilePath({ level: 0, index, width }), hashes);
    if (width === tileWidth) tops.push(foldTile(hashes, 0, tileWidth));
  }
  for (let level = 1; tops.length > 0; level += 1) {
    const below = tops;
    tops = [];
    for (const { index, width } of tilesAt(level, size)) {
      const hashes = Buffer.concat(below.slice(index * tileWidth, index * tileWidth + width));
      put(tilePath({ level, index, width }), hashes);
      if (width === tileWidth) tops.push(foldTile(hashes, 0, tileWidth));
    }
  }
  const root = openTiles((path) => readFileSync(join(directory, path)), size).rootAt(size) ?? new Uint8Array();
  put('checkpoint', signCheckpoint({ origin: fillerSigner.name, size, root }, fillerSigner));
  put('log.vkey', `${fillerSigner.vkey}\n`);
  return leafBytes;
};
