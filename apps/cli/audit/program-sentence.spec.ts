import { expect, test } from '@jest/globals';
import type { HttpRead } from '@ketensluis/flow';
import { programSentence } from './program-sentence.js';

const look: HttpRead = {
  seq: 1, at: new Date('2026-03-01T12:00:00.000Z'), way: 'reader', reader: { name: 'Auditdienst', role: 'auditor', oin: null }, question: 'bundle', archive: null, first: 256, last: null,
  entryId: null, outcome: 'given', count: 12, trace: null,
};
const court: HttpRead['reader'] = { name: 'Rechtbank Noorderwaard', role: 'party', oin: '00000001900000000301' };
const byFeed = { way: 'feed', question: 'feed', reader: court } as const;

test.each<readonly [Partial<HttpRead>, string]>([
  [{}, 'Auditdienst (auditor), by a token of the reader list, asked for all entries from 256 and was shown 12'],
  [{ way: 'api', question: 'own', reader: court, first: 0, count: 3, trace: 'ab'.repeat(16) }, `Rechtbank Noorderwaard (party 00000001900000000301), by the API, asked for its own entries from 0 and was shown 3; trace ${'ab'.repeat(16)}`],
  [{ way: 'api', question: 'entry', reader: court, entryId: 'x', outcome: 'refused', count: 0 }, 'Rechtbank Noorderwaard (party 00000001900000000301), by the API, asked for the entry x and was refused'],
  [{ question: 'bundle', first: null, outcome: 'absent' }, 'Auditdienst (auditor), by a token of the reader list, asked for all entries from beyond the log and there was no such thing'],
  [{ ...byFeed, first: 4, last: 9, count: 2 }, 'Rechtbank Noorderwaard (party 00000001900000000301), by its feed, asked for what is new in its feed and was shown the places 4 to 9, 2 of them for the first time'],
  [{ ...byFeed, first: 1, last: 0, count: 0 }, 'Rechtbank Noorderwaard (party 00000001900000000301), by its feed, asked for what is new in its feed and was shown an empty page'],
  [{ ...byFeed, archive: 2, outcome: 'same' }, 'Rechtbank Noorderwaard (party 00000001900000000301), by its feed, asked for archive 2 of its feed and had it already'],
  [{ ...byFeed, outcome: 'late' }, 'Rechtbank Noorderwaard (party 00000001900000000301), by its feed, asked for what is new in its feed and got nothing: the log could not be sealed in time'],
])('%j is one sentence', (change, sentence) => expect(programSentence({ ...look, ...change })).toBe(sentence));
