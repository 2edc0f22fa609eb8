import { readXml, type XmlElement } from '@ketensluis/contract';

/** One entry of a feed document as a reader sees it. */
export interface ReadEntry {
  readonly id: string;
  readonly title: string;
  readonly updated: string;
  /** Terms by the last word of their scheme. */
  readonly terms: Readonly<Record<string, string>>;
  /** Addresses by their relation. */
  readonly links: Readonly<Record<string, string>>;
}

/** A feed document as a reader sees it. */
export interface ReadFeedDocument {
  readonly id: string;
  readonly isArchive: boolean;
  readonly links: Readonly<Record<string, string>>;
  readonly entries: readonly ReadEntry[];
  readonly deleted: readonly string[];
}

const atom = 'http://www.w3.org/2005/Atom';
const named = (of: XmlElement, name: string, namespace = atom): readonly XmlElement[] => of.children.filter((one) => one.name === name && one.namespace === namespace);
const textOf = (of: XmlElement, name: string): string => named(of, name)[0]?.text ?? '';
const attribute = (of: XmlElement, name: string): string => of.attributes.find((one) => one.name === name)?.value ?? '';
const linksOf = (of: XmlElement) => Object.fromEntries(named(of, 'link').map((link) => [attribute(link, 'rel'), attribute(link, 'href')]));

/** Reads a feed document as a party's program would; throws when it is no XML. */
export const readFeedDocument = (text: string): ReadFeedDocument => {
  const tree = readXml(text, 'left-out');
  if (tree.kind === 'refused') throw new Error(`no XML: ${tree.detail}`);
  const { root } = tree;
  return {
    id: textOf(root, 'id'), isArchive: named(root, 'archive', 'http://purl.org/syndication/history/1.0').length === 1, links: linksOf(root),
    entries: named(root, 'entry').map((entry) => ({
      id: textOf(entry, 'id'), title: textOf(entry, 'title'), updated: textOf(entry, 'updated'), links: linksOf(entry),
      terms: Object.fromEntries(named(entry, 'category').map((one) => [attribute(one, 'scheme').split(':').at(-1) ?? '', attribute(one, 'term')])),
    })),
    deleted: named(root, 'deleted-entry', 'http://purl.org/atompub/tombstones/1.0').map((one) => attribute(one, 'ref')),
  };
};
