import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { changeOwnKey, makeOwnKey } from '@ketensluis/flow';
import { keyFiles, ownKeysFolder, type HttpServer } from '@ketensluis/platform';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';
import { certify } from '../../certs/certify.js';
import { smtpDialogue } from '../fixtures/smtp-dialogue.js';
import type { TestHub } from '../harness/hub.js';
import { callParty, clientKeys } from '../harness/party-call.js';
import { openRegion } from './situation.js';

const hubAddress = 'hub@ketensluis.example';

describe('the TLS key of servers that run', () => {
  let hub: TestHub;
  let http: HttpServer;
  let root: string;
  beforeAll(async () => {
    hub = await openRegion();
    http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
    root = readFileSync(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  });
  afterAll(async () => {
    await http.close();
    await hub.close();
  });
  afterEach(() => hub.checkLog());

  const shownOf = (socket: TLSSocket): string => {
    const certificate = socket.getPeerX509Certificate();
    socket.destroy();
    return fingerprint(certificate);
  };
  const fingerprint = (certificate: X509Certificate | undefined): string => certificate?.fingerprint256 ?? 'none';
  const secured = (socket: TLSSocket): Promise<TLSSocket> => new Promise((resolve, reject) => socket.once('secureConnect', () => resolve(socket)).once('error', reject));
  /** What a new connection to the port of the parties is shown. */
  const shownByHttps = async (): Promise<string> => shownOf(await secured(connectTls({ host: '127.0.0.1', port: http.port, servername: 'localhost', ca: root })));
  /** What a new connection to the intake is shown after STARTTLS. */
  const shownBySmtp = async (): Promise<string> => {
    const plain = connect({ host: '127.0.0.1', port: hub.port });
    const heard = async (): Promise<void> => new Promise((resolve, reject) => plain.once('data', () => resolve()).once('error', reject));
    await heard();
    for (const line of ['EHLO politie.example', 'STARTTLS']) {
      plain.write(`${line}\r\n`);
      await heard();
    }
    return shownOf(await secured(connectTls({ socket: plain, servername: 'localhost', ca: root })));
  };
  const ask = (agent: Agent): Promise<{ readonly status: number; readonly shown: string; readonly reused: boolean }> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', servername: 'localhost', port: http.port, path: '/nergens', ca: root, agent }, (answer) => {
        const shown = fingerprint('getPeerX509Certificate' in answer.socket && typeof answer.socket.getPeerX509Certificate === 'function' ? answer.socket.getPeerX509Certificate() : undefined);
        answer.resume().once('end', () => resolve({ status: answer.statusCode ?? 0, shown, reused: sent.reusedSocket }));
      });
      sent.once('error', reject).end();
    });

  test('is followed by the next: new connections are shown it, and those that are open go on', async () => {
    const ports = {
      clock: hub.hub.clock, ids: hub.hub.ids, trust: hub.hub.store.trust, provider: keyFiles(ownKeysFolder(join(hub.practiceFolder, '..', 'keys'))), believe: hub.hub.trust,
    };
    const before = await shownByHttps();
    expect(await shownBySmtp()).toBe(before);
    const mailing = await smtpDialogue(hub.port);
    await mailing.reply();
    await mailing.startTls(root);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(agent)).toMatchObject({ status: 404, shown: before });

    const made = await makeOwnKey({ role: 'tls', kind: 'p-256', organization: 'Ketensluis', address: hubAddress, hosts: ['localhost'] }, 'beheer-1', ports);
    if (made.kind === 'refused') throw new Error(made.detail);
    const publicKey = await ports.provider.publicKey(made.key.id);
    const certificates = await certify(hub.practiceFolder, { use: 'tls', name: 'Ketensluis', address: hubAddress, hosts: ['localhost'], publicKey }, hub.now());
    for (const step of [{ kind: 'announce', certificates } as const, { kind: 'activate', early: 'refused' } as const]) {
      expect(await changeOwnKey(made.key.id, step, 'beheer-1', ports)).toMatchObject({ kind: 'changed' });
    }
    const next = fingerprint(new X509Certificate(certificates[0] ?? new Uint8Array()));
    expect(next).not.toBe(before);
    for (let tries = 0; (await shownByHttps()) !== next; tries += 1) {
      if (tries > 500) throw new Error('the running server does not follow');
      await pause(20);
    }
    expect(await shownBySmtp()).toBe(next);

    // The same connections as before, not new ones.
    expect(await ask(agent)).toMatchObject({ status: 404, reused: true });
    expect(await mailing.say('EHLO politie.example')).toMatch(/^250-/);
    expect(await mailing.say('MAIL FROM:<hovj-1@politie.example>')).toMatch(/^250/);
    expect(await mailing.say(`RCPT TO:<${hubAddress}>`)).toMatch(/^250/);
    mailing.close();
    agent.destroy();
  }, 60_000);

  test('takes nothing away of what a connection must be: TLS 1.2 at least, and a client certificate is asked for', async () => {
    const place = { port: http.port, root };
    await expect(callParty(place, '/nergens', { tls: { maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } })).rejects.toThrow();
    const keys = await clientKeys(hub.practiceFolder, 'veilig-thuis-noorderwaard');
    expect((await callParty(place, '/api/v1/abonnementen', { as: keys })).status).toBe(200);
    expect((await callParty(place, '/api/v1/abonnementen')).status).toBe(401);
    // A session that is resumed would have no chain to judge.
    const first = connectTls({ host: '127.0.0.1', port: http.port, servername: 'localhost', ca: root });
    let session: Buffer | undefined;
    first.on('session', (given) => void (session = given));
    first.write('GET /nergens HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    await new Promise((resolve) => first.resume().once('close', resolve));
    const again = await secured(connectTls({ host: '127.0.0.1', port: http.port, servername: 'localhost', ca: root, ...(session === undefined ? {} : { session }) }));
    expect(again.isSessionReused()).toBe(false);
    again.destroy();
  });
});
