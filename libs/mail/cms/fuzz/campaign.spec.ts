import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../../../test/harness/processor-time.js';
import { der } from '../../asn1/der.js';
import { oids } from '../../asn1/oid.js';
import { contentTypeOf } from '../content.js';
import { decryptData } from '../enveloped.js';
import { verifySignedData } from '../signed.js';
import { fuzzCms } from './campaign.js';
import { inventedPair } from './invented-keys.js';
import { mutated, seededRandom } from './mutation.js';

describe('bytes from outside', () => {
  test('that are a mutated message are refused, or change nothing that is signed', () => {
    const { mutations, refused, violations, slowestMs } = fuzzCms({ rounds: 150, seed: 20_261_120, now: processorMs });
    expect(violations).toEqual([]);
    expect(mutations).toBeGreaterThanOrEqual(2_000);
    expect(refused / mutations).toBeGreaterThan(0.7); // a mutator that changes nothing would find nothing
    expect(slowestMs).toBeLessThan(3_000);
  });

  test('that are anything at all are refused', () => {
    const own = inventedPair('p256');
    const at = new Date('2026-11-20T10:00:00Z');
    const types = fc.constantFrom(oids.signedData, oids.envelopedData, oids.authEnvelopedData);
    const body = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(types, body, (type, bytes) => {
        const message = der.sequence(der.oid(type), der.explicit(0, der.sequence(bytes)));
        for (const candidate of [bytes, message]) {
          contentTypeOf(candidate);
          expect(verifySignedData(candidate, { detachedContent: null, at }).kind).toBe('refused');
          expect(decryptData(candidate, [own]).kind).toBe('refused');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('that nest too deep or hold too many values cost little', () => {
    const own = inventedPair('p256');
    const deep = Buffer.concat([Buffer.alloc(40_000, Uint8Array.of(0x30, 0x80))]);
    const many = der.sequence(der.oid(oids.envelopedData), der.explicit(0, der.sequence(der.integer(0), der.set(Buffer.alloc(1_000_000, Uint8Array.of(0x05, 0x00))))));
    for (const message of [deep, many]) {
      const started = processorMs();
      expect(decryptData(message, [own])).toMatchObject({ kind: 'refused', code: 'malformed' });
      expect(processorMs() - started).toBeLessThan(3_000);
    }
  });

  test('are mutated the same way for the same seed', () => {
    const message = der.sequence(der.integer(1), der.octets(Buffer.alloc(50)));
    const run = (seed: number): string => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => Buffer.from(mutated(message, random)).toString('hex')).join();
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });
});
