import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decisionsOf, isQuiet, messageState } from '@ketensluis/platform';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { practiceDesk } from '../../apps/cli/practice-desk.js';
import { practiceDocuments } from '../../apps/cli/practice.js';
import { openStory } from '../../apps/cli/practice-story.js';
import { playStep } from '../../apps/practice/story.js';
import { desk as practiceWords } from '../../apps/console/practice/words.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openTestHub, type TestHub } from '../harness/hub.js';

describe('the page of the practice chain', () => {
  let hub: TestHub;
  let desk: TestConsole;
  beforeAll(async () => {
    hub = await openTestHub();
    const directory = join(hub.practiceFolder, 'story');
    await mkdir(directory, { recursive: true });
    const parties = (await practiceDocuments()).flatMap((document) => (document.kind === 'party' ? [document] : []));
    const { pool } = hub.hub;
    const story = openStory({
      directory, now: hub.now,
      perform: (step, telling) => playStep(step, {
        ...telling, chain: hub.chain, parties, arrived: () => [],
        hub: { host: '127.0.0.1', port: hub.port, now: hub.now, isQuiet: () => isQuiet(pool, hub.now()), stateOf: (id) => messageState(pool, id), decisionsOf: (id) => decisionsOf(pool, id), deliveriesOf: async () => [] },
      }),
    });
    desk = await openTestConsole(hub, { practice: practiceDesk(pool, { dataFolder: join(hub.practiceFolder, '..') }, { story, post: async () => [] }) });
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  test('is there for everybody who practises, and nowhere else', async () => {
    expect((await (await desk.as('court-clerk', oin.court)).get('/oefening')).status).toBe(200);
    const earnest = await openTestConsole(hub);
    expect((await (await earnest.as('operator', null)).get('/oefening')).status).toBe(404);
    await earnest.close();
  });

  test('plays the story in a case of its own, step by step, and tells who got what', async () => {
    const visitor = await desk.as('operator', null);
    const first = await visitor.send(await visitor.get('/oefening'), '/oefening/stap', {});
    expect([first.status, first.at]).toEqual([200, '/oefening?gedaan=stap#verhaal']);
    expect(first.text).toContain('WV-2026-0002');
    expect(first.text).toContain('de hub bewaart het en antwoordt 250');
    expect(first.text).toContain('Stap 2 van 13:');
    const second = await visitor.send(first, '/oefening/stap', {});
    expect(second.text).toContain('huisverbod.aangezegd; de hub bewaart het');
    expect(second.text).toContain('de uithuisgeplaatste: wacht, iemand vertelt het zelf');
    expect(second.text).toContain('Stap 3 van 13:');
    const english = await fetch(new URL('/oefening', desk.url), { headers: { cookie: `${visitor.cookie}; __Host-taal=en` } });
    expect(await english.text()).toContain('the person who had to leave: held, to be told by hand');
  }, 60_000);

  test('moves the clock, and whoever is signed in stays so', async () => {
    const visitor = await desk.as('operator', null);
    const page = await visitor.send(await visitor.get('/oefening'), '/oefening/klok', { vooruit: 'd3' });
    expect(page.text).toContain('De klok staat vooruit');
    const { rows } = await hub.hub.pool.query<{ ahead_ms: string }>('select ahead_ms from practice_clock');
    expect(Number(rows[0]?.ahead_ms)).toBe(3 * 86_400_000);
    await hub.advance(3 * 86_400_000);
    expect((await visitor.get('/oefening')).status).toBe(200);
    expect((await visitor.get('/oefening')).text).toContain('T. Est');
    expect((await visitor.send(page, '/oefening/klok', { vooruit: 'eeuwig' })).text).not.toContain('De klok staat vooruit');
  });

  test('makes a party misbehave, and takes no party and no behaviour that is not there', async () => {
    const visitor = await desk.as('case-worker', oin.veiligThuis);
    const page = await visitor.get('/oefening');
    const set = await visitor.send(page, '/oefening/gedrag', { partij: 'rechtbank-noorderwaard', gedrag: '4xx' });
    expect(set.text).toContain('Nu niet: weigert voorlopig (4xx)');
    const { rows } = await hub.hub.pool.query('select party, behaviour from practice_behaviour');
    expect(rows).toEqual([{ party: 'rechtbank-noorderwaard', behaviour: '4xx' }]);
    const wrong = await visitor.send(set, '/oefening/gedrag', { partij: "'; drop table party", gedrag: '<b>' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Kies een partij uit de lijst.');
    expect(wrong.text).toContain('Kies een gedrag uit de lijst.');
  });

  test('has a word for every behaviour, in both languages', async () => {
    const behaviours = practiceDesk(hub.hub.pool, { dataFolder: '' }, { story: { view: () => Promise.reject(new Error('not asked')), playNext: () => Promise.reject(new Error('not asked')) }, post: async () => [] }).behaviours;
    for (const language of ['nl', 'en'] as const) expect(Object.keys(practiceWords(language).behaviours).sort()).toEqual([...behaviours].sort());
  });
});
