import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { caseNumberKey, matchRuling, parseEcli } from './ecli.js';

describe('an ECLI', () => {
  test.each([
    ['ECLI:NL:RBNWD:2026:1001', 'RBNWD'], [' ecli:nl:rvs:2024:1234 ', 'RVS'], ['ECLI:EU:C:2010:12', 'C'],
  ])('%s is of court %s', (text, court) => {
    expect(parseEcli(text)).toEqual({ ecli: text.trim().toUpperCase(), court });
  });

  test.each(['', 'ECLI', 'ECLI:NL:RBNWD:26:1', 'ECLI:NL:RBNWDXXX:2026:1', 'ECLI:NL:RBNWD:2026:', `ECLI:NL:RBNWD:2026:${'1'.repeat(26)}`, 'ECLI:NL:RBNWD:2026:1 OR', 'x ECLI:NL:RVS:2024:1'])('%s is none', (text) => {
    expect(parseEcli(text)).toBeNull();
  });
});

describe('the case number of a court', () => {
  test.each([
    ['AWB - 26 _ 1001', 'AWB 26/1001'], ['nwd 26/1001', 'NWD 26-1001'], ['C/13/123456 / KG ZA 26-12', 'C/13/123456 KG ZA 26/12'], ['202300123/1/R4', '202300123/1/r4'],
  ])('%s is the same as %s', (one, other) => {
    expect(caseNumberKey(one)).not.toBeNull();
    expect(caseNumberKey(one)).toBe(caseNumberKey(other));
  });

  test('is never the same as one whose digits are divided otherwise', () => {
    expect(caseNumberKey('26/11001')).not.toBe(caseNumberKey('261/1001'));
    expect(caseNumberKey('NWD 26/1001')).not.toBe(caseNumberKey('NWD 26/10011'));
  });

  test.each(['', '/', 'NWD', 'Voorbeeld, Bram', 'zaak van Voorbeeld 12', 'é1', '1'.repeat(13), 'A '.repeat(40) + '1'])('is not %s', (text) => {
    expect(caseNumberKey(text)).toBeNull();
  });

  test('is the same when it is read again, whatever was written', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ABab09 /-_.é'), maxLength: 30 }), (text) => {
      const key = caseNumberKey(text);
      expect(key === null ? null : caseNumberKey(key)).toBe(key);
    }));
  });
});

test('two rulings found is not one', () => {
  const ruling = { messageId: 'm', caseId: 'c' };
  expect([[], [ruling], [ruling, ruling]].map((held) => matchRuling(held).kind)).toEqual(['none', 'one', 'several']);
});
