import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readMessage, writeDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import { categories, cut, messageTypes, type Category, type FieldValue, type MessageType } from '@ketensluis/domain';
import { letter, letterOf } from './letter.js';

function disclosureOf(type: MessageType, permitted: readonly Category[], changes: Partial<DisclosureDocument> = {}): DisclosureDocument {
  const read = readMessage(readFileSync(new URL(`../../../test/fixtures/messages/${type}.json`, import.meta.url)), 'application/json');
  if (read.kind === 'refused') throw new Error(`${type}: ${read.detail}`);
  return {
    ...read.message,
    ...cut(read.message, permitted),
    receivedAt: new Date('2026-03-23T20:31:00Z'),
    recipient: { oin: '00000001999030003000', role: 'INST' },
    event: null, endsAt: null,
    ground: { rule: 'WTH-08', article: 'Wth art. 2(8)', authority: 'law', mode: 'mandatory', agreement: 'VO-9901-1', senderAgreement: null, setting: null, categories: permitted },
    ...changes,
  };
}

const leaves = (value: FieldValue): readonly string[] =>
  typeof value === 'object' ? (Array.isArray(value) ? value : Object.values(value)).flatMap(leaves) : typeof value === 'string' ? value.split('\n') : [];

const proof = { leaf: Buffer.from('{}'), opening: Buffer.from('{}'), proof: Buffer.from('bewijs') };

describe('the letter that goes with a disclosure', () => {
  test('says in plain Dutch what, why, when and what was left out', () => {
    const { subject, body } = letter(disclosureOf('huisverbod.opgelegd', ['C-REF', 'C-ID', 'C-ORDER', 'C-TERM']), 2);
    expect(subject).toBe('Verstrekking 2 in zaak 9901/HV-2026-0001');
    expect(body).toContain('Huisverbod opgelegd\n  Zaak: HV-2026-0001 (gemeente 9901, Wet tijdelijk huisverbod)\n  Volgnummer: 2');
    expect(body).toContain('  Verzonden door: Burgemeester, Burgemeester (OIN 00000001999010001000)');
    expect(body).toContain('  De wet verplicht ons u dit te geven.\n  U krijgt dit als: Instantie voor advies of hulp\n  Artikel: Wth art. 2(8)\n  Regel: WTH-08\n  Verwerkersovereenkomst: VO-9901-1');
    expect(body).toContain('  Uithuisgeplaatste\n    Achternaam: Voorbeeld\n    Voornamen: Bram Test\n    Geboortedatum: 14 juni 1985');
    expect(body).toContain('Wat u niet krijgt\n  Deze gegevens stonden wel in het bericht');
    expect(body).toContain('  - Woning > Adres > Straat\n');
    expect(body).toContain('  - De bestanden "bewijs" tonen aan dat deze verstrekking in het logboek stond');
    expect(body).toContain('English: this is a disclosure');
  });

  test('about a ban that ran out says so, and when, above the old order', () => {
    const { body } = letter(disclosureOf('huisverbod.opgelegd', ['C-REF', 'C-ORDER'], { event: 'EXPIRED', endsAt: new Date('2026-03-30T18:00:00Z') }), 3);
    expect(body.startsWith('Het huisverbod is afgelopen\n')).toBe(true);
    expect(body).toContain('  Einde van het huisverbod: maandag 30 maart 2026, 20:00 uur\n');
  });

  test('gives moments by the clock on the wall, summer time and winter time', () => {
    const { body } = letter(disclosureOf('huisverbod.opgelegd', categories), 1);
    expect(body).toMatch(/maandag 23 maart 2026, 20:00 uur/);
    expect(body).toMatch(/donderdag 2 april 2026, 20:00 uur/);
  });

  test.each(['application/xml', 'application/json'] as const)('is made from the very bytes that go along (%s)', (mediaType) => {
    const document = disclosureOf('huisverbod.opgelegd', ['C-REF', 'C-ID', 'C-ORDER']);
    const outgoing = { id: document.id, caseId: 'c', number: 3, messageType: document.type, document: writeDisclosure(document, mediaType), mediaType, attachments: [], proof };
    expect(letterOf(outgoing)).toEqual(letter(document, 3));
    expect(() => letterOf({ ...outgoing, document: Buffer.from('<verstrekking/>') })).toThrow('bug: an outgoing document cannot be read');
  });

  test('what was left out and need not have been there is not named: that it was there would tell something', () => {
    const { body } = letter(disclosureOf('huisverbod.opgelegd', ['C-REF']), 1);
    expect(body).toContain('Wat u niet krijgt');
    expect(body).not.toMatch(/Burgerservicenummer|Bereikbaarheid|Verklaring|[Bb]ijlage /);
    expect(body).not.toMatch(/^Bijlagen$/m);
  });

  test('a text of several lines cannot pass for a heading of ours', () => {
    const document = disclosureOf('huisverbod.opgelegd', categories);
    const { body } = letter({ ...document, fields: { ...document.fields, feiten_en_omstandigheden: 'Feit.\nWaarom u dit krijgt\nOmdat het mag.' } }, 1);
    expect(body.match(/^Waarom u dit krijgt$/gm)).toHaveLength(1);
  });

  test('says whether law, policy or consent allows it, and never speaks for a rule that forbids', () => {
    const ground = disclosureOf('advies.gegeven', categories).ground;
    const bodyWith = (changes: Partial<typeof ground>) => letter(disclosureOf('advies.gegeven', categories, { ground: { ...ground, ...changes } }), 1).body;
    expect(bodyWith({ mode: 'permitted' })).toContain('U mag dit krijgen volgens de wet.');
    expect(bodyWith({ authority: 'policy' })).toContain('Volgens vast beleid');
    expect(bodyWith({ mode: 'consent' })).toContain('omdat daar toestemming voor is');
    expect(bodyWith({ setting: 'GD-9901-3' })).toContain('Gegevensdeling van de gemeente: GD-9901-3');
    expect(() => bodyWith({ mode: 'forbidden' })).toThrow('bug:');
  });

  test.each(messageTypes)('%s: no contents in the subject, everything permitted in the body, nothing that was left out', (type) => {
    const all = disclosureOf(type, categories);
    const whole = letter(all, 1);
    for (const value of leaves(all.fields)) {
      if (value.length > 3 && value !== all.case.number) expect(whole.subject).not.toContain(value);
      if (!/^\d{4}-\d\d-\d\d/.test(value) && !value.includes('-')) expect(whole.body).toContain(value);
    }
    const poor = disclosureOf(type, ['C-REF']);
    const kept = new Set(leaves(poor.fields));
    const gone = leaves(all.fields).filter((value) => /^[A-Z].{8,}/.test(value) && !kept.has(value));
    const { body } = letter(poor, 1);
    for (const value of gone) expect(body).not.toContain(value);
  });
});
