import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { caseLawPageMaxBytes, readCaseLawPage } from './case-law-feed.js';

// As the technical documentation of Rechtspraak open data (1.15) describes the answer; courts and numbers invented.
const entry = (ecli: string, title: string, attributes = ''): string => `
  <entry${attributes}><id>${ecli}</id><title type="text">${title}</title><summary type="text">-</summary><updated>2026-11-20T10:00:00Z</updated>
    <link rel="alternate" type="text/html" href="https://uitspraken.rechtspraak.nl/details?id=${ecli}"/></entry>`;
const feed = (entries: string, subtitle = "Aantal gevonden ECLI's: 2"): string => `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl"><title type="text">Rechtspraak</title><subtitle type="text">${subtitle}</subtitle>
  <id>uuid:1</id><updated>2026-11-20T10:00:00Z</updated>${entries}</feed>`;
const read = (text: string | Uint8Array) => readCaseLawPage(typeof text === 'string' ? Buffer.from(text) : text);

describe('a page of the public case-law feed', () => {
  test('gives each ruling with its court and the case numbers after the date', () => {
    expect(read(feed(
      entry('ECLI:NL:RBNWD:2026:1', 'ECLI:NL:RBNWD:2026:1, Rechtbank Noorderwaard, 12-11-2026, NWD 26/1001 en NWD 26/1002')
      + entry('ECLI:NL:RVS:2026:7', 'ECLI:NL:RVS:2026:7, Raad van State, 15-11-2026, 202600123/1/R4'),
    ))).toEqual({ kind: 'read', total: 2, entries: 2, rulings: [
      { ecli: 'ECLI:NL:RBNWD:2026:1', court: 'RBNWD', numbers: ['NWD/26/1001', 'NWD/26/1002'], deleted: null },
      { ecli: 'ECLI:NL:RVS:2026:7', court: 'RVS', numbers: ['202600123/1/R4'], deleted: null },
    ] });
  });

  test('says what was taken away, and gives an ECLI that stands there twice once, as it stands last', () => {
    const page = read(feed([
      entry('ECLI:NL:RVS:2026:1', 'x', ' deleted="doc"'), entry('ECLI:NL:RVS:2026:2', 'x', ' deleted="ecli"'), entry('ECLI:NL:RVS:2026:1', 'x', ' deleted="ecli"'), entry('geen', 'x'),
    ].join('')));
    expect(page).toMatchObject({ entries: 4, rulings: [{ ecli: 'ECLI:NL:RVS:2026:1', deleted: 'ecli', numbers: [] }, { ecli: 'ECLI:NL:RVS:2026:2', deleted: 'ecli' }] });
  });

  test('looks for numbers after the date only: words of a title name no case', () => {
    const titles = ['NWD 26/1001', 'Rechtbank, NWD 26/1001, 12-11-2026', 'ECLI, Rechtbank, 12-11-2026, de zaak Voorbeeld 26', 'ECLI, Rechtbank, 12-11-2026', 'ECLI, Rechtbank, 12-11-2026, '];
    expect(titles.map((title) => read(feed(entry('ECLI:NL:RBNWD:2026:1', title))))).toEqual(titles.map(() => expect.objectContaining({ rulings: [expect.objectContaining({ numbers: [] })] })));
  });

  test.each([
    ['an entity bomb', '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>', 'forbidden'],
    ['an outside entity', '<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom"><title>&a;</title></feed>', 'forbidden'],
    ['an entity nobody declared', feed('').replace('Rechtspraak', '&a;'), 'forbidden'],
    ['a page of HTML', '<html><body>Onderhoud</body></html>', 'wrong-namespace'],
    ['another kind of feed', '<rss version="2.0"/>', 'wrong-namespace'],
    ['half a page', feed('').slice(0, -10), 'not-well-formed'],
    ['nothing', '', 'not-well-formed'],
    ['octets that are no UTF-8', Buffer.from([0xff, 0xfe, 0x3c]), 'not-utf8'],
    ['more octets than a page has', Buffer.alloc(caseLawPageMaxBytes + 1, 0x20), 'too-large'],
    ['elements in elements without end', '<a>'.repeat(5_000), 'too-deep'],
    ['more elements than a page has', feed('<entry/>'.repeat(20_001)), 'too-many-elements'],
  ])('refuses %s', (_name, text, code) => {
    expect(read(text)).toMatchObject({ kind: 'refused', code });
  });

  test('never throws, and takes no longer than a page may, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void read(bytes)));
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>/&;"=! []aéx:-'), maxLength: 80 }), fc.nat(900), (noise, place) => {
      const text = feed(entry('ECLI:NL:RVS:2026:1', 'ECLI, Raad van State, 12-11-2026, 1'));
      void read(text.slice(0, place) + noise + text.slice(place));
    }));
  });
});
