/** A small generator of numbers that repeats itself for a seed, so that a failing case can be made again (mulberry32). */
export type Random = (below: number) => number;

/** Numbers from 0 up to, not including, `below`. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

// What parsers stumble over: line ends, separators, length octets, and headers that decide.
const tokens = [
  '\r\n', '\n', '\r', '\0', '\r\n\r\n', '--', '=', ';', ':', '"', '(', '<', '>', ',', ' ', '\u00ff', '\u0080', '\u00a0\u0080', '\u0030\u0080', '\u0000\u0000',
  'From: a@b.example\r\n', 'Sender: a@b.example\r\n', 'Content-Type: text/plain\r\n', 'Content-Transfer-Encoding: binary\r\n', 'hp="clear"', 'boundary=x', '=?utf-8?Q?=0D=0A?=',
];

const splice = (bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(Math.min(at + remove, bytes.length))]);

const none = new Uint8Array(0);

const mutateOnce = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random(bytes.length + 1);
  const length = 1 + random(random(4) === 0 ? 400 : 8);
  switch (random(7)) {
    case 0:
      return splice(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random(8))));
    case 1:
      return splice(bytes, at, 1, Uint8Array.of(random(256)));
    case 2:
      return splice(bytes, at, length, none);
    case 3:
      return splice(bytes, at, 0, Buffer.from(tokens[random(tokens.length)] ?? '', 'latin1'));
    case 4:
      return splice(bytes, random(bytes.length + 1), 0, bytes.subarray(at, at + length));
    case 5:
      return splice(bytes, at, length, bytes.subarray(random(bytes.length + 1)).subarray(0, length));
    default:
      return random(8) === 0 ? bytes.subarray(0, at) : splice(bytes, at, 1, Uint8Array.of(0x30 + random(10)));
  }
};

/** The bytes with one to four changes; never the caller's own array. */
export const mutate = (bytes: Uint8Array, random: Random): Uint8Array => {
  let out: Uint8Array = new Uint8Array(bytes);
  for (let left = 1 + random(4); left > 0; left -= 1) out = mutateOnce(out, random);
  return out;
};
