/** One complete value in the distinguished encoding. */
export type Der = Uint8Array;

/** A value not yet joined: its octets in order, so that a content of 25 MB is copied once, by `flatten`. */
export interface Rope {
  readonly sizeBytes: number;
  readonly chunks: readonly Uint8Array[];
}

/** A value with this identifier octet around `parts`, in one piece. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Der {
  let length = 0;
  for (const part of parts) length += part.length;
  const head = header(tag, length);
  const value = new Uint8Array(head.length + length);
  value.set(head);
  let position = head.length;
  for (const part of parts) {
    value.set(part, position);
    position += part.length;
  }
  return value;
}

/** A value with this identifier octet around `parts`, copying nothing. */
export function rope(tag: number, ...parts: readonly (Uint8Array | Rope)[]): Rope {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      length += part.length;
      chunks.push(part);
    } else {
      length += part.sizeBytes;
      for (const chunk of part.chunks) chunks.push(chunk);
    }
  }
  const head = header(tag, length);
  chunks.unshift(head);
  return { sizeBytes: head.length + length, chunks };
}

/** The octets of a rope in one piece: the only copy. */
export function flatten(value: Rope): Der {
  return Buffer.concat(value.chunks, value.sizeBytes);
}

function header(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const size = length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
  if (length > 0xffffffff) throw new Error('bug: value longer than four octets can say');
  const head = new Uint8Array(2 + size);
  head[0] = tag;
  head[1] = 0x80 | size;
  for (let i = 0; i < size; i += 1) head[2 + i] = Math.floor(length / 256 ** (size - 1 - i)) & 0xff;
  return head;
}

function encodeOid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(BigInt);
  if (first === undefined || second === undefined || first > 2n || (first < 2n && second > 39n)) throw new Error('bug: not an object identifier');
  return Uint8Array.from([first * 40n + second, ...rest].flatMap(base128));
}

function base128(arc: bigint): readonly number[] {
  const octets = [Number(arc & 0x7fn)];
  for (let left = arc >> 7n; left > 0n; left >>= 7n) octets.unshift(Number(left & 0x7fn) | 0x80);
  return octets;
}

/** Contents of an INTEGER; octets are taken as an unsigned number, as keys and serial numbers are. */
function encodeInteger(value: bigint | number | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) {
    const start = value.findIndex((octet) => octet !== 0);
    if (start < 0) return Uint8Array.of(0);
    const magnitude = value.subarray(start);
    return (magnitude[0] ?? 0) < 0x80 ? magnitude : Uint8Array.of(0, ...magnitude);
  }
  const number = BigInt(value);
  let size = 1;
  while (BigInt.asIntN(size * 8, number) !== number) size += 1;
  const hex = BigInt.asUintN(size * 8, number).toString(16);
  return Buffer.from(hex.padStart(size * 2, '0'), 'hex');
}

function digits(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new Error('bug: no such date');
  return date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

const ascii = (value: string): Uint8Array => {
  if (!/^[\x00-\x7f]*$/.test(value)) throw new Error('bug: text outside ASCII');
  return Buffer.from(value, 'latin1');
};

const oidCache = new Map<string, Der>();
const oidCacheMax = 512;

/** Writers of the types that X.509 and CMS use; each returns one complete value. A wrong argument is a bug and throws. */
export const der = {
  sequence: (...parts: readonly Uint8Array[]): Der => tlv(0x30, ...parts),
  /** A SET in the order given; for a SET OF use `setOf`. */
  set: (...parts: readonly Uint8Array[]): Der => tlv(0x31, ...parts),
  /** A SET OF in the order of X.690 §11.6: what is signed must have one encoding. */
  setOf: (...parts: readonly Uint8Array[]): Der => tlv(0x31, ...[...parts].sort(Buffer.compare)),
  oid: (dotted: string): Der => {
    const known = oidCache.get(dotted);
    if (known !== undefined) return known;
    const encoded = tlv(0x06, encodeOid(dotted));
    if (oidCache.size < oidCacheMax) oidCache.set(dotted, encoded);
    return encoded;
  },
  integer: (value: bigint | number | Uint8Array): Der => tlv(0x02, encodeInteger(value)),
  octets: (bytes: Uint8Array): Der => tlv(0x04, bytes),
  bits: (bytes: Uint8Array, unused = 0): Der => tlv(0x03, Uint8Array.of(unused), bytes),
  null: (): Der => Uint8Array.of(0x05, 0x00),
  boolean: (value: boolean): Der => Uint8Array.of(0x01, 0x01, value ? 0xff : 0x00),
  enumerated: (value: number): Der => tlv(0x0a, encodeInteger(value)),
  utf8: (value: string): Der => tlv(0x0c, Buffer.from(value, 'utf8')),
  printable: (value: string): Der => tlv(0x13, ascii(value)),
  ia5: (value: string): Der => tlv(0x16, ascii(value)),
  utcTime: (date: Date): Der => tlv(0x17, ascii(`${digits(date).slice(2)}Z`)),
  generalizedTime: (date: Date): Der => tlv(0x18, ascii(`${digits(date)}Z`)),
  /** UTCTime through 2049 and GeneralizedTime from 2050 (RFC 5280 §4.1.2.5; RFC 5652 §11.3). */
  time: (date: Date): Der => (date.getUTCFullYear() >= 1950 && date.getUTCFullYear() < 2050 ? der.utcTime(date) : der.generalizedTime(date)),
  /** [n] EXPLICIT around one complete value. */
  explicit: (number: number, inner: Uint8Array): Der => tlv(0xa0 | number, inner),
  /** [n] IMPLICIT of a primitive type, around its contents. */
  implicit: (number: number, contents: Uint8Array): Der => tlv(0x80 | number, contents),
  /** [n] IMPLICIT of a constructed type, around its values. */
  context: (number: number, ...parts: readonly Uint8Array[]): Der => tlv(0xa0 | number, ...parts),
};
