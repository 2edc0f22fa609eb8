import type { Language } from './language.js';

// Laws, decisions and rules cite in the way of their own country or of our code; a page cites in one way, that of its language.
const toDutch: readonly (readonly [RegExp, string])[] = [
  [/(\d+[a-z]?)\((\d+)\)(?:\(([a-z])\)|([a-z])(?![a-z]))/g, '$1 lid $2 onder $3$4'],
  [/(\d+[a-z]?)\((\d+)\)/g, '$1 lid $2'],
];
const toEnglish: readonly (readonly [RegExp, string])[] = [
  [/(\d+[a-z]?) lid (\d+)/g, '$1($2)'],
  [/\blid (\d+)/g, '($1)'],
  [/ onder ([a-z]) en ([a-z])\b/g, '($1) and ($2)'],
  [/ onder ([a-z])\b/g, '($1)'],
  [/(\d\)?) en (?=[\d(])/g, '$1 and '],
  [/\beerste volzin/g, 'first sentence'],
  [/\btweede volzin/g, 'second sentence'],
  [/ e\.v\./g, ' and following'],
  [/^Strekking van /, 'Purport of '],
  [/ en de hulptaak van /, ' and the task of help in '],
  [/\(noemt art\. (.*) niet\)/, '(does not name art. $1)'],
  [/^Afspraak over het /, 'Agreement on the '],
  // A law of the Union has a name in each of its languages.
  [/\bAVG\b/g, 'GDPR'],
];

/** A reference to the law in the notation of the language: `Wth art. 2 lid 8` in Dutch, `Wth art. 2(8)` in English. Names of Dutch laws stay as they are; written so already, it stays the same. */
export const articleText = (reference: string, language: Language): string => {
  const known = written[language];
  const before = known.get(reference);
  if (before !== undefined) return before;
  const text = (language === 'nl' ? toDutch : toEnglish).reduce((so, [found, instead]) => so.replace(found, instead), reference);
  if (known.size < referencesMost) known.set(reference, text);
  return text;
};

// The law packs have some hundred references, and a page writes the same few in each of its rows.
const referencesMost = 1_000;
const written: Readonly<Record<Language, Map<string, string>>> = { nl: new Map(), en: new Map() };
