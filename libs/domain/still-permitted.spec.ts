import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { registersOf, type Registers } from './registers.js';
import { stopReason, type PermittedOn } from './still-permitted.js';

const at = new Date('2026-11-22T02:00:00Z');
const documents = (name: string): readonly unknown[] => parse(readFileSync(new URL(`../../config/practice/${name}.yaml`, import.meta.url), 'utf8'));
const registers = registersOf(['parties', 'agreements', 'settings', 'mandates', 'designations'].flatMap(documents).map((body) => ({ version: 1, body })));

const agreementKey = registers.agreements.find(({ controller, regime }) => controller === '9901' && regime === 'AVG')?.key ?? 'none';
const toPolice: PermittedOn = {
  recipient: { oin: '00000001900000000001', role: 'POL' }, municipality: '9901', rule: 'WTH-11', categories: ['C-REF', 'C-ORDER'],
  agreement: `${agreementKey}@1`, setting: 'setting-waterveen@1',
};
const changed = <K extends keyof Registers>(kind: K, change: (one: Registers[K][number]) => Registers[K][number]): Registers => ({ ...registers, [kind]: registers[kind].map(change) });

describe('a permitted disclosure that still waits', () => {
  test('leaves while everything it rests on holds', () => {
    expect(stopReason(toPolice, registers, at)).toBeNull();
  });

  const stops: readonly (readonly [string, PermittedOn, Registers, string])[] = [
    ['the agreement was terminated', toPolice, changed('agreements', (one) => ({ ...one, terminated: { at: '2026-11-22T01:00:00Z', reason: 'ended' } })), 'no-agreement'],
    ['the agreement is gone', toPolice, { ...registers, agreements: [] }, 'no-agreement'],
    ['the agreement names this recipient no longer', toPolice, changed('agreements', (one) => ({ ...one, recipientsAllowed: [] })), 'no-agreement'],
    ['the municipality switched it off', toPolice, changed('settings', (one) => ({ ...one, rules: { ...one.rules, 'WTH-11': 'off' as const } })), 'setting-off'],
    ['the party is paused', toPolice, changed('parties', (one) => ({ ...one, pausedAt: '2026-11-22T01:00:00Z' })), 'party-inactive'],
    ['the party no longer serves the municipality', toPolice, changed('parties', (one) => ({ ...one, serves: ['9902'] })), 'party-inactive'],
    ['nobody has this number', { ...toPolice, recipient: { oin: '00000001900000000999', role: 'POL' } }, registers, 'party-inactive'],
  ];
  test.each(stops)('stops when %s', (_name, on, now, reason) => {
    expect(stopReason(on, now, at)).toBe(reason);
  });
});
