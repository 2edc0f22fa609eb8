import { caseNumberKey, parseEcli } from '@ketensluis/domain';
import { refuse, type ReadRefusal } from './problem.js';
import { readXml, type XmlElement } from './xml-tree.js';

/** Most bytes of one page of the public feed; a page of 1000 entries is less than a tenth of this. */
export const caseLawPageMaxBytes = 8 * 1024 * 1024;

/** One published ruling as the public feed lists it. */
export interface PublishedRuling {
  readonly ecli: string;
  /** Code of the court, out of the ECLI. */
  readonly court: string;
  /** Every case number its title names, as `caseNumberKey` has them. */
  readonly numbers: readonly string[];
  /** `doc`: its text was taken away and it goes on to exist; `ecli`: the ECLI itself was withdrawn. */
  readonly deleted: 'doc' | 'ecli' | null;
}

/** A page of the public feed. `total` is what it says is found in all pages together; null when it does not say. `entries` counts what stood on the page. */
export interface CaseLawPage {
  readonly kind: 'read';
  readonly total: number | null;
  readonly entries: number;
  readonly rulings: readonly PublishedRuling[];
}

const atom = 'http://www.w3.org/2005/Atom';

/**
 * Reads a page of the feed of Rechtspraak open data (technical documentation 1.15). It comes from outside: no DOCTYPE, no entities of its own, bounds on size, depth
 * and elements. An entry without a readable ECLI counts and is left out; each ECLI is given once, as its last entry on the page says.
 */
export const readCaseLawPage = (bytes: Uint8Array): CaseLawPage | ReadRefusal => {
  if (bytes.length > caseLawPageMaxBytes) return refuse('too-large', `the page is larger than ${caseLawPageMaxBytes} bytes`, 'De pagina is te groot.');
  const text = textOf(bytes);
  if (text === null) return refuse('not-utf8', 'the page is not UTF-8', 'De pagina is geen UTF-8.');
  const tree = readXml(text, 'left-out');
  if (tree.kind === 'refused') return tree;
  const { root } = tree;
  if (root.name !== 'feed' || root.namespace !== atom) return refuse('wrong-namespace', 'the page is no Atom feed', 'De pagina is geen Atom-feed.');
  const entries = childrenOf(root, 'entry');
  const rulings = new Map(entries.flatMap((entry) => rulingOf(entry) ?? []).map((ruling) => [ruling.ecli, ruling]));
  return { kind: 'read', total: totalIn(childrenOf(root, 'subtitle')[0]?.text ?? ''), entries: entries.length, rulings: [...rulings.values()] };
};

const textOf = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] => children.filter((child) => child.name === name && child.namespace === atom);

// "Aantal gevonden ECLI's: 1234".
const totalIn = (subtitle: string): number | null => {
  const found = /:\s*(\d{1,9})\s*$/.exec(subtitle)?.[1];
  return found === undefined ? null : Number(found);
};

const rulingOf = (entry: XmlElement): PublishedRuling | null => {
  const named = parseEcli(childrenOf(entry, 'id')[0]?.text ?? '');
  if (named === null) return null;
  const deleted = entry.attributes.find(({ name }) => name === 'deleted')?.value.toLowerCase();
  return { ...named, numbers: numbersIn(childrenOf(entry, 'title')[0]?.text ?? ''), deleted: deleted === 'doc' || deleted === 'ecli' ? deleted : null };
};

/** `ECLI:NL:RVS:2024:1234, Raad van State, 15-01-2024, 202300123/1/R4 en 202300124/1/R4`: the case numbers follow the date, and nothing else is looked at. */
const numbersIn = (title: string): readonly string[] => {
  const after = /,\s*\d{2}-\d{2}-\d{4}\s*,(.{1,1000})$/s.exec(title)?.[1] ?? '';
  return [...new Set(after.split(/[,;&]|\s+en\s+/).flatMap((number) => caseNumberKey(number) ?? []))].slice(0, numbersMax);
};

/** Joined cases are few; a title with more is no title. */
const numbersMax = 20;
