import { describe, expect, test } from '@jest/globals';
import { agreementStatus } from './agreement.js';
import { mailboxOf } from './channel.js';
import { law, noon, oin, registers } from './case.fixture.js';
import { designates } from './designation.js';
import { practiceDocuments } from './practice.fixture.js';
import { municipalityOf, parseRegisterDocument, senderOf } from './registers.js';

type Document = Readonly<Record<string, unknown>>;
const isDocument = (value: unknown): value is Document => typeof value === 'object' && value !== null;
const documentOf = (key: string): Document => {
  const found = practiceDocuments().filter(isDocument).find((each) => each['key'] === key);
  if (found === undefined) throw new Error(`no document ${key}`);
  return found;
};
const problemOf = (document: unknown): string => {
  const read = parseRegisterDocument(document);
  return read.kind === 'refused' ? read.detail : 'read';
};

describe('the practice region', () => {
  test('every document passes, and nothing in it is real', () => {
    for (const document of practiceDocuments()) expect(problemOf(document)).toBe('read');
    for (const party of registers.parties) {
      expect(party.oin).toMatch(/^0000000/);
      expect(mailboxOf(party.channel)).toMatch(/\.example$/);
      expect(party.encryptionCertificate).toBeUndefined();
    }
  });

  test('keys and OINs are unique, and every address belongs to one party', () => {
    const keys = practiceDocuments().filter(isDocument).map((document) => `${String(document['kind'])}/${String(document['key'])}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(registers.parties.map((party) => party.oin)).size).toBe(registers.parties.length);
    for (const party of registers.parties) expect(senderOf(registers, mailboxOf(party.channel)?.toUpperCase() ?? '', noon)?.oin).toBe(party.oin);
  });

  test('Berkenrade has no agreement, Hoogland aan Zee did not designate Veilig Thuis, the police have their own agreement', () => {
    const active = (controller: string) => registers.agreements.filter((each) => each.controller === controller && agreementStatus(each, noon) === 'active').map((each) => each.regime);
    expect(active('9901')).toEqual(['AVG']);
    expect(active('9902')).toEqual(['AVG']);
    expect(active('9903')).toEqual([]);
    expect(active(oin.police)).toEqual(['WPG']);
    const designated = (municipality: string) => registers.designations.some((each) => designates(each, municipality, oin.vt, noon));
    expect([designated('9901'), designated('9902')]).toEqual([true, false]);
    expect(municipalityOf(registers, '9903')?.name).toBe('Gemeente Berkenrade');
  });

  test('settings and agreements speak of rules that exist, and switch no duty of law', () => {
    const rules = new Map(law.rules.map((rule) => [rule.id, rule]));
    for (const setting of registers.settings) {
      for (const id of Object.keys(setting.rules)) {
        const rule = rules.get(id);
        expect([id, rule !== undefined && (rule.authority === 'policy' || rule.mode === 'permitted')]).toEqual([id, true]);
      }
    }
    const named = registers.agreements.flatMap((agreement) => agreement.recipientsAllowed.flatMap(({ rules: ids }) => ids ?? []));
    expect(named.filter((id) => !rules.has(id))).toEqual([]);
  });
});

describe('a register document is refused', () => {
  test.each([
    ['a mandate to withdraw', 'mandaat-9901-hovj-1', { powers: ['2(1)', '2(9)'] }, /2\(9\) stays with the burgemeester: Wth art\. 3\(1\)/],
    ['a mandate to extend', 'mandaat-9901-hovj-1', { powers: ['9(1)'] }, /9\(1\) stays with the burgemeester: Wth art\. 3\(1\)/],
    ['a mandate granted by a hulpofficier (ondermandaat)', 'mandaat-9901-hovj-1', { grantedBy: 'hulpofficier' }, /grantedBy/],
    ['a setting approved by whoever proposed it', 'setting-waterveen', { approvedBy: 'adviseur openbare orde WATERVEEN' }, /another than the one who proposes/],
    ['a setting approved before it was proposed', 'setting-waterveen', { approvedAt: '2025-01-01T00:00:00+01:00' }, /approved before/],
    ['a natural person as a party', 'ggd-noorderwaard', { roles: ['PART'] }, /natural person/],
    ['a municipality that serves another', 'gemeente-waterveen', { serves: ['9901', '9902'] }, /serves itself only/],
    ['an OIN of nineteen digits', 'ggd-noorderwaard', { oin: '0000000190000000020' }, /20 digits/],
    ['a period that ends before it starts', 'wth-waterveen', { to: '2025-01-01T00:00:00+01:00' }, /ends before it starts/],
    ['a status, which is computed and never stored', 'wth-waterveen', { status: 'active' }, /Unrecognized key/],
    ['an unknown kind', 'wth-waterveen', { kind: 'convenant' }, /unknown kind/],
  ])('%s', (_name, key, change, expected) => {
    expect(problemOf({ ...documentOf(key), ...change })).toMatch(expected);
  });

  test('whatever it is, without a fault', () => {
    for (const value of [null, 1, 'kind', [], { kind: '__proto__' }, { kind: 'toString' }]) expect(problemOf(value)).toMatch(/unknown kind/);
  });
});

describe('an agreement', () => {
  const agreement = () => {
    const [first] = registers.agreements;
    if (first === undefined) throw new Error('no agreement');
    return first;
  };
  test.each([
    ['unsigned without the signature of the municipality', { signedByController: null }, 'unsigned'],
    ['unsigned before the last signature is set', { signedByProcessor: { person: 'x', function: 'y', signedAt: '2026-11-22T12:00:00.001+01:00' } }, 'unsigned'],
    ['future before its first moment', { from: '2026-11-22T12:00:00.001+01:00' }, 'future'],
    ['active from its first moment', { from: noon.toISOString() }, 'active'],
    ['ending when less than sixty days are left', { to: '2027-01-20T00:00:00+01:00' }, 'ending'],
    ['ended at its last moment', { to: noon.toISOString() }, 'ended'],
    ['terminated at once', { terminated: { at: noon.toISOString(), reason: 'opgezegd' } }, 'terminated'],
  ])('is %s', (_name, change, status) => {
    expect(agreementStatus({ ...agreement(), ...change }, noon)).toBe(status);
  });
});
