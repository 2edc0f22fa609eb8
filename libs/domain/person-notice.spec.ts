import { describe, expect, test } from '@jest/globals';
import { nextMonthAt, nextNoticeAt, noticeEventsFor } from './person-notice.js';

describe('when somebody is told', () => {
  test.each([
    ['at night, the same morning', '2026-11-22T04:00:00+01:00', '2026-11-22T07:00:00+01:00'],
    ['in the morning itself, the next one', '2026-11-22T07:00:00+01:00', '2026-11-23T07:00:00+01:00'],
    ['in the afternoon, the next morning', '2026-11-22T15:30:00+01:00', '2026-11-23T07:00:00+01:00'],
    ['over the night in which the clock goes back, still at seven', '2026-10-24T20:00:00+02:00', '2026-10-25T07:00:00+01:00'],
    ['over the night in which it goes forward', '2026-03-28T20:00:00+01:00', '2026-03-29T07:00:00+02:00'],
  ])('once a day: %s', (_name, at, next) => {
    expect(nextNoticeAt('daily', new Date(at)).toISOString()).toBe(new Date(next).toISOString());
  });

  test('once an hour: an hour later', () => {
    expect(nextNoticeAt('hourly', new Date('2026-11-22T15:30:00Z')).toISOString()).toBe('2026-11-22T16:30:00.000Z');
  });

  test.each([
    ['2026-11-22T15:30:00+01:00', '2026-12-01T07:00:00+01:00'], ['2026-12-31T23:59:00+01:00', '2027-01-01T07:00:00+01:00'], ['2026-01-31T12:00:00+01:00', '2026-02-01T07:00:00+01:00'],
    ['2026-11-01T07:00:00+01:00', '2026-12-01T07:00:00+01:00'], ['2026-03-15T12:00:00+01:00', '2026-04-01T07:00:00+02:00'],
  ])('each month: after %s on %s', (at, next) => {
    expect(nextMonthAt(new Date(at)).toISOString()).toBe(new Date(next).toISOString());
  });
});

test('nobody can ask to hear of what he cannot open', () => {
  expect(noticeEventsFor(['integrator', 'court-clerk'])).toEqual([]);
  expect(noticeEventsFor(['case-worker'])).toEqual(['new-notice', 'term-near']);
  expect(noticeEventsFor(['privacy-officer', 'case-worker'])).toEqual(['new-notice', 'term-near', 'task-opened']);
});
