import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encode, type Answer } from 'dns-packet';
import fc from 'fast-check';
import { dnsPeer, type DnsPeer, type DnsScript } from '../../../test/fixtures/dns-peer.js';
import { readAnswer, type RecordKind } from './dns-answer.js';
import { createResolver, resolverPlace, type Resolve } from './resolver.js';

let peer: DnsPeer;
let resolve: Resolve;
beforeAll(async () => {
  peer = await dnsPeer();
  resolve = createResolver({ address: '127.0.0.1', port: peer.port }, { datagramMs: 150, datagrams: 2, streamMs: 300 });
});
afterAll(() => peer.close());

const mx: Answer = { type: 'MX', name: 'gemeente.example', data: { preference: 10, exchange: 'mx.gemeente.example' } };
const txt = (data: string | string[]): Answer => ({ type: 'TXT', name: 'gemeente.example', data });
const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, data });
const tlsa = (count: number): Answer[] =>
  Array.from({ length: count }, (_none, index) => ({ type: 'TLSA', name: 'gemeente.example', data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32, index) } }));

describe('what the resolver of this computer says', () => {
  const rows: readonly (readonly [string, RecordKind, DnsScript, object])[] = [
    ['a record DNSSEC vouches for', 'MX', { answers: [mx] }, { kind: 'found', secure: true, name: 'gemeente.example', records: [{ preference: 10, exchange: 'mx.gemeente.example' }] }],
    ['a record nobody vouches for', 'MX', { answers: [mx], secure: false }, { kind: 'found', secure: false }],
    ['a proven absence', 'MX', {}, { kind: 'absent', secure: true }],
    ['no such name', 'MX', { rcode: 3 }, { kind: 'absent', secure: true }],
    ['no such name, as far as anybody knows', 'MX', { rcode: 3, secure: false }, { kind: 'absent', secure: false }],
    ['a broken signature', 'MX', { rcode: 2 }, { kind: 'failed', cause: 'servfail' }],
    ['a broken signature with the flag set', 'MX', { rcode: 2, answers: [mx] }, { kind: 'failed', cause: 'servfail' }],
    ['a refusal', 'MX', { rcode: 5 }, { kind: 'failed', cause: 'refused' }],
    ['silence', 'MX', { behave: 'silence' }, { kind: 'failed', cause: 'timeout' }],
    ['a lost datagram', 'MX', { answers: [mx], behave: 'lose-first' }, { kind: 'found' }],
    ['an answer to another question before ours', 'MX', { answers: [mx], behave: 'wrong-question' }, { kind: 'found', records: [{ exchange: 'mx.gemeente.example' }] }],
    ['an answer with another number before ours', 'MX', { answers: [mx], behave: 'wrong-id' }, { kind: 'found' }],
    ['an answer too long for a datagram', 'TLSA', { answers: tlsa(60) }, { kind: 'found', secure: true }],
    ['an answer that never fits', 'MX', { behave: 'always-truncate' }, { kind: 'failed', cause: 'too-much' }],
    ['garbage', 'MX', { behave: 'garbage' }, { kind: 'failed', cause: 'malformed' }],
    ['half an answer', 'MX', { answers: [mx], behave: 'half' }, { kind: 'failed', cause: 'malformed' }],
    ['a text in several strings', 'TXT', { answers: [txt(['v=NTA7516-1;start', 'date=2026-01'])] }, { records: ['v=NTA7516-1;startdate=2026-01'] }],
    ['a text bomb', 'TXT', { answers: [txt(Array.from({ length: 200 }, () => 'x'.repeat(255)))] }, { records: ['x'.repeat(8_000)] }],
    ['more records than anybody has (10,000 do not fit into a message)', 'TLSA', { answers: tlsa(1_000) }, { kind: 'failed', cause: 'too-much' }],
    ['an alias', 'MX', { answers: [alias('gemeente.example', 'b.example'), { ...mx, name: 'b.example' }] }, { kind: 'found', name: 'b.example' }],
    ['an alias to nothing', 'MX', { answers: [alias('gemeente.example', 'b.example')] }, { kind: 'absent', secure: true }],
    ['a ring of aliases', 'MX', { answers: [alias('gemeente.example', 'b.example'), alias('b.example', 'gemeente.example')] }, { kind: 'failed', cause: 'alias-loop' }],
    ['a record of another name', 'MX', { answers: [{ ...mx, name: 'evil.example' }] }, { kind: 'absent' }],
  ];
  test.each(rows)('%s', async (_name, kind, script, expected) => {
    peer.tell({ [`gemeente.example ${kind}`]: script });
    expect(await resolve('gemeente.example', kind)).toMatchObject(expected);
  });

  test('what no name can be is not asked', async () => {
    const before = peer.asked().length;
    for (const name of ['', 'a..b', `${'a'.repeat(64)}.example`, `${'a.'.repeat(130)}example`, 'a b.example', 'gemeente.éxample']) expect(await resolve(name, 'MX')).toMatchObject({ kind: 'failed', cause: 'malformed' });
    expect(peer.asked()).toHaveLength(before);
  });

  test('nobody there', async () => {
    const gone = await dnsPeer();
    await gone.close();
    expect((await createResolver({ address: '127.0.0.1', port: gone.port }, { datagramMs: 100, datagrams: 1, streamMs: 100 })('a.example', 'A')).kind).toBe('failed');
  });
});

describe('whatever bytes come', () => {
  const question = { id: 7, name: 'gemeente.example', kind: 'TLSA' } as const;
  const good = encode({ type: 'response', id: 7, flags: 0x20, questions: [{ type: 'TLSA', name: 'gemeente.example', class: 'IN' }], answers: [alias('gemeente.example', 'b.example'), ...tlsa(3), txt('x')] });

  test('they are read without a throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => typeof readAnswer(Buffer.from(bytes), question).kind === 'string'), { numRuns: 2_000 });
  });

  test('an answer with some bytes changed is read without a throw, and never as more than was asked', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 12 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [place, value] of changes) bytes[place] = value;
        const read = readAnswer(bytes, question);
        return read.kind !== 'found' || (read.records.length <= 100 && read.records.every(({ hex }) => /^[0-9a-f]*$/.test(hex)));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('where the resolver may be', () => {
  test.each([
    ['127.0.0.1', { address: '127.0.0.1', port: 53 }], ['127.0.0.53:5353', { address: '127.0.0.53', port: 5353 }], ['::1', { address: '::1', port: 53 }], ['[::1]:5300', { address: '::1', port: 5300 }],
    ['9.9.9.9', null], ['192.168.1.1:53', null], ['localhost', null], ['127.0.0.1:0', null], ['127.0.0.1:99999', null], ['[::1', null], ['', null], ['tls://127.0.0.1', null],
  ])('%j', (setting, expected) => expect(resolverPlace(setting)).toEqual(expected));
});
