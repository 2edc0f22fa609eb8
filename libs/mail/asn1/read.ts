/** A value that is not the ASN.1 it should be; every reader in this folder throws this and nothing else. */
export class Asn1Error extends Error {
  override readonly name = 'Asn1Error';
}

/** Budgets of one read: without them forty bytes can cost forty seconds (depth bombs, million-node sets). */
export interface Asn1Limits {
  readonly depthMax: number;
  readonly nodesMax: number;
}

/** Budgets wide enough for a 25 MB segmented CMS message or a certificate with thousands of names. */
export const asn1Limits: Asn1Limits = { depthMax: 32, nodesMax: 200_000 };

/** One value: identifier, length and contents (X.690 §8.1). `content` and `raw` are views into the input, never copies. */
export interface DerNode {
  /** First identifier octet, such as 0x30; tag numbers above 30 are refused, no mail format uses them. */
  readonly tag: number;
  readonly constructed: boolean;
  /** The contents octets; of an indefinite length without the end-of-contents octets. */
  readonly content: Uint8Array;
  /** The whole encoding of this value. */
  readonly raw: Uint8Array;
  /** The values inside a constructed value, in order; empty for a primitive one. */
  readonly children: readonly DerNode[];
}

/** The one value that `bytes` is in the distinguished encoding (X.690 §10); throws Asn1Error on any other encoding or on trailing bytes. */
export function readDer(bytes: Uint8Array, limits: Partial<Asn1Limits> = {}): DerNode {
  return readWhole(bytes, true, limits);
}

/**
 * The one value that `bytes` is in the basic encoding: indefinite lengths and segmented strings are allowed, as the outer layers of CMS need
 * (RFC 5652 §5); `octets` joins the segments. Throws Asn1Error on trailing bytes.
 */
export function readBer(bytes: Uint8Array, limits: Partial<Asn1Limits> = {}): DerNode {
  return readWhole(bytes, false, limits);
}

/** Where one value stands in a larger encoding. */
export interface Span {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/**
 * Where the value at `start` stands, in the distinguished encoding, ending at or before `limit`; its contents are not looked at. For lists too long
 * to make a node of every value, such as revocation lists of 200,000 entries. Throws Asn1Error.
 */
export function spanAt(bytes: Uint8Array, start: number, limit: number): Span {
  const cursor: Cursor = { bytes, strict: true, depthMax: 1, nodesLeft: 1, position: start };
  const tag = readTag(cursor, limit);
  const length = readLength(cursor, limit, tag);
  const end = cursor.position + length;
  if (end > limit) throw new Asn1Error('length beyond the enclosing value');
  return { tag, start, contentStart: cursor.position, end };
}

const noChildren: readonly DerNode[] = [];

// A class because its views are made when asked for: a message of 300 values would otherwise make 600 views to use 60.
class View implements DerNode {
  constructor(
    readonly tag: number,
    readonly children: readonly DerNode[],
    private readonly source: Uint8Array,
    private readonly span: { readonly start: number; readonly contentStart: number; readonly contentEnd: number; readonly end: number },
  ) {}
  get constructed(): boolean {
    return (this.tag & 0x20) !== 0;
  }
  get content(): Uint8Array {
    return this.source.subarray(this.span.contentStart, this.span.contentEnd);
  }
  get raw(): Uint8Array {
    return this.source.subarray(this.span.start, this.span.end);
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  readonly strict: boolean;
  readonly depthMax: number;
  nodesLeft: number;
  position: number;
}

function readWhole(bytes: Uint8Array, strict: boolean, limits: Partial<Asn1Limits>): DerNode {
  const { depthMax, nodesMax } = { ...asn1Limits, ...limits };
  const cursor: Cursor = { bytes, strict, depthMax, nodesLeft: nodesMax, position: 0 };
  const node = readNode(cursor, bytes.length, 1);
  if (cursor.position !== bytes.length) throw new Asn1Error('bytes after the value');
  return node;
}

function readNode(cursor: Cursor, limit: number, depth: number): DerNode {
  if (depth > cursor.depthMax) throw new Asn1Error('nested too deep');
  cursor.nodesLeft -= 1;
  if (cursor.nodesLeft < 0) throw new Asn1Error('too many values');
  const start = cursor.position;
  const tag = readTag(cursor, limit);
  const length = readLength(cursor, limit, tag);
  const contentStart = cursor.position;
  if (length === indefinite) {
    const children = readUntilEnd(cursor, limit, depth + 1);
    return new View(tag, children, cursor.bytes, { start, contentStart, contentEnd: cursor.position - 2, end: cursor.position });
  }
  const end = contentStart + length;
  if (end > limit) throw new Asn1Error('length beyond the enclosing value');
  const children = (tag & 0x20) === 0 ? noChildren : readChildren(cursor, end, depth + 1);
  cursor.position = end;
  checkPrimitive(cursor, tag, contentStart, end);
  return new View(tag, children, cursor.bytes, { start, contentStart, contentEnd: end, end });
}

function readTag(cursor: Cursor, limit: number): number {
  const tag = readOctet(cursor, limit);
  if ((tag & 0x1f) === 0x1f) throw new Asn1Error('tag number above 30');
  if (tag === 0x00) throw new Asn1Error('end of contents where a value belongs');
  // SEQUENCE and SET are always constructed (X.690 §8.9.1, §8.11.1); in DER no string is (§10.2).
  if (tag === 0x10 || tag === 0x11) throw new Asn1Error('primitive SEQUENCE or SET');
  if (tag < 0x40 && (tag & 0x20) !== 0 && tag !== 0x30 && tag !== 0x31) checkConstructedUniversal(cursor, tag & 0x1f);
  return tag;
}

function checkConstructedUniversal(cursor: Cursor, number: number): void {
  const isString = number === 0x03 || number === 0x04 || number === 0x0c || (number >= 0x12 && number <= 0x1e);
  if (cursor.strict || !isString) throw new Asn1Error('constructed form of a primitive type');
}

const indefinite = -1;

function readLength(cursor: Cursor, limit: number, tag: number): number {
  const first = readOctet(cursor, limit);
  if (first < 0x80) return first;
  if (first === 0x80) {
    if (cursor.strict) throw new Asn1Error('indefinite length');
    if ((tag & 0x20) === 0) throw new Asn1Error('indefinite length of a primitive value');
    return indefinite;
  }
  const size = first & 0x7f;
  if (size > 4) throw new Asn1Error('length of more than four octets');
  let length = 0;
  for (let i = 0; i < size; i += 1) length = length * 256 + readOctet(cursor, limit);
  const isMinimal = length >= 0x80 && length >= 256 ** (size - 1);
  if (cursor.strict && !isMinimal) throw new Asn1Error('length not in its shortest form');
  return length;
}

function readOctet(cursor: Cursor, limit: number): number {
  const octet = cursor.position < limit ? cursor.bytes[cursor.position] : undefined;
  if (octet === undefined) throw new Asn1Error('value cut short');
  cursor.position += 1;
  return octet;
}

function readChildren(cursor: Cursor, end: number, depth: number): readonly DerNode[] {
  const children: DerNode[] = [];
  while (cursor.position < end) children.push(readNode(cursor, end, depth));
  return children;
}

function readUntilEnd(cursor: Cursor, limit: number, depth: number): readonly DerNode[] {
  const children: DerNode[] = [];
  while (cursor.bytes[cursor.position] !== 0 || cursor.bytes[cursor.position + 1] !== 0) {
    children.push(readNode(cursor, limit, depth));
  }
  cursor.position += 2;
  if (cursor.position > limit) throw new Asn1Error('value cut short');
  return children;
}

/** Types whose contents have one distinguished form; only universal tags can be known here. */
function checkPrimitive(cursor: Cursor, tag: number, start: number, end: number): void {
  const length = end - start;
  const first = cursor.bytes[start];
  switch (tag) {
    case 0x01:
      if (length !== 1) throw new Asn1Error('BOOLEAN of more or less than one octet');
      if (cursor.strict && first !== 0x00 && first !== 0xff) throw new Asn1Error('BOOLEAN neither 00 nor FF');
      return;
    case 0x02:
    case 0x0a:
      return checkInteger(cursor.bytes.subarray(start, end));
    case 0x03:
      return checkBits(cursor, start, end);
    case 0x05:
      if (length !== 0) throw new Asn1Error('NULL with contents');
      return;
    case 0x06:
      if (length === 0) throw new Asn1Error('empty OBJECT IDENTIFIER');
      return;
    default:
      return;
  }
}

/** Throws when the contents of an INTEGER are empty or not in the shortest form (X.690 §8.3.2). */
export function checkInteger(content: Uint8Array): void {
  const [first, second] = content;
  if (first === undefined) throw new Asn1Error('empty INTEGER');
  if (second === undefined) return;
  if ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80)) throw new Asn1Error('INTEGER not in its shortest form');
}

function checkBits(cursor: Cursor, start: number, end: number): void {
  const unused = start < end ? cursor.bytes[start] : undefined;
  if (unused === undefined || unused > 7 || (end - start === 1 && unused !== 0)) throw new Asn1Error('BIT STRING with a false count of unused bits');
  const last = cursor.bytes[end - 1] ?? 0;
  if (cursor.strict && (last & ((1 << unused) - 1)) !== 0) throw new Asn1Error('BIT STRING with unused bits set');
}
