import { describe, expect, test } from '@jest/globals';
import { AUTHENTIC_DATA, decode, encode, RECURSION_DESIRED, TRUNCATED_RESPONSE, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { replyTo } from './packet.js';
import { answerFrom, dnsFaults, type MailDomain, type ZoneQuestion } from './zone.js';

const at = new Date('2026-11-22T09:00:00Z');
const domains: readonly MailDomain[] = [{ name: 'vt.example', server: { port: 20_025, keySha256: `ab${'cd'.repeat(31)}` }, dkim: null }];
const look = (question: ZoneQuestion) => answerFrom(domains, () => null, question, at);

describe('a packet from anybody', () => {
  const ask = (change: Partial<Packet> = {}, carried: 'datagram' | 'stream' = 'datagram') =>
    replyTo(encode({ type: 'query', id: 7, flags: RECURSION_DESIRED | AUTHENTIC_DATA, questions: [{ name: 'vt.example', type: 'TXT', class: 'IN' }], ...change }), carried, look);
  const codeOf = (reply: Buffer | null): number | null => (reply === null ? null : reply.readUInt8(3) & 0x0f);

  test('that is a reply, or shorter than a header, is not answered: two such servers would talk for ever', () => {
    expect(replyTo(encode({ type: 'response', id: 7, questions: [{ name: 'vt.example', type: 'TXT' }] }), 'datagram', look)).toBeNull();
    expect(replyTo(Buffer.alloc(11), 'datagram', look)).toBeNull();
    expect(replyTo(Buffer.alloc(0), 'datagram', look)).toBeNull();
  });

  test.each<readonly [string, Buffer | null, number]>([
    ['with no question', ask({ questions: [] }), 1], ['with two', ask({ questions: [{ name: 'vt.example', type: 'A' }, { name: 'vt.example', type: 'MX' }] }), 1],
    ['cut off', replyTo(encode({ type: 'query', id: 7, questions: [{ name: 'vt.example', type: 'TXT' }] }).subarray(0, 20), 'datagram', look), 1],
    ['that wants to change something', ask({ flags: 5 << 11 }), 4], ['of another class', ask({ questions: [{ name: 'vt.example', type: 'TXT', class: 'CH' }] }), 5],
    ['about the root', ask({ questions: [{ name: '.', type: 'NS' }] }), 5], ['about a name with a space', ask({ questions: [{ name: 'v t.example', type: 'TXT' }] }), 5],
  ])('%s is told so', (_what, reply, code) => expect(codeOf(reply)).toBe(code));

  test('gets AD only when it asks for it, and a cut answer when it does not fit', () => {
    expect(decode(ask({ flags: RECURSION_DESIRED }) ?? Buffer.alloc(0)).flag_ad).toBe(false);
    expect(decode(ask() ?? Buffer.alloc(0)).flag_ad).toBe(true);
    const long = () => ({ rcode: 0 as const, secure: true, answers: Array.from({ length: 40 }, () => ({ name: 'vt.example', type: 'TXT' as const, data: 'x'.repeat(40) })) });
    const question = encode({ type: 'query', id: 7, questions: [{ name: 'vt.example', type: 'TXT' }] });
    expect((replyTo(question, 'datagram', long)?.readUInt16BE(2) ?? 0) & TRUNCATED_RESPONSE).toBe(TRUNCATED_RESPONSE);
    expect(decode(replyTo(question, 'stream', long) ?? Buffer.alloc(0)).answers).toHaveLength(40);
  });

  test('of any bytes at all is answered with its own number or not at all, and never throws', () => {
    const whole = encode({ type: 'query', id: 4_711, flags: RECURSION_DESIRED, questions: [{ name: '_20025._tcp.mx.vt.example', type: 'TLSA' }], additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1_232, extendedRcode: 0, ednsVersion: 0, flags: 0x8000, flag_do: true, options: [] }] });
    const changed = fc.array(fc.record({ place: fc.nat(whole.length - 1), value: fc.nat(255) }), { maxLength: 12 }).map((changes) => {
      const bytes = Buffer.from(whole);
      for (const { place, value } of changes) bytes.writeUInt8(value, place);
      return bytes;
    });
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 600 }).map((one) => Buffer.from(one)), changed, fc.tuple(changed, fc.nat(whole.length)).map(([one, length]) => one.subarray(0, length)));
    fc.assert(fc.property(bytes, fc.constantFrom('datagram' as const, 'stream' as const), fc.constantFrom(null, ...dnsFaults), (packet, carried, fault) => {
      const reply = replyTo(packet, carried, (question) => answerFrom(domains, () => fault, question, at));
      if (reply === null) return;
      expect([reply.readUInt16BE(0), decode(reply).flag_qr]).toEqual([packet.readUInt16BE(0), true]);
      expect(carried === 'stream' || reply.length <= 1_232).toBe(true);
    }), { numRuns: 3_000 });
  });
});
