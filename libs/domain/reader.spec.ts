import { describe, expect, test } from '@jest/globals';
import { isReaderValid, mayReadLog, newReaderSchema, type Reader } from './reader.js';

const reader: Reader = {
  id: '019ab000-0000-7000-8000-000000000001', name: 'Veilig Thuis Noorderwaard', role: 'party', oin: '00000001900000000201',
  validFrom: new Date('2026-01-01T00:00:00Z'), validUntil: new Date('2027-01-01T00:00:00Z'), revokedAt: null,
};

describe('a reader of the log', () => {
  test.each([
    ['before its period', '2025-12-31T23:59:59.999Z', null, false],
    ['at the first moment', '2026-01-01T00:00:00.000Z', null, true],
    ['just before the end', '2026-12-31T23:59:59.999Z', null, true],
    ['at the end', '2027-01-01T00:00:00.000Z', null, false],
    ['before it was revoked', '2026-05-01T00:00:00.000Z', '2026-05-01T00:00:00.001Z', true],
    ['from when it was revoked', '2026-05-01T00:00:00.000Z', '2026-05-01T00:00:00.000Z', false],
  ])('%s is known or not', (_, at, revokedAt, known) => {
    expect(isReaderValid({ ...reader, revokedAt: revokedAt === null ? null : new Date(revokedAt) }, new Date(at))).toBe(known);
  });

  test.each([
    ['party', [true, false, true]], ['controller', [true, false, true]], ['auditor', [true, true, false]],
  ] as const)('%s gets hashes, all entries, own entries: %j', (role, expected) => {
    expect([mayReadLog(role, 'hashes'), mayReadLog(role, 'all-entries'), mayReadLog(role, 'own-entries')]).toEqual(expected);
  });

  const { id: _id, revokedAt: _revokedAt, ...fresh } = reader;
  test.each([
    ['a party without OIN', { oin: null }],
    ['an auditor with one', { role: 'auditor' }],
    ['an end before the start', { validUntil: new Date('2025-01-01T00:00:00Z') }],
    ['a token for ever', { validUntil: new Date('2036-01-01T00:00:00Z') }],
    ['an OIN that is a citizen service number', { oin: '999990019' }],
    ['no name', { name: ' ' }],
  ])('%s is refused', (_, change) => {
    expect(newReaderSchema.safeParse(fresh).success).toBe(true);
    expect(newReaderSchema.safeParse({ ...fresh, ...change }).success).toBe(false);
  });
});
