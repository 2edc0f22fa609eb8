import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { smtpDialogue } from '../../../test/fixtures/smtp-dialogue.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { closeIntakes, envelope, intake, mail, secured, tls, transport } from './intake.fixture.js';

afterEach(closeIntakes);

describe('mail over TLS', () => {
  test('takes a mail byte for byte and answers 250 with its id', async () => {
    const hub = await intake();
    const raw = 'Subject: zaak 9901-1\r\n\r\n.een punt vooraan\r\n..twee\r\nslot\r\n';
    const sent = await transport(hub.port).sendMail(mail(raw));
    expect(sent.response).toBe('250 2.6.0 accepted M1');
    const [first] = hub.received;
    expect(first?.raw.toString()).toBe(raw);
    expect(first).toMatchObject({ from: 'meldkamer@politie.example', to: ['intake@sluis.example'], remote: { address: '127.0.0.1', tlsVersion: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' } });
  });

  test('takes several mails over one connection, one after the other', async () => {
    const hub = await intake();
    const pool = transport(hub.port, { pool: true, maxConnections: 1 });
    await Promise.all(['a', 'b', 'c'].map((text) => pool.sendMail(mail(`${text}\r\n`))));
    pool.close();
    expect(hub.received.map((one) => one.raw.toString())).toEqual(['a\r\n', 'b\r\n', 'c\r\n']);
  });

  test('takes a bounce, which has no sender', async () => {
    const hub = await intake();
    await transport(hub.port).sendMail({ ...mail('x\r\n'), envelope: { from: '', to: 'intake@sluis.example' } });
    expect(hub.received[0]?.from).toBe('');
  });

  test.each([
    ['TLSv1.1', undefined],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-SHA'],
    ['TLSv1.2', 'DHE-RSA-AES256-GCM-SHA384'],
  ])('refuses the handshake of %s with %s', async (version, ciphers) => {
    const hub = await intake();
    const weak = { ca: tls.ca, servername: 'localhost', minVersion: version, maxVersion: version, ciphers: `${ciphers ?? 'ALL'}:@SECLEVEL=0` };
    await expect(transport(hub.port, { tls: weak }).sendMail(mail('x\r\n'))).rejects.toMatchObject({ code: expect.stringMatching(/ETLS|ESOCKET|ECONNECTION/) });
    expect(hub.received).toHaveLength(0);
  });

  test('tells which mail was answered, and not one whose sender had gone', async () => {
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => { go = resolve; });
    const hub = await intake({ receive: async ({ raw }) => { if (raw.includes('wacht')) await held; return { kind: 'accepted', id: raw.includes('wacht') ? 'gone' : 'there' }; } });
    await transport(hub.port).sendMail(mail('gewoon\r\n'));
    const peer = await secured(hub.port);
    await envelope(peer);
    void peer.send('wacht\r\n.\r\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    peer.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    go();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(hub.answered).toEqual(['there']);
  });

  test('takes TLS 1.2 with a sufficient suite', async () => {
    const hub = await intake();
    await transport(hub.port, { tls: { ca: tls.ca, servername: 'localhost', maxVersion: 'TLSv1.2' } }).sendMail(mail('x\r\n'));
    expect(hub.received[0]?.remote).toMatchObject({ tlsVersion: 'TLSv1.2', cipher: 'ECDHE-ECDSA-CHACHA20-POLY1305' });
  });
});

describe('a renewed certificate', () => {
  test('is shown from the next connection on, and the floor of TLS stays', async () => {
    const hub = await intake();
    const next = tlsFixture('localhost');
    await transport(hub.port).sendMail(mail('oud\r\n'));
    hub.renewTls(next);
    await expect(transport(hub.port).sendMail(mail('x\r\n'))).rejects.toMatchObject({ code: 'ESOCKET' });
    await transport(hub.port, { tls: { ca: next.ca, servername: 'localhost' } }).sendMail(mail('nieuw\r\n'));
    const weak = { ca: next.ca, servername: 'localhost', minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
    await expect(transport(hub.port, { tls: weak }).sendMail(mail('x\r\n'))).rejects.toThrow();
    expect(hub.received.map((one) => one.raw.toString())).toEqual(['oud\r\n', 'nieuw\r\n']);
  });
});

describe('before TLS', () => {
  test('MAIL is refused until STARTTLS', async () => {
    const hub = await intake();
    const peer = await smtpDialogue(hub.port);
    expect(await peer.reply()).toBe('220 sluis.example ESMTP');
    const features = await peer.say('EHLO politie.example');
    expect(features).toContain('STARTTLS');
    expect(features).toContain('SIZE 58720256');
    expect(features).not.toMatch(/AUTH|CHUNKING|XCLIENT|VRFY|127\.0\.0\.1/);
    expect(await peer.say('MAIL FROM:<meldkamer@politie.example>')).toMatch(/^530 5\.7\.0 /);
    expect(await peer.say('RCPT TO:<intake@sluis.example>')).toMatch(/^503/);
    expect(await peer.say('DATA')).toMatch(/^503/);
    peer.close();
  });

  test('commands sent behind STARTTLS in clear are thrown away (CVE-2011-0411)', async () => {
    const hub = await intake();
    const peer = await smtpDialogue(hub.port);
    await peer.reply();
    await peer.startTls(tls.ca, 'EHLO aanvaller.example\r\nMAIL FROM:<aanvaller@example.org>\r\nRCPT TO:<intake@sluis.example>\r\n');
    expect(await peer.say('DATA')).toMatch(/^503/);
    expect(await peer.say('EHLO politie.example')).toMatch(/^250-sluis\.example/);
    expect(await peer.say('RCPT TO:<intake@sluis.example>')).toMatch(/^503/);
    await envelope(peer);
    expect(await peer.say('x\r\n.')).toMatch(/^250/);
    expect(peer.rest()).toBe('');
    expect(hub.received[0]?.from).toBe('meldkamer@politie.example');
    peer.close();
  });

  test.each(['AUTH PLAIN AGEAYg==', 'VRFY intake', 'EXPN intake', 'HELP', 'XCLIENT ADDR=10.0.0.1', 'WIZ', 'BDAT 5 LAST'])('%s does not exist', async (command) => {
    const hub = await intake();
    const peer = await secured(hub.port);
    expect(await peer.say(command)).toMatch(/^500 /);
    peer.close();
  });
});

describe('smuggling', () => {
  const second = 'MAIL FROM:<vals@politie.example>\r\nRCPT TO:<intake@sluis.example>\r\nDATA\r\nvals\r\n.\r\n';
  test.each([
    ['<LF>.<LF>', `een\n.\n${second}`],
    ['<LF>.<CRLF>', `een\n.\r\n${second}`],
    ['<CRLF>.<LF>', `een\r\n.\n${second}`],
    ['<CR>.<CR>', `een\r.\r${second}`],
    ['<CR>.<CRLF>', `een\r.\r\n${second}`],
    ['<CRLF>.<CR>', `een\r\n.\r${second}`],
    ['<CRLF><NUL>.<CRLF> is content', null],
    ['a bare LF in a line', 'een\ntwee\r\n.\r\n'],
    ['a bare CR in a line', 'een\rtwee\r\n.\r\n'],
  ])('%s never ends the mail', async (_name, content) => {
    const hub = await intake();
    const peer = await secured(hub.port);
    await envelope(peer);
    if (content === null) {
      expect(await peer.say('een\r\n\0.\r\ntwee\r\n.')).toMatch(/^250/);
      expect(hub.received.map((one) => one.raw.toString())).toEqual(['een\r\n\0.\r\ntwee\r\n']);
    } else {
      await peer.send(content);
      expect(await peer.reply()).toBe('550 5.6.0 line ends must be CRLF');
      expect(await peer.reply()).toBe('closed');
      expect(hub.received).toHaveLength(0);
      expect(hub.refusals).toContain('bare-newline');
    }
    peer.close();
  });

  test('the same bytes one at a time give the same answer', async () => {
    const hub = await intake();
    const peer = await secured(hub.port);
    await envelope(peer);
    for (const byte of `een\n.\r\n${second}`) await peer.send(byte);
    expect(await peer.reply()).toBe('550 5.6.0 line ends must be CRLF');
    expect(hub.received).toHaveLength(0);
    peer.close();
  });

  test('a command that ends in a bare LF starts no mail', async () => {
    const hub = await intake();
    const peer = await secured(hub.port);
    await peer.send('MAIL FROM:<meldkamer@politie.example>\n');
    expect(await peer.reply()).toMatch(/^550 5\.6\.0/);
    expect(await peer.reply()).toBe('closed');
    peer.close();
  });
});

describe('limits', () => {
  test('a mail that says it is too large is refused before it is sent', async () => {
    const hub = await intake({ sizeMaxBytes: 1_000 });
    const peer = await secured(hub.port);
    expect(await peer.say('MAIL FROM:<meldkamer@politie.example> SIZE=1001')).toMatch(/^552/);
    peer.close();
  });

  test('a mail that turns out too large is drained and refused, and does not fill the memory', async () => {
    const hub = await intake({ sizeMaxBytes: 1024 * 1024 });
    const peer = await secured(hub.port);
    await envelope(peer);
    const line = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(1024));
    let peak = 0;
    // What is held, and not what both sides of this process wait to give back; looked at now and then, as it takes all of the heap.
    setFlagsFromString('--expose-gc');
    const giveBack = runInNewContext('gc') as () => void;
    const mebibytes = 200;
    for (let sent = 1; sent <= mebibytes; sent += 1) {
      await peer.send(line);
      if (sent % 10 !== 0) continue;
      giveBack();
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }
    expect(await peer.say('.')).toBe('552 5.3.4 mail too large');
    // Half of it: the sender is in this process too, and on a busy machine tens of MiB are between its socket and ours.
    expect(peak).toBeLessThan((mebibytes / 2) * 1024 * 1024);
    await envelope(peer);
    expect(await peer.say('klein\r\n.')).toMatch(/^250/);
    peer.close();
  });

  const largeBytes = 7_800_000;
  const announcements: readonly (readonly [string, string])[] = [['as large as it is', ` SIZE=${largeBytes}`], ['smaller than it is', ' SIZE=300000'], ['nothing', '']];
  test.each(announcements)('a large mail comes through whole when its sender announced %s', async (_, size) => {
    const large = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(largeBytes / 78));
    const hub = await intake();
    const peer = await secured(hub.port);
    expect(await peer.say(`MAIL FROM:<meldkamer@politie.example>${size}`)).toMatch(/^250/);
    expect(await peer.say('RCPT TO:<intake@sluis.example>')).toMatch(/^250/);
    expect(await peer.say('DATA')).toMatch(/^354/);
    await peer.send(large);
    expect(await peer.say('.')).toMatch(/^250/);
    expect(hub.received.map(({ raw }) => large.equals(raw))).toEqual([true]);
    peer.close();
  });

  test('large mails are received one after another, small ones at once, and room is given back when the flow took the bytes', async () => {
    const sizes: number[] = [];
    let busy = 0;
    let most = 0;
    const hub = await intake({
      largeFromBytes: 100_000,
      heldMaxBytes: 1_000_000,
      receive: async ({ raw }) => {
        sizes.push(raw.length);
        // As the threads do: the bytes are handed over, and the intake has an empty view of them.
        const taken = structuredClone(raw, { transfer: raw.length > 100_000 && raw.buffer instanceof ArrayBuffer ? [raw.buffer] : [] });
        busy += taken.length > 100_000 ? 1 : 0;
        most = Math.max(most, busy);
        await pause(50);
        busy -= taken.length > 100_000 ? 1 : 0;
        return { kind: 'accepted', id: `${sizes.length}` };
      },
    });
    const client = transport(hub.port);
    const body = (bytes: number) => mail(`${'x'.repeat(76)}\r\n`.repeat(Math.ceil(bytes / 78)));
    for (let times = 0; times < 3; times += 1) await Promise.all([300_000, 300_000, 300_000, 1_000, 1_000].map((bytes) => client.sendMail(body(bytes))));
    expect(sizes).toHaveLength(15);
    expect(most).toBe(1);
    client.close();
  });

  test('mails that together do not fit are asked to come back', async () => {
    const hub = await intake({ heldMaxBytes: 1_000 });
    const peer = await secured(hub.port);
    await envelope(peer);
    expect(await peer.say(`${'x'.repeat(1_500)}\r\n.`)).toBe('452 4.3.1 busy, try again later');
    await envelope(peer);
    expect(await peer.say(`${'x'.repeat(900)}\r\n.`)).toMatch(/^250/);
    await envelope(peer);
    expect(await peer.say(`${'x'.repeat(900)}\r\n.`)).toMatch(/^250/);
    peer.close();
  });

  test('at most ten recipients, all of them ours', async () => {
    const hub = await intake();
    const peer = await secured(hub.port);
    await peer.say('MAIL FROM:<meldkamer@politie.example>');
    expect(await peer.say('RCPT TO:<iemand@elders.example>')).toBe('550 5.1.1 no such address here');
    for (let number = 1; number <= 10; number += 1) expect(await peer.say(`RCPT TO:<intake${number}@sluis.example>`)).toMatch(/^250/);
    expect(await peer.say('RCPT TO:<intake11@sluis.example>')).toMatch(/^452/);
    peer.close();
  });

  test('a command line that does not end is cut', async () => {
    const hub = await intake();
    const peer = await secured(hub.port);
    await peer.send(`NOOP ${'x'.repeat(2_000)}`);
    expect(await peer.reply()).toMatch(/^421/);
    expect(await peer.reply()).toBe('closed');
  });

  test('commands do not go on for ever', async () => {
    const hub = await intake({ commandsMaxBytes: 300 });
    const peer = await secured(hub.port);
    for (let number = 0; number < 60; number += 1) await peer.send('NOOP\r\n');
    let last = await peer.reply();
    while (last.startsWith('250')) last = await peer.reply();
    expect(last).toBe('421 4.7.0 too many commands');
    expect(hub.refusals).toContain('too-many-commands');
  });

  test('too many connections from one address are told to come back', async () => {
    const hub = await intake({ connectionsPerAddressMax: 2 });
    const peers = [await smtpDialogue(hub.port), await smtpDialogue(hub.port)];
    for (const peer of peers) expect(await peer.reply()).toMatch(/^220/);
    const third = await smtpDialogue(hub.port);
    expect(await third.reply()).toMatch(/^421 4\.3\.2 too many connections/);
    for (const peer of peers) peer.close();
    // The hub hears of it in its own time; whoever is too early is told to come back once more.
    let greeting = '421';
    while (greeting.startsWith('421')) {
      const fourth = await smtpDialogue(hub.port);
      greeting = await fourth.reply();
      fourth.close();
    }
    expect(greeting).toMatch(/^220/);
  });

  test('a handshake that is never finished is cut', async () => {
    const hub = await intake({ secureDeadlineMs: 400 });
    const socket = connect(hub.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    setTimeout(() => socket.write('EHLO x\r\nSTARTTLS\r\n'), 200);
    await once(socket, 'close');
    expect(hub.refusals).toEqual(['too-slow']);
  });

  test('a mail that trickles is cut at the deadline, however busy it looks', async () => {
    const hub = await intake({ mailDeadlineMs: 500 });
    const peer = await secured(hub.port);
    await envelope(peer);
    const trickle = setInterval(() => void peer.send('x'), 20);
    expect(await peer.reply()).toBe('421 4.4.2 timeout');
    clearInterval(trickle);
    expect(hub.received).toHaveLength(0);
    peer.close();
  });

  test('silence is cut', async () => {
    const hub = await intake({ idleMs: 300 });
    const peer = await secured(hub.port);
    expect(await peer.reply()).toMatch(/^421/);
    peer.close();
  });
});
