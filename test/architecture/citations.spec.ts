import { describe, expect, test } from '@jest/globals';
import { filesBelow, holds, textOf } from './sources.js';

const patterns: readonly RegExp[] = [
  /\bRFC \d{3,5}\b/g,
  // A law is cited as its short name and an article: `Wth art. 2(3)`, `Wmo 2015 art. 4.1.1`.
  /\b[A-Z][A-Za-z]+(?: 20\d\d)?(?= art\. ?\d)/g,
  /\bC2SP (?:signed-note|tlog-[a-z]+|[a-z]+-cosignature)\b/g,
  /\bX\.690\b|\bISO \d{4,5}\b|\bFIPS \d{3}(?:-\d)?|\bNTA \d{4}\b|\bSP 800-\d+[A-Z]*/g,
];

/** The sources a text leans on, each once, as they are named in the first column of standards.tsv. */
const citedIn = (text: string): readonly string[] => [...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([id]) => id)))];

const places = ['apps', 'libs', 'certs', 'config', 'test'].flatMap((folder) => filesBelow(folder))
  .filter((path) => /\.(ts|sql|ya?ml)$/.test(path) && path !== 'test/architecture/citations.spec.ts')
  .map((path) => ({ path, cited: citedIn(textOf(path)) }));

const rows = textOf('libs/standards.tsv').split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .slice(1)
  .map((line) => {
    const [id = '', title = '', adopted = '', note = ''] = line.split('\t');
    return { id, title, adopted, note };
  });

describe('sources', () => {
  test('that are cited have a row in libs/standards.tsv', () => {
    const known = new Set(rows.map(({ id }) => id));
    const offenders = places.flatMap(({ path, cited }) => cited.filter((id) => !known.has(id)).map((id) => `${id}, cited in ${path}`));
    holds('A citation promises that somebody read the source and decided how far we follow it: add the row (style rule 12).', offenders);
  });

  test('that are marked as adopted are cited where they are followed', () => {
    const cited = new Set(places.filter(({ path }) => !path.endsWith('.spec.ts') && !path.startsWith('test/')).flatMap((place) => place.cited));
    holds('A claim without a place in the code cannot be checked: cite it there, or mark it partial or no.', rows.filter(({ id, adopted }) => adopted === 'yes' && !cited.has(id)).map(({ id }) => id));
  });

  test('have one complete row each, with a reason where we do not follow them', () => {
    const offenders = rows.filter(({ id, title, adopted }, index) => id === '' || title === '' || !['yes', 'partial', 'no'].includes(adopted) || rows.findIndex((row) => row.id === id) !== index);
    holds('The table is read by auditors: id, title and adopted (yes, partial or no) in every row, each source once.', offenders.map(({ id }) => id));
  });

  test('are cited in one spelling, so that a search finds them all', () => {
    const spellings = /\bRFC-?\d{3,5}\b|\b(?:GDPR|AVG|Wpg|Wth|Awb|Atw) (?:artikel|Art\.|article|art) ?\d/g;
    const offenders = filesBelow('libs').concat(filesBelow('apps')).filter((path) => /(?<!\.spec)\.(ts|sql)$/.test(path)).flatMap((path) => [...textOf(path).matchAll(spellings)].map(([found]) => `${found} in ${path}`));
    holds('Write `RFC 8551 §3.1` and `AVG art. 28(3)`.', offenders);
  });

  test('are recognised in a text', () => {
    expect(citedIn('see RFC 8551 §3.1, AVG art. 28(3), Wmo 2015 art. 4.1.1 and C2SP tlog-tiles; not RFC or the art. 5')).toEqual(['RFC 8551', 'AVG', 'Wmo 2015', 'C2SP tlog-tiles']);
  });
});
