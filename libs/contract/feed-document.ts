import { messageDefinitions } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import type { FeedListing } from './feed-listing.js';
import { namespace } from './document.js';

/** Media type of every feed document (RFC 4287 §7). */
export const feedMediaType = 'application/atom+xml';
/** Items on one archive page, and most in the subscription document. */
export const feedPageItems = 100;

/** One line of a feed. `mid` is the id of the delivery; a destroyed item has no line. */
export type FeedLine =
  | { readonly kind: 'entry' | 'ecli' | 'proof'; readonly mid: string; readonly at: Date; readonly listing: FeedListing | null }
  | { readonly kind: 'withdrawn'; readonly mid: string; readonly at: Date };

/** One document of the feed of one party: the subscription document (`archive` null) or a page of the archive (RFC 5005 §4). */
export interface FeedPage {
  /** Permanent, of the feed as a whole. */
  readonly id: string;
  /** Address of the subscription document; a page of the archive adds its number. */
  readonly address: string;
  /** Where a disclosure is fetched; its id follows. */
  readonly fetchAddress: string;
  readonly archive: number | null;
  /** Number of the page before this one, and of the one after it, where there are such. */
  readonly previous: number | null;
  readonly next: number | null;
  readonly updatedAt: Date;
  /** Oldest first; entries are written newest first. */
  readonly lines: readonly FeedLine[];
}

const author = 'Ketensluis';
/** Prefix of the schemes of our categories (RFC 4287 §4.2.2.2). */
const scheme = (what: string): string => `${namespace}:feed:${what}`;

/** The document as bytes: Atom (RFC 4287) with archives (RFC 5005) and deleted entries (RFC 6721). Equal pages give equal bytes. */
export const writeFeed = (page: FeedPage): Uint8Array => {
  const { address, archive, previous, next } = page;
  const archiveLink = (relation: string, number: number | null): readonly string[] => (number === null ? [] : [linkOf(relation, `${address}/${number}`, feedMediaType)]);
  return new TextEncoder().encode([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="nl">',
    `  <id>urn:uuid:${page.id}</id>`,
    '  <title>Uitspraken en andere verstrekkingen</title>',
    `  <updated>${page.updatedAt.toISOString()}</updated>`,
    `  <author><name>${author}</name></author>`,
    ...(archive === null ? [] : ['  <fh:archive/>']),
    linkOf('self', archive === null ? address : `${address}/${archive}`, feedMediaType),
    ...(archive === null ? [] : [linkOf('current', address, feedMediaType)]),
    ...archiveLink('prev-archive', previous), ...archiveLink('next-archive', next),
    // The grammar of RFC 4287 appendix B has everything else before the entries; their order means nothing (§4.1.1).
    ...page.lines.flatMap((line) => (line.kind === 'withdrawn' ? [deletedOf(line)] : [])),
    ...[...page.lines].reverse().flatMap((line) => (line.kind === 'withdrawn' ? [] : [entryOf(line, page.fetchAddress)])),
    '</feed>', '',
  ].join('\n'));
};

/** The id of the proof of a disclosure as an entry of its own, which follows from that of the disclosure: a UUID of version 8 (RFC 9562 §5.8). */
export const proofEntryId = (mid: string): string => {
  const bytes = createHash('sha256').update(`${namespace}:feed:proof\0${mid}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** RFC 6721 §3: whatever stood under this id before this moment is gone. */
const deletedOf = ({ mid, at }: FeedLine): string => `  <at:deleted-entry ref="urn:uuid:${mid}" when="${at.toISOString()}"/>`;

const entryOf = (line: Exclude<FeedLine, { readonly kind: 'withdrawn' }>, fetchAddress: string): string => {
  const { listing } = line;
  const isProof = line.kind === 'proof' || listing === null;
  return [
    '  <entry>',
    `    <id>urn:uuid:${isProof ? proofEntryId(line.mid) : line.mid}</id>`,
    `    <title>${isProof ? 'bewijs van een verstrekking' : escaped(titleOf(listing))}</title>`,
    `    <updated>${line.at.toISOString()}</updated>`,
    ...(isProof ? [categoryOf('soort', 'bewijs')] : categoriesOf(listing)),
    `  ${linkOf('alternate', `${fetchAddress}/${line.mid}`, 'application/json')}`,
    ...(isProof || listing.ecli === null ? [] : [`  ${linkOf('related', publicPage(listing.ecli), 'text/html')}`]),
    ...(isProof ? [] : [`    <summary>${escaped(summaryOf(listing))}</summary>`]),
    '  </entry>',
  ].join('\n');
};

/** Where a published ruling can be read by everybody (Rechtspraak open data). */
const publicPage = (ecli: string): string => `https://deeplink.rechtspraak.nl/uitspraak?id=${encodeURIComponent(ecli)}`;

const titleOf = ({ type, outcome }: FeedListing): string => (outcome === null ? type : `${type}: ${outcome}`);

const summaryOf = (listing: FeedListing): string => [
  messageDefinitions[listing.type].label.nl,
  ...(listing.court === null ? [] : [`instantie ${listing.court}`]),
  ...(listing.courtCase === null ? [] : [`zaaknummer ${listing.courtCase}`]),
  ...(listing.ecli === null ? [] : [listing.ecli]),
].join(', ');

const categoriesOf = (listing: FeedListing): readonly string[] => [
  categoryOf('soort', listing.type), categoryOf('wet', listing.law), categoryOf('gemeente', listing.municipality),
  ...optional('dictum', listing.outcome), ...optional('gevolg', listing.effect), ...optional('instantie', listing.court),
  ...optional('zaaknummer', listing.courtCase), ...optional('ecli', listing.ecli),
];

const optional = (what: string, term: string | null): readonly string[] => (term === null ? [] : [categoryOf(what, term)]);
const categoryOf = (what: string, term: string): string => `    <category scheme="${scheme(what)}" term="${escaped(term)}"/>`;
const linkOf = (relation: string, href: string, type: string): string => `  <link rel="${relation}" type="${type}" href="${escaped(href)}"/>`;

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// What XML does not allow (XML 1.0 §2.2) becomes a mark: a document nobody can read would hide all other entries as well.
const escaped = (text: string): string => text.replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD').replace(/[&<>"]/g, (one) => references[one] ?? one);
