import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../../test/harness/processor-time.js';
import { Asn1Error, octets, readBer, readDer } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { at, authority, party } from './chain.fixture.js';
import { parseCertificate } from './certificate.js';
import { parseCrl } from './crl.js';
import { issueCrl } from './issue-crl.js';
import { validatePath } from './path.js';

const root = authority(null, { extensions: { nameConstraints: { permitted: { emails: ['.example'], ip: ['10.0.0.0/8'] }, excluded: { dns: ['x.example'] } } } });
const middle = authority(root, { extensions: { authority: { pathLength: 1 }, policies: ['1.2.3', oids.anyPolicy], policyMappings: [{ issuerPolicy: '1.2.3', subjectPolicy: '1.2.4' }], requireExplicitPolicy: 3 } });
const leaf = party(middle, { extensions: { emails: ['a@politie.example', 'é@politie.example'], dns: ['mail.politie.example'], ip: ['10.0.0.1'], policies: ['1.2.4'], crlUrls: ['http://crl.example/a.crl'] } });
const crl = issueCrl({ issuer: { certificate: middle.der, privateKey: middle.privateKey }, number: 3, thisUpdate: at, nextUpdate: new Date(at.getTime() + 1e9), pointUrl: 'http://crl.example/a.crl', revoked: [{ serial: 7n, revokedAt: at, reason: 1 }, { serial: 8n, revokedAt: at, reason: null }] });

/** One to four changes to real octets: an octet set, a span removed, repeated or overwritten by another span. */
const mutation = fc.record({ kind: fc.constantFrom('set', 'remove', 'repeat', 'copy'), where: fc.nat(), from: fc.nat(), size: fc.integer({ min: 1, max: 40 }), octet: fc.oneof(fc.nat(255), fc.constantFrom(0x00, 0x30, 0x80, 0x84, 0xff, 0xa0, 0x31)) });
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(original: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce<Uint8Array>((bytes, { kind, where, from, size, octet }) => {
    const start = where % Math.max(bytes.length, 1);
    const source = bytes.subarray(from % Math.max(bytes.length, 1)).subarray(0, size);
    switch (kind) {
      case 'set':
        return Buffer.concat([bytes.subarray(0, start), Uint8Array.of(octet), bytes.subarray(start + 1)]);
      case 'remove':
        return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + size)]);
      case 'repeat':
        return Buffer.concat([bytes.subarray(0, start), source, bytes.subarray(start)]);
      default:
        return Buffer.concat([bytes.subarray(0, start), source, bytes.subarray(start + source.length)]);
    }
  }, original);
}

/** The result, or null when it was refused as malformed; any other failure is a crash and fails the test. */
function orMalformed<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
const runs = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 1_500) };

describe('damaged certificates and lists are refused, never a crash', () => {
  const originals = [root.der, middle.der, leaf.der, crl];

  test('readers of ASN.1', () => {
    fc.assert(
      fc.property(fc.constantFrom(...originals), mutations, (original, changes) => {
        const bytes = mutated(original, changes);
        orMalformed(() => readDer(bytes));
        orMalformed(() => octets(readBer(bytes)));
      }),
      runs,
    );
  });

  test.each([0, 4])('another tag on what no signature covers (octet %i) is malformed', (where) => {
    const bytes = Buffer.from(leaf.der);
    expect(bytes.readUInt8(where)).toBe(0x30);
    bytes.writeUInt8(0xa0, where);
    expect(() => parseCertificate(bytes)).toThrow(Asn1Error);
  });

  test('a damaged party certificate is malformed or refused, unless it is the real one', () => {
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = mutated(leaf.der, changes);
        const target = orMalformed(() => parseCertificate(bytes));
        if (target === null || Buffer.compare(bytes, leaf.der) === 0) return;
        const startedAt = processorMs();
        const result = validatePath({ target, intermediates: [middle.certificate], trust: { anchors: [{ certificate: root.der, policies: null }], intermediates: [], crls: [], revocation: 'if-available' }, at, purpose: 'any', profile: 'rfc5280' });
        expect(result.kind).toBe('refused');
        expect(processorMs() - startedAt).toBeLessThan(1_000);
      }),
      runs,
    );
  });

  test('a damaged authority certificate leads nowhere', () => {
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = mutated(middle.der, changes);
        const between = orMalformed(() => parseCertificate(bytes));
        if (between === null || Buffer.compare(bytes, middle.der) === 0) return;
        const result = validatePath({ target: leaf.certificate, intermediates: [between], trust: { anchors: [{ certificate: root.der, policies: null }], intermediates: [], crls: [], revocation: 'if-available' }, at, purpose: 'any', profile: 'rfc5280' });
        expect(result.kind).toBe('refused');
      }),
      runs,
    );
  });

  test('a damaged list proves nothing', () => {
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = mutated(crl, changes);
        if (Buffer.compare(bytes, crl) === 0) return;
        orMalformed(() => parseCrl(bytes));
        const trust = { anchors: [{ certificate: middle.der, policies: null }], intermediates: [], crls: [bytes], revocation: 'require' as const };
        const result = validatePath({ target: leaf.certificate, intermediates: [], trust, at, purpose: 'any', profile: 'rfc5280' });
        expect(result).toMatchObject({ kind: 'refused', code: 'revocation-unknown' });
      }),
      runs,
    );
  });
});
