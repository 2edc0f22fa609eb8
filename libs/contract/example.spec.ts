import { describe, expect, test } from '@jest/globals';
import { categories, isBsn, messageTypes } from '@ketensluis/domain';
import { readDisclosure } from './disclosure.js';
import { exampleDisclosure } from './example.js';

const rule = { id: 'WTH-08', basis: 'Wth art. 2 lid 8', authority: 'law', mode: 'mandatory' } as const;
const to = { oin: '00000001900000000201', role: 'VT' };

describe('an example of a disclosure', () => {
  test.each(messageTypes)('%s follows its schema, whole and cut to nothing but the reference', (type) => {
    for (const allowed of [categories, ['C-REF'] as const, []]) {
      const read = readDisclosure(Buffer.from(exampleDisclosure(type, { ...to, rule: { ...rule, allowed } })), 'application/json');
      expect(read.kind === 'refused' ? read : read.disclosure).toMatchObject({ type, recipient: to, ground: { rule: 'WTH-08', categories: allowed } });
    }
  });

  test('has nothing of a category the rule does not give', () => {
    const [whole, cut] = [categories, ['C-REF', 'C-ORDER'] as const].map((allowed) => exampleDisclosure('huisverbod.opgelegd', { ...to, rule: { ...rule, allowed } }));
    const number = /"bsn": "(\d{9})"/.exec(whole ?? '')?.[1] ?? '';
    expect(isBsn(number)).toBe(true);
    expect(cut).not.toContain('bsn');
  });
});
