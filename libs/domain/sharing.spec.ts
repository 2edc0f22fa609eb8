import { describe, expect, test } from '@jest/globals';
import { law, noon, registers } from './case.fixture.js';
import { changedLines, proposalProblem } from './change-proposal.js';
import { sharingKind, sharingRows, stopsWithout } from './sharing.js';
import { trialCounts, type TrialChange } from './sharing-trial.js';

const input = (municipality: string, at = noon) => ({ registers, pack: law, municipality, at });
const rowOf = (municipality: string, rule: string) => sharingRows(input(municipality)).find((row) => row.rule.id === rule);

describe('what a municipality shares', () => {
  test('a duty of law is never a switch, a power and a policy always are', () => {
    for (const rule of law.rules.filter((one) => sharingKind(one) !== null)) {
      expect([rule.id, sharingKind(rule) === 'switch']).toEqual([rule.id, rule.authority === 'policy' || rule.mode === 'permitted']);
    }
    expect(sharingRows(input('9901')).filter(({ kind }) => kind === 'consent').map(({ rule }) => rule.id)).toEqual(['WTH-36']);
  });

  test('shows no rule on data of the police, and none that forbids', () => {
    expect(sharingRows(input('9901')).filter(({ rule }) => rule.controller === 'sender' || rule.mode === 'forbidden')).toEqual([]);
  });

  test.each([
    ['9901', 'WTH-11', true, 'covered'], ['9902', 'WTH-23', false, 'covered'], ['9903', 'WTH-11', false, 'missing'], ['9901', 'WTH-14', true, 'own'], ['9901', 'WTH-39', false, 'missing'],
  ])('%s under %s: on %s, agreement %s', (municipality, rule, isOn, cover) => {
    expect([rowOf(municipality, rule)?.isOn, rowOf(municipality, rule)?.recipients[0]?.cover]).toEqual([isOn, cover]);
  });

  test('an agreement that lacks one category covers only a part, and says which', () => {
    const agreements = registers.agreements.map((one) => ({ ...one, categories: one.categories.filter((category) => category !== 'C-ADDR') }));
    const row = sharingRows({ ...input('9901'), registers: { ...registers, agreements } }).find(({ rule }) => rule.id === 'WTH-11');
    expect([row?.recipients[0]?.cover, row?.uncovered]).toEqual(['partly', ['C-ADDR']]);
  });
});

describe('when an agreement ends', () => {
  test('everything it alone carries stops, and duties of law are named as such', () => {
    const stops = stopsWithout('wth-waterveen', input('9901'));
    expect(stops.find(({ rule }) => rule.id === 'WTH-08')).toMatchObject({ role: 'INST', isDuty: true });
    expect(stops.find(({ rule }) => rule.id === 'WTH-11')).toMatchObject({ role: 'POL', isDuty: false });
    expect(stops.filter(({ role }) => ['GEM', 'BM', 'OOV'].includes(role))).toEqual([]);
  });

  test('nothing stops that another agreement carries too, nor by one of another municipality', () => {
    const [first] = registers.agreements.filter(({ key }) => key === 'wth-waterveen');
    if (first === undefined) throw new Error('no agreement');
    const twice = { ...registers, agreements: [...registers.agreements, { ...first, key: 'wth-waterveen-2' }] };
    expect(stopsWithout('wth-waterveen', { ...input('9901'), registers: twice })).toEqual([]);
    expect(stopsWithout('wth-hoogland-aan-zee', input('9901'))).toEqual([]);
  });
});

describe('a proposal', () => {
  const proposal = { proposedBy: 'een', state: 'offered', expiresAt: new Date(noon.getTime() + 1) } as const;
  test.each([
    ['another person may decide', proposal, 'twee', null],
    ['the proposer may not, however he writes himself', proposal, 'EEN', 'own'],
    ['at its last moment it is over', { ...proposal, expiresAt: noon }, 'twee', 'expired'],
    ['a draft is no offer', { ...proposal, state: 'draft' as const }, 'twee', 'decided'],
    ['what was decided stays', { ...proposal, state: 'approved' as const }, 'twee', 'decided'],
  ])('%s', (_name, one, account, expected) => expect(proposalProblem(one, account, noon)).toBe(expected));

  test('a difference names what was, what becomes, and what is no more', () => {
    expect(changedLines({ a: 'x', list: ['1', '2'], gone: { deep: 1 } }, { a: 'y', list: ['1', '2', '3'] })).toEqual([
      { path: 'a', before: 'x', after: 'y' }, { path: 'list', before: '1, 2', after: '1, 2, 3' }, { path: 'gone.deep', before: '1', after: null },
    ]);
  });
});

test('changes of a trial are counted per recipient and rule, most first', () => {
  const change = (recipient: string, kind: TrialChange['kind']): TrialChange => ({ kind, messageId: 'm', type: 'huisverbod.opgelegd', event: 'IMPOSED', recipient, role: 'VT', rule: 'WTH-09' });
  expect(trialCounts([change('a', 'goes'), change('b', 'goes'), change('b', 'goes'), change('b', 'stops')]).map(({ recipient, kind, count }) => [recipient, kind, count])).toEqual([['b', 'goes', 2], ['a', 'goes', 1], ['b', 'stops', 1]]);
});
