import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { askWitnesses, type WitnessRound } from '@ketensluis/flow';
import { demandQuorum, inTransaction, recordEntries, releaseStore, sequence, signHead, type LogSigner } from '@ketensluis/store';
import { parsePolicy, type LogPolicy } from '@ketensluis/tlog';
import { witnessClient } from '../../libs/platform/witness-client.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { freePort } from '../harness/free-port.js';
import { openTestSigner, plainEntries } from '../harness/log-entries.js';
import { buildOnce, projectRoot } from './hub-child.js';

// A power cut of the witness at its one write. It may have remembered too much, never too little.
let database: TestDatabase;
let signer: LogSigner;
let removeSigner: () => Promise<void>;
let folder: string;
let port: number;
let running: Started | null = null;

interface Started {
  readonly child: ChildProcess;
  readonly died: Promise<NodeJS.Signals | null>;
  readonly line: string;
}

beforeAll(() => buildOnce(), 120_000);
beforeEach(async () => {
  database = await openTestDatabase();
  ({ signer, remove: removeSigner } = await openTestSigner());
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-killed-'));
  port = await freePort();
  await demandQuorum(database.pool, true);
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.died;
  running = null;
  await database.close();
  await removeSigner();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the command; resolves with the line it prints for the policy file. */
const start = async (phase: 'before' | 'after' | 'never', occurrence = 1): Promise<Started> => {
  const words = ['--name', 'witness.example/w1', '--log', signer.vkey, '--folder', join(folder, 'witness'), '--listen', `127.0.0.1:${port}`];
  const child = spawn(process.execPath, ['--no-warnings', `${projectRoot}dist/test/faults/witness-process.js`, phase, String(occurrence), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const died = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /^witness .*\n/m.exec(text)?.[0];
      if (found !== undefined) resolve(found.trim());
    });
    void died.then(() => reject(new Error(`the witness did not start: ${text}`)));
  });
  running = { child, died, line };
  return running;
};
const policyWith = (line: string): LogPolicy => {
  const policy = parsePolicy(Buffer.from(`log ${signer.vkey}\n${line}\nquorum ${line.split(' ')[1] ?? ''}\n`));
  if ('kind' in policy) throw new Error(policy.detail);
  return policy;
};
const grow = async (count: number): Promise<void> => {
  await inTransaction(database.pool, (client) => recordEntries(client, plainEntries(count, new Date())));
  await sequence(database.pool);
  await signHead(database.pool, signer, new Date());
};
const ask = (line: string): Promise<WitnessRound> =>
  askWitnesses(policyWith(line), { clock: { now: () => new Date() }, client: witnessClient(), releases: releaseStore(database.pool) });
const stop = async (): Promise<void> => {
  running?.child.kill('SIGKILL');
  await running?.died;
};

describe('ketensluis witness, killed at its memory', () => {
  test.each([['before', 'the head it had'], ['after', 'the head it was asked for']] as const)('%s the write: it comes back with %s, and cosigns on', async (phase, _) => {
    const { line: first } = await start('never');
    await grow(3);
    expect(await ask(first)).toMatchObject({ kind: 'cosigned', size: 3 });
    await stop();
    // Its folder is there: the first write of this process is that of the next cosignature.
    const { line, died } = await start(phase);
    await grow(2);
    expect(await ask(line)).toMatchObject({ kind: 'lost', changed: [{ problem: 'no-connection' }] });
    expect(await died).toBe('SIGKILL');
    expect((await database.pool.query('select released_size from tlog_head')).rows).toEqual([{ released_size: '3' }]);
    const { line: again } = await start('never');
    expect(again).toBe(first);
    expect(await ask(again)).toMatchObject({ kind: 'cosigned', size: 5, released: 2 });
  }, 60_000);

  test('while its folder is made: a start after that makes what is missing', async () => {
    await expect(start('after')).rejects.toThrow('did not start');
    const { line } = await start('never');
    await grow(1);
    expect(await ask(line)).toMatchObject({ kind: 'cosigned' });
  }, 60_000);
});
