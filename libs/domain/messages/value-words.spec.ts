import { describe, expect, test } from '@jest/globals';
import { messageDefinitions } from './definitions.js';
import type { Field } from './field.js';
import { riskItemCodes } from './rihg-signals.js';
import { valueWords, wordedValues } from './value-words.js';

const valuesOf = (of: Field): readonly string[] => {
  switch (of.kind) {
    case 'enum': return of.values;
    case 'group': return of.fields.flatMap(valuesOf);
    case 'list': return valuesOf(of.item);
    default: return [];
  }
};
const values = new Set(Object.values(messageDefinitions).flatMap(({ fields }) => fields.flatMap(valuesOf)));

describe('words for the values of closed lists', () => {
  test('there is one for each, but for items of the RiHG, and none for what no message knows', () => {
    expect([...wordedValues].sort()).toEqual([...values].filter((value) => !riskItemCodes.includes(value)).sort());
  });
  test('an item of the RiHG is its number', () => expect(valueWords('2a.1')).toEqual({ nl: '2a.1', en: '2a.1' }));
});
