import { createRegister, deskStore, movePracticeClock, practiceBehaviours, setPracticeBehaviour, type Configuration } from '@ketensluis/platform';
import type pg from 'pg';
import type { PracticeDesk } from '../console/practice/practice-desk.js';
import { mailboxBehaviours } from '../practice/mailbox/behaviour.js';
import { channelsNow, practiceChannels, switchChannel } from './practice-channel.js';
import { partyBehaviours, practiceDocuments, type Practice } from './practice.js';

const postMost = 10;

/** What the page of the practice chain does, by the same means as `ketensluis practice`. */
export const practiceDesk = (pool: pg.Pool, configuration: Pick<Configuration, 'dataFolder'>, { story, post }: { readonly story: Pick<Practice['story'], 'view' | 'playNext'> } & Pick<Practice, 'post'>): PracticeDesk => ({
  behaviours: partyBehaviours,
  parties: async () => {
    const [told, channels, documents] = await Promise.all([practiceBehaviours(pool), channelsNow(pool), practiceDocuments()]);
    return documents.flatMap((document) => {
      if (document.kind !== 'party' || document.channel === null) return [];
      const { key, name } = document;
      return [{ key, name, behaviour: told.get(key) ?? mailboxBehaviours[0], channel: channels.get(key)?.kind ?? null }];
    });
  },
  behave: (key, behaviour) => setPracticeBehaviour(pool, key, behaviour),
  channels: practiceChannels,
  reach: async (key, channel, by) => {
    const to = practiceChannels.find((one) => one === channel);
    if (to === undefined) throw new Error('bug: the page offers what is not there');
    await switchChannel(pool, await createRegister(pool, configuration), { key, to, by });
  },
  post: () => post(postMost),
  advance: async (ms) => {
    // Before the clock: whoever moved it by days would otherwise be signed out by it.
    await deskStore.createSessions(pool).carryAlong(ms);
    await movePracticeClock(pool, ms);
  },
  story: story.view,
  playNext: story.playNext,
});
