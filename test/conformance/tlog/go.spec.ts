import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportLog, inTransaction, loadConsistency, loadProof, recordEntries, sequence, signHead } from '@ketensluis/store';
import { openTestDatabase } from '../../harness/database.js';
import type { TestDatabase } from '../../harness/database.js';
import { startHttp } from '../../../apps/gateway/http/server.js';
import { plainEntry as plainDraft } from '@ketensluis/flow';
import { disclosureEntry, openTestSigner, plainEntries, recordAll, testOrigin, testStart } from '../../harness/log-entries.js';
import { openLogHub } from '../../harness/log-hub.js';

// A second, independent opinion: golang.org/x/mod/sumdb as Debian packs it (golang-go, golang-golang-x-mod-dev).
const goPath = '/usr/share/gocode';
const hasGo = (): boolean => {
  try {
    execFileSync('go', ['version']);
    return existsSync(join(goPath, 'src/golang.org/x/mod/sumdb/tlog'));
  } catch {
    return false;
  }
};
const isPresent = hasGo();
const size = 1_337;

if (!isPresent) {
  test.skip('Go accepts our log byte for byte: NOT RUN, install golang-go and golang-golang-x-mod-dev', () => undefined);
}
test('Go is there when the build demands it', () => {
  expect(isPresent || process.env['CI'] !== 'true').toBe(true);
});

(isPresent ? describe : describe.skip)('Go, without any code of ours', () => {
  let database: TestDatabase;
  let folder: string;
  let program: string;
  let vkey: string;
  let removeSigner: () => Promise<void>;
  let ids: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-go-'));
    program = join(folder, 'goverify');
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOCACHE: join(folder, 'cache'), GOFLAGS: '' };
    await promisify(execFile)('go', ['build', '-o', program, 'main.go'], { cwd: fileURLToPath(new URL('.', import.meta.url)), env });
    database = await openTestDatabase();
    const opened = await openTestSigner();
    removeSigner = opened.remove;
    vkey = opened.signer.vkey;
    const recorded = await inTransaction(database.pool, (client) => recordEntries(client, [...plainEntries(size - 1), disclosureEntry(testStart)]));
    ids = recorded.map(({ id }) => id);
    await sequence(database.pool);
    await signHead(database.pool, opened.signer, testStart);
    await exportLog(database.pool, { directory: folder, vkey });
  }, 300_000);
  afterAll(async () => {
    await database.close();
    await removeSigner();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await promisify(execFile)(program, [folder, vkey, ...args])).stdout.trim().split('\n');
  const text = (hashes: readonly Uint8Array[]): readonly string[] => hashes.map((hash) => Buffer.from(hash).toString('base64'));

  test('accepts checkpoint, tiles and entries, and makes the same proofs as we do', async () => {
    const indexes = [0, 255, 256, 1_023, 1_024, size - 1];
    const expected: string[] = [];
    for (const index of indexes) {
      const proof = await loadProof(database.pool, ids[index] ?? '');
      expected.push(`index ${index}`, ...text(proof?.hashes ?? []));
    }
    expected.push('from 700', ...text(await loadConsistency(database.pool, 700, size)));
    const [head, ...proofs] = await run('700', ...indexes.map(String));
    expect(head).toMatch(new RegExp(`^${testOrigin} ${size} [A-Za-z0-9+/]{43}=$`));
    expect(proofs).toEqual(expected);
  });

  test('reads the log over HTTP as a known reader, and makes the same proofs from it', async () => {
    const served = await openLogHub(new Date(testStart.getTime() + 3_600_000));
    const http = await startHttp(served.hub, { host: '127.0.0.1', port: 0 });
    try {
      const [first = ''] = await recordAll(served.database.pool, plainEntries(size));
      const [id, at] = [served.hub.ids.next(testStart), testStart];
      const reader = { id, name: 'Go', role: 'auditor', oin: null, validFrom: at, validUntil: new Date(at.getTime() + 86_400_000), revokedAt: null } as const;
      const token = await served.hub.store.readers.add(reader, 'test', plainDraft({ id, kind: 'policy', at: at.toISOString(), code: 'reader.new' }));
      await served.seal();
      const { vkey: servedKey } = await served.hub.logReads.key();
      const { stdout } = await promisify(execFile)(program, [`http://127.0.0.1:${http.port}/log`, servedKey, '700', '0'], { env: { TOKEN: token } });
      const proof = await loadProof(served.database.pool, first);
      expect(stdout.trim().split('\n').slice(0, 1 + 1 + (proof?.hashes.length ?? 0))).toEqual([
        expect.stringMatching(new RegExp(`^${testOrigin} ${size + 1} `)), 'index 0', ...text(proof?.hashes ?? []),
      ]);
      await expect(promisify(execFile)(program, [`http://127.0.0.1:${http.port}/log`, servedKey, '700'], { env: { TOKEN: `${token}x` } })).rejects.toThrow('401');
    } finally {
      await http.close();
      await served.close();
    }
  });

  test('refuses the log when one bit of one entry differs', async () => {
    const path = join(folder, 'tile/entries/001');
    const before = await readFile(path);
    await writeFile(path, before.with(500, (before[500] ?? 0) ^ 1));
    await expect(run('700')).rejects.toThrow('entries give root');
    await writeFile(path, before);
  });
});
