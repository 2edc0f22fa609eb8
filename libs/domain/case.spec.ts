import { describe, expect, test } from '@jest/globals';
import { applyMessage, openCase } from './apply-message.js';
import { caseFileSchema, stateAt, type CaseFile } from './case-file.js';
import { applied, caseAfter, contextAt, endsAt, imposedAt, messageOf, noon, oin, refusedBy, runningCase, type MessageOptions } from './case.fixture.js';
import type { CaseRefusalCode } from './case-refusal.js';
import { isFulfilledBy } from './duty-open.js';
import type { FieldValues } from './messages/field.js';
import type { MessageType } from './messages/type.js';

const fresh = (type: MessageType, options: MessageOptions = {}): CaseFile => openCase(messageOf(type, options));
const hovjBan = (fields: MessageOptions['fields'] = {}): MessageOptions =>
  ({ from: 'HOVJ', fields: { opgelegd_door: 'HOVJ-mandaat', mandaat_id: 'MAND-9901-HOVJ', hovj_melding_bm_op: imposedAt, ...fields } });

const withdrawnCase = (): CaseFile => caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('huisverbod.ingetrokken', { from: 'BM' }));
const person = (geboortedatum: string) => ({ naam: 'Voorbeeld', voornamen: 'Test', geboortedatum, geboorteplaats: 'Waterveen', geslacht: 'man' });
const later = new Date('2026-12-02T11:00:00+01:00');

describe('what cannot be is refused, with the article', () => {
  const rows: readonly (readonly [name: string, file: () => CaseFile, type: MessageType, options: MessageOptions, code: CaseRefusalCode, article: string])[] = [
    ['extension by a hulpofficier', runningCase, 'huisverbod.verlengd', { from: 'HOVJ' }, 'not-mandatable', 'Wth art. 3(1), 9(1)'],
    ['withdrawal by a hulpofficier', runningCase, 'huisverbod.ingetrokken', { from: 'HOVJ' }, 'not-mandatable', 'Wth art. 3(1), 2(9)'],
    ['extension at the very moment of expiry', runningCase, 'huisverbod.verlengd', { from: 'BM', at: later, fields: { verlengd_op: endsAt } }, 'after-expiry', 'Wth art. 9(1)'],
    ['extension beyond 28 days by a minute', runningCase, 'huisverbod.verlengd', { from: 'BM', fields: { einde_op_nieuw: '2026-12-20T11:01:00+01:00' } }, 'too-long', 'Wth art. 9(1)'],
    ['extension that does not lengthen', runningCase, 'huisverbod.verlengd', { from: 'BM', fields: { einde_op_nieuw: endsAt } }, 'not-later', 'Wth art. 9(1)'],
    ['extension of a ban that was withdrawn', withdrawnCase, 'huisverbod.verlengd', { from: 'BM' }, 'closed', 'Wth art. 9(1)'],
    ['extension of nothing', () => fresh('huisverbod.verlengd'), 'huisverbod.verlengd', { from: 'BM' }, 'not-imposed', 'Wth art. 9(1)'],
    ['extension that states another start', runningCase, 'huisverbod.verlengd', { from: 'BM', fields: { opgelegd_op: '2026-11-22T11:30:00+01:00' } }, 'other-start', 'Wth art. 9(1)'],
    ['a ban longer than ten days by a minute', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { from: 'BM', fields: { einde_op: '2026-12-02T11:01:00+01:00' } }, 'too-long', 'Wth art. 2(1)'],
    // ECLI BK4558: a ban of twelve days was brought back to ten.
    ['a ban of twelve days', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { from: 'BM', fields: { einde_op: '2026-12-04T11:00:00+01:00' } }, 'too-long', 'Wth art. 2(1)'],
    ['a ban that would be 240 real hours across the start of summer time', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { from: 'BM', at: new Date('2026-03-27T20:00:00+01:00'), fields: { opgelegd_op: '2026-03-27T20:00:00+01:00', einde_op: '2026-04-06T21:00:00+02:00' } }, 'too-long', 'Wth art. 2(1)'],
    ['a second imposition in one case', runningCase, 'huisverbod.opgelegd', { from: 'BM' }, 'already-imposed', 'Wth art. 2(1)'],
    ['an oral notice after the order', runningCase, 'huisverbod.aangezegd', { from: 'BM' }, 'already-imposed', 'Wth art. 2(1)'],
    ['a ban on a minor, the day before the eighteenth birthday', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { from: 'BM', fields: { uithuisgeplaatste: person('2008-11-23') } }, 'minor', 'Wth art. 2(2)'],
    ['a ban for child abuse without consultation', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { from: 'BM', fields: { kindermishandeling: true } }, 'consult-missing', 'Wth art. 2(3)'],
    ['a ban by a hulpofficier under a mandate nobody gave', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', hovjBan({ mandaat_id: 'MAND-9901-OVJ' }), 'no-mandate', 'Wth art. 3(1)'],
    ['a ban by a hulpofficier under the mandate of another municipality', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', hovjBan({ mandaat_id: 'MAND-9902-HOVJ' }), 'no-mandate', 'Wth art. 3(1)'],
    ['a ban by a function without mandate', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { ...hovjBan(), function: 'basisteam' }, 'no-mandate', 'Wth art. 3(1)'],
    ['a ban in the future', () => fresh('huisverbod.opgelegd'), 'huisverbod.opgelegd', { from: 'BM', fields: { opgelegd_op: '2026-11-22T13:00:00+01:00' } }, 'in-the-future', 'Wth art. 2(1)'],
    ['a refusal without proposal', () => fresh('huisverbod.geweigerd'), 'huisverbod.geweigerd', { from: 'BM' }, 'no-proposal', 'Wth art. 3(1)'],
    ['a refusal after the ban', runningCase, 'huisverbod.geweigerd', { from: 'BM' }, 'already-imposed', 'Wth art. 2(1)'],
    ['a ban after the burgemeester refused it', () => caseAfter(messageOf('rihg.afgerond'), messageOf('huisverbod.geweigerd', { from: 'BM' })), 'huisverbod.opgelegd', { from: 'BM' }, 'closed', 'Wth art. 2(1)'],
    ['a form without ban after the ban', runningCase, 'rihg.geen-verbod', {}, 'already-imposed', 'Besluit Wth art. 2'],
    ['asking Veilig Thuis after imposing', runningCase, 'overleg.gevraagd', { from: 'BM' }, 'already-imposed', 'Wth art. 2(3)'],
    ['an answer of Veilig Thuis nobody asked for', runningCase, 'overleg.antwoord', {}, 'not-requested', 'Wth art. 2(3)'],
    ['withdrawal after expiry', runningCase, 'huisverbod.ingetrokken', { from: 'BM', at: later, fields: { ingetrokken_op: endsAt, intrekking_per: endsAt } }, 'after-expiry', 'Wth art. 2(9)'],
    ['withdrawal for help without promise', runningCase, 'huisverbod.ingetrokken', { from: 'BM', fields: { reden: 'hulp-aanvaard', belooft_niet_te_belemmeren: false } }, 'help-not-accepted', 'Wth art. 2(9)'],
    ['violation before the ban', runningCase, 'huisverbod.overtreden', { fields: { overtreden_op: '2026-11-22T10:59:00+01:00' } }, 'not-imposed', 'Wth art. 11'],
    ['violation after the end', runningCase, 'huisverbod.overtreden', { at: later, fields: { overtreden_op: endsAt } }, 'after-expiry', 'Wth art. 11'],
    ['a wish for a lawyer without ban', () => fresh('raadsman.gewenst'), 'raadsman.gewenst', { from: 'BM' }, 'not-imposed', 'Wth art. 5(1)'],
    ['reachability without ban', () => fresh('bereikbaarheid.opgegeven'), 'bereikbaarheid.opgegeven', {}, 'not-imposed', 'Wth art. 2(6)'],
    ['a request for relief without ban', () => fresh('voorziening.verzocht'), 'voorziening.verzocht', {}, 'not-imposed', 'Wth art. 6(1)'],
    ['a hearing without request', runningCase, 'zitting.bepaald', {}, 'not-requested', 'Wth art. 6(1)'],
    ['a ruling before the request', runningCase, 'uitspraak.voorziening', {}, 'not-requested', 'Wth art. 6(1)'],
    ['a higher appeal before any ruling', runningCase, 'uitspraak.hoger-beroep', { sender: oin.court }, 'out-of-order', 'Awb art. 8:104'],
    ['advice after expiry', runningCase, 'advies.gegeven', { at: later }, 'after-expiry', 'Wth art. 9(1)'],
    ['a message about another case', () => runningCase({ number: 'Z-2026-002' }), 'huisverbod.verlengd', { from: 'BM' }, 'wrong-case', 'AVG art. 5(1)(f)'],
  ];
  test.each(rows)('%s', (_name, file, type, options, code, article) => {
    expect(refusedBy(file(), messageOf(type, options))).toMatchObject({ code, article });
  });
});

describe('the ban from imposing to its end', () => {
  test('runs ten days on the wall clock and then has expired, without any message', () => {
    const file = runningCase();
    expect(stateAt(file, new Date('2026-12-02T10:59:59+01:00'))).toBe('IMPOSED');
    expect(stateAt(file, new Date(endsAt))).toBe('EXPIRED');
  });

  test('runs from the oral notice, and the writing closes the duty to write it down', () => {
    const oral = applied(fresh('huisverbod.aangezegd'), messageOf('huisverbod.aangezegd', { from: 'BM' }));
    expect(oral.duties.map((duty) => duty.key)).toContain('E5:UHG');
    const written = applied(oral.file, messageOf('huisverbod.opgelegd', { from: 'BM' }));
    expect(written.closes).toContain('E5:UHG');
    expect(written.file.state).toBe('IMPOSED');
    expect(written.duties).toEqual([]);
  });

  test('can be extended to the same hour 28 days after imposing, and not a second time beyond', () => {
    const extended = applied(runningCase(), messageOf('huisverbod.verlengd', { from: 'BM', fields: { mededelingen: undefined } }));
    expect(extended.file).toMatchObject({ state: 'EXTENDED', endsAt: new Date('2026-12-20T11:00:00+01:00').toISOString() });
    expect(extended.duties.find((duty) => duty.key === 'E20:UHG')).toMatchObject({ rule: 'WTH-24', authority: 'law', dueAt: new Date(endsAt) });
    expect(extended.closes).toContain('E20:BM');
    expect(refusedBy(extended.file, messageOf('huisverbod.verlengd', { from: 'BM', fields: { einde_op_nieuw: '2026-12-21T11:00:00+01:00' } })).code).toBe('too-long');
  });

  test('by a hulpofficier under a mandate is in the name of the burgemeester', () => {
    expect(caseAfter(messageOf('huisverbod.opgelegd', hovjBan())).imposedBy).toBe('HOVJ');
  });

  test('ends when the court says so, and never later than it would have', () => {
    const asked = caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('voorziening.verzocht'));
    const ruling = (until: string) => messageOf('uitspraak.voorziening', { fields: { gevolg_voor_maatregel: 'eindigt', werking_tot: until } });
    expect(applied(asked, ruling('2026-11-25T12:00:00+01:00')).file).toMatchObject({ state: 'ANNULLED', endsAt: new Date('2026-11-25T12:00:00+01:00').toISOString() });
    expect(applied(asked, ruling('2027-01-01T12:00:00+01:00')).file).toMatchObject({ state: 'IMPOSED', endsAt: new Date(endsAt).toISOString() });
  });

  test('can be reviewed after it expired', () => {
    const asked = applied(runningCase(), messageOf('voorziening.verzocht', { at: later }));
    expect(asked.onward).toEqual(['FILE_FOR_COURT']);
    expect(applied(asked.file, messageOf('uitspraak.voorziening', { at: later })).file.procedure.relief).toBe('RULED');
  });
});

describe('duties', () => {
  const told = (aan: string) => ({ aan, kanaal: 'telefoon', gedaan_op: imposedAt, door: 'piket' });
  const open = (options: MessageOptions) => applied(fresh('huisverbod.opgelegd'), messageOf('huisverbod.opgelegd', options)).duties;

  test('after a ban name who must act, toward whom, by when and on whose word', () => {
    const duties = open({ from: 'BM', fields: { mededelingen: undefined, bereikbaarheid: undefined, raadsman_wens: { gewenst: true, gewenst_op: imposedAt }, kindermishandeling: true, vt_overleg: { overlegd_op: imposedAt, gesproken_met: 'dienst', uitkomst: 'opleggen' } } });
    expect(duties.map(({ key, rule, bearer, authority, dueAt }) => [key, rule, bearer, authority, dueAt?.toISOString()])).toEqual([
      ['E7:PART', 'WTH-07', 'BM', 'policy', '2026-11-22T15:00:00.000Z'],
      ['E8:INST', 'WTH-08', 'BM', 'policy', '2026-11-22T15:00:00.000Z'],
      ['E9:VT', 'WTH-09', 'BM', 'policy', '2026-11-22T15:00:00.000Z'],
      ['E10:BM', 'WTH-30', 'UHG', 'law', '2026-11-23T10:00:00.000Z'],
      ['E12:ADV', 'WTH-12', 'BM', 'law', '2026-11-23T10:00:00.000Z'],
      ['E20:BM', 'E20', 'BM', 'policy', '2026-12-02T10:00:00.000Z'],
    ]);
  });

  test('done by word of mouth before the message are not opened', () => {
    const keys = open({ from: 'BM', fields: { mededelingen: [told('huisgenoot'), told('aangewezen-instantie')] } }).map((duty) => duty.key);
    expect(keys).not.toContain('E7:PART');
    expect(keys).not.toContain('E8:INST');
  });

  test('toward the household are one for every adult, and a notice does one of them', () => {
    const persons = [{ naam: 'Eva Proef' }, { naam: 'Rik Proef' }, { naam: 'Ria Proef' }];
    const keys = open({ from: 'BM', fields: { contactverbod_personen: persons, mededelingen: [told('huisgenoot')] } }).map((duty) => duty.key);
    expect(keys.filter((key) => key.startsWith('E7'))).toEqual(['E7:PART#2', 'E7:PART#3']);
  });

  test('toward the household are also for whom the writing names and the oral notice did not', () => {
    const [eva, rik] = [{ naam: 'Eva Proef', geboortedatum: '1990-02-03' }, { naam: 'Rik Proef', geboortedatum: '1992-03-04' }];
    const e7 = (of: { readonly duties: readonly { readonly key: string }[] }) => of.duties.map(({ key }) => key).filter((key) => key.startsWith('E7'));
    const ban = (type: 'huisverbod.aangezegd' | 'huisverbod.opgelegd', persons: readonly FieldValues[]) => messageOf(type, { from: 'BM', fields: { contactverbod_personen: persons, mededelingen: undefined } });
    const oral = applied(applied(fresh('rihg.afgerond'), messageOf('rihg.afgerond', { fields: { huisgenoten: [rik] } })).file, ban('huisverbod.aangezegd', [eva]));
    expect(e7(oral)).toEqual(['E7:PART']);
    expect(e7(applied(oral.file, ban('huisverbod.opgelegd', [rik, eva])))).toEqual(['E7:PART#2']);
    expect(e7(applied(oral.file, ban('huisverbod.opgelegd', [eva])))).toEqual([]);
  });

  test('to consult Veilig Thuis and to give the court the file are not done by one delivery', () => {
    const asked = applied(fresh('overleg.gevraagd'), messageOf('overleg.gevraagd', { from: 'BM' })).duties;
    const file = applied(runningCase(), messageOf('voorziening.verzocht')).duties.filter(({ key }) => key === 'WTH-15:RB');
    for (const duty of [...asked, ...file]) expect(isFulfilledBy(duty, [{ rule: 'WTH-03', role: 'VT' }, { rule: 'WTH-15', role: 'RB' }])).toBe(false);
    expect([asked.length, file.length]).toEqual([1, 1]);
  });

  test('of the burgemeester to tell a ruling onward are not done by what the griffier told', () => {
    const ruled = applied(caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('voorziening.verzocht')), messageOf('uitspraak.voorziening', {
      fields: { mondeling_medegedeeld: [told('huisgenoot'), told('politie'), told('burgemeester')] },
    }));
    expect(ruled.duties.map(({ key }) => key)).toEqual(expect.arrayContaining(['E19:PART', 'E19:POL']));
    expect(ruled.closes).toContain('E18:BM');
  });

  test('to send the file get their moment when the hearing is set, and the ruling is due a day after it', () => {
    const asked = applied(runningCase(), messageOf('voorziening.verzocht', { fields: { zitting_op: undefined } }));
    expect(asked.duties.find(({ key }) => key === 'WTH-15:RB')).toMatchObject({ dueAt: null });
    const set = (fields: Record<string, string>) => applied(asked.file, messageOf('zitting.bepaald', { fields: { soort_procedure: 'voorlopige-voorziening', zitting_op: '2026-11-24T10:00:00+01:00', stukken_uiterlijk: undefined, ...fields } }));
    expect(set({}).moved.map(({ key, dueAt, authority }) => [key, dueAt, authority])).toEqual([
      ['WTH-15:RB', new Date('2026-11-24T10:00:00+01:00'), 'policy'], ['E15:UHG', new Date('2026-11-25T10:00:00+01:00'), 'law'],
    ]);
    expect(set({ stukken_uiterlijk: '2026-11-23T17:00:00+01:00' }).moved[0]?.dueAt).toEqual(new Date('2026-11-23T17:00:00+01:00'));
    expect(applied(set({}).file, messageOf('uitspraak.voorziening')).closes).toEqual(expect.arrayContaining(['E13:UHG', 'E15:UHG', 'WTH-15:RB']));
  });

  test('to choose before the end come back with an extension that is not the longest', () => {
    const short = applied(runningCase(), messageOf('huisverbod.verlengd', { from: 'BM', fields: { einde_op_nieuw: '2026-12-10T11:00:00+01:00' } }));
    expect(short.duties.find(({ key }) => key === 'E20:BM#2')?.dueAt).toEqual(new Date('2026-12-10T11:00:00+01:00'));
    const longest = applied(short.file, messageOf('huisverbod.verlengd', { from: 'BM', fields: { verlengd_op: '2026-11-22T11:30:00+01:00' } }));
    expect(longest.closes).toEqual(expect.arrayContaining(['E20:BM', 'E20:BM#2']));
    expect(longest.duties.map(({ key }) => key)).not.toContain('E20:BM#3');
    expect(applied(short.file, messageOf('huisverbod.ingetrokken', { from: 'BM' })).closes).toContain('E20:BM#2');
  });

  test('toward the instance are fulfilled when it gets the same ban as Veilig Thuis', () => {
    const [duty] = open({ from: 'BM', fields: { mededelingen: undefined } }).filter((each) => each.key === 'E8:INST');
    if (duty === undefined) throw new Error('no duty E8');
    expect(isFulfilledBy(duty, [{ rule: 'WTH-09', role: 'VT' }, { rule: 'WTH-08', role: 'INST' }])).toBe(true);
    expect(isFulfilledBy(duty, [{ rule: 'WTH-09', role: 'VT' }])).toBe(false);
  });

  test('of the court warn on calendar days and are late on the extended legal date', () => {
    const friday = new Date('2026-11-27T09:00:00+01:00');
    const asked = applied(runningCase(), messageOf('voorziening.verzocht', { at: friday, fields: { verzoek_ontvangen_op: '2026-11-27T09:00:00+01:00', zitting_op: undefined } }));
    const hearing = asked.duties.find((duty) => duty.key === 'E13:UHG');
    expect(hearing?.warnAt).toEqual(new Date('2026-11-30T11:59:59.999+01:00'));
    expect(hearing?.dueAt).toEqual(new Date('2026-12-01T23:59:59.999+01:00'));
    expect(applied(asked.file, messageOf('uitspraak.voorziening', { at: later, fields: { uitspraak_op: '2026-11-30T12:00:00+01:00' } })).closes).toContain('E13:UHG');
  });

  test('of a second ruling have keys of their own', () => {
    const once = caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('voorziening.verzocht'), messageOf('uitspraak.voorziening'), messageOf('voorziening.verzocht'));
    const keys = applied(once, messageOf('uitspraak.voorziening', { fields: { verzonden_aan: undefined, mondeling_medegedeeld: undefined } })).duties.map((duty) => duty.key);
    expect(keys).toContain('E16:POL#2');
    expect(keys).not.toContain('E16:POL');
  });

  test('to find a lawyer end when one is assigned, and a second wish does not start them again', () => {
    const wished = applied(runningCase({ procedure: { ...runningCase().procedure, lawyer: 'NONE' } }), messageOf('raadsman.gewenst', { from: 'BM' }));
    expect(wished.duties.map((duty) => duty.key)).toEqual(['E12:ADV']);
    expect(applied(wished.file, messageOf('raadsman.gewenst', { from: 'BM' })).duties).toEqual([]);
    const assigned = applied(wished.file, messageOf('raadsman.toegewezen', { from: 'ADV' }));
    expect(assigned.closes).toEqual(['E12:ADV']);
    expect(assigned.file.procedure.lawyerOin).toBe(oin.kade);
  });
});

describe('the case file', () => {
  test('is plain JSON and passes its schema after every message', () => {
    const file = caseAfter(messageOf('rihg.afgerond'), messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('voorziening.verzocht'), messageOf('uitspraak.voorziening'), messageOf('huisverbod.verlengd', { from: 'BM' }));
    expect(caseFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  test('names everybody the case is about once', () => {
    const file = caseAfter(messageOf('rihg.afgerond'), messageOf('huisverbod.opgelegd', { from: 'BM' }));
    expect(file.subjects.map((subject) => subject.role)).toEqual(['UHG', 'PART', 'KIND']);
  });

  test('takes child abuse from the order once there is one', () => {
    const asked = caseAfter(messageOf('rihg.afgerond'), messageOf('overleg.gevraagd', { from: 'HOVJ' }), messageOf('overleg.antwoord'));
    expect(asked).toMatchObject({ childAbuse: true, consultAskedBy: 'HOVJ', state: 'DECISION_PENDING' });
    expect(caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' })).childAbuse).toBe(false);
    expect(applied(asked, messageOf('huisverbod.opgelegd', { from: 'BM', fields: { kindermishandeling: true } })).file.childAbuse).toBe(true);
  });

  test('remembers that Veilig Thuis was told, whatever a later order says', () => {
    const oral = caseAfter(messageOf('huisverbod.aangezegd', { from: 'BM', fields: { kindermishandeling: true, vt_overleg: { overlegd_op: imposedAt } } }));
    const written = applied(oral, messageOf('huisverbod.opgelegd', { from: 'BM' })).file;
    expect(written).toMatchObject({ childAbuse: false, vtTold: true });
    expect(caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' })).vtTold).toBe(false);
  });

  test('sends what comes later to the court as well while it has the request', () => {
    const asked = caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('voorziening.verzocht'));
    for (const type of ['huisverbod.verlengd', 'hulp.bevestigd', 'advies.gegeven'] as const) {
      expect(applied(asked, messageOf(type, { from: type === 'huisverbod.verlengd' ? 'BM' : 'INST' })).onward).toEqual(['FILE_FOR_COURT']);
    }
    const ruled = applied(asked, messageOf('uitspraak.voorziening')).file;
    expect(applied(ruled, messageOf('advies.gegeven', { from: 'INST' })).onward).toEqual([]);
  });

  test('gives the raadsman the file when he is assigned, and what comes later as it comes', () => {
    const wished = caseAfter(messageOf('huisverbod.opgelegd', { from: 'BM' }), messageOf('raadsman.gewenst'));
    const assigned = applied(wished, messageOf('raadsman.toegewezen', { from: 'ADV' }));
    expect([assigned.file.procedure.lawyerOin, assigned.onward]).toEqual([oin.kade, ['FILE_FOR_LAWYER']]);
    expect(applied(assigned.file, messageOf('raadsman.toegewezen', { from: 'ADV' })).onward).toEqual([]);
    expect(applied(assigned.file, messageOf('raadsman.toegewezen', { from: 'BM', fields: { raadsman: { naam: 'tekst', oin: oin.brug } } })).onward).toEqual(['FILE_FOR_LAWYER']);
    expect(applied(assigned.file, messageOf('huisverbod.verlengd', { from: 'BM' })).onward).toEqual(['FILE_FOR_LAWYER']);
    expect(applied(assigned.file, messageOf('advies.gegeven', { from: 'INST' })).onward).toEqual([]);
  });

  test('stays as it was when a message is refused', () => {
    const file = runningCase();
    const before = JSON.stringify(file);
    applyMessage(file, messageOf('huisverbod.opgelegd', { from: 'BM' }), contextAt(noon));
    expect(JSON.stringify(file)).toBe(before);
  });
});
