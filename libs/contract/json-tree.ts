import { depthMax, nodesMax } from './limits.js';
import { refuse, type ReadRefusal } from './problem.js';

/** A JSON value as it stood in the document. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

interface Reading {
  readonly text: string;
  at: number;
  nodes: number;
  refusal: ReadRefusal | null;
}

const space = /[ \t\n\r]*/y;
// RFC 8259 §7: what may follow a backslash, and where a run of plain characters ends.
const escape = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const notPlain = /["\\\u0000-\u001F]/g;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const words: readonly (readonly [string, boolean | null])[] = [['true', true], ['false', false], ['null', null]];
// Keys that reach into the prototype of an object when somebody copies it carelessly.
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads JSON (RFC 8259) strictly: no byte order mark, no duplicate keys, no prototype keys, bounded in depth and size. */
export const readJson = (text: string): { readonly kind: 'tree'; readonly value: JsonValue } | ReadRefusal => {
  const reading: Reading = { text, at: 0, nodes: 0, refusal: null };
  const value = readValue(reading, 0);
  skipSpace(reading);
  if (reading.refusal === null && reading.at !== text.length) fail(reading, 'not-well-formed', 'there is text after the value');
  return reading.refusal ?? { kind: 'tree', value };
};

// The first fault stands; everything after it is unwound without looking at the text again.
const fail = (reading: Reading, code: ReadRefusal['code'], detail: string): null => {
  reading.refusal ??= refuse(code, detail, 'Het document is geen JSON volgens de afspraak.');
  return null;
};

const skipSpace = (reading: Reading): void => {
  space.lastIndex = reading.at;
  space.exec(reading.text);
  reading.at = space.lastIndex;
};

const take = (reading: Reading, character: string): boolean => {
  skipSpace(reading);
  if (reading.text[reading.at] !== character) return false;
  reading.at += 1;
  return true;
};

const readValue = (reading: Reading, depth: number): JsonValue => {
  reading.nodes += 1;
  if (depth > depthMax) return fail(reading, 'too-deep', `values are nested deeper than ${depthMax}`);
  if (reading.nodes > nodesMax) return fail(reading, 'too-many-elements', `there are more than ${nodesMax} values`);
  if (take(reading, '{')) return readObject(reading, depth);
  if (take(reading, '[')) return readArray(reading, depth);
  if (reading.text[reading.at] === '"') return readString(reading);
  return readWord(reading);
};

const readObject = (reading: Reading, depth: number): JsonValue => {
  const entries = new Map<string, JsonValue>();
  if (take(reading, '}')) return {};
  do {
    skipSpace(reading);
    const key = readString(reading);
    if (forbiddenKeys.has(key)) return fail(reading, 'forbidden', 'an object has a key that is not accepted');
    if (entries.has(key)) return fail(reading, 'not-well-formed', 'an object has the same key twice');
    if (!take(reading, ':')) return fail(reading, 'not-well-formed', 'a key has no value');
    entries.set(key, readValue(reading, depth + 1));
    if (reading.refusal !== null) return null;
  } while (take(reading, ','));
  return take(reading, '}') ? Object.fromEntries(entries) : fail(reading, 'not-well-formed', 'an object is not closed');
};

const readArray = (reading: Reading, depth: number): JsonValue => {
  const items: JsonValue[] = [];
  if (take(reading, ']')) return items;
  do {
    items.push(readValue(reading, depth + 1));
    if (reading.refusal !== null) return null;
  } while (take(reading, ','));
  return take(reading, ']') ? items : fail(reading, 'not-well-formed', 'a list is not closed');
};

// The literal is valid by its pattern, so JSON.parse only resolves its escapes.
const readString = (reading: Reading): string => {
  const end = endOfString(reading.text, reading.at);
  if (end === null) {
    fail(reading, 'not-well-formed', 'a text is not closed or holds a forbidden character');
    return '';
  }
  const raw = reading.text.slice(reading.at, end);
  reading.at = end;
  return String(JSON.parse(raw));
};

// Walks from escape to escape instead of matching the whole literal at once, so that a long text costs no stack.
const endOfString = (text: string, at: number): number | null => {
  if (text[at] !== '"') return null;
  let position = at + 1;
  for (;;) {
    notPlain.lastIndex = position;
    const found = notPlain.exec(text);
    if (found?.[0] === '"') return found.index + 1;
    if (found?.[0] !== '\\') return null;
    escape.lastIndex = found.index;
    if (!escape.test(text)) return null;
    position = escape.lastIndex;
  }
};

const readWord = (reading: Reading): JsonValue => {
  for (const [word, value] of words) {
    if (reading.text.startsWith(word, reading.at)) {
      reading.at += word.length;
      return value;
    }
  }
  number.lastIndex = reading.at;
  const found = number.exec(reading.text);
  if (found === null) return fail(reading, 'not-well-formed', 'a value is missing');
  reading.at = number.lastIndex;
  return Number(found[0]);
};
