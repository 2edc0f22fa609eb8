import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, exactly } from './persons.js';
import { openRegion, openSituation } from './situation.js';
import { oin, underMandate } from './steps.js';

describe('a ban told by word of mouth by a hulpofficier under mandate', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());

  test('x', async () => {
    const situation = openSituation(hub);
    const told = await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    console.log(told.code, told.text, told.state, told.permits, told.holds, told.refusals);
    for (const party of hub.chain.mailboxes.keys()) for (const r of await situation.received(party)) console.log(party, r.rule, r.categories.join(), carried(r.text).join());
    console.log(await hub.duties(situation.number), exactly('C-ID'), oin.ggd);
    await hub.checkLog();
  });
});
