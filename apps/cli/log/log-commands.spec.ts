import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  append, bundlePath, emptyRange, encodeBundle, encodeLeaf, encodeTile, formatOpening, formatProof, leafHash, planInclusion, proofOf, rootOf,
  signCheckpoint, signerOf, tilePath, tilesAt, tilesOf,
} from '@ketensluis/tlog';
import { disclosureOf, logOf, proofIn, signer as fixtureSigner } from '../../../libs/tlog/log.fixture.js';
import { logConsistency } from './consistency.js';
import { runOffline } from './offline.js';
import { logOpen } from './open.js';
import { logProof } from './proof.js';
import { logReceipts } from './receipts.js';
import { logVerify } from './verify.js';

const signer = signerOf('hub.example/log/1', Buffer.alloc(32, 1));
const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const entries = Array.from({ length: 700 }, (_, i) => {
  const hex = (startMs + i).toString(16).padStart(12, '0');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(i).padStart(12, '0')}`;
  return encodeLeaf({ v: 1, id, kind: 'consultation', at: new Date(startMs + i).toISOString(), purpose: 'avg.inzage' });
});
const nodes = new Map<string, Uint8Array>();
const roots = [rootOf(emptyRange)];
entries.reduce((range, entry) => {
  const grown = append(range, leafHash(entry), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
  roots.push(rootOf(grown));
  return grown;
}, emptyRange);
const nodeAt = (level: number, index: number): Uint8Array => nodes.get(`${level}/${index}`) ?? Buffer.alloc(0);
const checkpointAt = (size: number): Uint8Array => signCheckpoint({ origin: signer.name, size, root: roots[size] ?? Buffer.alloc(32) }, signer);

let folder: string;
let log: string;
let key: string;
const put = async (path: string, bytes: Uint8Array | string): Promise<string> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-cli-'));
  log = join(folder, 'log');
  for (const { level, index, width } of tilesOf(700)) {
    await put(join(log, tilePath({ level, index, width })), encodeTile(Array.from({ length: width }, (_, i) => nodeAt(level * 8, index * 256 + i))));
  }
  for (const { index, width } of tilesAt(0, 700)) await put(join(log, bundlePath(index, width)), encodeBundle(entries.slice(index * 256, index * 256 + width)));
  await put(join(log, 'checkpoint'), checkpointAt(700));
  await put(join(log, 'log.vkey'), `${signer.vkey}\n`);
  key = await put(join(folder, 'hub.vkey'), `# the hub's key\n${signer.vkey}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}
const run = async (command: typeof logVerify, args: readonly string[], isTerminal = false): Promise<Ran> => {
  let [out, err] = ['', ''];
  const exit = await command(args, { out: (text) => { out += text; }, err: (text) => { err += text; }, isTerminal });
  return { exit, out, err };
};

describe('log verify', () => {
  test('says that an export is unchanged, and where its key came from', async () => {
    expect(await run(logVerify, [log])).toMatchObject({ exit: 0, out: expect.stringMatching(/^unchanged; hub\.example\/log\/1 at 700, 700 entries read\n.*compare log\.vkey/m) });
    expect(await run(logVerify, [log, '--vkey', key])).toEqual({ exit: 0, out: 'unchanged; hub.example/log/1 at 700, 700 entries read\n', err: '' });
  });

  test('compares with a checkpoint that was kept', async () => {
    const good = await put(join(folder, 'kept'), checkpointAt(300));
    expect(await run(logVerify, [log, '--vkey', key, '--since', good])).toMatchObject({ exit: 0 });
    const forged = signCheckpoint({ origin: signer.name, size: 300, root: Buffer.alloc(32, 9) }, signer);
    const other = await put(join(folder, 'other'), forged);
    expect(await run(logVerify, [log, '--vkey', key, '--since', other])).toMatchObject({ exit: 1, out: expect.stringContaining('fork') });
  });

  test('names the entry that was changed', async () => {
    const path = join(log, 'tile/entries/001');
    const before = await readFile(path);
    await put(path, encodeBundle(entries.slice(256, 512).with(10, Buffer.from('{}'))));
    expect(await run(logVerify, [log, '--vkey', key])).toMatchObject({ exit: 1, out: expect.stringContaining('entry-hash  entry 266  tile/0/001') });
    await put(path, before);
  });

  test('calls a log with missing files incomplete, not changed', async () => {
    const path = join(log, 'tile/entries/001');
    const before = await readFile(path);
    await rm(path);
    const { exit, out } = await run(logVerify, [log, '--vkey', key, '--json']);
    expect([exit, JSON.parse(out)]).toMatchObject([2, { verdict: 'incomplete', size: 700, entries: 444, keyFrom: 'file', findings: [{ code: 'missing', index: 256, path: 'tile/entries/001' }] }]);
    await put(path, before);
  });

  test('draws progress on a terminal only', async () => {
    expect((await run(logVerify, [log, '--vkey', key], true)).err).toMatch(/\r700 \/ 700 entries {2}\[={20}\] 100% {2}0:0\d\n$/);
  });

  test.each([[[]], [['nowhere']], [['.', '.']], [['.', '--unknown']], [['.', '--vkey']], [['.', '--vkey', 'nowhere']]])('called as %j is told how', async (args) => {
    const { exit, out, err } = await run(logVerify, args);
    expect([exit, out, err === '']).toEqual([3, '', false]);
  });
});

describe('log proof', () => {
  test('proves one entry with its proof and the key alone', async () => {
    const proof = formatProof({ index: 42, hashes: proofOf(planInclusion(42, 700), ({ level, index }) => nodeAt(level, index)), checkpoint: checkpointAt(700) });
    const file = await put(join(folder, 'entry.tlog-proof'), proof);
    const [leaf, other] = [await put(join(folder, 'leaf'), entries[42] ?? ''), await put(join(folder, 'other-leaf'), entries[43] ?? '')];
    expect(await run(logProof, [file, leaf, '--vkey', key])).toMatchObject({ exit: 0, out: expect.stringContaining('entry 42 of hub.example/log/1 at 700: consultation') });
    expect(await run(logProof, [file, other, '--vkey', key])).toMatchObject({ exit: 1, out: expect.stringContaining('NOT PROVEN') });
    expect(await run(logProof, [file, leaf])).toMatchObject({ exit: 3 });
    const told = await run(logProof, [file, leaf, '--vkey', key, '--json']);
    expect(JSON.parse(told.out)).toMatchObject({ verdict: 'proven', index: 42, size: 700, witnesses: [], kind: 'consultation' });
    expect(JSON.parse((await run(logProof, [file, other, '--vkey', key, '--json'])).out)).toMatchObject({ verdict: 'refused', code: 'not-included' });
  });

  test('asks for witnesses when a policy does', async () => {
    const proof = formatProof({ index: 42, hashes: proofOf(planInclusion(42, 700), ({ level, index }) => nodeAt(level, index)), checkpoint: checkpointAt(700) });
    const [file, leaf] = [await put(join(folder, 'entry.tlog-proof'), proof), await put(join(folder, 'leaf'), entries[42] ?? '')];
    const none = await put(join(folder, 'policy-none'), `log ${signer.vkey}\nquorum none\n`);
    expect(await run(logProof, [file, leaf, '--policy', none])).toMatchObject({ exit: 0 });
    expect(await run(logProof, [file, leaf, '--policy', none, '--vkey', key])).toMatchObject({ exit: 3, err: expect.stringContaining('either') });
    expect(await run(logProof, [file, leaf, '--policy', key])).toMatchObject({ exit: 3, err: expect.stringContaining('hub.vkey:2:') });
  });
});

describe('log open', () => {
  const document = Buffer.from('<verstrekking/>');
  const made = disclosureOf(7, document);
  const files = async () => Promise.all([put(join(folder, 'open.leaf'), made.leaf), put(join(folder, 'open.opening'), made.opening), put(join(folder, 'open.xml'), document)]);

  test('shows that an entry commits to this very document', async () => {
    const [leaf, opening, xml] = await files();
    expect(await run(logOpen, [leaf, opening, xml])).toEqual({ exit: 0, err: '', out: 'opened: payload of the disclosure of 2026-03-01T12:00:00.007Z to 00000009902000000002\n' });
    expect(JSON.parse((await run(logOpen, [leaf, opening, xml, '--json'])).out)).toMatchObject({ verdict: 'opened', label: 'payload', msg: made.message, text: null });
  });

  test('refuses another document, entry or opening', async () => {
    const [leaf, opening, xml] = await files();
    const other = disclosureOf(8, document);
    const [otherLeaf, otherOpening, otherXml, junk] = [
      await put(join(folder, 'open.other-leaf'), other.leaf), await put(join(folder, 'open.other-opening'), other.opening),
      await put(join(folder, 'open.other-xml'), '<verstrekking />'), await put(join(folder, 'open.junk'), 'niets'),
    ];
    for (const words of [[otherLeaf, opening, xml], [leaf, otherOpening, xml], [leaf, opening, otherXml], [junk, opening, xml], [leaf, junk, xml]]) {
      expect(await run(logOpen, words)).toMatchObject({ exit: 1, out: expect.stringContaining('NOT OPENED') });
    }
    expect(JSON.parse((await run(logOpen, [leaf, opening, otherXml, '--json'])).out)).toMatchObject({ verdict: 'refused', code: 'other' });
  });

  test('shows a text that stands in the opening itself', async () => {
    const [leaf] = await files();
    const opening = await put(join(folder, 'open.reason'), formatOpening({ label: 'reason', salt: Buffer.alloc(32), text: 'omdat' }));
    expect(await run(logOpen, [leaf, opening])).toMatchObject({ exit: 1, out: 'NOT OPENED: the entry does not commit to this reason\n' });
    expect(await run(logOpen, [leaf, opening, leaf])).toMatchObject({ exit: 3 });
  });

  test('says how it is called', async () => {
    const [leaf, opening, xml] = await files();
    for (const words of [[], [leaf], [leaf, opening], [leaf, opening, 'nowhere'], [leaf, opening, xml, xml], [leaf, opening, xml, '--unknown']]) {
      expect(await run(logOpen, words)).toMatchObject({ exit: 3, out: '' });
    }
  });
});

describe('log receipts', () => {
  const documentOf = (index: number) => Buffer.from(`<verstrekking>${index}</verstrekking>`);
  const disclosures = Array.from({ length: 300 }, (_, index) => disclosureOf(index, documentOf(index)).leaf);
  const keepLog = async (name: string, leaves: readonly Uint8Array[]): Promise<string> => {
    for (const [path, bytes] of logOf(leaves)) await put(join(folder, name, path), bytes);
    await put(join(folder, name, 'log.vkey'), `${fixtureSigner.vkey}\n`);
    return join(folder, name);
  };
  const keep = async (stem: string, index: number, size: number): Promise<void> => {
    await put(`${stem}.tlog-proof`, proofIn(disclosures.slice(0, size), index));
    await put(`${stem}.leaf.json`, disclosures[index] ?? '');
    await put(`${stem}.opening.json`, disclosureOf(index, documentOf(index)).opening);
  };
  const place = () => join(folder, 'parties');

  test('agree with the log, whether a mailbox kept them or somebody saved the files of a mail', async () => {
    await keep(join(place(), 'gemeente', 'proofs', '20260302T090000.123Z-d-1'), 3, 10);
    await keep(join(place(), 'archief', 'zaak-1', 'bewijs'), 270, 300);
    await put(join(place(), 'archief', 'zaak-1', 'verstrekking.xml'), documentOf(270));
    const shown = await keepLog('shown', disclosures);
    const { exit, out } = await run(logReceipts, [place(), '--log', shown], true);
    expect([exit, out]).toEqual([0, 'agree; 2 proofs with each other, 2 compared with the log at 300; 1 documents opened\nthe key came with the export: compare log.vkey with the one the hub gave you\n']);
    expect((await run(logReceipts, [place(), '--log', shown], true)).err).toMatch(/\r2 \/ 2 proofs {2}\[={20}\] 100%/);
    const told = await run(logReceipts, [place(), '--vkey', join(shown, 'log.vkey'), '--json']);
    expect([told.exit, JSON.parse(told.out)]).toMatchObject([0, { verdict: 'good', proofs: 2, compared: 0, size: null, keyFrom: 'file' }]);
  });

  test('show a log that was rebuilt, and one that ends too early', async () => {
    const rebuilt = await keepLog('rebuilt', disclosures.with(3, disclosureOf(3, Buffer.from('<ander/>')).leaf));
    expect(await run(logReceipts, [place(), '--log', rebuilt])).toMatchObject({ exit: 1, out: expect.stringMatching(/changed  entry 3  gemeente[\s\S]*CONTRADICTED/) });
    const short = await keepLog('short', disclosures.slice(0, 100));
    expect(await run(logReceipts, [place(), '--log', short])).toMatchObject({ exit: 2, out: expect.stringMatching(/ahead  entry 270[\s\S]*INCOMPLETE/) });
  });

  test('that are not there are not called good', async () => {
    expect(await run(logReceipts, [folder, '--vkey', key, '--log', 'nowhere'])).toMatchObject({ exit: 3 });
    expect(await run(logReceipts, [join(folder, 'shown'), '--vkey', key])).toMatchObject({ exit: 3, err: expect.stringContaining('no .tlog-proof') });
    expect(await run(logReceipts, [place()])).toMatchObject({ exit: 3, err: expect.stringContaining('must be given') });
    expect(await run(logReceipts, [])).toMatchObject({ exit: 3 });
  });
});

describe('the verifier by itself', () => {
  const io = (told: string[]) => ({ out: (text: string) => void told.push(text), err: (text: string) => void told.push(text), isTerminal: false });

  test('runs each command by name, with or without the word log', async () => {
    for (const words of [['verify', log], ['log', 'verify', log]]) expect(await runOffline(words, io([]))).toBe(0);
  });

  test('tells its commands when it is called without one', async () => {
    const told: string[] = [];
    expect([await runOffline([], io(told)), await runOffline(['export'], io(told))]).toEqual([3, 3]);
    expect(told.join('')).toMatch(/verify[\s\S]*consistency[\s\S]*proof[\s\S]*open[\s\S]*receipts/);
  });
});

describe('log consistency', () => {
  test.each([[1, 700, 0], [256, 700, 0], [300, 512, 0], [700, 700, 0], [700, 300, 1]])('from %i to %i ends in %i', async (older, newer, exit) => {
    const [a, b] = [await put(join(folder, 'a'), checkpointAt(older)), await put(join(folder, 'b'), checkpointAt(newer))];
    expect(await run(logConsistency, [a, b, '--vkey', key, '--log', log])).toMatchObject({ exit });
  });

  test('sees two heads that do not continue each other', async () => {
    const forged = signCheckpoint({ origin: signer.name, size: 300, root: Buffer.alloc(32, 9) }, signer);
    const [a, b] = [await put(join(folder, 'a'), forged), await put(join(folder, 'b'), checkpointAt(700))];
    expect(await run(logConsistency, [a, b, '--vkey', key, '--log', log])).toMatchObject({ exit: 1, out: expect.stringContaining('NOT CONSISTENT') });
    expect(JSON.parse((await run(logConsistency, [a, b, '--vkey', key, '--log', log, '--json'])).out)).toMatchObject({ verdict: 'tampered', oldSize: 300, size: 700 });
    expect(await run(logConsistency, [a, join(folder, 'nowhere'), '--vkey', key, '--log', log])).toMatchObject({ exit: 3 });
    expect(await run(logConsistency, [a, b, '--vkey', key, '--log', folder])).toMatchObject({ exit: 2, out: expect.stringContaining('missing') });
  });
});
