import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bodyPace, type HttpServer } from '@ketensluis/platform';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { openRegion, openSituation } from '../../../test/cases/situation.js';
import type { TestHub } from '../../../test/harness/hub.js';
import { clientKeys, type ClientKeys } from '../../../test/harness/party-call.js';
import { postedOf } from '../../../test/harness/webhooks.js';
import { startPartyHttp } from './party-server.js';

describe('a body that comes slowly', () => {
  let hub: TestHub;
  let http: HttpServer;
  let root: string;
  let keys: ClientKeys;
  beforeAll(async () => {
    hub = await openRegion();
    http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
    root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
    keys = await clientKeys(hub.practiceFolder, 'gemeente-waterveen');
  }, 180_000);
  afterAll(async () => {
    await http.close();
    await hub.close();
  }, 60_000);

  const open = (length: number, path = '/api/v1/berichten'): { readonly socket: TLSSocket; readonly answered: Promise<string> } => {
    const socket = connect({ host: '127.0.0.1', port: http.port, ca: root, servername: 'localhost', ...keys });
    const chunks: Buffer[] = [];
    const answered = new Promise<string>((resolve) => {
      socket.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('error', () => undefined).once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\nidempotency-key: ${randomUUID()}\r\ncontent-length: ${length}\r\n\r\n`);
    return { socket, answered };
  };
  /** Sends so many bytes a second by the clock, however late this test comes round. */
  const pour = ({ socket }: { readonly socket: TLSSocket }, body: Buffer, perSecond: number): (() => void) => {
    const began = Date.now();
    let sent = 0;
    const timer = setInterval(() => {
      const upTo = Math.min(body.length, Math.ceil(((Date.now() - began) / 1_000) * perSecond));
      if (upTo > sent && socket.writable) socket.write(body.subarray(sent, upTo));
      sent = upTo;
    }, 200);
    return () => clearInterval(timer);
  };
  const posted = (bytes: number): Buffer => {
    const situation = openSituation(hub);
    const { bericht } = postedOf(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start, hub.now());
    const content = randomBytes(bytes);
    const named = { ...((bericht as { bijlagen: object[] }).bijlagen[0] ?? {}), sha256: createHash('sha256').update(content).digest('hex'), omvang: content.length };
    return Buffer.from(JSON.stringify({ bericht: { ...(bericht as object), bijlagen: [named] }, bijlagen: [{ naam: 'beschikking.pdf', inhoud: content.toString('base64') }] }));
  };
  const kept = async (): Promise<number> => Number((await hub.hub.pool.query('select count(*)::int as count from message')).rows[0].count);

  test('is answered 408 as a problem when it trickles, on every path, keeps nothing and gives its place back; one that keeps the pace is taken after the same time', async () => {
    const before = await kept();
    const trickles = [open(2_000_000), open(20_000, '/webhooks/in'), open(5_000, '/oauth/token')];
    const stops = trickles.map((one) => pour(one, Buffer.alloc(2_000_000, 0x7b), 1));
    const slow = posted(bodyPace.bytesPerSecondMin * (bodyPace.graceSeconds + 4));
    const honest = open(slow.length);
    // With the first of the others, this one has both places for large bodies of one address.
    stops.push(pour(honest, slow, bodyPace.bytesPerSecondMin * 1.5));
    for (const { answered } of trickles) {
      const [head = '', body = ''] = (await answered).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 408 /);
      expect(head.toLowerCase()).toMatch(/content-type: application\/problem\+json/);
      expect(head.toLowerCase()).toMatch(/connection: close/);
      expect(head.toLowerCase()).toContain('strict-transport-security');
      expect(JSON.parse(body)).toMatchObject({ status: 408, detail: expect.stringContaining('16 KiB a second') });
    }
    expect(await kept()).toBe(before);
    const next = open(2_000_000);
    next.socket.write(Buffer.alloc(2_000_000, 0x7b));
    expect(await next.answered).toMatch(/^HTTP\/1\.1 400 /);
    expect(await honest.answered).toMatch(/^HTTP\/1\.1 202 /);
    for (const stop of stops) stop();
    expect(await kept()).toBe(before + 1);
  }, 90_000);

  test('has no head at all: 408 as a problem too', async () => {
    const socket = connect({ host: '127.0.0.1', port: http.port, ca: root, servername: 'localhost' });
    socket.write('POST /webhooks/in HTTP/1.1\r\nhost: local');
    const answered = await new Promise<string>((resolve) => socket.on('data', (chunk: Buffer) => resolve(chunk.toString('utf8'))));
    socket.destroy();
    expect(answered).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answered).toContain('application/problem+json');
  }, 60_000);
});
