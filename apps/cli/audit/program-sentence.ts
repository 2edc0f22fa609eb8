import type { HttpRead } from '@ketensluis/flow';

const ways: Readonly<Record<HttpRead['way'], string>> = { reader: 'by a token of the reader list', api: 'by the API', feed: 'by its feed' };

/** One look of a program as a sentence: who, by which way, asked for what, and what it was shown. */
export const programSentence = ({ reader, way, trace, ...look }: HttpRead): string =>
  `${reader.name} (${reader.role}${reader.oin === null ? '' : ` ${reader.oin}`}), ${ways[way]}, asked for ${askedFor(look)} and ${shown(look)}${trace === null ? '' : `; trace ${trace}`}`;

const askedFor = ({ question, archive, first, entryId }: Pick<HttpRead, 'question' | 'archive' | 'first' | 'entryId'>): string => {
  switch (question) {
    case 'bundle': return `all entries from ${first ?? 'beyond the log'}`;
    case 'own': return `its own entries from ${first ?? 0}`;
    case 'entry': return `the entry ${entryId ?? '-'}`;
    case 'feed': return archive === null ? 'what is new in its feed' : `archive ${archive} of its feed`;
  }
};

const shown = ({ question, outcome, count, first, last }: Pick<HttpRead, 'question' | 'outcome' | 'count' | 'first' | 'last'>): string => {
  switch (outcome) {
    case 'given': {
      if (question !== 'feed') return `was shown ${count}`;
      return first === null || last === null || last < first ? 'was shown an empty page' : `was shown the places ${first} to ${last}, ${count} of them for the first time`;
    }
    case 'same': return 'had it already';
    case 'refused': return 'was refused';
    case 'absent': return 'there was no such thing';
    case 'late': return 'got nothing: the log could not be sealed in time';
  }
};
