import { describe, expect, test } from '@jest/globals';
import { isAdultAt, isBsn, isDay, isInstant } from './lexical.js';

describe('a citizen service number', () => {
  test.each([['999900018', true], ['999900109', true], ['999900019', false], ['99990018', false], ['000000000', false], ['9999000180', false], ['99990001a', false]])('%s passes the 11-check: %s', (text, expected) => {
    expect(isBsn(text)).toBe(expected);
  });
});

describe('a day', () => {
  test.each([['2026-02-28', true], ['2026-02-29', false], ['2024-02-29', true], ['2100-02-29', false], ['2026-04-31', false], ['2026-13-01', false], ['1899-12-31', false], ['2026-2-8', false], ['2026-02-08Z', false], ['2026-02-08\n', false]])('%s exists: %s', (text, expected) => {
    expect(isDay(text)).toBe(expected);
  });
});

describe('a moment', () => {
  test.each([
    ['2026-03-23T20:00:00+01:00', true], ['2026-03-23T20:00:00Z', true], ['2026-03-23T20:00:00.123Z', true], ['2026-03-23T20:00:00', false], ['2026-03-23T20:00+01:00', false],
    ['2026-03-23T24:00:00Z', false], ['2026-03-23T23:59:60Z', false], ['2026-02-30T12:00:00Z', false], ['2026-03-23 20:00:00Z', false], ['2026-03-23T20:00:00.1234Z', false], ['2026-03-23T20:00:00+14:00', false],
  ])('%s is one moment for every reader: %s', (text, expected) => {
    expect(isInstant(text)).toBe(expected);
  });
});

describe('an adult', () => {
  test.each([
    ['on the eighteenth birthday', '2008-03-23', '2026-03-23T00:00:00+01:00', true],
    ['the day before', '2008-03-24', '2026-03-23T23:59:59+01:00', false],
    ['by the Dutch day, not by UTC', '2008-03-24', '2026-03-23T23:30:00Z', true],
    ['born on 29 February, in a year without one: on 28 February', '2008-02-29', '2026-02-28T12:00:00+01:00', true],
  ])('%s', (_, birthDate, moment, expected) => {
    expect(isAdultAt(birthDate, moment)).toBe(expected);
  });
});
