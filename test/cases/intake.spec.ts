import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readIdentity } from '@ketensluis/platform';
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expiredBefore, makePracticePki } from '../../certs/practice.js';
import { practicePdf } from '../../apps/practice/pdf.js';
import { documentOf } from '../../apps/practice/script.js';
import { encryptFor } from '../../libs/mail/cms/enveloped.js';
import { signData } from '../../libs/mail/cms/sign.js';
import type { Reply, TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin, underMandate } from './steps.js';

const hovj = 'hovj-1@politie.example';
const crlf = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'));
const headers = (from: string): string => `From: ${from}\nTo: hub@ketensluis.example\nSubject: huisverbod\nMessage-ID: <${crypto.randomUUID()}@politie.example>\nMIME-Version: 1.0\n`;
const wrapped = (type: string, der: Uint8Array): string =>
  `Content-Type: application/pkcs7-mime; smime-type=${type}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n${Buffer.from(der).toString('base64').replace(/.{1,76}/g, '$&\n')}`;
const letter = crlf('Content-Type: text/plain; charset=utf-8\n\nHuisverbod Uithuizer, zie bijlage.\n');

describe('a mail that does not prove what it says', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  /** Refused with one text for every reason; the reason stands in the log, and nothing of the mail anywhere else. */
  const expectRefused = async (reply: Reply, code: string, from: string | undefined): Promise<void> => {
    expect([reply.code, reply.text]).toEqual([550, `5.7.1 message not accepted, reference ${reply.id}`]);
    const entry = (await hub.entries()).find(({ id }) => id === reply.id);
    expect([entry?.kind, entry?.code, entry?.from]).toEqual(['refusal', code, from]);
    expect(await hub.stateOf(reply.id)).toBeNull();
  };
  const order = (): { readonly situation: Situation; readonly step: ReturnType<Situation['step']> } => {
    const situation = openSituation(hub);
    return { situation, step: situation.step('huisverbod.opgelegd', 'hovj1', underMandate) };
  };

  test('the same mail a second time is refused as a replay, and nobody gets anything twice', async () => {
    const { situation, step } = order();
    const raw = await hub.seal(step, situation.start);
    expect((await hub.submit(raw, hovj)).code).toBe(250);
    await hub.settle();
    await expectRefused(await hub.submit(raw, hovj), 'replayed', oin.police);
    await hub.settle();
    expect((await situation.received('veilig-thuis-noorderwaard')).length).toBe(1);
  });

  test('the same message signed anew is a replay too', async () => {
    const { situation, step } = order();
    const { document, files } = documentOf(step, situation.start, hub.now());
    const attachments = [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files];
    expect((await hub.submit(await hub.seal(step, situation.start, { attachments }), hovj)).code).toBe(250);
    await expectRefused(await hub.submit(await hub.seal(step, situation.start, { attachments }), hovj), 'replayed', oin.police);
  });

  test('copies at the same moment, before any was answered, are one message and say so', async () => {
    const { situation, step } = order();
    const raw = await hub.seal(step, situation.start);
    const replies = await Promise.all([hub.submit(raw, hovj), hub.submit(raw, hovj), hub.submit(raw, hovj)]);
    const taken = replies.filter(({ code }) => code === 250);
    expect(taken.length).toBeGreaterThan(0);
    // A copy that came after the first answer is a replay; all that were taken bear one id.
    expect(new Set(taken.map(({ text }) => text)).size).toBe(1);
    expect(replies.every(({ code }) => code === 250 || code === 550)).toBe(true);
  });

  test('a sender that lost our answer sends the same mail again and is told it was taken', async () => {
    const { situation, step } = order();
    const raw = await hub.seal(step, situation.start);
    const first = await hub.submit(raw, hovj);
    await hub.settle();
    // As after a crash between storing and answering: nothing says that the answer went out. It is written down after it went.
    const isWritten = async (): Promise<boolean> => (await hub.hub.pool.query('select from message where id = $1 and answered_at is not null', [first.id])).rowCount === 1;
    while (!(await isWritten())) await new Promise((resolve) => setTimeout(resolve, 20));
    await hub.hub.pool.query('update message set answered_at = null');
    expect(await hub.submit(raw, hovj)).toEqual(first);
  });

  test('From names somebody else than the signer', async () => {
    const { situation, step } = order();
    await expectRefused(await hub.submit(await hub.seal(step, situation.start, { from: 'huisverbod@waterveen.example' }), hovj), 'wrong-from', undefined);
  });

  test('in plain text', async () => {
    await expectRefused(await hub.submit(Buffer.concat([crlf(headers(hovj)), letter]), hovj), 'not-encrypted', undefined);
  });

  test('signed but not encrypted', async () => {
    const der = signData({ content: letter, detached: false, signer: await hub.keysOf('politie-noorderwaard-hovj-1'), at: hub.now() });
    await expectRefused(await hub.submit(crlf(headers(hovj) + wrapped('signed-data', der)), hovj), 'not-encrypted', undefined);
  });

  test('encrypted but not signed', async () => {
    const der = encryptFor({ content: letter, certificates: [hub.chain.identity.encrypt.certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' });
    await expectRefused(await hub.submit(crlf(headers(hovj) + wrapped('authEnveloped-data', der)), hovj), 'not-signed', undefined);
  });

  test('signed by a certificate of an authority nobody here knows', async () => {
    const directory = await mkdtemp(join(hub.practiceFolder, 'vreemd-'));
    await makePracticePki({ directory, at: hub.now(), parties: [{ id: 'vreemd', address: hovj, name: 'Politie Noorderwaard', keys: 'p-256' }] });
    const { sign } = await readIdentity(hovj, join(directory, 'vreemd'));
    const { situation, step } = order();
    await expectRefused(await hub.submit(await hub.seal(step, situation.start, { signer: sign }), hovj), 'unknown-signer', undefined);
  });

  test('signed with a certificate that ended yesterday', async () => {
    await makePracticePki({ directory: hub.practiceFolder, at: hub.now(), parties: [{ id: 'oude-pas', address: hovj, name: 'Politie Noorderwaard', keys: 'p-256', validity: expiredBefore(hub.now()) }] });
    const { situation, step } = order();
    await expectRefused(await hub.submit(await hub.seal(step, situation.start, { signer: await hub.keysOf('oude-pas') }), hovj), 'unknown-signer', undefined);
  });

  test('signed with a certificate that is valid for the address and not one of those the party named', async () => {
    const police = await hub.document('party', 'politie-noorderwaard');
    if (police.kind !== 'party') throw new Error('no party');
    const own = createHash('sha256').update((await hub.keysOf('politie-noorderwaard-hovj-1')).certificate).digest('hex');
    await makePracticePki({ directory: hub.practiceFolder, at: hub.now(), parties: [{ id: 'nagemaakt', address: hovj, name: 'Politie Noorderwaard', keys: 'p-256' }] });
    const named = police.functions.map((post) => (post.code === 'hovj-1' ? { ...post, certificateSha256: [own] } : post));
    await hub.apply({ ...police, functions: named });
    const { situation, step } = order();
    await expectRefused(await hub.submit(await hub.seal(step, situation.start, { signer: await hub.keysOf('nagemaakt') }), hovj), 'unknown-certificate', undefined);
    expect((await hub.submit(await hub.seal(step, situation.start), hovj)).code).toBe(250);
    await hub.apply(police);
  });

  test('properly signed by somebody who is no party', async () => {
    const address = 'iemand@elders.example';
    await makePracticePki({ directory: hub.practiceFolder, at: hub.now(), parties: [{ id: 'iemand', address, name: 'Iemand Anders', keys: 'p-256' }] });
    const { situation, step } = order();
    await expectRefused(await hub.submit(await hub.seal(step, situation.start, { from: address, signer: await hub.keysOf('iemand') }), address), 'unknown-sender', undefined);
  });

  test('with another attachment than the document names, with one more, and with one missing', async () => {
    const { situation, step } = order();
    const { document, files } = documentOf(step, situation.start, hub.now());
    const message = { name: 'bericht.xml', contentType: 'application/xml', content: document };
    const other = { name: 'beschikking.pdf', contentType: 'application/pdf', content: practicePdf('Iets anders') };
    for (const attachments of [[message, other], [message, ...files, { ...other, name: 'extra.pdf' }], [message]]) {
      await expectRefused(await hub.submit(await hub.seal(step, situation.start, { attachments }), hovj), 'attachments-differ', oin.police);
    }
    expect((await hub.submit(await hub.seal(step, situation.start, { attachments: [message, ...files] }), hovj)).code).toBe(250);
  });

  test('without a document, or with two', async () => {
    const { situation, step } = order();
    const { document, files } = documentOf(step, situation.start, hub.now());
    const message = { name: 'bericht.xml', contentType: 'application/xml', content: document };
    for (const attachments of [files, [message, { ...message, name: 'nog-een.xml' }, ...files]]) {
      await expectRefused(await hub.submit(await hub.seal(step, situation.start, { attachments }), hovj), 'no-document', oin.police);
    }
  });

  test('while the database is away: the sender keeps the mail, and the same mail is taken and acted on afterwards', async () => {
    const { situation, step } = order();
    const raw = await hub.seal(step, situation.start);
    await hub.denyDatabase();
    const reply = await hub.submit(raw, hovj).finally(() => hub.allowDatabase());
    expect(reply.code).toBe(451);
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
    expect((await hub.submit(raw, hovj)).code).toBe(250);
    await hub.settle();
    expect((await situation.received('veilig-thuis-noorderwaard')).length).toBe(1);
    expect((await situation.received('politie-noorderwaard')).length).toBe(1);
  });
});
