import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openTestHub, type TestHub } from '../harness/hub.js';

describe('a form that comes slowly', () => {
  let hub: TestHub;
  let desk: TestConsole;
  const lines: string[] = [];
  beforeAll(async () => {
    hub = await openTestHub({ listeners: { hearers: [], onLine: (line) => void lines.push(line) } });
    desk = await openTestConsole(hub);
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  /** Sends a byte a second of a form with a file, and gives what came back. */
  const trickle = (head: string, begin: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(desk.url.port), '127.0.0.1');
      const chunks: Buffer[] = [];
      const timer = setInterval(() => socket.write('x'), 1_000);
      socket.on('error', () => undefined).on('data', (chunk: Buffer) => void chunks.push(chunk)).once('close', () => {
        clearInterval(timer);
        resolve(Buffer.concat(chunks).toString('utf8'));
      });
      socket.write(`POST /uitspraken/toevoegen HTTP/1.1\r\nhost: ${desk.url.host}\r\n${head}\r\ncontent-length: 60000\r\n\r\n${begin}`);
    });

  test('is broken off with a page that says so, in the language of the reader; nothing of it counts as a fault', async () => {
    const { cookie } = await desk.as('court-clerk', oin.court);
    const file = '--grens\r\ncontent-disposition: form-data; name="uitspraak"; filename="u.pdf"\r\ncontent-type: application/pdf\r\n\r\n%PDF';
    const [upload, form] = await Promise.all([
      trickle(`cookie: ${cookie}\r\ncontent-type: multipart/form-data; boundary=grens`, file),
      trickle('accept-language: en\r\ncontent-type: application/x-www-form-urlencoded', 'a=b'),
    ]);
    for (const answer of [upload, form]) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain("default-src 'none'");
    }
    expect(upload).toContain('Dit kwam te langzaam');
    expect(form).toContain('This came too slowly');
    expect(lines.filter((line) => line.includes('page.failed'))).toEqual([]);
    expect((await desk.stranger.get('/hulp/foutmeldingen')).html).toContain('id="slow"');
  }, 60_000);
});
