import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { smtpDialogue } from '../../../test/fixtures/smtp-dialogue.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import type { KeptMail, MailboxOptions } from './behaviour.js';
import { type Mailbox, startMailbox } from './server.js';

const tls = tlsFixture('localhost');
const expired = tlsFixture('localhost', -1);
let folder = '';
let mailbox: Mailbox;
const kept: KeptMail[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ketensluis-inbox-'));
  kept.length = 0;
});
afterEach(async () => {
  await mailbox.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(changes: Partial<MailboxOptions> = {}) {
  mailbox = await startMailbox({
    party: { id: 'veilig-thuis', address: 'wth@veilig-thuis.example', tls },
    expiredTls: expired,
    inboxDirectory: join(folder, 'inbox'),
    slowMs: 150,
    onMail: (mail) => kept.push(mail),
    ...changes,
  });
}

const raw = (id = '<d-1@sluis.example>') => `From: hub@sluis.example\r\nMessage-ID: ${id}\r\n\r\n.punt\r\ntekst\r\n`;
const send = (more: object = {}, text = raw()) =>
  createTransport({ host: '127.0.0.1', port: mailbox.port, requireTLS: true, tls: { ca: tls.ca, servername: 'localhost' }, ...more }).sendMail({
    envelope: { from: 'hub@sluis.example', to: 'wth@veilig-thuis.example' },
    raw: text,
  });
const inbox = async () => (await mailbox.inbox.mails()).map((mail) => mail.raw.toString());

describe('the mailbox of a practice party', () => {
  test('keeps the raw mail as a file before it says 250', async () => {
    await start({ now: () => new Date('2026-03-02T09:00:00.123Z') });
    const sent = await send();
    expect(sent.response).toBe('250 2.0.0 kept as 20260302T090000.123Z-d-1_sluis.example.eml');
    expect(readdirSync(join(folder, 'inbox'))).toEqual(['20260302T090000.123Z-d-1_sluis.example.eml']);
    expect(await inbox()).toEqual([raw()]);
    expect(kept).toEqual([{ file: '20260302T090000.123Z-d-1_sluis.example.eml', secure: true, from: 'hub@sluis.example', to: ['wth@veilig-thuis.example'] }]);
  });

  test('answers a mail it keeps also when the receipt for it cannot be signed', async () => {
    await start({ behaviour: 'signed', signReceipt: async () => { throw new Error('no key'); } });
    expect((await send()).response).toMatch(/^250 /);
    expect(await inbox()).toEqual([raw()]);
  });

  test('breaks off also when the mail cannot be kept', async () => {
    await start({ behaviour: 'drop-after-data', check: async () => { throw new Error('no disk'); } });
    await expect(send()).rejects.toThrow();
    expect(await inbox()).toEqual([]);
  });

  test('keeps a repeat as well, also in the same millisecond, in the order of arrival', async () => {
    await start({ now: () => new Date('2026-03-02T09:00:00.123Z') });
    await send({}, raw('<a@b>'));
    await send({}, raw('<a@b>'));
    await send({}, raw('<0@b>'));
    expect(await inbox()).toEqual([raw('<a@b>'), raw('<a@b>'), raw('<0@b>')]);
  });

  test.each([
    ['../../etc/passwd', 'etc_passwd'],
    ['', 'no-id'],
    ['<..>', 'no-id'],
    ['<a/b\\c:d@e>', 'a_b_c_d_e'],
  ])('a Message-ID %p cannot choose where the mail is kept', async (id, name) => {
    await start();
    await send({}, raw(id));
    expect(readdirSync(join(folder, 'inbox'))[0]).toMatch(new RegExp(`Z-${name}\\.eml$`));
  });

  test('takes mail for its own address only', async () => {
    await start();
    const other = { envelope: { from: 'hub@sluis.example', to: 'iemand@veilig-thuis.example' }, raw: raw() };
    const transport = createTransport({ host: '127.0.0.1', port: mailbox.port, requireTLS: true, tls: { ca: tls.ca, servername: 'localhost' } });
    await expect(transport.sendMail(other)).rejects.toMatchObject({ responseCode: 550 });
  });
});

describe('a mailbox that looks at what comes', () => {
  const proof = { leaf: Buffer.from('{}'), opening: Buffer.from('[]'), proof: Buffer.from('bewijs') };
  const at = () => new Date('2026-03-02T09:00:00.123Z');

  test('keeps the proof beside the mail, under the same name', async () => {
    await start({ now: at, check: async () => ({ kind: 'taken', proof }) });
    await send();
    const stem = '20260302T090000.123Z-d-1_sluis.example';
    expect(readdirSync(join(folder, 'inbox'))).toEqual([`${stem}.eml`]);
    expect(readdirSync(join(folder, 'proofs')).sort()).toEqual([`${stem}.leaf.json`, `${stem}.opening.json`, `${stem}.tlog-proof`]);
    expect(readFileSync(join(folder, 'proofs', `${stem}.tlog-proof`))).toEqual(proof.proof);
  });

  test.each(['normal', 'drop-after-data'] as const)('keeps what it refuses apart, with the reason (%s)', async (behaviour) => {
    await start({ now: at, behaviour, check: async () => ({ kind: 'refused', code: 554, text: '5.7.1 no proof' }) });
    await expect(send()).rejects.toMatchObject(behaviour === 'normal' ? { responseCode: 554, response: '554 5.7.1 no proof' } : {});
    expect(await inbox()).toEqual([]);
    expect(kept).toEqual([]);
    expect(readdirSync(join(folder, 'refused')).sort()).toEqual(['20260302T090000.123Z-d-1_sluis.example.eml', '20260302T090000.123Z-d-1_sluis.example.txt']);
  });

  test('keeps nothing of what it asks for again', async () => {
    await start({ check: async () => ({ kind: 'refused', code: 451, text: '4.7.0 not yet' }) });
    await expect(send()).rejects.toMatchObject({ responseCode: 451 });
    expect(readdirSync(folder)).toEqual(['inbox']);
  });
});

describe('misbehaviour', () => {
  test.each([
    ['4xx', 451],
    ['5xx', 554],
  ] as const)('%s refuses the whole mail and keeps nothing', async (behaviour, responseCode) => {
    await start({ behaviour });
    await expect(send()).rejects.toMatchObject({ responseCode });
    expect(await inbox()).toEqual([]);
  });

  test('drop-after-data keeps the mail and answers nothing', async () => {
    await start({ behaviour: 'drop-after-data' });
    await expect(send()).rejects.toMatchObject({ message: expect.not.stringMatching(/^\d{3}/) });
    expect(await inbox()).toEqual([raw()]);
  });

  test('slow waits before each answer', async () => {
    await start({ behaviour: 'slow' });
    const begun = performance.now();
    await send();
    expect(performance.now() - begun).toBeGreaterThan(500);
    expect(await inbox()).toEqual([raw()]);
  });

  test('no-tls does not offer STARTTLS, and shows it when somebody sends in clear', async () => {
    await start({ behaviour: 'no-tls' });
    await expect(send()).rejects.toMatchObject({ command: 'STARTTLS' });
    expect(await inbox()).toEqual([]);
    await send({ requireTLS: false, ignoreTLS: true });
    expect(kept.map((mail) => mail.secure)).toEqual([false]);
  });

  test('expired-certificate shows a certificate that has ended', async () => {
    await start({ behaviour: 'expired-certificate' });
    await expect(send({ tls: { ca: expired.ca, servername: 'localhost' } })).rejects.toMatchObject({ originalCode: 'CERT_HAS_EXPIRED' });
    await expect(startMailbox({ party: { id: 'x', address: 'x@x.example', tls }, inboxDirectory: folder, behaviour: 'expired-certificate' })).rejects.toThrow('no expired certificate');
  });

  test('can be changed while it runs, and back', async () => {
    await start();
    await send();
    mailbox.setBehaviour('5xx');
    await expect(send()).rejects.toMatchObject({ responseCode: 554 });
    mailbox.setBehaviour('no-tls');
    await expect(send()).rejects.toMatchObject({ command: 'STARTTLS' });
    mailbox.setBehaviour('normal');
    await send();
    expect(mailbox.behaviour()).toBe('normal');
    expect(await inbox()).toHaveLength(2);
  });

  test('a change of TLS ends connections that were kept open', async () => {
    await start();
    const peer = await smtpDialogue(mailbox.port);
    await peer.reply();
    await peer.startTls(tls.ca);
    await peer.say('EHLO hub.example');
    mailbox.setBehaviour('expired-certificate');
    expect(await peer.reply()).toMatch(/^421/);
    peer.close();
  });

  test('a sender that leaves half way leaves nothing', async () => {
    await start();
    const peer = await smtpDialogue(mailbox.port);
    await peer.reply();
    await peer.startTls(tls.ca);
    await peer.say('EHLO hub.example');
    await peer.say('MAIL FROM:<hub@sluis.example>');
    await peer.say('RCPT TO:<wth@veilig-thuis.example>');
    await peer.say('DATA');
    await peer.send('half\r\n');
    peer.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readdirSync(join(folder, 'inbox'))).toEqual([]);
  });
});
