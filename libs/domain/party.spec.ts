import { describe, expect, test } from '@jest/globals';
import { noon, registers } from './case.fixture.js';
import { isActive, stepParty, takesTests, type Party, type PartyStep } from './party.js';
import { successorsOf, type Registers } from './registers.js';

const [first] = registers.parties;
if (first === undefined) throw new Error('the practice region has parties');
const party: Party = first;
const stage = (one: Party['stage']): PartyStep => ({ kind: 'stage', stage: one });

describe('the life of a connection', () => {
  test('a party sends and receives in use only, and takes test messages from practice on', () => {
    expect((['concept', 'practice', 'active'] as const).map((one) => [isActive({ ...party, stage: one }, noon), takesTests({ ...party, stage: one }, noon)])).toEqual([[false, false], [false, true], [true, true]]);
  });

  test('a pause ends both from its moment on', () => {
    const paused = { ...party, pausedAt: noon.toISOString() };
    expect([isActive(paused, noon), takesTests(paused, noon), isActive(paused, new Date(noon.getTime() - 1))]).toEqual([false, false, true]);
  });

  const steps: readonly (readonly [from: Partial<Party>, step: PartyStep, result: string])[] = [
    [{ stage: 'concept' }, stage('practice'), 'changed'],
    [{ stage: 'practice' }, stage('active'), 'changed'],
    [{ stage: 'active' }, stage('practice'), 'changed'],
    [{ stage: 'concept' }, stage('active'), 'a concept comes into use by way of practice'],
    [{ stage: 'active' }, stage('active'), 'the party is in stage active already'],
    [{ stage: 'practice' }, stage('concept'), 'a connection that was tried out does not become a concept again'],
    [{ pausedAt: null }, { kind: 'pause' }, 'changed'],
    [{ pausedAt: noon.toISOString() }, { kind: 'pause' }, 'the party is paused already'],
    [{ pausedAt: noon.toISOString() }, { kind: 'resume' }, 'changed'],
    [{ pausedAt: null }, { kind: 'resume' }, 'the party is not paused'],
  ];
  test.each(steps)('from %j, %j gives %s', (from, step, result) => {
    const made = stepParty({ ...party, ...from }, step, noon);
    expect(made.kind === 'refused' ? made.detail : made.kind).toBe(result);
  });
});

describe('who answers for what a body received', () => {
  const body = (oin: string, change: Partial<Party> = {}): Registers['parties'][number] => ({ ...party, oin, version: 1, ...change });
  const ended = { to: '2026-01-02T00:00:00Z' };
  const region = { parties: [
    body('1', ended), body('2', ended), body('3', { ...ended, predecessors: ['1', '2'] }), body('4', { predecessors: ['3'] }), body('5', { predecessors: ['2'] }), body('6'),
    body('7', { ...ended, predecessors: ['8'] }), body('8', { ...ended, predecessors: ['7'] }),
  ] };
  const rows: readonly (readonly [what: string, oin: string, answers: readonly string[]])[] = [
    ['a body that is still there, itself', '6', ['6']],
    ['one that merged, and merged again', '1', ['4']],
    ['one that was split, every part', '2', ['4', '5']],
    ['a body nobody succeeded, nobody', '9', []],
    ['bodies that name each other, nobody and not for ever', '7', []],
  ];
  test.each(rows)('%s', (_what, oin, answers) => {
    expect(successorsOf(region, oin, noon).map((one) => one.oin).sort()).toEqual(answers);
  });
});
