import { describe, expect, test } from '@jest/globals';
import { candidates } from './candidate.js';
import type { CaseFile } from './case-file.js';
import { endsAt, law, messageOf, noon, oin, registers, runningCase, type MessageOptions } from './case.fixture.js';
import { decide } from './decide.js';
import type { Necessity } from './decision-grounds.js';
import type { Decision, Permit } from './decision.js';
import { extract } from './disclosure.js';
import { explain } from './explain.js';
import type { LawPack } from './law-pack.js';
import type { Message } from './message.js';
import type { MessageType } from './messages/type.js';
import type { Registers } from './registers.js';

interface Given {
  readonly message?: MessageOptions;
  readonly file?: Partial<CaseFile>;
  readonly registers?: Partial<Registers>;
  readonly pack?: LawPack;
  readonly necessity?: readonly Necessity[];
  readonly at?: Date;
}

const made = (type: MessageType, options: MessageOptions = {}): Message => messageOf(type, options);
const decisionsOn = (message: Message, given: Given = {}): readonly Decision[] => {
  const used: Registers = { ...registers, ...given.registers };
  const file: CaseFile = { ...runningCase(), municipality: message.case.municipality, ...given.file };
  const input = { message, file, pack: given.pack ?? law, at: given.at ?? noon };
  return candidates({ ...input, ...used }).map((candidate) => decide({ ...input, candidate, registers: used, necessity: given.necessity ?? [] }));
};
const to = (decisions: readonly Decision[], recipient: string): Decision => {
  const found = decisions.find((decision) => decision.recipient.oin === recipient || decision.recipient.role === recipient);
  if (found === undefined) throw new Error(`no decision for ${recipient}`);
  return found;
};
const outcome = (decision: Decision) => [decision.kind, ...decision.reasons.filter(() => decision.kind !== 'permit')];
const permitFor = (decision: Decision): Permit => {
  if (decision.kind !== 'permit') throw new Error(`${decision.kind} ${decision.reasons.join()}`);
  return decision;
};
const imposed = (options: MessageOptions = {}): Message => made('huisverbod.opgelegd', { from: 'BM', ...options });
const byHovj = (options: MessageOptions = {}): Message => made('huisverbod.opgelegd', { from: 'HOVJ', ...options });

describe('agreements', () => {
  const changed = (key: string, change: (agreement: Registers['agreements'][number]) => Registers['agreements'][number]): Partial<Registers> =>
    ({ agreements: registers.agreements.map((agreement) => (agreement.key === key ? change(agreement) : agreement)) });

  test('without one, nothing goes to anyone but the municipality itself, and every duty keeps its deadline (I9)', () => {
    const decisions = decisionsOn(byHovj({ municipality: '9903' }), { file: { imposedBy: 'HOVJ' } });
    expect(outcome(to(decisions, oin.berkenrade))).toEqual(['permit']);
    const instance = to(decisions, oin.vt);
    expect(outcome(instance)).toEqual(['hold', 'no-agreement']);
    expect(instance.dutyDeadline).toEqual(new Date('2026-11-22T16:00:00+01:00'));
    expect(instance.deadlineAuthority).toBe('policy');
    expect(decisions.filter((decision) => decision.kind === 'permit').map((decision) => decision.recipient.oin)).toEqual([oin.berkenrade]);
  });

  test.each([
    ['that ended a moment ago', { to: noon.toISOString() }],
    ['that starts in a moment', { from: new Date(noon.getTime() + 1).toISOString() }],
    ['that was terminated', { terminated: { at: '2026-11-01T00:00:00+01:00', reason: 'opgezegd' } }],
    ['that the municipality did not sign', { signedByController: null }],
    ['that the hub did not sign', { signedByProcessor: null }],
    ['that leaves out a category of the message', { categories: ['C-REF' as const, 'C-ORDER' as const] }],
    ['that leaves out the recipient', { recipientsAllowed: [{ role: 'POL' as const, rules: null }] }],
    ['that names the recipient under another rule only', { recipientsAllowed: [{ role: 'INST' as const, rules: ['WTH-27'] }] }],
    ['that does not name the household', { personKinds: ['UHG' as const, 'KIND' as const] }],
    ['under another regime', { regime: 'WPG' as const }],
  ])('one %s does not cover', (_name, change) => {
    const decision = to(decisionsOn(imposed(), { registers: changed('wth-waterveen', (agreement) => ({ ...agreement, ...change })) }), oin.vt);
    expect(outcome(decision)).toEqual(['hold', 'no-agreement']);
  });

  test('one that does not name children covers a case without children only: their names stand among the household', () => {
    const used = { registers: changed('wth-waterveen', (agreement) => ({ ...agreement, personKinds: ['UHG' as const, 'PART' as const] })) };
    const childless = imposed({ fields: { minderjarigen: undefined } });
    expect(outcome(to(decisionsOn(childless, used), oin.vt))).toEqual(['permit']);
    expect(outcome(to(decisionsOn(imposed(), { ...used, file: { minorsInvolved: true } }), oin.vt))).toEqual(['hold', 'no-agreement']);
  });

  test('one on the person sent out alone covers the end of his ban, and not the form of the police, which speaks of everybody', () => {
    const used = { registers: { agreements: registers.agreements.map((agreement) => ({ ...agreement, personKinds: ['UHG' as const] })) } };
    expect(outcome(to(decisionsOn(made('huisverbod.ingetrokken', { from: 'BM' }), used), oin.police))).toEqual(['permit']);
    expect(outcome(to(decisionsOn(made('rihg.afgerond'), used), oin.waterveen))).toEqual(['hold', 'no-agreement']);
  });

  test('one until the next moment covers', () => {
    const until = new Date(noon.getTime() + 1).toISOString();
    expect(outcome(to(decisionsOn(imposed(), { registers: changed('wth-waterveen', (agreement) => ({ ...agreement, to: until })) }), oin.vt))).toEqual(['permit']);
  });

  test('under the AVG does not cover police data, also not toward the burgemeester (trap 8)', () => {
    const without = { agreements: registers.agreements.filter((agreement) => agreement.regime !== 'WPG') };
    expect(outcome(to(decisionsOn(made('rihg.afgerond'), { registers: without }), oin.waterveen))).toEqual(['hold', 'no-agreement']);
    const permit = permitFor(to(decisionsOn(made('rihg.afgerond')), oin.waterveen));
    expect(permit.senderAgreement).toEqual({ key: 'wth-politie-wpg', version: 1 });
  });

  test('do not turn what is forbidden into something that waits', () => {
    const message = imposed({ municipality: '9903' });
    const party = registers.parties.find((each) => each.oin === oin.zvh) ?? null;
    expect(outcome(decide({ message, file: runningCase(), candidate: { event: 'IMPOSED', from: 'BM', role: 'ZVH', party, function: null, also: [] }, pack: law, registers, necessity: [], at: noon }))).toEqual(['refuse', 'forbidden']);
  });

  test('are named with their version in the permit', () => {
    expect(to(decisionsOn(imposed()), oin.vt)).toMatchObject({ kind: 'permit', agreement: { key: 'wth-waterveen', version: 1 }, ruleId: 'WTH-08' });
  });
});

describe('settings, mandates, consent and necessity', () => {
  test('a policy rule that is off waits, a duty of law does not ask', () => {
    const decisions = decisionsOn(imposed(), { registers: { settings: [] } });
    expect(outcome(to(decisions, oin.police))).toEqual(['hold', 'setting-off']);
    expect(outcome(to(decisions, oin.vt))).toEqual(['permit']);
  });

  test('a hulpofficier tells the instance only under a mandate; the burgemeester is told anyway', () => {
    const without = { mandates: registers.mandates.map((mandate) => ({ ...mandate, powers: ['2(1)' as const] })) };
    const decisions = decisionsOn(byHovj(), { registers: without, file: { imposedBy: 'HOVJ' } });
    expect(outcome(to(decisions, oin.vt))).toEqual(['hold', 'no-mandate']);
    expect(outcome(to(decisions, oin.waterveen))).toEqual(['permit']);
    expect(permitFor(to(decisionsOn(byHovj(), { file: { imposedBy: 'HOVJ' } }), oin.vt)).mandate).toEqual({ key: 'mandaat-9901-hovj-1', version: 1 });
  });

  test('a hulpofficier never extends or withdraws, whatever the registers say', () => {
    for (const [type, event] of [['huisverbod.verlengd', 'EXTENDED'], ['huisverbod.ingetrokken', 'WITHDRAWN']] as const) {
      const message = made(type, { from: 'HOVJ' });
      const party = registers.parties.find((each) => each.oin === oin.vt) ?? null;
      const decision = decide({ message, file: runningCase(), candidate: { event, from: 'HOVJ', role: 'INST', party, function: null, also: [] }, pack: law, registers, necessity: [], at: noon });
      expect(outcome(decision)).toEqual(['refuse', 'not-mandatable']);
    }
  });

  test('shelter waits for consent', () => {
    const [template] = registers.parties;
    if (template === undefined) throw new Error('no party');
    const shelter = { ...template, key: 'opvang', oin: '00000001900000000603', roles: ['OPV' as const], functions: [] };
    const message = made('opvang.gevraagd', { from: 'OOV', fields: { eigen_verzoek: false } });
    const consent = { kind: 'consent' as const, key: 'c', municipality: '9901', caseNumber: 'Z-2026-001', person: 'UHG' as const, recipient: 'OPV' as const, categories: ['C-REF' as const, 'C-ID' as const, 'C-HELP' as const], givenAt: '2026-11-22T10:00:00+01:00', recordedBy: 'piket', withdrawnAt: null, version: 1 };
    const withConsent = (consents: Registers['consents']) => outcome(to(decisionsOn(message, { registers: { parties: [...registers.parties, shelter], consents } }), shelter.oin));
    expect(withConsent([])).toEqual(['hold', 'consent-missing']);
    expect(withConsent([consent])).toEqual(['permit']);
    expect(withConsent([{ ...consent, withdrawnAt: '2026-11-22T11:00:00+01:00' }])).toEqual(['hold', 'consent-missing']);
    expect(withConsent([{ ...consent, categories: ['C-ID'] }])).toEqual(['hold', 'consent-missing']);
    expect(withConsent([{ ...consent, person: 'PART' }])).toEqual(['hold', 'consent-missing']);
    expect(withConsent([{ ...consent, caseNumber: 'Z-2026-002' }])).toEqual(['hold', 'consent-missing']);
  });

  test('a violation goes to Veilig Thuis only where somebody weighed it', () => {
    const violated = (weighed: NonNullable<MessageOptions['fields']>) => made('huisverbod.overtreden', { from: 'POL', fields: weighed });
    const silent = violated({ ook_naar_veilig_thuis: undefined });
    expect(outcome(to(decisionsOn(silent), oin.vt))).toEqual(['hold', 'necessity-missing']);
    expect(outcome(to(decisionsOn(violated({ ook_naar_veilig_thuis: { verstrekken: false } })), oin.vt))).toEqual(['refuse', 'not-necessary']);
    expect(outcome(to(decisionsOn(violated({ ook_naar_veilig_thuis: { verstrekken: true, omdat: 'kinderen waren erbij' } })), oin.vt))).toEqual(['permit']);
    const reason: Necessity = { messageId: silent.id, recipient: oin.vt, categories: [], reason: 'kinderen waren erbij', by: 'wijkteam', at: noon };
    expect(outcome(to(decisionsOn(silent, { necessity: [reason] }), oin.vt))).toEqual(['permit']);
    expect(outcome(to(decisionsOn(silent), oin.waterveen))).toEqual(['permit']);
  });

  test('a term before a moment is policy, except that the extension is told before the ban ends (Wth art. 9(1))', () => {
    expect(to(decisionsOn(made('advies.gegeven', { from: 'INST' })), oin.waterveen)).toMatchObject({ deadlineAuthority: 'policy', dutyDeadline: new Date(endsAt) });
    expect(to(decisionsOn(made('huisverbod.verlengd', { from: 'BM' })), 'UHG')).toMatchObject({ deadlineAuthority: 'law', dutyDeadline: new Date(endsAt) });
  });

  test('special data under a permission wait for a written reason, for that recipient and category', () => {
    const pack: LawPack = { ...law, rules: law.rules.map((rule) => (rule.id === 'WTH-29' ? { ...rule, allowed: [...rule.allowed, 'C-HELPCONT'], forbidden: [] } : rule)) };
    const message = made('hulp.gestart', { from: 'INST' });
    const everything = { agreements: registers.agreements.map((agreement) => ({ ...agreement, categories: [...agreement.categories, 'C-HELPCONT' as const] })) };
    const reason: Necessity = { messageId: message.id, recipient: oin.waterveen, categories: ['C-HELPCONT'], reason: 'nodig voor de verlenging', by: 'procesregisseur', at: noon };
    const decided = (necessity: readonly Necessity[]) => outcome(to(decisionsOn(message, { pack, necessity, registers: everything }), oin.waterveen));
    expect(decided([])).toEqual(['hold', 'necessity-missing']);
    expect(decided([{ ...reason, recipient: oin.vt }])).toEqual(['hold', 'necessity-missing']);
    expect(decided([{ ...reason, categories: ['C-HELP'] }])).toEqual(['hold', 'necessity-missing']);
    expect(decided([reason])).toEqual(['permit']);
  });
});

describe('one recipient, one decision', () => {
  test('Veilig Thuis that is designated and concerned gets the wider rule, and one delivery fulfils both duties', () => {
    const permit = permitFor(to(decisionsOn(imposed(), { file: { childAbuse: true } }), oin.vt));
    expect(permit.ruleId).toBe('WTH-09');
    expect(permit.fulfils).toEqual([{ rule: 'WTH-09', role: 'VT' }, { rule: 'WTH-08', role: 'INST' }]);
  });

  test('where Veilig Thuis is not designated, the instance gets its own', () => {
    const decisions = decisionsOn(imposed({ municipality: '9902' }), { file: { childAbuse: true } });
    expect(permitFor(to(decisions, oin.ggd)).ruleId).toBe('WTH-08');
    expect(permitFor(to(decisions, oin.vt)).ruleId).toBe('WTH-09');
    expect(permitFor(to(decisions, oin.ggd)).categories).not.toContain('C-MINOR');
  });

  test('nobody is sent what he sent himself, except the team that enforces what its hulpofficier imposed', () => {
    expect(decisionsOn(imposed()).some((decision) => decision.recipient.oin === oin.waterveen)).toBe(false);
    expect(to(decisionsOn(byHovj(), { file: { imposedBy: 'HOVJ' } }), oin.police)).toMatchObject({ kind: 'permit', recipient: { role: 'POL', function: 'basisteam' } });
  });

  test('a lawyer of another case is no candidate, an assigned one only his own firm', () => {
    const ruling = made('uitspraak.voorziening');
    expect(decisionsOn(ruling).some((decision) => decision.recipient.role === 'ADV')).toBe(false);
    const assigned = { procedure: { ...runningCase().procedure, lawyer: 'ASSIGNED' as const, lawyerOin: oin.brug } };
    expect(decisionsOn(ruling, { file: assigned }).filter((decision) => decision.recipient.role === 'ADV').map((decision) => decision.recipient.oin)).toEqual([oin.brug]);
  });

  test('two rules on one route refuse', () => {
    const twice: LawPack = { ...law, rules: law.rules.flatMap((rule) => (rule.id === 'WTH-08' ? [rule, { ...rule, id: 'WTH-99' }] : [rule])) };
    expect(outcome(to(decisionsOn(imposed(), { pack: twice }), oin.vt))).toEqual(['refuse', 'conflicting-rules']);
  });

  test('a message without what the recipient must have is refused, not silently cut (I2)', () => {
    const bare = made('rihg.afgerond', { fields: { rihg: undefined, rihg_kenmerk: undefined }, attachments: [] });
    expect(outcome(to(decisionsOn(bare), oin.waterveen))).toEqual(['refuse', 'required-missing']);
  });

  test('where the person sent out stays is withheld from the household even if a law pack says otherwise', () => {
    const wrong: LawPack = { ...law, rules: law.rules.filter((rule) => rule.id !== 'WTH-31').map((rule) => (rule.id === 'WTH-07' ? { ...rule, allowed: ['C-ORDER', 'C-REACH'], forbidden: [] } : rule)) };
    const decision = to(decisionsOn(imposed(), { pack: wrong }), 'PART');
    expect(decision.categories).toEqual(['C-ORDER']);
    expect(decision.blocked).toEqual(['C-REACH']);
  });
});

describe('extract', () => {
  test('gives the permitted categories and names what stayed behind', () => {
    const message = imposed();
    const permit = permitFor(to(decisionsOn(message), oin.vt));
    const disclosure = extract(message, permit);
    expect(Object.keys(disclosure.fields)).toContain('feiten_en_omstandigheden');
    expect(Object.keys(disclosure.fields)).not.toContain('horen_uhg');
    expect(disclosure.omitted.map((each) => each.category)).toEqual(expect.arrayContaining(['C-RIHG', 'C-BSN', 'C-HHREACH']));
    expect(JSON.stringify(disclosure.omitted)).not.toContain('tekst');
  });

  test('leaves attached documents behind where the rule gives fields only', () => {
    const message = made('huisverbod.overtreden', { from: 'POL' });
    const disclosure = extract(message, permitFor(to(decisionsOn(message), oin.waterveen)));
    expect(disclosure.attachments).toEqual([]);
    expect(disclosure.omitted.filter((each) => each.path.startsWith('bijlagen')).map((each) => each.category)).toEqual(['C-POL', 'C-CRIM']);
  });

  test('takes only a permit that decide made, for this message', () => {
    const message = imposed();
    const permit = permitFor(to(decisionsOn(message), oin.vt));
    expect(() => extract(message, { ...permit })).toThrow('bug:');
    expect(() => extract(imposed(), permit)).toThrow('bug:');
    expect(Object.isFrozen(permit)).toBe(true);
  });
});

describe('explain', () => {
  test('says in plain Dutch which rule, article and agreement, what is given, what is left out and by when', () => {
    const text = explain(to(decisionsOn(imposed()), oin.vt), 'nl');
    expect(text).toContain('De aangewezen instantie (Veilig Thuis Noorderwaard) krijgt dit bericht.');
    expect(text).toContain('Regel WTH-08: Wth art. 2 lid 8, tweede volzin.');
    expect(text).toContain('Overeenkomst: wth-waterveen, versie 1.');
    expect(text).toContain('Wat meegaat: zaakkenmerk en tijdstippen, wie de uithuisgeplaatste is');
    expect(text).toContain('Wat wegblijft: burgerservicenummer, contactgegevens van de slachtoffers');
    expect(text).toContain('Uiterlijk: 22-11-2026 16.00 uur (termijn van beleid).');
  });

  test('says the same in English, and what to do when it waits', () => {
    const text = explain(to(decisionsOn(imposed({ municipality: '9903' })), oin.vt), 'en');
    expect(text).toContain('does not get this yet.');
    expect(text).toContain('do it outside Ketensluis and record it here');
    expect(text).toContain('22 November 2026, 16:00 (term of policy)');
  });

  test('says of a refusal which rule forbids it and gives no contents away', () => {
    const refusal = to(decisionsOn(imposed({ municipality: '9902' })), oin.vt);
    expect(explain(refusal, 'nl')).toContain('Regel WTH-10');
    expect(refusal).toMatchObject({ kind: 'refuse', public: 'not authorised' });
    expect(explain(refusal, 'nl')).not.toContain('Wat meegaat');
  });
});
