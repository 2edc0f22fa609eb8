import { describe, expect, test } from '@jest/globals';
import { articleText } from './article.js';

const rows = [
  ['Wth art. 2(8)', 'Wth art. 2 lid 8', 'Wth art. 2(8)'],
  ['Wth art. 8(1)(c)', 'Wth art. 8 lid 1 onder c', 'Wth art. 8(1)(c)'],
  ['Wth art. 6(1)a, 7', 'Wth art. 6 lid 1 onder a, 7', 'Wth art. 6(1)a, 7'],
  ['Wth art. 2(1), 2(9), 9(1)', 'Wth art. 2 lid 1, 2 lid 9, 9 lid 1', 'Wth art. 2(1), 2(9), 9(1)'],
  ['Awb art. 3:41', 'Awb art. 3:41', 'Awb art. 3:41'],
  ['Wth art. 8 lid 1 onder a en b', 'Wth art. 8 lid 1 onder a en b', 'Wth art. 8(1)(a) and (b)'],
  ['Wth art. 2 lid 6 en lid 8, tweede volzin', 'Wth art. 2 lid 6 en lid 8, tweede volzin', 'Wth art. 2(6) and (8), second sentence'],
  ['Wth art. 2 lid 3 en 3 lid 1; Wmo 2015 art. 4.1.1 lid 2 en 5.3.3', 'Wth art. 2 lid 3 en 3 lid 1; Wmo 2015 art. 4.1.1 lid 2 en 5.3.3', 'Wth art. 2(3) and 3(1); Wmo 2015 art. 4.1.1(2) and 5.3.3'],
  ['Strekking van Wth art. 10 lid 2', 'Strekking van Wth art. 10 lid 2', 'Purport of Wth art. 10(2)'],
  ['Wth art. 9 lid 1 (noemt art. 2 lid 8 niet)', 'Wth art. 9 lid 1 (noemt art. 2 lid 8 niet)', 'Wth art. 9(1) (does not name art. 2(8))'],
  ['AVG art. 6 lid 1 onder e', 'AVG art. 6 lid 1 onder e', 'GDPR art. 6(1)(e)'],
  ['Awb art. 8:39 e.v.', 'Awb art. 8:39 e.v.', 'Awb art. 8:39 and following'],
] as const;

describe('a reference to the law', () => {
  test.each(rows)('%s stands as the language writes it', (reference, nl, en) => {
    expect([articleText(reference, 'nl'), articleText(reference, 'en')]).toEqual([nl, en]);
    expect(articleText(articleText(reference, 'nl'), 'nl')).toBe(nl);
    expect(articleText(articleText(reference, 'en'), 'en')).toBe(en);
  });
});
