import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { documentOf } from '../../apps/practice/script.js';
import type { TestHub } from '../harness/hub.js';
import { carried, carriedBesideHome, exactly } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { forChildAbuse, oin } from './steps.js';

/** The document of a step with one moment replaced after it was checked, as a careless or hostile sender would write it. */
const withMoment = async (hub: TestHub, situation: Situation, { step, from, to }: { step: ReturnType<Situation['step']>; from: string; to: string }) => {
  const { document, files } = documentOf(step, situation.start, hub.now());
  const text = Buffer.from(document).toString('utf8');
  const changed = text.replaceAll(`>${from}<`, `>${to}<`);
  expect(changed).not.toBe(text);
  const attachments = [{ name: 'bericht.xml', contentType: 'application/xml', content: Buffer.from(changed) }, ...files];
  return hub.submit(await hub.seal(step, situation.start, { attachments }), step.from);
};

/** The same time of day in the Netherlands some days and minutes later, as a document writes it. */
const wall = (start: Date, days: number, minutes = 0): string =>
  Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO('Europe/Amsterdam').add({ days }).add({ minutes })
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });

describe('a ban is extended', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('by the burgemeester on the ninth day, to four weeks: instance and police get the new end, household and man are told by hand', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    const extended = await situation.send('huisverbod.verlengd', 'waterveen');
    expect(extended).toMatchObject({ code: 250, state: 'applied', permits: { [oin.veiligThuis]: 'WTH-25b', [oin.police]: 'WTH-25d' }, holds: { UHG: 'outside-hub', PART: 'outside-hub' } });
    const [, instance] = await situation.received('veilig-thuis-noorderwaard');
    // Between order and extension comes the reminder that the ban was about to end.
    const [, , police] = await situation.received('politie-noorderwaard');
    expect(carriedBesideHome(instance?.text ?? '')).toEqual(exactly('C-ID', 'C-HH', 'C-REACH', 'C-ORDER', 'C-GROUND'));
    expect(carried(police?.text ?? '')).toEqual(exactly('C-ID', 'C-ADDR', 'C-HH', 'C-ORDER'));
    expect(police?.disclosure.fields['einde_op_nieuw']).toBe(wall(situation.start, 28));
    // Art. 9(1): he must hear of it before the running ban ends, which is a term of the law.
    expect(await situation.duty('E20:UHG')).toMatchObject({ authority: 'law', closedBy: null, dueAt: new Date(wall(situation.start, 10)) });
    expect((await situation.duty('E20:BM'))?.closedBy).toMatch(/^message:/);
  });

  test('for child abuse: Veilig Thuis gets it with the children', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen', forChildAbuse);
    await situation.moveTo({ days: 9, hours: 1 });
    const extended = await situation.send('huisverbod.verlengd', 'waterveen', { kindermishandeling: true });
    expect(extended.permits).toMatchObject({ [oin.veiligThuis]: 'WTH-25c' });
    const [, got] = await situation.received('veilig-thuis-noorderwaard');
    expect(carriedBesideHome(got?.text ?? '')).toEqual(exactly('C-ID', 'C-HH', 'C-MINOR', 'C-REACH', 'C-ORDER', 'C-GROUND'));
  });

  test('beyond four weeks after it was imposed: refused at the door, and the refusal is in the log', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    const step = situation.step('huisverbod.verlengd', 'waterveen');
    const reply = await withMoment(hub, situation, { step, from: wall(situation.start, 28), to: wall(situation.start, 28, 1) });
    expect(reply.code).toBe(550);
    expect(reply.text).toBe(`5.7.1 message not accepted, reference ${reply.id}`);
    expect((await hub.entries()).find(({ id }) => id === reply.id)).toMatchObject({ kind: 'refusal', from: oin.waterveen });
    expect((await situation.received('politie-noorderwaard')).map(({ rule }) => rule)).toEqual(['WTH-11', 'WTH-44']);
  });

  test('after it ran out: refused at the door when the document says so', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 10, hours: 1 });
    const step = situation.step('huisverbod.verlengd', 'waterveen', { verlengd_op: '@+9d' });
    const reply = await withMoment(hub, situation, { step, from: wall(situation.start, 9), to: wall(situation.start, 10, 30) });
    expect(reply.code).toBe(550);
  });

  test('after it ended by withdrawal: the case refuses it, the sender becomes a task, and nobody is told of a longer ban', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('huisverbod.ingetrokken', 'waterveen', { reden: 'gevaar-geweken' });
    await situation.moveTo({ days: 9, hours: 1 });
    const extended = await situation.send('huisverbod.verlengd', 'waterveen');
    expect(extended).toMatchObject({ code: 250, state: 'refused', cause: 'closed', decisions: [] });
    expect((await situation.received('politie-noorderwaard')).map(({ disclosure }) => disclosure.type)).not.toContain('huisverbod.verlengd');
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'refused-message', ref: extended.id }));
  });

  test('of another start than the case knows: the case refuses it, so that four weeks cannot be counted anew', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    expect(await situation.send('huisverbod.verlengd', 'waterveen', { opgelegd_op: '@+0:10' })).toMatchObject({ code: 250, state: 'refused', cause: 'other-start' });
  });

  test('by a hulpofficier: refused, in his own capacity by the document and in the name of the burgemeester by his signature', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    await expect(situation.send('huisverbod.verlengd', 'hovj1')).rejects.toThrow(/afzender/);
    const pretended = { ...situation.step('huisverbod.verlengd', 'hovj1'), afzender: { oin: oin.police, rol: 'BM' } };
    const reply = await hub.send(pretended, situation.start);
    expect(reply.code).toBe(550);
    expect((await hub.entries()).find(({ id }) => id === reply.id)).toMatchObject({ code: 'wrong-role', from: oin.police });
    const asMunicipality = { ...situation.step('huisverbod.verlengd', 'hovj1'), afzender: { oin: oin.waterveen, rol: 'BM' } };
    const second = await hub.send(asMunicipality, situation.start);
    expect((await hub.entries()).find(({ id }) => id === second.id)).toMatchObject({ code: 'wrong-sender', from: oin.police });
    expect((await situation.received('veilig-thuis-noorderwaard')).length).toBe(1);
  });

  test('twice: each time later, but an end that is not later is refused', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    expect(await situation.send('huisverbod.verlengd', 'waterveen', { einde_op_nieuw: '@+20d' })).toMatchObject({ state: 'applied' });
    expect(await situation.send('huisverbod.verlengd', 'waterveen', { einde_op_nieuw: '@+19d' })).toMatchObject({ state: 'refused', cause: 'not-later' });
    expect(await situation.send('huisverbod.verlengd', 'waterveen')).toMatchObject({ state: 'applied' });
  });
});
