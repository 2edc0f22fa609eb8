import { describe, expect, test } from '@jest/globals';
import type { WorkNotice } from '@ketensluis/flow';
import fc from 'fast-check';
import { noticeMaxBytes, readNotice, writeNotice } from './notice.js';

const oin = fc.stringMatching(/^\d{20}$/);
const notices: fc.Arbitrary<WorkNotice> = fc.oneof(
  fc.record({ kind: fc.constant('disclose' as const), id: fc.integer({ min: 1 }).map(String), lane: fc.uuid() }),
  fc.record({ kind: fc.constant('deliver' as const), id: fc.uuid(), lane: oin }),
);
const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const good = { v: 1, kind: 'disclose', id: '17', lane: '0191b3c4-0000-7000-8000-000000000001' };

describe('a message of the broker', () => {
  test('says what was written, in few bytes', () => {
    fc.assert(fc.property(notices, (notice) => {
      const bytes = writeNotice(notice);
      expect(bytes.length).toBeLessThan(noticeMaxBytes);
      expect(readNotice(bytes)).toEqual({ kind: 'read', notice });
    }));
  });

  test('of any bytes is read or refused, and never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
      expect(readNotice(bytes)).toMatchObject({ kind: 'refused' });
    }), { numRuns: 2_000 });
  });

  test('of any JSON is read only when it is exactly a notice', () => {
    fc.assert(fc.property(fc.json(), (json) => expect(readNotice(Buffer.from(json)).kind).toBe('refused')), { numRuns: 2_000 });
  });

  test('that was damaged in one place is refused, or is another notice of the same form', () => {
    fc.assert(fc.property(notices, fc.nat(), fc.integer({ min: 0, max: 255 }), (notice, place, byte) => {
      const bytes = writeNotice(notice);
      bytes[place % bytes.length] = byte;
      const read = readNotice(bytes);
      if (read.kind === 'read') expect(readNotice(writeNotice(read.notice))).toEqual(read);
    }), { numRuns: 2_000 });
  });

  const faulty: readonly (readonly [string, unknown, 'unreadable' | 'unknown-version'])[] = [
    ['a later form', { ...good, v: 2 }, 'unknown-version'],
    ['a later form with other fields', { v: 9, what: ['new'] }, 'unknown-version'],
    ['no form', { ...good, v: undefined }, 'unreadable'],
    ['a form that is no number', { ...good, v: '1' }, 'unreadable'],
    ['more than identifiers', { ...good, name: 'x' }, 'unreadable'],
    ['a job that is no number', { ...good, id: '1 or true' }, 'unreadable'],
    ['a lane of the other kind', { ...good, lane: '00000001900000000309' }, 'unreadable'],
    ['another kind', { ...good, kind: 'erase' }, 'unreadable'],
    ['a list', [good], 'unreadable'],
    ['nothing', null, 'unreadable'],
  ];
  test.each(faulty)('with %s is refused', (_name, value, code) => {
    expect(readNotice(text(value))).toEqual({ kind: 'refused', code });
  });

  test('that is too long is refused unread', () => {
    expect(readNotice(Buffer.concat([text(good), Buffer.alloc(noticeMaxBytes, ' ')]))).toEqual({ kind: 'refused', code: 'unreadable' });
    expect(readNotice(Buffer.concat([text(good), Buffer.from([0xff])]))).toEqual({ kind: 'refused', code: 'unreadable' });
  });
});
