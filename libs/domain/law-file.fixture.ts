import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { parseLawPack, type PositionedValue } from './law-pack-parse.js';
import type { LawPack } from './law-pack.js';

/** Text of the law pack this checkout ships. */
export const lawText = (): string => readFileSync(new URL('../../config/law/wth.yaml', import.meta.url), 'utf8');

/** Parsed YAML with the lines of its values, as the loader gives them to `parseLawPack`. */
export const positioned = (text: string): PositionedValue => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  return {
    value: document.toJS(),
    lineOf: (path) => {
      const node = document.getIn(path, true);
      return isNode(node) && node.range ? lines.linePos(node.range[0]).line : null;
    },
  };
};

/** The law pack this checkout ships; throws with every problem when it does not pass. */
export const shippedLaw = (): LawPack => {
  const text = lawText();
  const pack = parseLawPack(positioned(text), createHash('sha256').update(text).digest('hex'));
  if ('kind' in pack) throw new Error(pack.detail);
  return pack;
};
