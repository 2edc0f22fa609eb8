import { asOneLine, decodeText } from './charset.js';
import { malformed, mimeLimits, type Malformed } from './malformed.js';

/** A structured header value such as Content-Type: the first token in lower case, and the parameters by lower-case name. */
export interface Structured {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

interface Cursor {
  readonly text: string;
  position: number;
}

const attribute = /^[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+$/;

// White space and comments (RFC 5322 §3.2.2). An unclosed comment swallows the rest, and the caller then finds no value.
const skipBlanks = (cursor: Cursor): void => {
  let depth = 0;
  for (; cursor.position < cursor.text.length; cursor.position += 1) {
    const character = cursor.text[cursor.position];
    if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (character === '\\' && depth > 0) cursor.position += 1;
    else if (depth === 0 && character !== ' ' && character !== '\t') return;
  }
};

const readUntil = (cursor: Cursor, stops: string): string => {
  const start = cursor.position;
  while (cursor.position < cursor.text.length && !stops.includes(cursor.text[cursor.position] ?? '')) cursor.position += 1;
  return cursor.text.slice(start, cursor.position);
};

const readQuoted = (cursor: Cursor): string | null => {
  let out = '';
  for (cursor.position += 1; cursor.position < cursor.text.length; cursor.position += 1) {
    const character = cursor.text[cursor.position];
    if (character === '"') {
      cursor.position += 1;
      return out;
    }
    if (character === '\\') cursor.position += 1;
    out += cursor.text[cursor.position] ?? '';
  }
  return null;
};

const readPair = (cursor: Cursor): readonly [string, string] | null => {
  const name = readUntil(cursor, '= \t;(').toLowerCase();
  skipBlanks(cursor);
  if (!attribute.test(name) || cursor.text[cursor.position] !== '=') return null;
  cursor.position += 1;
  skipBlanks(cursor);
  const value = cursor.text[cursor.position] === '"' ? readQuoted(cursor) : readUntil(cursor, '; \t(');
  return value === null ? null : [name, value];
};

const percentBytes = (text: string): Uint8Array =>
  Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

// RFC 2231 §3 and §4: name*0*=utf-8''..., name*1=... joined in order; a missing number ends the value.
const joinSections = (sections: ReadonlyMap<number, { text: string; isEncoded: boolean }>): string => {
  const first = sections.get(0);
  const marked = first?.isEncoded === true ? /^([^']*)'[^']*'(.*)$/s.exec(first.text) : null;
  const chunks: Uint8Array[] = [];
  for (let index = 0; index < sections.size; index += 1) {
    const section = sections.get(index);
    if (section === undefined) break;
    const text = index === 0 && marked !== null ? (marked[2] ?? '') : section.text;
    chunks.push(section.isEncoded ? percentBytes(text) : Buffer.from(text));
  }
  return decodeText(Buffer.concat(chunks), marked?.[1] ?? 'utf-8');
};

const extendedName = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/;

const resolve = (pairs: ReadonlyMap<string, string>): ReadonlyMap<string, string> | Malformed => {
  const plain = new Map<string, string>();
  const extended = new Map<string, Map<number, { text: string; isEncoded: boolean }>>();
  for (const [name, text] of pairs) {
    const match = extendedName.exec(name);
    if (match === null) {
      plain.set(name, text);
      continue;
    }
    const [, stem = '', index, star] = match;
    const sections = extended.get(stem) ?? new Map<number, { text: string; isEncoded: boolean }>();
    sections.set(Number(index ?? 0), { text, isEncoded: index === undefined || star !== undefined });
    extended.set(stem, sections);
  }
  for (const [name, sections] of extended) {
    // Mailers send a name in both forms on purpose; anything else in two forms means two things to two readers.
    if (plain.has(name) && name !== 'name' && name !== 'filename') return malformed(`parameter ${asOneLine(name)} in two forms`);
    plain.set(name, joinSections(sections));
  }
  return plain;
};

/** Reads `token; name=value; ...` with quoted strings, comments and RFC 2231 names. A doubled parameter is refused. */
export const readStructured = (text: string): Structured | Malformed => {
  const cursor: Cursor = { text, position: 0 };
  skipBlanks(cursor);
  const value = readUntil(cursor, '; \t(').toLowerCase();
  if (value === '') return malformed('structured header without a value');
  const pairs = new Map<string, string>();
  for (;;) {
    skipBlanks(cursor);
    if (cursor.position >= text.length) break;
    if (text[cursor.position] !== ';') return malformed('structured header with stray text');
    cursor.position += 1;
    skipBlanks(cursor);
    if (cursor.position >= text.length || text[cursor.position] === ';') continue;
    const pair = readPair(cursor);
    if (pair === null) return malformed('parameter without a value');
    if (pairs.has(pair[0])) return malformed('parameter occurs twice');
    if (pairs.size >= mimeLimits.parametersMax) return malformed('too many parameters');
    pairs.set(...pair);
  }
  const parameters = resolve(pairs);
  return 'kind' in parameters ? parameters : { value, parameters };
};
