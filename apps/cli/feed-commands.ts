import { feedState, type FeedState } from '@ketensluis/platform';
import type { Command } from 'commander';
import { withDatabase } from './place.js';
import { say } from './terminal.js';

/** `ketensluis feed status`: what stands in the feeds of the parties, and how far the public case-law feed was read. */
export const addFeedCommands = (program: Command): void => {
  program.command('feed').description('feeds that parties read by themselves, and the public feed of rulings')
    .command('status').description('items, what is not read yet, the last look, and the ECLIs that were linked').option('--json', 'as JSON')
    .action(({ json }: { readonly json?: boolean }) => withDatabase(async (pool, { caseLawUrl }) => {
      const state = await feedState(pool);
      if (json === true) return say(JSON.stringify({ ...state, publicFeed: caseLawUrl }, null, 2));
      linesOf(state, caseLawUrl).forEach(say);
    }));
};

const day = (at: Date | null): string => at?.toISOString() ?? 'never';

const linesOf = ({ feeds, published }: FeedState, caseLawUrl: string | null): readonly string[] => [
  ...(feeds.length === 0 ? ['No party has a feed yet: give one the channel { kind: feed }.'] : []),
  ...feeds.map(({ party, items, unread, newestAt, lastRead, late }) =>
    `${party}  ${items} items, ${unread} not shown yet, newest ${day(newestAt)}, last look ${day(lastRead)}${late === 0 ? '' : `, ${late} looks got nothing because the log was not sealed in time`}`),
  caseLawUrl === null ? 'The public case-law feed is not read: KETENSLUIS_CASE_LAW_URL is not set.' : `The public case-law feed is read from ${caseLawUrl}`,
  ...(published === null ? [] : [
    `    seen up to ${published.seenTo.toISOString()}, last look ${published.polledAt.toISOString()}${published.problem === null ? '' : `, which failed: ${published.problem}`}`,
    `    ${published.seen} entries seen, ${published.linked} linked to a ruling, ${published.questions} for a person to look at`,
  ]),
];
