import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { logRoute } from './log-route.js';

const id = '019ab000-0000-7000-8000-000000000001';

describe('an address below /log/', () => {
  test.each([
    ['checkpoint', '', { kind: 'checkpoint' }],
    ['key', '', { kind: 'key' }],
    ['tile/0/x001/x234/067.p/8', '', { kind: 'tile', level: 0, index: 1_234_067, width: 8 }],
    ['tile/entries/000', '', { kind: 'bundle', index: 0, width: 256 }],
    ['own/entries', '', { kind: 'own', after: null, limit: 20 }],
    ['own/entries', 'after=0&limit=5', { kind: 'own', after: 0, limit: 5 }],
    ['own/entries', 'limit=100000', { kind: 'own', after: null, limit: 100 }],
    [`own/entries/${id}`, '', { kind: 'entry', id }],
  ])('%s?%s asks', (path, query, question) => expect(logRoute(path, query)).toEqual({ kind: 'question', question }));

  test.each([
    ['own/entries', 'after=-1', 'after'], ['own/entries', 'after=1.5', 'after'], ['own/entries', 'after=', 'after'], ['own/entries', 'limit=0', 'limit'],
    ['own/entries', 'limit=01', 'limit'], ['own/entries', 'oin=00000001900000000101', 'query'], ['own/entries', 'after=1&after=2', 'query'],
    ['checkpoint', 'x=1', 'query'],
  ])('%s?%s is told which parameter does not fit', (path, query, parameter) => expect(logRoute(path, query)).toEqual({ kind: 'malformed', parameter }));

  test.each(['', 'checkpoint/', 'Checkpoint', 'own', 'own/entries/', 'own/entries/1', `own/entries/${id}/x`, `own/entries/${id.toUpperCase()}`, 'tile/entries/0%30', '../key'])(
    '%j is nothing', (path) => expect(logRoute(path, '')).toEqual({ kind: 'absent' }),
  );

  test('of any form never throws, and asks for bounded numbers only', () => {
    const piece = fc.oneof(fc.constantFrom('own', 'entries', 'tile', 'after=', 'limit=', '/', '&', '%', 'x001', '999', '.p/'), fc.string());
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(text, text, (path, query) => {
      const route = logRoute(path, query);
      if (route.kind !== 'question' || route.question.kind !== 'own') return;
      expect(route.question.limit).toBeLessThanOrEqual(100);
      expect(Number.isSafeInteger(route.question.after ?? 0)).toBe(true);
    }), { numRuns: 2_000 });
  });
});
