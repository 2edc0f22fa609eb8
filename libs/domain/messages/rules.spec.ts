import { describe, expect, test } from '@jest/globals';
import { exampleBody } from '../../../test/harness/examples.js';
import { messageDefinitions } from './definitions.js';
import type { FieldValue, FieldValues } from './field.js';
import { messageTypes, type MessageType } from './type.js';

type Change = Readonly<Record<string, FieldValue | null>>;

// The example with fields replaced by dotted path; null takes the field away.
const changed = (values: FieldValues, change: Change): FieldValues => Object.entries(change).reduce<FieldValues>((now, [path, value]) => {
  const [head = '', ...rest] = path.split('.');
  const { [head]: old, ...others } = now;
  if (rest.length > 0) return { ...now, [head]: changed(Object(old), { [rest.join('.')]: value }) };
  return value === null ? others : { ...now, [head]: value };
}, values);

const brokenBy = (type: MessageType, change: Change): readonly string[] => {
  const example = exampleBody(type);
  const fields = changed(example.fields, change);
  const definition = messageDefinitions[type];
  definition.schema.parse(fields);
  return definition.rules.filter((rule) => !rule.holds(fields, example.attachments)).map((rule) => rule.id);
};

test.each(messageTypes)('the example of %s breaks no rule', (type) => {
  expect(brokenBy(type, {})).toEqual([]);
});

test('a form nobody asked for is refused as a file too, and one that was asked for may come as a file', () => {
  const { fields } = exampleBody('rihg.geen-verbod');
  const asFile = [{ sha256: 'ab'.repeat(32), category: 'C-RIHG' as const }];
  const broken = (change: Change) => messageDefinitions['rihg.geen-verbod'].rules.filter((rule) => !rule.holds(changed(fields, change), asFile)).map((rule) => rule.id);
  expect(broken({ rihg: null, weging_gevraagd: false })).toEqual(['form-only-when-asked']);
  expect(broken({ rihg: null, weging_gevraagd: true })).toEqual([]);
});

const underMandate: Change = { opgelegd_door: 'HOVJ-mandaat', mandaat_id: 'MAND-9901-HOVJ', hovj_melding_bm_op: '2026-03-23T20:04:00+01:00' };
const noConsultation: Change = { kindermishandeling: false, vt_overleg: null };

const cases: readonly (readonly [string, MessageType, Change, readonly string[]])[] = [
  ['somebody who turns eighteen tomorrow is not sent out', 'huisverbod.opgelegd', { 'uithuisgeplaatste.geboortedatum': '2008-03-24' }, ['adult']],
  ['somebody who turns eighteen today is', 'huisverbod.opgelegd', { 'uithuisgeplaatste.geboortedatum': '2008-03-23' }, []],
  ['ten days on the wall clock pass, though the clock moved in between', 'huisverbod.opgelegd', { einde_op: '2026-04-02T20:00:00+02:00' }, []],
  ['240 real hours end an hour too late on the clock', 'huisverbod.opgelegd', { einde_op: '2026-04-02T21:00:00+02:00' }, ['ten-days']],
  ['a ban of twelve days is refused', 'huisverbod.opgelegd', { einde_op: '2026-04-04T20:00:00+02:00' }, ['ten-days']],
  ['a ban that ends when it starts is refused', 'huisverbod.opgelegd', { einde_op: '2026-03-23T19:00:00Z' }, ['ten-days']],
  ['a hulpofficier names his mandate and tells the burgemeester', 'huisverbod.opgelegd', underMandate, []],
  ['a hulpofficier without a mandate is refused', 'huisverbod.opgelegd', { ...underMandate, mandaat_id: null }, ['mandate']],
  ['a hulpofficier who told nobody is refused', 'huisverbod.opgelegd', { ...underMandate, hovj_melding_bm_op: null }, ['burgemeester-told']],
  ['a burgemeester needs no mandate', 'huisverbod.opgelegd', { mandaat_id: 'MAND-9901-HOVJ' }, ['mandate']],
  ['a ban protects somebody', 'huisverbod.opgelegd', { contactverbod_personen: null, minderjarigen: null }, ['contact-ban']],
  ['a ban that protects only a child stands', 'huisverbod.opgelegd', { contactverbod_personen: null }, []],
  ['child abuse without consulting Veilig Thuis is refused', 'huisverbod.opgelegd', { vt_overleg: null }, ['consultation']],
  ['consulting after imposing is refused', 'huisverbod.opgelegd', { 'vt_overleg.overlegd_op': '2026-03-23T20:00:01+01:00' }, ['consultation']],
  ['without child abuse there is nobody to consult', 'huisverbod.opgelegd', noConsultation, []],
  ['a wish without a moment cannot be guarded', 'huisverbod.opgelegd', { 'raadsman_wens.gewenst_op': null }, ['lawyer-wish']],
  ['a moment without a wish is refused', 'huisverbod.opgelegd', { 'raadsman_wens.gewenst': false }, ['lawyer-wish']],
  ['an announcement that was not given is refused', 'huisverbod.opgelegd', { mondelinge_aanzegging: null }, ['announcement']],
  ['an announcement after the writing is refused', 'huisverbod.opgelegd', { op_schrift_op: '2026-03-23T19:59:59+01:00' }, ['announcement']],
  ['a writing without announcement stands', 'huisverbod.opgelegd', { mondeling_aangezegd: false, mondelinge_aanzegging: null }, []],
  ['not heard needs a reason', 'huisverbod.opgelegd', { horen_uhg: { gehoord: false } }, ['hearing']],
  ['not heard, with a reason', 'huisverbod.opgelegd', { horen_uhg: { gehoord: false, reden_niet_gehoord: 'Onvindbaar.' } }, []],
  ['keys are taken against a receipt', 'huisverbod.opgelegd', { 'sleutels.ontvangstbewijs_nr': null }, ['keys-receipt']],
  ['the same holds for the oral ban', 'huisverbod.aangezegd', { einde_op: '2026-04-03T20:00:00+02:00', mandaat_id: null, vt_overleg: null }, ['ten-days', 'mandate', 'consultation']],
  ['four weeks on the wall clock pass', 'huisverbod.verlengd', { einde_op_nieuw: '2026-04-20T20:00:00+02:00' }, []],
  ['a second past four weeks is refused', 'huisverbod.verlengd', { einde_op_nieuw: '2026-04-20T20:00:01+02:00' }, ['four-weeks']],
  ['an extension that shortens is refused', 'huisverbod.verlengd', { einde_op_nieuw: '2026-04-02T19:00:00+02:00' }, ['four-weeks']],
  ['extending when the ban ended is refused', 'huisverbod.verlengd', { verlengd_op: '2026-04-02T20:00:00+02:00' }, ['extended-in-time']],
  ['withdrawing for help needs all three conditions', 'huisverbod.ingetrokken', { bevestigd_door_instantie: false }, ['help-accepted']],
  ['withdrawing for help without the promise is refused', 'huisverbod.ingetrokken', { belooft_niet_te_belemmeren: null }, ['help-accepted']],
  ['withdrawing because the danger is gone needs none', 'huisverbod.ingetrokken', { reden: 'gevaar-geweken', hulp_aanvaard: null, bevestigd_door_instantie: null, belooft_niet_te_belemmeren: null }, []],
  ['withdrawing back in time is refused', 'huisverbod.ingetrokken', { intrekking_per: '2026-03-30T09:59:59+02:00' }, ['withdrawn-after-imposed']],
  ['consulting without child abuse is refused', 'overleg.gevraagd', { kindermishandeling: false }, ['child-abuse-only']],
  ['consulting about no child is refused', 'overleg.gevraagd', { minderjarigen: null }, ['child-abuse-only']],
  ['a form nobody asked for is refused', 'rihg.geen-verbod', { weging_gevraagd: false }, ['form-only-when-asked']],
  ['the need of Veilig Thuis is written down', 'huisverbod.overtreden', { 'ook_naar_veilig_thuis.omdat': null }, ['need-of-veilig-thuis']],
  ['what does not go there needs no reason', 'huisverbod.overtreden', { ook_naar_veilig_thuis: { verstrekken: false } }, []],
  ['no form, no question', 'rihg.geen-verbod', { weging_gevraagd: false, rihg: null }, []],
  ['an item answered yes has a source', 'rihg.afgerond', { 'rihg.deel_incident.signaal_2a.item_1': { antwoord: 'ja' } }, ['item-source']],
  ['advice to impose rests on items', 'rihg.afgerond', { 'rihg.grondslag': null }, ['motivation-rests-on-items']],
  ['advice rests only on items answered yes', 'rihg.afgerond', { 'rihg.grondslag': ['2a.2', '2d.1'] }, ['motivation-rests-on-items']],
  ['contact with Veilig Thuis has a moment', 'rihg.afgerond', { 'rihg.veilig_thuis.benaderd_op': null }, ['veilig-thuis-moment']],
  ['a hearing has a statement', 'rihg.afgerond', { 'rihg.uhg_gehoord.verklaring': null }, ['heard-statement']],
  ['a refused request leaves the ban standing', 'uitspraak.voorziening', { gevolg_voor_maatregel: 'eindigt', werking_tot: '2026-03-26T14:00:00+01:00' }, ['ruling-effect']],
  ['a suspension does not', 'uitspraak.voorziening', { dictum: 'toegewezen-geschorst' }, ['ruling-effect']],
  ['a ban that is shortened has a new end', 'uitspraak.hoger-beroep', { gevolg_voor_maatregel: 'verkort', werking_tot: null }, ['ruling-end']],
  ['the ruling itself comes along', 'uitspraak.beroep', { document: '0'.repeat(64) }, ['ruling-document']],
  ['no ruling before the request', 'uitspraak.beroep', { uitspraak_op: '2026-03-24T10:59:59+01:00' }, ['ruling-after-request']],
  ['published on a day', 'uitspraak.beroep', { publicatiedatum: null }, ['published-date']],
  ['a hearing before the request is refused', 'zitting.bepaald', { zitting_op: '2026-03-24T10:00:00+01:00' }, ['hearing-after-request']],
  ['accepted help has a moment', 'hulp.aanvaard', { aanvaard_op: null }, ['accepted-moment']],
  ['shelter needs consent or an own request', 'opvang.gevraagd', { eigen_verzoek: false }, ['consent-or-request']],
  ['shelter does not end before it begins', 'opvang.gevraagd', { tot: '2026-03-22' }, ['shelter-days']],
  ['advice is about what it concerns', 'advies.gegeven', { advies: 'niet-intrekken' }, ['advice-fits']],
];

describe('rules over several fields', () => {
  test.each(cases)('%s (%s)', (_, type, change, expected) => {
    expect(brokenBy(type, change)).toEqual(expected);
  });

  test('every rule of every message is broken by a case above', () => {
    const proven = new Set(cases.flatMap(([, , , expected]) => expected));
    const all = new Set(messageTypes.flatMap((type) => messageDefinitions[type].rules.map((rule) => rule.id)));
    expect([...all].filter((id) => !proven.has(id))).toEqual([]);
  });
});
