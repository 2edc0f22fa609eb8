import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited } from '../harness/console.js';
import { untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';

describe('the monitor of a municipality', () => {
  let hub: TestHub;
  let desk: TestConsole;
  beforeAll(async () => {
    hub = await openRegion();
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
    for (let count = 0; count < 5; count += 1) {
      const situation = openSituation(hub);
      await situation.send('huisverbod.aangezegd', 'waterveen');
      await situation.send('huisverbod.opgelegd', 'waterveen', { mondeling_aangezegd: true, mondelinge_aanzegging: { aangezegd_op: '@+0:00', aangezegd_door: 'Piketambtenaar' }, ...(count === 0 ? { raadsman_wens: { gewenst: true, gewenst_op: '@+0:15' } } : {}) });
      if (count === 0) await situation.send('huisverbod.ingetrokken', 'waterveen');
    }
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  const officer = (party: string = oin.waterveen) => desk.as('municipality-officer', party);
  const answerOf = ({ html }: Visited, question: string): string | undefined => new RegExp(`data-head="Vraag">${question}</td>.*?data-head="Aantal">([^<]*)<`, 's').exec(html)?.[1];

  test('counts a ban told and then written once, hides small numbers, shows none as none, and says how it counts', async () => {
    const page = await (await officer()).get('/monitor');
    expect([page.status, answerOf(page, '1'), answerOf(page, '3'), answerOf(page, '4'), answerOf(page, '10')]).toEqual([200, '5', 'minder dan 5', 'minder dan 5', '0']);
    expect(page.text).toContain('Eerst mondeling en later op schrift telt als één.');
    const csv = await (await officer()).get('/monitor/csv');
    expect(csv.headers.get('content-disposition')).toMatch(/monitor-huisverbod-20\d\d-[12]\.csv/);
    expect(csv.html).toMatch(/1;Opgelegde huisverboden;5;/);
    expect(csv.html).toMatch(/4;Ingetrokken huisverboden;minder dan 5;/);
  });

  test('says nothing of another municipality, of a period that overlaps, or to another role', async () => {
    const theirs = await (await officer(oin.hoogland)).get('/monitor');
    expect(theirs.text).toContain('is niets gebeurd dat telt');
    expect((await (await officer()).get('/monitor?halfjaar=2026-10')).status).toBe(404);
    expect((await (await officer()).get('/monitor?halfjaar=2001-1')).status).toBe(404);
    expect((await (await desk.as('case-worker', oin.veiligThuis)).get('/monitor')).status).toBe(403);
  });

  test('says of an older half year that something is gone', async () => {
    const year = hub.now().getUTCFullYear() - 2;
    expect((await (await officer()).get(`/monitor?halfjaar=${year}-1`)).text).toContain('Van dit halfjaar is al iets vernietigd');
  });
});
