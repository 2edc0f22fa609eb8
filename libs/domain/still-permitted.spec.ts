import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { registersOf, type Registers } from './registers.js';
import { stopReason, type PermittedOn } from './still-permitted.js';

const at = new Date('2026-11-22T02:00:00Z');
const documents = (name: string): readonly unknown[] => parse(readFileSync(new URL(`../../config/practice/${name}.yaml`, import.meta.url), 'utf8'));
const registers = registersOf(['parties', 'agreements', 'settings', 'mandates', 'designations'].flatMap(documents).map((body) => ({ version: 1, body })));

const agreementKey = registers.agreements.find(({ controller, regime }) => controller === '9901' && regime === 'AVG')?.key ?? 'none';
const policeKey = registers.agreements.find(({ regime }) => regime === 'WPG')?.key ?? 'none';
const toPolice: PermittedOn = {
  recipient: { oin: '00000001900000000001', role: 'POL' }, municipality: '9901', rule: 'WTH-11', categories: ['C-REF', 'C-ORDER'], minors: false,
  agreement: `${agreementKey}@1`, senderAgreement: null, setting: 'setting-waterveen@1',
};
const fromPolice: PermittedOn = {
  ...toPolice, recipient: { oin: '00000001900000000101', role: 'BM' }, rule: 'WTH-06', setting: null, senderAgreement: `${policeKey}@1`,
};
const changed = <K extends keyof Registers>(kind: K, change: (one: Registers[K][number]) => Registers[K][number]): Registers => ({ ...registers, [kind]: registers[kind].map(change) });

const ended = (regime: 'AVG' | 'WPG'): Registers =>
  changed('agreements', (one) => (one.regime === regime ? { ...one, terminated: { at: '2026-11-22T01:00:00Z', reason: 'ended' } } : one));

describe('a permitted disclosure that still waits', () => {
  test('leaves while everything it rests on holds', () => {
    expect(stopReason(toPolice, registers, at)).toBeNull();
    expect(stopReason(fromPolice, registers, at)).toBeNull();
  });

  test('reaches the municipality itself also when its own agreement ended (I9)', () => {
    expect(stopReason(fromPolice, ended('AVG'), at)).toBeNull();
  });

  const stops: readonly (readonly [string, PermittedOn, Registers, string])[] = [
    ['the agreement was terminated', toPolice, changed('agreements', (one) => ({ ...one, terminated: { at: '2026-11-22T01:00:00Z', reason: 'ended' } })), 'no-agreement'],
    ['the agreement of the police was terminated', fromPolice, ended('WPG'), 'no-agreement'],
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
