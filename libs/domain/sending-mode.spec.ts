import { describe, expect, test } from '@jest/globals';
import { quorumMaxMs, quorumWaitMs, releaseOf, sendingMode } from './sending-mode.js';

const lostAt = new Date('2026-03-01T12:00:00.000Z');
const after = (ms: number): Date => new Date(lostAt.getTime() + ms);

describe('what may leave', () => {
  test.each([
    ['while a quorum cosigns', null, false, 0, 'open'],
    ['in the first minute without', lostAt, false, quorumWaitMs - 1, 'waiting'],
    ['after that minute', lostAt, false, quorumWaitMs, 'acute-only'],
    ['just before four hours', lostAt, false, quorumMaxMs - 1, 'acute-only'],
    ['after four hours', lostAt, false, quorumMaxMs, 'stopped'],
    ['when a witness holds another history', lostAt, true, quorumWaitMs, 'stopped'],
  ] as const)('%s', (_, quorumLostAt, isContradicted, ms, expected) => {
    expect(sendingMode({ quorumLostAt, isContradicted }, after(ms))).toBe(expected);
  });

  const head = { releasedSize: 10, signedSize: 20, quorumLostAt: lostAt, isContradicted: false };
  test.each([
    ['what is under a cosigned checkpoint, always', 9, false, quorumMaxMs, 'cosigned'],
    ['what is acute, on the signature of the log', 19, true, quorumWaitMs, 'uncosigned'],
    ['nothing that is not acute', 19, false, quorumWaitMs, 'wait'],
    ['nothing that is not signed, however acute', 20, true, quorumWaitMs, 'wait'],
    ['nothing in the first minute', 19, true, quorumWaitMs - 1, 'wait'],
    ['nothing after four hours', 19, true, quorumMaxMs, 'wait'],
  ] as const)('without a quorum: %s', (_, index, isAcute, ms, expected) => {
    expect(releaseOf({ index, isAcute }, head, after(ms))).toBe(expected);
  });
});
