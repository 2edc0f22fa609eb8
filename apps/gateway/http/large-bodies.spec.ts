import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpServer } from '@ketensluis/platform';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { openRegion } from '../../../test/cases/situation.js';
import type { TestHub } from '../../../test/harness/hub.js';
import { startPartyHttp } from './party-server.js';

// Four large bodies fit at a time. Whoever sends slowly holds a place for as long as it keeps the pace (`bodyPace`), which is longer than any answer here takes.
describe('places for large bodies', () => {
  let hub: TestHub;
  let http: HttpServer;
  let root: string;
  beforeAll(async () => {
    hub = await openRegion();
    http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
    root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  }, 120_000);
  afterAll(async () => {
    await http.close();
    await hub.close();
  });

  const sizeBytes = 2 * 1024 * 1024;
  const opened = (from: string) => {
    const sent = request({
      host: '127.0.0.1', servername: 'localhost', port: http.port, path: '/api/v1/berichten', method: 'POST', ca: root, agent: false, localAddress: from,
      headers: { 'content-type': 'application/json', 'content-length': sizeBytes },
    });
    const ended = new Promise<number | 'broken off'>((resolve) => {
      sent.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.on('error', () => resolve('broken off'));
      sent.on('close', () => resolve('broken off'));
    });
    return { sent, ended };
  };
  /** One that has begun: the hub has read this much of it. */
  const slow = async (from: string, bytes: number) => {
    const one = opened(from);
    one.sent.write(Buffer.alloc(bytes, 0x20));
    await once(one.sent, 'socket');
    return one;
  };
  const whole = (from: string): Promise<number | 'broken off'> => {
    const { sent, ended } = opened(from);
    sent.end(Buffer.alloc(sizeBytes, 0x20));
    return ended;
  };

  test('two addresses that hold all of them keep out nobody else: the slowest of one that has two gives way', async () => {
    const held = [];
    for (const [from, bytes] of [['127.0.0.2', 900_000], ['127.0.0.2', 400_000], ['127.0.0.3', 800_000], ['127.0.0.3', 600_000]] as const) held.push(await slow(from, bytes));
    // All four have a place once a third one from an address that has two is turned away.
    while ((await whole('127.0.0.2')) !== 503 || (await whole('127.0.0.3')) !== 503);
    expect(await whole('127.0.0.4')).toBe(401);
    const ended = new Set<number>();
    for (const [place, one] of held.entries()) void one.ended.then(() => ended.add(place));
    expect(await Promise.race(held.map((one) => one.ended))).toBe('broken off');
    expect(ended.size).toBe(1);
    // With one left each, an address has as much as anybody; the others are still under way.
    for (const { sent } of held) sent.destroy();
    await Promise.all(held.map((one) => one.ended));
  }, 60_000);
});
