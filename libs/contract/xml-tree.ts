import { depthMax, nodesMax } from './limits.js';
import { refuse, type ReadRefusal } from './problem.js';
import { readStartTag, type XmlAttribute, type Bindings } from './xml-tag.js';
import { decodeReferences } from './xml-reference.js';

/** An element: its namespace and local name, its attributes without namespace declarations, and what stands in it. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** All character data directly inside, references resolved. */
  readonly text: string;
}

// The same while it is being read.
interface Open {
  readonly tag: string;
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly bindings: Bindings;
  readonly children: XmlElement[];
  readonly texts: string[];
}

interface Reading {
  readonly text: string;
  at: number;
  readonly stack: Open[];
  root: XmlElement | null;
  nodes: number;
}

const declaration = /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"utf-8"|'utf-8'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/i;
// Everything outside XML 1.0 §2.2 Char.
const notCharacter = /[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const onlySpace = /^[ \t\n]*$/;
const endTag = /<\/([A-Za-z_][A-Za-z0-9_.\-]{0,99}(?::[A-Za-z_][A-Za-z0-9_.\-]{0,99})?)[ \t\n]*>/y;

const notWellFormed = (detail: string): ReadRefusal => refuse('not-well-formed', detail, 'Het document is geen welgevormde XML.');
const forbidden = (detail: string): ReadRefusal => refuse('forbidden', detail, 'Laat DOCTYPE, entiteiten en verwerkingsinstructies weg.');

/**
 * Reads XML 1.0 with namespaces, and of it only what the contract needs: elements, attributes, text, CDATA sections, comments and the
 * XML declaration. Everything that lets a document reach outside itself or grow while it is read is refused: DOCTYPE, entity
 * declarations, processing instructions, entities beyond the five predefined ones. Linear in the input, never recursive.
 */
export const readXml = (source: string): { readonly kind: 'tree'; readonly root: XmlElement } | ReadRefusal => {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (notCharacter.test(text)) return notWellFormed('the document holds a character XML does not allow');
  const reading: Reading = { text, at: declaration.exec(text)?.[0].length ?? 0, stack: [], root: null, nodes: 0 };
  while (reading.at < text.length) {
    const refusal = readNext(reading);
    if (refusal !== null) return refusal;
  }
  if (reading.stack.length > 0) return notWellFormed('an element is not closed');
  return reading.root === null ? notWellFormed('there is no root element') : { kind: 'tree', root: reading.root };
};

// One step: the text up to the next `<`, or the construct that starts there.
const readNext = (reading: Reading): ReadRefusal | null => {
  const { text, at } = reading;
  const next = text.indexOf('<', at);
  if (next !== at) {
    const end = next === -1 ? text.length : next;
    reading.at = end;
    return addText(reading, text.slice(at, end));
  }
  if (text.startsWith('</', at)) return readEnd(reading);
  if (text.startsWith('<!--', at)) return readComment(reading);
  if (text.startsWith('<![CDATA[', at)) return readCdata(reading);
  if (text.startsWith('<!', at)) return forbidden('a DOCTYPE or declaration is not accepted');
  if (text.startsWith('<?', at)) return forbidden('a processing instruction, or an XML declaration other than version 1.0 in UTF-8, is not accepted');
  return readStart(reading);
};

const addText = (reading: Reading, raw: string): ReadRefusal | null => {
  if (raw.includes(']]>')) return notWellFormed('text holds the end mark of a CDATA section');
  const open = reading.stack.at(-1);
  if (open === undefined) return onlySpace.test(raw) ? null : notWellFormed('there is text outside the root element');
  const decoded = decodeReferences(raw);
  if (decoded === null) return forbidden('only the five predefined entities and character references are accepted');
  open.texts.push(decoded);
  return null;
};

const readComment = (reading: Reading): ReadRefusal | null => {
  const end = reading.text.indexOf('--', reading.at + 4);
  // XML 1.0 §2.5: two hyphens occur only at the end of a comment.
  if (end === -1 || reading.text[end + 2] !== '>') return notWellFormed('a comment is not closed, or holds two hyphens');
  reading.at = end + 3;
  return null;
};

const readCdata = (reading: Reading): ReadRefusal | null => {
  const start = reading.at + '<![CDATA['.length;
  const end = reading.text.indexOf(']]>', start);
  const open = reading.stack.at(-1);
  if (end === -1 || open === undefined) return notWellFormed('a CDATA section is not closed, or stands outside the root element');
  open.texts.push(reading.text.slice(start, end));
  reading.at = end + 3;
  return null;
};

const readStart = (reading: Reading): ReadRefusal | null => {
  const parent = reading.stack.at(-1);
  if (parent === undefined && reading.root !== null) return notWellFormed('there is more than one root element');
  if (reading.stack.length >= depthMax) return refuse('too-deep', `elements are nested deeper than ${depthMax}`, 'Het document is te diep genest.');
  reading.nodes += 1;
  if (reading.nodes > nodesMax) return refuse('too-many-elements', `there are more than ${nodesMax} elements`, 'Het document heeft te veel elementen.');
  const tag = readStartTag(reading.text, reading.at, parent?.bindings ?? new Map());
  if (typeof tag === 'string') return notWellFormed(tag);
  reading.at = tag.end;
  const open: Open = { ...tag, children: [], texts: [] };
  if (tag.isEmpty) close(reading, open);
  else reading.stack.push(open);
  return null;
};

const readEnd = (reading: Reading): ReadRefusal | null => {
  endTag.lastIndex = reading.at;
  const match = endTag.exec(reading.text);
  const open = reading.stack.at(-1);
  if (match === null || open === undefined || match[1] !== open.tag) return notWellFormed('an end tag does not fit its start tag');
  reading.at = endTag.lastIndex;
  reading.stack.pop();
  close(reading, open);
  return null;
};

const close = (reading: Reading, { name, namespace, attributes, children, texts }: Open): void => {
  const element: XmlElement = { name, namespace, attributes, children, text: texts.join('') };
  const parent = reading.stack.at(-1);
  if (parent === undefined) reading.root = element;
  else parent.children.push(element);
};
