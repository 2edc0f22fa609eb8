import { describe, expect, test } from '@jest/globals';
import { categories } from '../category.js';
import { roles } from '../role.js';
import { messageDefinitions } from './definitions.js';
import type { Field, LeafField } from './field.js';
import { textForms } from './form.js';
import { messageTypes, type MessageType } from './type.js';

interface Leaf {
  readonly path: string;
  readonly of: LeafField;
}

const leavesOf = (of: Field, path: string): readonly Leaf[] => {
  switch (of.kind) {
    case 'group': return of.fields.flatMap((inner) => leavesOf(inner, `${path}.${inner.name}`));
    case 'list': return leavesOf(of.item, `${path}[]`);
    default: return [{ path, of }];
  }
};
const leaves = (type: MessageType): readonly Leaf[] => messageDefinitions[type].fields.flatMap((of) => leavesOf(of, of.name));
const rowsOf = (fields: readonly Field[]): readonly (readonly Field[])[] => [fields, ...fields.flatMap((of) => {
  const inner = of.kind === 'list' ? of.item : of;
  return inner.kind === 'group' ? rowsOf(inner.fields) : [];
})];
const categoriesIn = (type: MessageType): readonly string[] => categories.filter((category) => leaves(type).some(({ of }) => of.category === category));

describe.each(messageTypes)('%s', (type) => {
  const definition = messageDefinitions[type];

  test('has a type, an article, labels in both languages and senders that are organisations', () => {
    expect(definition.type).toBe(type);
    expect(definition.article).not.toBe('');
    expect(definition.label.nl).not.toBe('');
    expect(definition.label.en).not.toBe('');
    expect(definition.senderRoles.length).toBeGreaterThan(0);
    expect(definition.senderRoles.filter((role) => role === 'UHG' || role === 'PART' || !roles.includes(role))).toEqual([]);
  });

  test('names every field once per group, in words that XML, JSON and a path can carry', () => {
    for (const row of rowsOf(definition.fields)) {
      const names = row.map((of) => of.name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.filter((name) => !/^[a-z][a-z0-9_]{0,59}$/.test(name))).toEqual([]);
      // The contract writes these as attributes of its envelope.
      expect(names.filter((name) => name === 'bijlage' || name === 'weglating')).toEqual([]);
    }
  });

  test('gives every field a category, an article and labels', () => {
    expect(leaves(type).filter(({ of }) => !categories.includes(of.category) || of.source === '' || of.label.nl === '' || of.label.en === '')).toEqual([]);
  });

  test('has rules over fields that exist, each with an article and a remedy', () => {
    const paths = new Set([...leaves(type).map(({ path }) => path.replace(/\[\]$/, '')), ...definition.fields.map((of) => of.name)]);
    for (const rule of definition.rules) {
      expect(rule.fields.filter((path) => !paths.has(path))).toEqual([]);
      expect([rule.article, rule.remedy.nl, rule.remedy.en].includes('')).toBe(false);
    }
    expect(new Set(definition.rules.map((rule) => rule.id)).size).toBe(definition.rules.length);
  });
});

describe('labels follow the law', () => {
  const everything = messageTypes.flatMap((type) => leaves(type).map((leaf) => ({ type, ...leaf })));

  test('contact data of victims are C-HHREACH, of the person sent out C-REACH', () => {
    const contact = everything.filter(({ path }) => /(telefoon|email|verblijfadres\.)/.test(path) && !/^(raadsman|contactpersoon)\./.test(path));
    expect(contact.length).toBeGreaterThan(0);
    expect(contact.filter(({ path, of }) => of.category !== (path.startsWith('bereikbaarheid.') ? 'C-REACH' : 'C-HHREACH'))).toEqual([]);
  });

  test('what says that there are children is C-MINOR, their names are of the contact ban, where they stay is contact data of victims', () => {
    const categoryOf = (path: string): string | null =>
      path === 'minderjarigen[].naam' ? 'C-HH' : path === 'minderjarigen[].verblijf' ? 'C-HHREACH' : path.startsWith('minderjarigen') || path === 'kindermishandeling' ? 'C-MINOR' : null;
    expect(everything.filter(({ path, of }) => (categoryOf(path) ?? of.category) !== of.category || (categoryOf(path) === null && of.category === 'C-MINOR')).map(({ path }) => path)).toEqual([]);
  });

  test('a citizen service number is C-BSN, and nothing else is', () => {
    expect(everything.filter(({ of }) => (of.kind === 'bsn') !== (of.category === 'C-BSN'))).toEqual([]);
  });

  test('every field of the RiHG itself is C-RIHG', () => {
    expect(everything.filter(({ path, of }) => path.startsWith('rihg') && of.category !== 'C-RIHG')).toEqual([]);
  });

  test.each<readonly [MessageType, readonly string[]]>([
    ['rihg.afgerond', ['C-REF', 'C-ID', 'C-BSN', 'C-ADDR', 'C-HH', 'C-HHREACH', 'C-MINOR', 'C-RIHG', 'C-POL']],
    ['rihg.geen-verbod', ['C-REF', 'C-RIHG']],
    ['overleg.gevraagd', ['C-REF', 'C-ID', 'C-BSN', 'C-ADDR', 'C-HH', 'C-HHREACH', 'C-MINOR', 'C-GROUND']],
    ['overleg.antwoord', ['C-REF', 'C-ADVICE']],
    ['huisverbod.geweigerd', ['C-REF', 'C-GROUND', 'C-RIHG']],
    ['huisverbod.overtreden', ['C-ID', 'C-BSN', 'C-MINOR', 'C-POL', 'C-CRIM', 'C-TERM']],
    ['bereikbaarheid.opgegeven', ['C-REF', 'C-REACH']],
    ['hulp.bevestigd', ['C-HELP']],
    ['opvang.gevraagd', ['C-REF', 'C-ID', 'C-BSN', 'C-HELP']],
    ['uitspraak.voorziening', ['C-REF', 'C-RULOUT', 'C-RULDOC', 'C-TERM']],
    ['advies.gegeven', ['C-REF', 'C-HELP', 'C-ADVICE']],
  ])('%s carries only %j', (type, expected) => {
    expect(categoriesIn(type)).toEqual(expected);
  });
});

test.each(Object.entries(textForms))('the form %s is written without anchors and in what XSD understands', (_, { pattern, remedy }) => {
  expect(pattern).not.toMatch(/(^\^|\$$|\\d|\\w|\(\?)/);
  expect(() => new RegExp(`^(?:${pattern})$`, 'u')).not.toThrow();
  expect([remedy.nl, remedy.en].includes('')).toBe(false);
});
