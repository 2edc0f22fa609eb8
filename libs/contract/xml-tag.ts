import { attributesMax } from './limits.js';
import { decodeReferences } from './xml-reference.js';

/** One attribute; names with a prefix other than of a namespace declaration do not exist in the contract and are refused. */
export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
}

/** Namespace by prefix; the empty prefix is the default namespace. */
export type Bindings = ReadonlyMap<string, string>;

interface StartTag {
  readonly tag: string;
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly bindings: Bindings;
  readonly isEmpty: boolean;
  readonly end: number;
}

const name = '[A-Za-z_][A-Za-z0-9_.\\-]{0,99}';
const start = new RegExp(`<(?:(${name}):)?(${name})`, 'y');
const attribute = new RegExp(`[ \\t\\n]+((?:(${name}):)?(${name}))[ \\t\\n]*=[ \\t\\n]*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const end = /[ \t\n]*(\/?)>/y;
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

interface RawAttribute {
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
}

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** The start tag at `at`, with its namespace resolved; a string says why it is none. */
export const readStartTag = (text: string, at: number, inherited: Bindings): StartTag | string => {
  const opening = match(start, text, at);
  if (opening === null) return 'a tag has no valid name';
  const raw = readAttributes(text, start.lastIndex);
  if (typeof raw === 'string') return raw;
  const closing = match(end, text, raw.end);
  if (closing === null) return 'a start tag is not closed, or holds an attribute that is none';
  const bindings = bind(raw.attributes, inherited);
  if (typeof bindings === 'string') return bindings;
  const attributes = ownAttributes(raw.attributes, bindings);
  if (typeof attributes === 'string') return attributes;
  const prefix = opening[1] ?? '';
  const namespace = bindings.get(prefix) ?? (prefix === '' ? '' : null);
  if (namespace === null) return 'a prefix is not bound to a namespace';
  return { tag: opening[0].slice(1), name: opening[2] ?? '', namespace, attributes, bindings, isEmpty: closing[1] === '/', end: end.lastIndex };
};

const readAttributes = (text: string, at: number): { readonly attributes: readonly RawAttribute[]; readonly end: number } | string => {
  const attributes: RawAttribute[] = [];
  const seen = new Set<string>();
  let position = at;
  for (let found = match(attribute, text, position); found !== null; found = match(attribute, text, position)) {
    position = attribute.lastIndex;
    const full = found[1] ?? '';
    // White space in an attribute is a space (XML 1.0 §3.3.3).
    const value = decodeReferences((found[4] ?? found[5] ?? '').replace(/[\t\n]/g, ' '));
    if (value === null) return 'an attribute holds an unknown reference';
    if (seen.has(full)) return 'an attribute occurs twice';
    if (seen.size >= attributesMax) return 'an element has too many attributes';
    seen.add(full);
    attributes.push({ prefix: found[2] ?? '', name: found[3] ?? '', value });
  }
  return { attributes, end: position };
};

const bind = (attributes: readonly RawAttribute[], inherited: Bindings): Bindings | string => {
  const declared = attributes.filter((one) => one.prefix === 'xmlns' || (one.prefix === '' && one.name === 'xmlns'));
  if (declared.length === 0) return inherited;
  const bindings = new Map(inherited);
  for (const one of declared) {
    const prefix = one.prefix === '' ? '' : one.name;
    // Namespaces in XML 1.0 §3: these prefixes and names are reserved, and a prefix cannot be unbound.
    const isReserved = prefix === 'xml' || prefix === 'xmlns' || one.value.startsWith('http://www.w3.org/XML/1998/') || one.value.startsWith('http://www.w3.org/2000/xmlns/');
    if (isReserved || (prefix !== '' && one.value === '')) return 'a namespace declaration is not allowed';
    bindings.set(prefix, one.value);
  }
  return bindings;
};

// What remains when declarations and the harmless hint where a schema can be found are taken out.
const ownAttributes = (attributes: readonly RawAttribute[], bindings: Bindings): readonly XmlAttribute[] | string => {
  const own: XmlAttribute[] = [];
  for (const one of attributes) {
    if (one.prefix === 'xmlns' || (one.prefix === '' && one.name === 'xmlns')) continue;
    if (one.prefix === '') own.push({ name: one.name, value: one.value });
    else if (bindings.get(one.prefix) !== schemaInstance || one.name !== 'schemaLocation') return 'an attribute has a prefix';
  }
  return own;
};
