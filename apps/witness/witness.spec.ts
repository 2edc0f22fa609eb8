import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkpointText, cosignatureTime, emptyRoot, formatAddCheckpoint, parseCosignerKey, parseSignature, parseVerifierKey, requestMaxBytes, signCheckpoint, signerOf, type NoteSigner } from '@ketensluis/tlog';
import { serveWitness, type WitnessServer } from './server.js';
import { openWitness, type Witness } from './witness.js';

const log = signerOf('log.example/1', Buffer.alloc(32, 1));
const other = signerOf('log.example/2', Buffer.alloc(32, 2));
const keyOf = (signer: NoteSigner) => {
  const key = parseVerifierKey(signer.vkey);
  if ('kind' in key) throw new Error(key.detail);
  return key;
};
const head = (size: number, signer = log) => ({ origin: signer.name, size, root: size === 0 ? Buffer.from(emptyRoot()) : Buffer.alloc(32, size) });
const first = (size: number, signer = log): Uint8Array => formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: signCheckpoint(head(size, signer), signer) });
const again = (size: number): Uint8Array => formatAddCheckpoint({ oldSize: size, proof: [], checkpoint: signCheckpoint(head(size), log) });

let folder: string;
let time: Date;
let opened: Witness;
let server: WitnessServer;
const place = () => ({ folder: join(folder, 'witness'), name: 'witness.example/w1', logs: [keyOf(log), keyOf(other)], now: () => time });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-witness-'));
  time = new Date('2026-03-01T12:00:00.000Z');
  opened = await openWitness(place());
  server = await serveWitness(opened.add, { host: '127.0.0.1', port: 0, failed: () => undefined });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
const post = async (body: Uint8Array | string, path = '/add-checkpoint'): Promise<{ status: number; type: string | null; text: string }> => {
  const response = await fetch(server.url + path, { method: 'POST', body: Buffer.from(body) });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('a witness that listens', () => {
  test('cosigns over HTTP, and its key verifies what it gave', async () => {
    const answer = await post(first(7));
    const signature = parseSignature(answer.text.trimEnd());
    const key = parseCosignerKey(opened.vkey);
    if (signature === null || 'kind' in key) throw new Error('no line');
    expect([answer.status, cosignatureTime(signature, checkpointText(head(7)), key)]).toEqual([200, time]);
    expect(await post(first(7))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '7\n' });
    expect(await post(again(7))).toMatchObject({ status: 200 });
  });

  test('keeps each log apart, and remembers all of them after a restart', async () => {
    expect([(await post(first(7))).status, (await post(first(9, other))).status]).toEqual([200, 200]);
    const restarted = await openWitness(place());
    expect(restarted.vkey).toBe(opened.vkey);
    expect(await restarted.add(first(3))).toMatchObject({ status: 409, body: Buffer.from('7\n') });
    expect(await restarted.add(first(3, other))).toMatchObject({ status: 409, body: Buffer.from('9\n') });
  });

  test('of two heads offered at once cosigns one', async () => {
    const statuses = await Promise.all([7, 8, 9, 10].map(async (size) => (await post(first(size))).status));
    expect(statuses.sort()).toEqual([200, 409, 409, 409]);
  });

  test('refuses while its clock is before its last cosignature, and goes on after that', async () => {
    await post(first(7));
    const before = time;
    time = new Date(time.getTime() - 1_000);
    expect(await post(again(7))).toMatchObject({ status: 503, text: expect.stringMatching(/clock/) });
    time = before;
    expect(await post(again(7))).toMatchObject({ status: 200 });
  });

  test('answers strangers and nonsense shortly, and stays', async () => {
    expect(await post('hello')).toMatchObject({ status: 400 });
    expect(await post(first(7), '/other')).toMatchObject({ status: 404 });
    expect(await post(first(7, signerOf('stranger.example', Buffer.alloc(32, 3))))).toMatchObject({ status: 404 });
    expect((await fetch(`${server.url}/add-checkpoint`)).status).toBe(405);
    expect([413, 'closed']).toContain(await post(Buffer.alloc(requestMaxBytes + 1, 0x41)).then(({ status }) => status, () => 'closed'));
    expect(await post(first(7))).toMatchObject({ status: 200 });
  });

  test('is not held up by who says nothing', async () => {
    const idle = Array.from({ length: 20 }, () => connect(server.port, '127.0.0.1'));
    idle.forEach((socket) => socket.write('POST /add-checkpoint HTTP/1.1\r\ncontent-length: 60000\r\n\r\nold'));
    expect(await post(first(7))).toMatchObject({ status: 200 });
    idle.forEach((socket) => socket.destroy());
  });
});

describe('the folder of a witness', () => {
  test('is for its account alone', async () => {
    expect((await stat(join(folder, 'witness', 'witness.skey'))).mode & 0o077).toBe(0);
  });

  test('without its memory, or with a damaged one, is refused: a witness that forgot would cosign a fork', async () => {
    await post(first(7));
    const memory = join(folder, 'witness', 'memory');
    const text = await readFile(memory, 'utf8');
    await writeFile(memory, text.replace('size 7', 'size seven'));
    await expect(openWitness(place())).rejects.toThrow('damaged');
    expect((await post(again(7))).status).toBe(500);
    await rm(memory);
    await expect(openWitness(place())).rejects.toThrow('no memory');
    expect((await post(first(7))).status).toBe(500);
    await writeFile(memory, text);
    expect((await post(again(7))).status).toBe(200);
    await rm(join(folder, 'witness', 'witness.skey'));
    await expect(openWitness(place())).rejects.toThrow('restore the key');
  });

  test('of another witness is refused', async () => {
    await expect(openWitness({ ...place(), name: 'witness.example/w2' })).rejects.toThrow('is of witness.example/w1');
  });
});
