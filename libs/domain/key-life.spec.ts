import { describe, expect, test } from '@jest/globals';
import { activeOwnKey, advertisedKey, openingKeys, stepOwnKey, type OwnKey, type OwnKeyRole, type OwnKeyStep } from './key-life.js';

const start = new Date('2026-03-02T09:00:00Z');
const later = (days: number): Date => new Date(start.getTime() + days * 86_400_000);
let made = 0;
const key = (role: OwnKeyRole, change: Partial<OwnKey> = {}): OwnKey => {
  made += 1;
  return {
    kind: 'own-key', id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`, role, algorithm: 'p-256', state: 'made', certificate: null, chain: [], madeAt: start.toISOString(),
    announcedAt: null, activeAt: null, retiringAt: null, decryptOnlyAt: null, keepUntil: null, destroyedAt: null, ...change,
  };
};
const hash = (letter: string): string => letter.repeat(64);

/** The keys after a step, or the reason against it. */
const after = (keys: readonly OwnKey[], id: string, step: OwnKeyStep, at: Date): readonly OwnKey[] | string => {
  const result = stepOwnKey(keys, id, step, at);
  if (result.kind === 'refused') return result.detail;
  return keys.map((one) => result.keys.find((changed) => changed.id === one.id) ?? one);
};
const states = (keys: readonly OwnKey[] | string): unknown => (typeof keys === 'string' ? keys : keys.map(({ state }) => state));
const announce: OwnKeyStep = { kind: 'announce', certificate: hash('b'), chain: [] };
const activate: OwnKeyStep = { kind: 'activate', early: 'refused' };

describe('the life of a key that opens mail', () => {
  const old = key('decrypt', { state: 'active', certificate: hash('a'), activeAt: start.toISOString() });
  const next = key('decrypt');

  test('goes through every state, and opens mail from its announcement until it is destroyed', () => {
    let keys = after([old, next], next.id, announce, later(1));
    expect(states(keys)).toEqual(['active', 'announced']);
    if (typeof keys === 'string') return;
    expect(openingKeys(keys).map(({ id }) => id)).toEqual([old.id, next.id]);
    expect(advertisedKey(keys)?.id).toBe(next.id);
    expect(activeOwnKey(keys, 'decrypt')?.id).toBe(old.id);

    expect(after(keys, next.id, activate, later(10))).toMatch(/2026-03-17/);
    expect(states(after(keys, next.id, { kind: 'activate', early: 'allowed' }, later(10)))).toEqual(['retiring', 'active']);
    keys = after(keys, next.id, activate, later(15));
    expect(states(keys)).toEqual(['retiring', 'active']);
    if (typeof keys === 'string') return;
    expect(openingKeys(keys).map(({ id }) => id)).toEqual([next.id, old.id]);

    expect(after(keys, old.id, { kind: 'destroy' }, later(400))).toMatch(/retire it first/);
    keys = after(keys, old.id, { kind: 'retire' }, later(400));
    expect(states(keys)).toEqual(['decrypt-only', 'active']);
    if (typeof keys === 'string') return;
    expect(openingKeys(keys).map(({ id }) => id)).toEqual([next.id, old.id]);

    // Seven years from the day it stopped receiving.
    expect(after(keys, old.id, { kind: 'destroy' }, new Date('2034-04-05T00:00:00Z'))).toBe('mail that was kept needs it until 2034-04-06');
    keys = after(keys, old.id, { kind: 'destroy' }, new Date('2034-04-07T00:00:00Z'));
    expect(states(keys)).toEqual(['destroyed', 'active']);
    expect(typeof keys === 'string' ? [] : openingKeys(keys).map(({ id }) => id)).toEqual([next.id]);
  });

  test('is not thrown away while partners may use it', () => {
    const announced = key('decrypt', { state: 'announced', certificate: hash('b'), announcedAt: start.toISOString() });
    expect(after([announced], announced.id, { kind: 'destroy' }, later(1))).toMatch(/partners may have begun/);
  });

  test('needs no waiting time when there was none before it', () => {
    const announced = key('decrypt', { state: 'announced', certificate: hash('b'), announcedAt: start.toISOString() });
    expect(states(after([announced], announced.id, activate, start))).toEqual(['active']);
  });
});

describe('a key that signs', () => {
  const old = key('sign', { state: 'active', certificate: hash('a'), activeAt: start.toISOString() });
  const next = key('sign', { state: 'announced', certificate: hash('b'), announcedAt: start.toISOString() });

  test('takes its place at once, and of a role exactly one is active', () => {
    const keys = after([old, next, key('decrypt', { state: 'active', certificate: hash('c') })], next.id, activate, start);
    expect(states(keys)).toEqual(['retiring', 'active', 'active']);
    expect(typeof keys === 'string' ? null : activeOwnKey(keys, 'sign')?.id).toBe(next.id);
  });

  test('two that are active are nobody', () => expect(activeOwnKey([old, { ...next, state: 'active' }], 'sign')).toBeNull());

  test('opens nothing, so it is not kept', () => {
    const retiring: OwnKey = { ...old, state: 'retiring' };
    expect(after([retiring], retiring.id, { kind: 'retire' }, start)).toMatch(/can be destroyed/);
    expect(states(after([retiring], retiring.id, { kind: 'destroy' }, start))).toEqual(['destroyed']);
    expect(openingKeys([old, next])).toEqual([]);
  });
});

describe('steps that make no sense', () => {
  const refusals: readonly (readonly [string, OwnKey, OwnKeyStep, RegExp])[] = [
    ['announced twice', key('sign', { state: 'announced', certificate: hash('a') }), announce, /announced/],
    ['activated uncertified', key('sign'), activate, /made/],
    ['activated after its end', key('sign', { state: 'destroyed' }), activate, /destroyed/],
    ['destroyed in use', key('tls', { state: 'active', certificate: hash('a') }), { kind: 'destroy' }, /in use/],
    ['destroyed twice', key('tls', { state: 'destroyed' }), { kind: 'destroy' }, /destroyed/],
    ['retired while active', key('decrypt', { state: 'active', certificate: hash('a') }), { kind: 'retire' }, /in its place first/],
  ];
  test.each(refusals)('a key is not %s', (_, one, step, expected) => expect(after([one], one.id, step, start)).toMatch(expected));
  test('a key that nobody knows is not stepped', () => expect(after([], 'x', activate, start)).toMatch(/no such key/));
});
