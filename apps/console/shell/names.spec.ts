import { describe, expect, test } from '@jest/globals';
import { lawText, typeName, versionText } from './names.js';

describe('names instead of codes', () => {
  test('a type of message has its name, with a version behind it or without', () => {
    expect([typeName('huisverbod.opgelegd', 'nl'), typeName('huisverbod.opgelegd@1', 'en')]).toEqual(['Huisverbod opgelegd', 'Ban imposed']);
    expect(typeName('iets.anders@2', 'nl')).toBe('iets.anders@2');
  });
  test('a version is said in words, and none when there is none', () => {
    expect([versionText('wth-waterveen@3', 'nl'), versionText('wth-waterveen@3', 'en'), versionText('wth-waterveen', 'en')]).toEqual(['versie 3', 'version 3', '']);
    expect([lawText('wth@2', 'nl'), lawText('wth', 'en')]).toEqual(['Wth, versie 2', 'Wth']);
  });
});
