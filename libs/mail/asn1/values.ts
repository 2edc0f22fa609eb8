import { Asn1Error, checkInteger, type DerNode } from './read.js';

// Each reader takes its universal tag, or a context-specific one: with implicit tagging the caller has matched the tag already. Never another universal tag.

/** The values of a SEQUENCE, in order. */
export function sequence(node: DerNode): readonly DerNode[] {
  expectConstructed(node, 0x30, 'SEQUENCE');
  return node.children;
}

/** The values of a SET, in the order written. */
export function set(node: DerNode): readonly DerNode[] {
  expectConstructed(node, 0x31, 'SET');
  return node.children;
}

/** Whether the value carries the context-specific tag [number], primitive or constructed. */
export function context(node: DerNode, number: number): boolean {
  return (node.tag & 0xdf) === (0x80 | number);
}

/** The dotted form of an OBJECT IDENTIFIER; arcs keep every digit (arcs cut to 32 bits once made two identifiers one). */
export function oid(node: DerNode): string {
  expectPrimitive(node, 0x06, 'OBJECT IDENTIFIER');
  const { content } = node;
  if (content.length > oidSizeMaxBytes) throw new Asn1Error('OBJECT IDENTIFIER too long');
  const arcs: string[] = [];
  for (let start = 0; start < content.length; ) {
    const end = arcEnd(content, start);
    const arc = arcValue(content, start, end);
    if (start > 0) arcs.push(String(arc));
    else if (typeof arc === 'bigint') arcs.push('2', String(arc - 80n));
    else arcs.push(String(Math.min(2, Math.floor(arc / 40))), String(arc < 80 ? arc % 40 : arc - 80));
    start = end;
  }
  return arcs.join('.');
}

const oidSizeMaxBytes = 128;

function arcEnd(content: Uint8Array, start: number): number {
  if (content[start] === 0x80) throw new Asn1Error('OBJECT IDENTIFIER arc not in its shortest form');
  for (let i = start; i < content.length; i += 1) if ((content[i] ?? 0) < 0x80) return i + 1;
  throw new Asn1Error('OBJECT IDENTIFIER cut short');
}

function arcValue(content: Uint8Array, start: number, end: number): number | bigint {
  if (end - start > 7) return content.subarray(start, end).reduce((sum, octet) => sum * 128n + BigInt(octet & 0x7f), 0n);
  let value = 0;
  for (let i = start; i < end; i += 1) value = value * 128 + ((content[i] ?? 0) & 0x7f);
  return value;
}

/** The value of an INTEGER. */
export function integer(node: DerNode): bigint {
  const content = integerContent(node);
  const magnitude = BigInt(`0x${Buffer.from(content.buffer, content.byteOffset, content.length).toString('hex')}`);
  return BigInt.asIntN(content.length * 8, magnitude);
}

/** The value of an INTEGER or ENUMERATED between 0 and 2^31-1; throws on a larger or negative one. */
export function smallInteger(node: DerNode): number {
  const content = node.tag === 0x0a ? node.content : integerContent(node);
  const isNegative = (content[0] ?? 0) >= 0x80;
  if (isNegative || content.length > 4) throw new Asn1Error('INTEGER out of range');
  return content.reduce((sum, octet) => sum * 256 + octet, 0);
}

const integerSizeMaxBytes = 4096;

function integerContent(node: DerNode): Uint8Array {
  expectPrimitive(node, 0x02, 'INTEGER');
  const { content } = node;
  checkInteger(content);
  if (content.length > integerSizeMaxBytes) throw new Asn1Error('INTEGER too long');
  return content;
}

/** The value of a BOOLEAN. */
export function boolean(node: DerNode): boolean {
  expectPrimitive(node, 0x01, 'BOOLEAN');
  if (node.content.length !== 1) throw new Asn1Error('BOOLEAN of more or less than one octet');
  return node.content[0] !== 0;
}

/** The contents of an OCTET STRING: a view when it is in one piece, one joined copy when BER wrote it in segments. */
export function octets(node: DerNode): Uint8Array {
  if (!node.constructed) {
    expectPrimitive(node, 0x04, 'OCTET STRING');
    return node.content;
  }
  if (node.tag !== 0x24 && (node.tag & 0xc0) !== 0x80) throw new Asn1Error('expected OCTET STRING');
  const segments: Uint8Array[] = [];
  for (const child of node.children) {
    // Segments are OCTET STRINGs whatever the tag of the whole (X.690 §8.7.3.2, §8.14).
    if (child.tag !== 0x04 && child.tag !== 0x24) throw new Asn1Error('segment that is not an OCTET STRING');
    segments.push(octets(child));
  }
  return segments.length === 1 && segments[0] !== undefined ? segments[0] : Buffer.concat(segments);
}

/** The octets of a BIT STRING and how many bits of the last octet do not count. */
export function bits(node: DerNode): { readonly bytes: Uint8Array; readonly unused: number } {
  expectPrimitive(node, 0x03, 'BIT STRING');
  const unused = node.content[0];
  if (unused === undefined || unused > 7 || (unused > 0 && node.content.length === 1)) throw new Asn1Error('BIT STRING with a false count of unused bits');
  return { bytes: node.content.subarray(1), unused };
}

/** The text of any string type of RFC 5280 §4.1.2.4, and of an implicitly tagged IA5String; throws on octets its type does not allow. */
export function text(node: DerNode): string {
  if (node.constructed) throw new Asn1Error('text in segments');
  const content = Buffer.from(node.content.buffer, node.content.byteOffset, node.content.length);
  switch (node.tag) {
    case 0x0c:
      return decoded(utf8, content);
    case 0x14:
      return content.toString('latin1');
    case 0x1e:
      return decoded(utf16, content);
    case 0x1c:
      return universalText(content);
    case 0x12:
    case 0x13:
    case 0x16:
    case 0x1a:
      return asciiText(content);
    default:
      if ((node.tag & 0xc0) === 0x80) return asciiText(content);
      throw new Asn1Error('expected text');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true });

function decoded(decoder: InstanceType<typeof TextDecoder>, content: Uint8Array): string {
  try {
    return decoder.decode(content);
  } catch (cause) {
    throw new Asn1Error('text not in its encoding', { cause });
  }
}

function asciiText(content: Buffer): string {
  if (content.some((octet) => octet > 0x7f)) throw new Asn1Error('text with octets above 7F');
  return content.toString('latin1');
}

function universalText(content: Buffer): string {
  if (content.length % 4 !== 0 || content.length > 4096) throw new Asn1Error('text not in its encoding');
  const points = Array.from({ length: content.length / 4 }, (_, i) => content.readUInt32BE(i * 4));
  if (points.some((point) => point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))) throw new Asn1Error('text not in its encoding');
  return String.fromCodePoint(...points);
}

/** The instant of a UTCTime or GeneralizedTime written in UTC with seconds and no fraction, the only forms RFC 5280 §4.1.2.5 allows. */
export function time(node: DerNode): Date {
  if (node.tag !== 0x17 && node.tag !== 0x18) throw new Asn1Error('expected a time');
  const written = Buffer.from(node.content.buffer, node.content.byteOffset, Math.min(node.content.length, 16)).toString('latin1');
  const pattern = node.tag === 0x17 ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
  const match = pattern.exec(written);
  if (match === null) throw new Asn1Error('time not in the form of RFC 5280');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const century = node.tag === 0x18 ? 0 : year >= 50 ? 1900 : 2000;
  const instant = new Date(0);
  instant.setUTCFullYear(century + year, month - 1, day);
  instant.setUTCHours(hour, minute, second, 0);
  const isReal = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) throw new Asn1Error('time that does not exist');
  return instant;
}

function expectPrimitive(node: DerNode, tag: number, type: string): void {
  if (node.tag !== tag && (node.tag & 0xe0) !== 0x80) throw new Asn1Error(`expected ${type}`);
}

function expectConstructed(node: DerNode, tag: number, type: string): void {
  if (node.tag !== tag && (node.tag & 0xe0) !== 0xa0) throw new Asn1Error(`expected ${type}`);
}
