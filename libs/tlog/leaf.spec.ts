import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leafKinds } from './leaf-fields.js';
import { encodeLeaf, leafMaxBytes, parseLeaf } from './leaf.js';
import type { Leaf } from './leaf.js';

const at = '2026-03-01T12:00:00.000Z';
const id = '019ca945-0a00-7000-8000-000000000001';
const hash = Buffer.alloc(32, 7).toString('base64');
const disclosure: Leaf = {
  v: 1, id, kind: 'disclosure', at, from: '00000009901000000001', to: '00000009902000000002', msg: '019ca945-0a00-7000-8000-00000000000a',
  cat: ['C-ID', 'C-REF'], decision: 'permit', rule: 'WTH-08', policy: 'ab'.repeat(32), purpose: 'wth.huisverbod', basis: 'wth.art-9',
  c: { payload: hash, subject: [hash] }, sealed: hash,
};
const consultation: Leaf = { v: 1, id, kind: 'consultation', at, purpose: 'avg.inzage' };

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const canonical = (leaf: object): string => JSON.stringify(Object.fromEntries(Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1))));

describe('a leaf', () => {
  test('is written as RFC 8785 says: sorted, without spaces, and reads back the same', () => {
    const bytes = encodeLeaf(consultation);
    expect(new TextDecoder().decode(bytes)).toBe(`{"at":"${at}","id":"${id}","kind":"consultation","purpose":"avg.inzage","v":1}`);
    expect(parseLeaf(encodeLeaf(disclosure))).toEqual({ kind: 'leaf', leaf: disclosure });
  });

  test('does not depend on the order in which the caller named its keys, nor on absent ones', () => {
    const reversed = Object.fromEntries(Object.entries(disclosure).reverse());
    expect(encodeLeaf({ ...reversed, ...disclosure, onBehalf: undefined })).toEqual(encodeLeaf(disclosure));
  });

  test.each<[string, object]>([
    ['an unknown key', { name: 'x' }],
    ['null', { to: null }],
    ['a fraction', { count: 1.5 }],
    ['a number beyond 2^53', { count: 2 ** 53 }],
    ['a negative number', { count: -1 }],
    ['text that is not NFC', { purpose: 'geme\u0301ente' }],
    ['text outside ASCII, for the same reason', { purpose: 'gem\u00e9ente' }],
    ['a name where an organisation belongs', { to: 'J. Jansen' }],
    ['a BSN where an organisation belongs', { to: '999900006' }],
    ['a bare number where a code belongs', { rule: '999900006' }],
    ['a time without milliseconds', { at: '2026-03-01T12:00:00Z' }],
    ['a day that does not exist', { at: '2026-02-30T12:00:00.000Z' }],
    ['an hour that does not exist', { at: '2026-03-01T24:00:00.000Z' }],
    ['another version', { v: 2 }],
    ['an id that is not of that time', { id: '019ca945-0a01-7000-8000-000000000001' }],
    ['an id that is no UUIDv7', { id: '019ca945-0a00-4000-8000-000000000001' }],
    ['a commitment of another length', { c: { reason: 'AAAA' } }],
    ['base64 with loose bits', { c: { reason: `${hash.slice(0, 42)}d=` } }],
    ['an empty set of commitments', { c: {} }],
    ['a body bound to a consultation', { sealed: hash }],
    ['the same category twice', { cat: ['C-ID', 'C-ID'] }],
    ['one approver of a destruction', { approvers: ['OOV'] }],
  ])('is refused with %s', (_, change) => {
    const leaf = { ...consultation, ...change };
    expect(parseLeaf(bytesOf(canonical(leaf))).kind).toBe('refused');
    expect(() => encodeLeaf(leaf as Leaf)).toThrow('bug: leaf refused');
  });

  test.each(['from', 'to', 'msg', 'cat', 'rule', 'policy', 'c', 'sealed'])('of a disclosure is refused without %s', (key) => {
    const without = Object.fromEntries(Object.entries(disclosure).filter(([name]) => name !== key));
    expect(parseLeaf(bytesOf(canonical(without)))).toEqual({ kind: 'refused', problem: `key ${key === 'c' ? 'c.payload' : key} is missing in a disclosure` });
  });

  test.each(leafKinds.filter((kind) => kind !== 'disclosure'))('of kind %s carries no outgoing body', (kind) => {
    const withCommitment = parseLeaf(bytesOf(canonical({ ...disclosure, kind, sealed: undefined })));
    expect(withCommitment).toEqual({ kind: 'refused', problem: `key c.payload does not belong in a ${kind}` });
    const withBody = parseLeaf(bytesOf(canonical({ ...disclosure, kind, c: undefined })));
    expect(withBody).toEqual({ kind: 'refused', problem: `key sealed does not belong in a ${kind}` });
  });

  test('knows exactly the days of the calendar', () => {
    const first = Date.parse('1999-12-25T00:00:00.000Z');
    for (let day = 0; day < 1_600; day += 1) {
      const then = new Date(first + day * 86_400_000);
      const hex = then.getTime().toString(16).padStart(12, '0');
      const leaf: Leaf = { ...consultation, id: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000001`, at: then.toISOString() };
      expect(parseLeaf(encodeLeaf(leaf)).kind).toBe('leaf');
    }
    for (const at of ['2023-02-29', '1900-02-29', '2026-04-31', '2026-11-31', '2026-13-01', '2026-00-10', '2026-01-32']) {
      expect(parseLeaf(bytesOf(canonical({ ...consultation, at: `${at}T00:00:00.000Z` })))).toEqual({ kind: 'refused', problem: 'key at does not fit its form' });
    }
  });

  test('beyond 8 KiB is refused, whichever way it comes', () => {
    const cat = Array.from({ length: 200 }, (_, i) => `C-${String(i).padStart(4, '0')}-${'X'.repeat(60)}`);
    expect(() => encodeLeaf({ ...disclosure, cat })).toThrow('8 KiB');
    expect(parseLeaf(new Uint8Array(leafMaxBytes + 1))).toEqual({ kind: 'refused', problem: 'larger than 8 KiB' });
  });

  test.each([
    ['a space', (text: string) => text.replace(':', ': ')],
    ['another order of keys', (text: string) => text.replace(/"purpose":"avg.inzage","v":1/, '"v":1,"purpose":"avg.inzage"')],
    ['a key twice', (text: string) => text.replace('"v":1', '"v":1,"v":1')],
    ['an escape that need not be', (text: string) => text.replace('avg.inzage', 'avg\\u002einzage')],
    ['a number written another way', (text: string) => text.replace('"v":1', '"v":1.0')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['something behind it', (text: string) => `${text}\n`],
  ])('with the same meaning and %s is refused: the bytes are what is hashed', (_, change) => {
    const text = new TextDecoder().decode(encodeLeaf(consultation));
    expect(change(text)).not.toBe(text);
    expect(parseLeaf(bytesOf(change(text))).kind).toBe('refused');
  });

  test('never crashes the reader, and what it accepts it writes back byte for byte', () => {
    const good = encodeLeaf(disclosure);
    fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(3), (place, value, way) => {
      const mutated = way === 0
        ? good.slice(0, place)
        : Uint8Array.from([...good.slice(0, place), value, ...good.slice(place + (way === 1 ? 0 : 1))]);
      const parsed = parseLeaf(mutated);
      if (parsed.kind === 'leaf') expect(encodeLeaf(parsed.leaf)).toEqual(mutated);
    }), { numRuns: 3_000 });
  });

  test('made of arbitrary bytes or JSON is refused without a crash', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => parseLeaf(bytes).kind === 'refused'));
    fc.assert(fc.property(fc.json(), (text) => parseLeaf(bytesOf(text)).kind === 'refused'));
    expect(parseLeaf(bytesOf('['.repeat(8_000))).kind).toBe('refused');
  });

  test('names the broken rule without the value', () => {
    const parsed = parseLeaf(bytesOf(canonical({ ...consultation, to: '999900006' })));
    expect(parsed).toEqual({ kind: 'refused', problem: 'key to does not fit its form' });
  });
});
