import { describe, expect, test } from '@jest/globals';
import { lawText, positioned, shippedLaw } from './law-file.fixture.js';
import { parseLawPack, type LawPackProblem } from './law-pack-parse.js';

const problemsOf = (text: string): readonly LawPackProblem[] => {
  const parsed = parseLawPack(positioned(text), 'a'.repeat(64));
  return 'kind' in parsed ? parsed.problems : [];
};

/** The shipped text with one rule changed; `from` must occur in that rule. */
const withRule = (id: string, from: string, to: string): string => {
  const text = lawText();
  const start = text.indexOf(`  - id: ${id}\n`);
  const place = text.indexOf(from, start);
  const next = text.indexOf('\n  - id: ', start + 1);
  if (start < 0 || place < 0 || (next >= 0 && place > next)) throw new Error(`bug: ${from} does not stand in ${id}`);
  return text.slice(0, place) + to + text.slice(place + from.length);
};

const lineOf = (text: string, of: string, after: string): number =>
  text.slice(0, text.indexOf(of, text.indexOf(after))).split('\n').length;

describe('the law pack as shipped', () => {
  test('passes every check', () => {
    expect(problemsOf(lawText())).toEqual([]);
  });

  test('holds every rule of the matrix, WTH-01 to WTH-48', () => {
    const ids = shippedLaw().rules.map((rule) => rule.id);
    const expected = Array.from({ length: 48 }, (_, index) => `WTH-${String(index + 1).padStart(2, '0')}`);
    expect(expected.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('lets nothing go by TLS alone: no article gives a ground for it', () => {
    expect(shippedLaw().rules.filter(({ enforcedTls }) => enforcedTls)).toEqual([]);
    expect(problemsOf(withRule('WTH-08', 'fieldsOnly: true', 'fieldsOnly: true\n    enforcedTls: true'))).toEqual([]);
  });

  test('says of every rule in both languages why it is so', () => {
    for (const rule of shippedLaw().rules) {
      expect(rule.explain.nl.endsWith('.')).toBe(true);
      expect(rule.explain.en.endsWith('.')).toBe(true);
      expect(rule.articleText.length).toBeGreaterThan(20);
    }
  });
});

describe('a law pack is refused', () => {
  test.each([
    ['for an unknown category', 'WTH-08', 'C-GROUND]', 'C-GROND]', /Invalid option/],
    ['for an unknown event', 'WTH-08', '[IMPOSED_ORAL, IMPOSED]', '[IMPOSED_AGAIN]', /Invalid (option|input)/],
    ['for an unknown role', 'WTH-08', 'to: [INST]', 'to: [MEDIA]', /Invalid option/],
    ['for an unknown condition', 'WTH-09', '[child-abuse]', '[full-moon]', /Invalid option/],
    ['for a power that cannot be mandated', 'WTH-08', 'power: 2(8)', 'power: 9(1)', /Invalid option/],
    ['for a rule no sender can bring about', 'WTH-16', 'from: [RB]', 'from: [VT]', /unreachable: no sender/],
    ['for requiring what the message cannot hold', 'WTH-14', 'forbidden: []', 'forbidden: []\n    required: [C-LAW]', /unreachable: zitting.bepaald cannot hold C-LAW/],
    ['for a field it does not know', 'WTH-14', 'forbidden: []', 'forbidden: []\n    tolerated: [C-LAW]', /Unrecognized key/],
    ['for a category both allowed and forbidden', 'WTH-08', 'forbidden: [C-RIHG', 'forbidden: [C-ID, C-RIHG', /C-ID is both allowed and forbidden/],
    ['for requiring what it does not allow', 'WTH-20', 'required: [C-RULOUT]', 'required: [C-RULDOC]', /C-RULDOC is required and not allowed/],
    ['for giving the household where the person sent out stays', 'WTH-07', 'allowed: [C-REF, C-ORDER]\n    forbidden: [C-RIHG, C-POL, C-CRIM, C-REACH, C-HEALTH]', 'allowed: [C-REF, C-ORDER, C-REACH]\n    forbidden: []', /C-REACH never goes to PART/],
    ['for two rules of different mode on one route', 'WTH-10', 'when: [no-child-abuse, vt-not-designated]', 'when: [vt-not-designated]', /WTH-10 contradicts WTH-09: one is mandatory, the other forbidden/],
    ['for two rules that both apply', 'WTH-04b', 'to: [HOVJ]', 'to: [BM]', /WTH-04b contradicts WTH-04: both apply/],
    ['for a rule id that stands twice', 'WTH-48', 'id: WTH-48', 'id: WTH-47', /WTH-47 stands here twice/],
    ['for a condition and its opposite', 'WTH-18', '[minors-involved]', '[minors-involved, no-minors]', /cannot both hold/],
    ['for police data under the regime of the municipality', 'WTH-34', 'controller: sender', 'controller: municipality', /police data have the police as controller/],
    ['for a prohibition that allows', 'WTH-10', 'allowed: []', 'allowed: [C-REF]', /a prohibition allows no category/],
    ['for special data by TLS alone', 'WTH-01', 'term: { before: decision }', 'enforcedTls: true', /a special category never goes by TLS alone/],
    ['for a prohibition by TLS alone', 'WTH-10', 'allowed: []', 'allowed: []\n    enforcedTls: true', /WTH-10: a prohibition sends nothing/],
    ['for a recipient that is nobody', 'WTH-41', 'to: []\n    outsiders: werkgever, school, buren en pers', 'to: []', /says in `outsiders` whom it means/],
  ])('%s', (_name, id, from, to, expected) => {
    const problems = problemsOf(withRule(id, from, to));
    expect(problems.map(({ problem }) => problem).join('\n')).toMatch(expected);
    for (const { line } of problems) expect(line).not.toBeNull();
  });

  test('for a service level whose warning comes after its breach', () => {
    expect(problemsOf(lawText().replace('warnMinutes: 120', 'warnMinutes: 999')).map((each) => each.path)).toEqual(['serviceLevels.onverwijld']);
  });

  test('and names the line', () => {
    const text = withRule('WTH-08', 'C-GROUND]', 'C-GROND]');
    const [problem] = problemsOf(text);
    expect(problem?.line).toBe(lineOf(text, 'allowed', 'id: WTH-08\n'));
    const required = withRule('WTH-20', 'required: [C-RULOUT]', 'required: [C-RULDOC]');
    expect(problemsOf(required)[0]?.line).toBe(lineOf(required, 'required', 'id: WTH-20\n'));
  });

  test('for anything that is no law pack at all, without a fault', () => {
    for (const value of [null, 1, 'text', [], {}, { rules: 'none' }]) {
      expect('kind' in parseLawPack({ value, lineOf: () => null }, 'a'.repeat(64))).toBe(true);
    }
  });
});
