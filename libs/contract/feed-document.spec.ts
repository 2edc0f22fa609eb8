import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import xmllint from 'xmllint-wasm';
import { proofEntryId, writeFeed, type FeedLine, type FeedPage } from './feed-document.js';
import { listingOf, readListing, writeListing, type FeedListing } from './feed-listing.js';
import type { DisclosureDocument } from './disclosure.js';

const grammar = await readFile(fileURLToPath(new URL('../../test/fixtures/atom/rfc4287.rng', import.meta.url.replace('/dist/libs/', '/libs/'))), 'utf8');
const mid = '0193b1a2-0000-7000-8000-000000000001';
const at = new Date('2026-11-22T10:00:00.123Z');
const listing: FeedListing = {
  type: 'uitspraak.voorziening', law: 'WTH', municipality: '9901', outcome: 'afgewezen', effect: 'blijft', courtCase: 'TST 26/1001', court: 'RBTST', ecli: 'ECLI:NL:RBTST:2026:1', mayHaveEcli: true,
};
const page = (change: Partial<FeedPage> = {}): FeedPage => ({
  id: '5b0f2c1e-1111-4222-8333-444455556666', address: 'https://hub.example/feeds/uitspraken', fetchAddress: 'https://hub.example/api/v1/verstrekkingen',
  archive: null, previous: null, next: null, updatedAt: at, lines: [{ kind: 'entry', mid, at, listing }], ...change,
});
const textOf = (change?: Partial<FeedPage>): string => new TextDecoder().decode(writeFeed(page(change)));

/** What libxml2 says of a document by the grammar of RFC 4287 appendix B: a second opinion that shares nothing with the writer. */
const faultsOf = async (text: string): Promise<readonly string[]> => {
  const { errors } = await xmllint.validateXML({ xml: text, schema: grammar, extension: 'relaxng' });
  return errors.map(({ message }) => message);
};

const kinds: readonly (readonly [string, Partial<FeedPage>])[] = [
  ['a subscription document', {}],
  ['an empty one', { lines: [] }],
  ['a page of the archive', { archive: 2, previous: 1, next: 3 }],
  ['every kind of line', { previous: 4, lines: [{ kind: 'entry', mid, at, listing }, { kind: 'proof', mid, at, listing: null }, { kind: 'ecli', mid, at, listing: { ...listing, ecli: null } }, { kind: 'withdrawn', mid, at }] }],
];

describe('a feed document', () => {
  test.each(kinds)('%s follows the grammar of RFC 4287', async (_name, change) => {
    expect(await faultsOf(textOf(change))).toEqual([]);
  });

  test('the grammar finds what is wrong: a check that cannot fail proves nothing', async () => {
    for (const [part, other] of [['<updated>2026-11-22T10:00:00.123Z</updated>', ''], ['<title>', '<tittle>'], [/term="[^"]*"/g, ''], ['2026-11-22T10:00:00.123Z', 'yesterday']] as const) {
      const wrong = textOf().replace(part, other).replace('<tittle>Uitspraken en andere verstrekkingen</title>', '<tittle>x</tittle>');
      expect((await faultsOf(wrong)).length).toBeGreaterThan(0);
    }
  });

  test('the archive leads both ways and to the subscription document, which leads into the archive (RFC 5005 §4)', () => {
    const archive = textOf({ archive: 2, previous: 1, next: 3 });
    for (const [relation, place] of [['self', '/2'], ['current', ''], ['prev-archive', '/1'], ['next-archive', '/3']]) {
      expect(archive).toContain(`<link rel="${relation}" type="application/atom+xml" href="https://hub.example/feeds/uitspraken${place}"/>`);
    }
    expect(archive).toContain('<fh:archive/>');
    expect(textOf({ previous: 7 })).toMatch(/rel="prev-archive"[^>]*\/7"/);
    expect(textOf()).not.toMatch(/archive/);
  });

  test('lists the newest first, and what is withdrawn under the id it had (RFC 6721 §3)', () => {
    const lines: readonly FeedLine[] = [{ kind: 'entry', mid, at, listing }, { kind: 'withdrawn', mid, at: new Date(at.getTime() + 1) }];
    expect(textOf({ lines })).toMatch(new RegExp(`<at:deleted-entry ref="urn:uuid:${mid}" when="2026-11-22T10:00:00.124Z"/>\\s*<entry>\\s*<id>urn:uuid:${mid}</id>`));
  });

  test('a proof is an entry of its own, under an id that follows from that of its disclosure', () => {
    expect(proofEntryId(mid)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(proofEntryId(mid)).toBe(proofEntryId(mid));
    expect(textOf({ lines: [{ kind: 'proof', mid, at, listing: null }] })).not.toContain(`<id>urn:uuid:${mid}</id>`);
  });

  test('is well-formed whatever text stands in it', async () => {
    const texts: string[] = [];
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }), (courtCase, outcome) => {
      texts.push(textOf({ lines: [{ kind: 'entry', mid, at, listing: { ...listing, courtCase, outcome } }] }));
    }), { numRuns: 200 });
    const all = texts.map((text) => /<entry>[^]*<\/entry>/.exec(text)?.[0] ?? '').join('');
    expect(await faultsOf(textOf().replace(/ {2}<entry>[^]*<\/entry>/, () => all))).toEqual([]);
  });
});

describe('a listing', () => {
  const document = (fields: DisclosureDocument['fields'], categories: DisclosureDocument['ground']['categories'] = ['C-REF', 'C-RULOUT', 'C-RULDOC']): DisclosureDocument => ({
    id: mid, version: 1, type: 'uitspraak.voorziening', case: { law: 'WTH', municipality: '9901', number: 'WV-2026-0001' }, sentAt: at, receivedAt: at,
    sender: { oin: '00000001900000000301', role: 'RB', function: null }, fields, attachments: [], recipient: { oin: '00000001900000000001', role: 'POL' }, event: null, endsAt: null,
    ground: { rule: 'WTH-17', article: '', authority: 'law', mode: 'mandatory', agreement: null, senderAgreement: null, setting: null, categories }, omitted: [],
  });

  test('says what the disclosure says in codes, and comes back as it was stored', () => {
    const made = listingOf(document({ zaaknummer_rechtbank: 'TST 26/1001', instantie: 'RBTST', dictum: 'afgewezen', gevolg_voor_maatregel: 'blijft', ecli: 'ecli:nl:rbtst:2026:1' }));
    expect(made).toEqual(listing);
    expect(readListing(writeListing(made))).toEqual(made);
  });

  test.each([
    ['a name in the place of a case number', { zaaknummer_rechtbank: 'Proef 1' }],
    ['words in the place of a case number', { zaaknummer_rechtbank: 'ZAAK VOORBEELD 1' }],
    ['a name in the place of a code', { dictum: 'Bram Test' }],
    ['no ECLI', { ecli: 'ECLI:NL:zie Voorbeeld' }],
    ['a name in the place of a court', { instantie: 'Rechtbank van Eva' }],
  ])('leaves out %s', (_name, fields) => {
    expect(listingOf(document(fields))).toMatchObject({ outcome: null, courtCase: null, court: null, ecli: null });
  });

  test('may get its ECLI later only where the permit names the text of the ruling (I2)', () => {
    expect(listingOf(document({}, ['C-REF', 'C-RULOUT'])).mayHaveEcli).toBe(false);
  });
});
