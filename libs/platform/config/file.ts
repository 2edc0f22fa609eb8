import { readFileSync, statSync } from 'node:fs';
import { isScalar, isSeq, isMap, LineCounter, parseDocument, type Document, type Pair } from 'yaml';
import type { Given, Sources } from './given.js';
import { nearestOf, type ConfigurationProblem } from './problems.js';
import { exampleOf, fileKeyOf, type ConfigurationRow } from './row.js';

/** A file of settings holds a few dozen lines. */
const sizeMaxBytes = 64 * 1024;
/** Somebody who names the wrong file need not read about each of its lines. */
const problemsMax = 20;

type Rows = Readonly<Record<string, ConfigurationRow>>;

/** The text of a small file; null when it cannot be read, is larger or is not UTF-8. Never throws. */
export const readSmall = (file: string): string | null => {
  try {
    // Neither a device nor a pipe: those may have no end.
    if (!statSync(file).isFile() || statSync(file).size > sizeMaxBytes) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch {
    return null;
  }
};

/** Every setting of a file. Never throws, and tells no value: whatever is wrong may be a password in the wrong place. */
export const fileSources = (file: string, rows: Rows): Sources => {
  const text = readSmall(file);
  if (text === null) return refused(file, null, `a text file (UTF-8) of at most ${sizeMaxBytes / 1024} kB that this account may read`);
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === null) return refused(file, null, 'YAML that is not deeply nested');
  const broken = [...document.errors, ...document.warnings].slice(0, problemsMax);
  // The parser's own sentences quote the text.
  if (broken.length > 0) return { given: new Map(), problems: broken.map(({ pos, code }) => problem(file, lines.linePos(pos[0]).line, `YAML (${code.toLowerCase().replaceAll('_', ' ')})`)) };
  if (document.contents === null || (isScalar(document.contents) && textOf(document.contents) === '')) return { given: new Map(), problems: [] };
  if (!isMap(document.contents)) return refused(file, 1, 'one setting on each line, as KEY: VALUE');
  const found = document.contents.items.map((pair) => settingOf(pair, file, { lines, rows }));
  return {
    given: new Map(found.flatMap((one) => ('given' in one ? [[one.name, one.given] as const] : []))),
    problems: found.flatMap((one) => ('problem' in one ? [one.problem] : [])).slice(0, problemsMax),
  };
};

/** Settings are not nested; a list within one is all there is. */
const bracketsMax = 100;
const marksPerLine = 8;

/** False for what would make the parser call itself thousands of times, by which it can take the whole process down. */
const isFlat = (text: string): boolean =>
  (text.match(/[[{]/g)?.length ?? 0) <= bracketsMax && text.split(/[\r\n]/).every((line) => line.startsWith('#') || (line.match(/(?<=^|\s)[-?:](?=\s|$)/g)?.length ?? 0) <= marksPerLine);

// "failsafe": all that is written is text, so that 0123 and `no` stay what they are.
const parse = (text: string, lineCounter: LineCounter): Document.Parsed | null => {
  if (!isFlat(text)) return null;
  try {
    return parseDocument(text, { schema: 'failsafe', uniqueKeys: true, prettyErrors: false, lineCounter });
  } catch {
    // It throws for bugs of its own only; whoever starts a hub is told the file.
    return null;
  }
};

interface Place {
  readonly lines: LineCounter;
  readonly rows: Rows;
}

type Setting = { readonly name: string; readonly given: Given } | { readonly problem: ConfigurationProblem } | { readonly kind: 'absent' };

const settingOf = ({ key: keyNode, value }: Pair, file: string, { lines, rows }: Place): Setting => {
  const line = isScalar(keyNode) && keyNode.range ? lines.linePos(keyNode.range[0]).line : null;
  const key = isScalar(keyNode) ? String(keyNode.value) : '';
  const [name, row] = Object.entries(rows).find((one) => fileKeyOf(one[1].key) === key) ?? [];
  if (name === undefined || row === undefined) return { problem: unknown(key, file, line, rows) };
  const text = textOf(value);
  if (text === null) return { problem: { key, file, line, expected: `${row.expected}, as one value or a list of values`, example: exampleOf(row, file) } };
  return text === '' ? { kind: 'absent' } : { name, given: { text, source: { key, file, line } } };
};

const unknown = (key: string, file: string, line: number | null, rows: Rows): ConfigurationProblem => {
  const nearest = nearestOf(fileKeyOf(key), Object.values(rows).map((row) => fileKeyOf(row.key)));
  const row = Object.values(rows).find((one) => fileKeyOf(one.key) === nearest);
  return { key: nameable(key), file, line, expected: `a key that exists; did you mean ${nearest}?`, example: exampleOf(row, file) };
};

// What is no name at all may be a value that came to stand on the left.
const nameable = (key: string): string => (/^[A-Za-z][A-Za-z_-]{0,40}$/.test(key) ? key : '(a key)');

/** One value, or a list with commas between; empty for none at all; null for anything else. */
const textOf = (node: unknown): string | null => {
  if (node === null) return '';
  if (isScalar(node)) return node.type === 'PLAIN' && /^(~|null)$/i.test(String(node.value)) ? '' : String(node.value ?? '');
  if (!isSeq(node)) return null;
  const texts = node.items.map((item) => (isScalar(item) ? String(item.value ?? '') : null));
  return texts.includes(null) || texts.includes('') ? null : texts.join(',');
};

const problem = (file: string, line: number | null, expected: string): ConfigurationProblem => ({ key: 'the file', file, line, expected, example: 'config/hub.yaml' });
const refused = (file: string, line: number | null, expected: string): Sources => ({ given: new Map(), problems: [problem(file, line, expected)] });
