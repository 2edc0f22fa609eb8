import { describe, expect, test } from '@jest/globals';
import { messageTypes } from '@ketensluis/domain';
import { exampleBytes } from '../../test/harness/examples.js';
import { checkFields, readMessage, type DocumentMediaType, type Problem } from './index.js';

const xml = new TextDecoder().decode(exampleBytes('huisverbod.opgelegd', 'xml'));
const json = new TextDecoder().decode(exampleBytes('huisverbod.opgelegd', 'json'));

const read = (text: string, mediaType: DocumentMediaType): ReturnType<typeof readMessage> => readMessage(new TextEncoder().encode(text), mediaType);
const problemsOf = (text: string, mediaType: DocumentMediaType): readonly Problem[] => {
  const outcome = read(text, mediaType);
  return outcome.kind === 'refused' ? outcome.problems : [];
};
const found = (text: string, mediaType: DocumentMediaType): readonly string[] => problemsOf(text, mediaType).map(({ field, rule }) => `${field}: ${rule}`);

describe('every problem is told at once', () => {
  test('three wrong fields and a missing one give four problems, in XML as in JSON', () => {
    const brokenXml = xml.replace('1985-06-14', '14-06-1985').replace('999900018', '999900019').replace('uitgereikt<', 'gemaild<').replace(/<aangewezen_instantie>[^]*<\/aangewezen_instantie>/, '');
    const brokenJson = json.replace('1985-06-14', '14-06-1985').replace('999900018', '999900019').replace('"uitgereikt"', '"gemaild"').replace(/"aangewezen_instantie": \{[^}]*\},/, '');
    const expected = ['inhoud.bekendmaking_wijze: enum', 'inhoud.uithuisgeplaatste.geboortedatum: date', 'inhoud.uithuisgeplaatste.bsn: bsn', 'inhoud.aangewezen_instantie: required'];
    expect([...found(brokenXml, 'application/xml')].sort()).toEqual([...expected].sort());
    expect([...found(brokenJson, 'application/json')].sort()).toEqual([...expected].sort());
  });

  test('each problem has a remedy in both languages and nothing the sender wrote', () => {
    const secret = 'GeheimeNaam';
    const broken = xml.replace('1985-06-14', secret).replace('>man<', `>${secret}<`).replace('<sleutels>', `<${secret}>x</${secret}><sleutels>`);
    const outcome = read(broken, 'application/xml');
    expect(outcome).toMatchObject({ kind: 'refused', code: 'invalid', public: 'the document does not follow the contract' });
    expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(problemsOf(broken, 'application/xml')).toHaveLength(3);
    for (const { remedy } of problemsOf(broken, 'application/xml')) {
      expect(remedy.nl.length).toBeGreaterThan(10);
      expect(remedy.en.length).toBeGreaterThan(10);
    }
  });

  test('the JSON reader hides the name of an unknown field too, and tells its place', () => {
    const broken = json.replace('"sleutels": {', '"GeheimeNaam": 1,\n    "sleutels": {');
    expect(JSON.stringify(read(broken, 'application/json'))).not.toContain('GeheimeNaam');
    expect(found(broken, 'application/json')).toEqual([expect.stringMatching(/^inhoud\.\*\[[0-9]+\]: unknown-field$/)]);
  });

  test('rules over several fields are told with their article', () => {
    const broken = xml.replace('<einde_op>2026-04-02T20:00:00+02:00', '<einde_op>2026-04-02T20:00:01+02:00').replace('<opgelegd_door>burgemeester', '<opgelegd_door>HOVJ-mandaat');
    expect(found(broken, 'application/xml')).toEqual(['inhoud.einde_op: ten-days', 'inhoud.mandaat_id: mandate', 'inhoud.hovj_melding_bm_op: burgemeester-told']);
    expect(problemsOf(broken, 'application/xml')[0]?.remedy.en).toContain('(Wth art. 2(1))');
  });
});

describe('the envelope', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['a role that may not send this type', '<rol>BM', '<rol>INST', 'afzender.rol: enum'],
    ['an attachment of a category this type does not carry', 'categorie="C-GROUND"', 'categorie="C-HHREACH"', 'bijlagen[1].categorie: enum'],
    ['an attachment name that is a path', 'naam="beschikking.pdf"', 'naam="../beschikking.pdf"', 'bijlagen[1].naam: text'],
    ['a hash that is none', 'sha256="a1', 'sha256="A1', 'bijlagen[1].sha256: text'],
    ['a municipality that is no code', '<gemeente>9901', '<gemeente>Teststad', 'zaak.gemeente: text'],
    ['a case number with a space', '<nummer>HV-2026-0001', '<nummer>HV 2026', 'zaak.nummer: text'],
    ['a moment without an offset', '<verzonden>2026-03-23T20:30:00.000Z', '<verzonden>2026-03-23T20:30:00', 'verzonden: instant'],
    ['a moment on a day that does not exist', '<verzonden>2026-03-23', '<verzonden>2026-02-30', 'verzonden: instant'],
    ['another law', '<wet>WTH', '<wet>WVGGZ', 'zaak.wet: enum'],
    ['a reference that is no UUID', '<kenmerk>0191', '<kenmerk>X191', 'kenmerk: text'],
  ];
  test.each(cases)('refuses %s', (_, from, to, expected) => {
    expect(xml).toContain(from);
    expect(found(xml.replace(from, to), 'application/xml')).toEqual([expected]);
  });

  test('refuses two attachments of one name', () => {
    const twice = xml.replace(/( *<bijlage .*\/>\n)/, '$1$1');
    expect(found(twice, 'application/xml')).toEqual(['bijlagen[2].naam: attachment-name']);
  });

  test.each([
    ['unknown type', xml.replace('soort="huisverbod.opgelegd"', 'soort="huisverbod.vergeten"'), 'unknown-type'],
    ['unknown version', xml.replace('versie="1"', 'versie="2"'), 'unknown-version'],
    ['version after a space', xml.replace('versie="1"', 'versie="\u00a01"'), 'unknown-version'],
    ['other namespace', xml.replace('urn:ketensluis:wth:1', 'urn:ketensluis:wth:2'), 'wrong-namespace'],
    ['other root', xml.replace('<bericht ', '<verstrekking ').replace('</bericht>', '</verstrekking>'), 'unknown-type'],
    ['extra attribute on the root', xml.replace('versie="1"', 'versie="1" spoed="ja"'), 'forbidden'],
  ])('refuses an %s', (_, text, code) => {
    expect(read(text, 'application/xml')).toMatchObject({ kind: 'refused', code });
  });
});

describe('XML as senders write it', () => {
  const same: readonly (readonly [string, string])[] = [
    ['any prefix for the namespace', xml.replace(/<(\/?)([a-z])/g, '<$1k:$2').replace('xmlns=', 'xmlns:k=')],
    ['single quotes and no declaration', xml.replace(/^<\?xml.*\n/, '').replaceAll('"', '\'')],
    ['Windows line ends', xml.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${xml}`],
    ['comments, CDATA and character references', xml.replace('>Voorbeeld<', '><!-- naam --><![CDATA[Voor]]>&#98;&#x65;eld<')],
    ['white space around values', xml.replace('>true<', '>\n  true\n<').replace('>Voorbeeld<', '>\n  Voorbeeld\n<').replace('>man<', '> man <')],
    ['a hint where the schema can be found', xml.replace('soort=', 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:ketensluis:wth:1 x.xsd" soort=')],
    ['elements in another order', xml.replace(/( *<verzonden>.*\n)([^]*)(<\/bericht>)/, '$2$1$3')],
  ];
  test.each(same)('%s changes nothing', (_, text) => {
    expect(text).not.toBe(xml);
    expect(read(text, 'application/xml')).toEqual(read(xml, 'application/xml'));
  });

  test('a value split by a comment is read whole, not cut at the comment', () => {
    const outcome = read(xml.replace('>Voorbeeld<', '>Voor<!-- -->beeld<'), 'application/xml');
    expect(outcome).toEqual(read(xml, 'application/xml'));
  });
});

test('checks the fields of a form in the making, without an envelope', () => {
  expect(checkFields('hulp.bevestigd', { hulp_aanvaard: true, bevestigd_op: '2026-03-27T15:45:00+01:00', belooft_niet_te_belemmeren: true }, [])).toMatchObject({ kind: 'values' });
  expect(checkFields('hulp.bevestigd', { hulp_aanvaard: 'ja' }, [])).toMatchObject({ kind: 'problems', problems: [{ field: 'hulp_aanvaard' }, { field: 'bevestigd_op' }, { field: 'belooft_niet_te_belemmeren' }] });
  expect(checkFields('hulp.aanvaard', { hulp_aanvaard: true, belooft_niet_te_belemmeren: true }, [])).toMatchObject({ kind: 'problems', problems: [{ field: 'aanvaard_op', rule: 'accepted-moment' }] });
});

test('reads every committed example', () => {
  expect(messageTypes.filter((type) => readMessage(exampleBytes(type, 'xml'), 'application/xml').kind !== 'read')).toEqual([]);
});
