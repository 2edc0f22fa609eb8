import { describe, expect, test } from '@jest/globals';
import { riskItemCodes, riskParts, riskSignals } from './rihg-signals.js';

// Counted in the annex to the Besluit tijdelijk huisverbod (law.md 8.2).
const counts = { persoon: [4, 5, 6], incident: [4, 4, 4, 3, 4, 2, 4, 4, 5, 1, 3], leefomstandigheden: [4, 3, 7, 3, 3, 6] };

describe('the RiHG', () => {
  test.each(riskParts)('part %s has the signals and items of the annex', (part) => {
    expect(riskSignals.filter((signal) => signal.part === part).map((signal) => signal.items.length)).toEqual(counts[part]);
  });

  test('has 20 signals and 79 items: 15, 38 and 26', () => {
    const total = (part: string): number => riskSignals.filter((signal) => signal.part === part).reduce((sum, signal) => sum + signal.items.length, 0);
    expect(riskSignals).toHaveLength(20);
    expect(riskParts.map(total)).toEqual([15, 38, 26]);
    expect(new Set(riskItemCodes).size).toBe(79);
  });

  test('every item has a text of its own within its signal', () => {
    for (const { items } of riskSignals) expect(new Set(items.map((item) => item.text)).size).toBe(items.length);
  });

  test('marks the antecedents, the child protection order and the cultural or religious item as special', () => {
    const special = riskSignals.flatMap((signal) => signal.items.flatMap((item, index) => item.special ? [`${signal.code}.${index + 1}`] : []));
    expect(special).toEqual(expect.arrayContaining(['1a.1', '1a.2', '1a.3', '1a.4', '2i.5', '3d.1', '3f.4', '3f.5']));
  });
});
