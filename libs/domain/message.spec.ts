import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleBody } from '../../test/harness/examples.js';
import { messageOf } from '../../test/harness/message-arbitrary.js';
import { categories } from './category.js';
import { categoriesOf, cut, tellableOmissions, type MessageBody } from './message.js';
import type { FieldValue } from './messages/field.js';
import { messageTypes } from './messages/type.js';

const imposed = exampleBody('huisverbod.opgelegd');

// Every single value with its path, so that a test can see what left.
const valuesIn = (value: FieldValue, path = ''): readonly (readonly [string, FieldValue])[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => valuesIn(item, `${path}[${index + 1}]`));
  if (typeof value === 'object') return Object.entries(value).flatMap(([name, inner]) => valuesIn(inner, path === '' ? name : `${path}.${name}`));
  return [[path, value]];
};

describe('categoriesOf', () => {
  test('names what is filled, in fields and attachments, and nothing else', () => {
    expect(categoriesOf(imposed)).toEqual(['C-REF', 'C-ID', 'C-BSN', 'C-ADDR', 'C-REACH', 'C-HH', 'C-HHREACH', 'C-MINOR', 'C-ORDER', 'C-GROUND', 'C-RIHG', 'C-LAW', 'C-TERM', 'C-SEC', 'C-ADVICE']);
  });

  test('a category disappears with its last field', () => {
    const { minderjarigen: _, kindermishandeling: ___, bereikbaarheid: __, ...fields } = imposed.fields;
    expect(categoriesOf({ ...imposed, fields })).not.toContain('C-MINOR');
    expect(categoriesOf({ ...imposed, fields })).not.toContain('C-REACH');
  });

  test('an attachment counts with its own category', () => {
    const bare: MessageBody = { ...exampleBody('hulp.bevestigd'), attachments: [{ name: 'x.pdf', mediaType: 'application/pdf', sha256: '0'.repeat(64), sizeBytes: 1, category: 'C-RULDOC' }] };
    expect(categoriesOf(bare)).toEqual(['C-HELP', 'C-RULDOC']);
  });
});

describe('cut', () => {
  test('cuts inside a group of mixed categories', () => {
    const { fields, omitted } = cut(imposed, ['C-ID']);
    expect(fields).toEqual({ uithuisgeplaatste: { naam: 'Voorbeeld', voornamen: 'Bram Test', geboortedatum: '1985-06-14', geboorteplaats: 'Teststad', geslacht: 'man' } });
    expect(omitted).toContainEqual({ path: 'uithuisgeplaatste.bsn', category: 'C-BSN' });
  });

  test('keeps the names of a protected person and leaves the contact data behind', () => {
    const { fields, omitted } = cut(imposed, ['C-HH']);
    expect(fields).toEqual({ contactverbod_personen: [{ naam: 'Eva Proef', relatie: 'echtgenoot', geboortedatum: '1987-02-03' }], minderjarigen: [{ naam: 'Noor Voorbeeld' }] });
    expect(omitted).toContainEqual({ path: 'contactverbod_personen[1].contact.telefoon', category: 'C-HHREACH' });
  });

  test('keeps the contact data alone when only these are permitted', () => {
    expect(cut(imposed, ['C-HHREACH']).fields).toEqual({ contactverbod_personen: [{ contact: { telefoon: '06 00000001', email: 'eva@voorbeeld.example' } }], minderjarigen: [{ verblijf: 'Bij de moeder' }] });
  });

  test('groups left empty vanish, and with no permission nothing is left', () => {
    const { fields, attachments, omitted } = cut(imposed, []);
    expect(fields).toEqual({});
    expect(attachments).toEqual([]);
    expect(omitted.at(-1)).toEqual({ path: 'bijlagen[1]', category: 'C-GROUND' });
  });

  test('an attachment goes along only with its category', () => {
    expect(cut(imposed, ['C-GROUND']).attachments).toEqual(imposed.attachments);
    expect(cut(imposed, ['C-ORDER']).attachments).toEqual([]);
  });

  test('a field the definition does not know never goes out', () => {
    const smuggled: MessageBody = { ...imposed, fields: { ...imposed.fields, vrij: 'tekst', woning: { adres: { straat: 'Proeflaan', geheim: 'x' } } } };
    expect(JSON.stringify(cut(smuggled, categories).fields)).not.toMatch(/vrij|geheim/);
  });

  test('a value of another shape than its field is left out', () => {
    const misshapen: MessageBody = { ...imposed, fields: { uithuisgeplaatste: 'Voorbeeld', minderjarigen: { naam: 'x' }, beschikking_nr: ['a'], einde_op: { a: 'b' } } };
    expect(cut(misshapen, categories).fields).toEqual({});
  });

  test.each(messageTypes)('%s: everything filled is either kept or named, never both, and never under another category', (type) => {
    fc.assert(fc.property(messageOf(type), fc.subarray([...categories]), (message, permitted) => {
      const { fields, attachments, omitted } = cut(message, permitted);
      const before = valuesIn(message.fields);
      const kept = new Map(valuesIn(fields));
      const left = omitted.filter(({ path }) => !path.startsWith('bijlagen'));
      expect(kept.size + left.length).toBe(before.length);
      expect(omitted.filter(({ category }) => permitted.includes(category))).toEqual([]);
      expect(attachments.filter(({ category }) => !permitted.includes(category))).toEqual([]);
      expect(categoriesOf({ ...message, fields, attachments }).filter((category) => !permitted.includes(category))).toEqual([]);
      expect(cut({ ...message, fields, attachments }, permitted)).toEqual({ fields, attachments, omitted: [] });
    }), { numRuns: type.startsWith('rihg.') ? 4 : 15 });
  });
});

describe('tellableOmissions', () => {
  const told = tellableOmissions('huisverbod.opgelegd', cut(imposed, []).omitted).map(({ path }) => path);

  test('tells of fields that every message has', () => {
    expect(told).toEqual(expect.arrayContaining(['kindermishandeling', 'uithuisgeplaatste.naam', 'woning.adres.straat', 'feiten_en_omstandigheden']));
  });

  test('keeps quiet about what only some messages have', () => {
    expect(told.filter((path) => /vt_overleg|minderjarigen|contact|bereikbaarheid|bsn|bijlagen|raadsman\./.test(path))).toEqual([]);
  });

  test('tells nothing of the length of a required list', () => {
    const started = cut(exampleBody('hulp.gestart'), []).omitted;
    expect(tellableOmissions('hulp.gestart', started).map(({ path }) => path)).toEqual(['gestart[1].voor', 'gestart[1].gestart_op']);
  });
});
