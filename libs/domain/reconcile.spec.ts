import { describe, expect, test } from '@jest/globals';
import { dayBefore, dayOf, receivedListSchema, reconcile, type DeliveredLine, type ReceivedLine } from './reconcile.js';

const id = (last: number): string => `01900000-0000-7000-8000-00000000000${last}`;
const [hash, other] = ['a'.repeat(64), 'b'.repeat(64)];
const period = { from: new Date('2026-03-02T00:00:00+01:00'), to: new Date('2026-03-03T00:00:00+01:00') };
const noon = new Date('2026-03-02T12:00:00+01:00');
const ours = (last: number, change: Partial<DeliveredLine> = {}): DeliveredLine => ({ id: id(last), state: 'delivered', deliveredAt: noon, sha256: hash, isReconciled: false, ...change });
const theirs = (last: number, change: Partial<ReceivedLine> = {}): ReceivedLine => ({ id: id(last), receivedAt: '2026-03-02T12:00:01+01:00', ...change });
const at = (text: string): Date => new Date(text);

describe('what a party received beside what the hub delivered', () => {
  const rows: readonly (readonly [string, readonly ReceivedLine[], readonly DeliveredLine[], readonly string[]])[] = [
    ['the same on both sides', [theirs(1)], [ours(1)], []],
    ['the same, with its hash', [theirs(1, { sha256: hash })], [ours(1)], []],
    ['nothing on either side', [], [], []],
    ['delivered and not received', [], [ours(1)], ['not-received 1']],
    ['received and never sent to them', [theirs(1)], [], ['not-sent 1']],
    ['another document', [theirs(1, { sha256: other })], [ours(1)], ['other-document 1']],
    ['a hash of a document that was destroyed', [theirs(1, { sha256: other })], [ours(1, { sha256: null })], []],
    ['received although it is a dead letter', [theirs(1)], [ours(1, { state: 'dead', deliveredAt: null })], ['not-delivered 1']],
    ['received although it is held', [theirs(1)], [ours(1, { state: 'held', deliveredAt: null })], ['not-delivered 1']],
    ['received while our next try is due, because our side missed the answer', [theirs(1)], [ours(1, { state: 'waiting', deliveredAt: null })], []],
    ['still being tried and not in their list', [], [ours(1, { state: 'waiting', deliveredAt: null })], []],
    ['delivered in the last minutes of the day', [], [ours(1, { deliveredAt: at('2026-03-02T23:50:00+01:00') })], []],
    ['delivered in the last minutes of the day before, in no list', [], [ours(1, { deliveredAt: at('2026-03-01T23:50:00+01:00') })], ['not-received 1']],
    ['delivered in the last minutes of the day before, in the list of then', [], [ours(1, { deliveredAt: at('2026-03-01T23:50:00+01:00'), isReconciled: true })], []],
    ['delivered on another day and received today', [theirs(1)], [ours(1, { deliveredAt: at('2026-02-27T12:00:00+01:00') })], []],
    ['delivered after the period', [], [ours(1, { deliveredAt: at('2026-03-03T01:00:00+01:00') })], []],
    ['one of each', [theirs(1, { sha256: other }), theirs(2)], [ours(1), ours(3)], ['other-document 1', 'not-sent 2', 'not-received 3']],
  ];
  test.each(rows)('%s', (_name, list, known, expected) => {
    expect(reconcile(list, known, period).differences.map(({ kind, id: of }) => `${kind} ${of.at(-1)}`)).toEqual(expected);
  });

  test('tells which of ours the party has, whatever state they are in here', () => {
    expect(reconcile([theirs(1), theirs(2), theirs(3)], [ours(1), ours(2, { state: 'dead', deliveredAt: null })], period).matched).toEqual([id(1), id(2)]);
  });

  test.each([
    ['an id twice', [theirs(1), theirs(1)]],
    ['an id that is none', [{ ...theirs(1), id: 'HV-1' }]],
    ['a moment without a zone', [{ ...theirs(1), receivedAt: '2026-03-02' }]],
    ['a field nobody asked for', [{ ...theirs(1), naam: 'x' }]],
    ['no list', { id: id(1) }],
  ])('a list with %s is refused', (_name, list) => expect(receivedListSchema.safeParse(list).success).toBe(false));
});

describe('a day of a list', () => {
  test.each([
    ['2026-03-02', '2026-03-01T23:00:00.000Z', '2026-03-02T23:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ])('%s is a day on the clock of Amsterdam', (day, from, to) => {
    const found = dayOf(day);
    expect([found?.from.toISOString(), found?.to.toISOString()]).toEqual([from, to]);
  });
  test.each(['2026-02-30', 'gisteren', '2026-3-2', '2026-03-02T00:00', ''])('%p is no day', (text) => expect(dayOf(text)).toBeNull());
  test('the day before is that of Amsterdam', () => expect(dayBefore(at('2026-03-02T23:30:00Z'))).toBe('2026-03-02'));
});
