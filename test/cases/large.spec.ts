import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readMessage, writeMessage } from '@ketensluis/contract';
import { createHash } from 'node:crypto';
import { documentOf } from '../../apps/practice/script.js';
import { attachmentBytesMax } from '../../libs/store/deliveries.js';
import type { Reply, TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin, underMandate } from './steps.js';

const hovj = 'hovj-1@politie.example';
const municipality = 'gemeente-waterveen';

// Every byte there is, and every kind of line end: nothing on the way may take it for text.
const pattern = Buffer.from([...Array.from({ length: 256 }, (_none, byte) => byte), 13, 10, 46, 13, 10, 10, 13, 13, 10, 0, 10]);
const fileOf = (sizeBytes: number): Buffer => Buffer.alloc(sizeBytes, pattern);

describe('a mail with a large file', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(async () => {
    hub.behave(municipality, 'normal');
    await hub.checkLog();
  });

  const sealed = async (situation: Situation, content: Buffer): Promise<Uint8Array> => {
    const step = situation.step('huisverbod.opgelegd', 'hovj1', underMandate);
    const read = readMessage(documentOf(step, situation.start, hub.now()).document, 'application/xml');
    if (read.kind === 'refused') throw new Error(read.detail);
    const file = { name: 'beschikking.pdf', mediaType: 'application/pdf', sha256: createHash('sha256').update(content).digest('hex'), sizeBytes: content.length, category: 'C-GROUND' } as const;
    const document = writeMessage({ ...read.message, attachments: [file] }, 'application/xml');
    const attachments = [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, { name: file.name, contentType: file.mediaType, content }];
    return hub.seal(step, situation.start, { attachments });
  };
  const send = async (situation: Situation, content: Buffer): Promise<Reply> => hub.submit(await sealed(situation, content), hovj);
  const fileReceived = async (situation: Situation): Promise<Uint8Array | undefined> =>
    (await situation.received(municipality)).at(-1)?.mail.parts.find(({ name }) => name === 'beschikking.pdf')?.content;

  test.each([1, 900_000, 1_048_548, 3_000_001])('of %d bytes is stored and comes out as it went in', async (sizeBytes) => {
    const situation = openSituation(hub);
    const content = fileOf(sizeBytes);
    expect((await send(situation, content)).code).toBe(250);
    await hub.settle();
    expect(content.equals((await fileReceived(situation)) ?? Buffer.alloc(0))).toBe(true);
    const { rows } = await hub.hub.pool.query('select from pg_largeobject_metadata');
    expect(rows).toHaveLength(0);
  });

  test('a second time is a replay, and leaves nothing behind', async () => {
    const situation = openSituation(hub);
    const raw = await sealed(situation, fileOf(2_000_000));
    expect((await hub.submit(raw, hovj)).code).toBe(250);
    await hub.settle();
    expect((await hub.submit(raw, hovj)).code).toBe(550);
    const { rows } = await hub.hub.pool.query("select octet_length(raw) as bytes from message where case_id in (select id from case_file where number = $1)", [situation.number]);
    expect(rows).toEqual([{ bytes: raw.length + 28 }]);
  });

  test('that was changed in the database does not leave', async () => {
    hub.behave(municipality, '4xx');
    const situation = openSituation(hub);
    const { id } = await send(situation, fileOf(2_000_000));
    await hub.settle();
    // Whoever owns the tables sets the trigger aside first.
    await hub.hub.pool.query('alter table attachment disable trigger attachment_is_not_overwritten');
    await hub.hub.pool.query("update attachment set body = overlay(body placing '\\x00010203'::bytea from 1500000) where message_id = $1", [id]);
    hub.behave(municipality, 'normal');
    await hub.advance(600_000);
    await hub.settle();
    expect(await situation.received(municipality)).toEqual([]);
    expect((await hub.tasks()).filter(({ kind }) => kind === 'log')).toHaveLength(1);
  });

  test('waits for the other large ones under way, and small ones do not wait for it', async () => {
    hub.behave(municipality, '4xx');
    const [large, small] = [openSituation(hub), openSituation(hub)];
    await send(large, fileOf(2_000_000));
    await small.send('huisverbod.opgelegd', 'hovj1', underMandate);
    const later = new Date(hub.now().getTime() + 600_000);
    const { mark } = await hub.hub.registers.current();
    const claim = (attachmentBytes: number) => hub.hub.store.deliveries.claimSealed(later, { most: 32, perParty: 8, underWay: new Map(), attachmentBytes, mark });
    const sizes = (claimed: Awaited<ReturnType<typeof claim>>) => claimed.filter(({ recipient }) => recipient === oin.waterveen).map(({ attachments }) => attachments[0]?.content.length);
    expect(sizes(await claim(attachmentBytesMax))).toEqual([expect.any(Number)]);
    expect(sizes(await claim(attachmentBytesMax))).toEqual([]);
    expect(sizes(await claim(attachmentBytesMax - 1))).toEqual([2_000_000]);
  });
});
