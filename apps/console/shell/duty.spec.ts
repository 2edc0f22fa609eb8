import { describe, expect, test } from '@jest/globals';
import { law } from '../../../libs/domain/case.fixture.js';
import { dutySentence } from './duty.js';

const rows = [
  ['the rule that gave it', { name: 'E7:PART', rule: 'WTH-07' }, 'De huisgenoten moeten weten wat het huisverbod inhoudt en wat er gebeurt bij overtreding.'],
  ['its own words, where its rule only says what closes it', { name: 'WTH-15:RB', rule: 'E13' }, 'Zorg dat alle stukken van de zaak voor de zitting bij de rechtbank zijn.'],
  ['its own words, where its rule is about one of the choices', { name: 'E20:BM', rule: 'WTH-24' }, 'Kies voor het einde: verlengen, intrekken of laten aflopen.'],
  ['no code, where nothing is known of it', { name: 'E99:BM', rule: null }, 'Een plicht uit een eerder wetsbestand'],
] as const;

describe('what a duty asks', () => {
  test.each(rows)('is said by %s', (_by, duty, sentence) => expect(dutySentence(duty, law, 'nl')).toBe(sentence));
});
