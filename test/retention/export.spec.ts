import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportAll, giveNecessity } from '@ketensluis/flow';
import { createExport, createNecessities, DiskFull } from '@ketensluis/platform';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { buildOnce, projectRoot } from '../faults/hub-child.js';
import type { TestHub } from '../harness/hub.js';

const run = promisify(execFile);
const reason = 'De kinderen waren erbij; Veilig Thuis moet het weten.';
const asked = (controller: string | null) => ({ account: 'test', function: 'fg', controller });

describe('the exit kit', () => {
  let hub: TestHub;
  let folder: string;
  let home: string;
  const portsTo = async (directory: string, writeVerifier = async (): Promise<void> => undefined) => {
    const ports = await createExport(hub.hub.pool, { dataFolder: home } as Parameters<typeof createExport>[1], { directory, writeVerifier });
    return { ...ports, clock: { now: hub.now } };
  };
  const filesOf = async (directory: string): Promise<readonly string[]> =>
    (await readdir(directory, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1)).sort();
  const checkSums = (directory: string) => run('sha256sum', ['-c', '--quiet', 'MANIFEST.sha256'], { cwd: directory });

  beforeAll(async () => {
    await buildOnce();
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-exit-'));
    hub = await openRegion();
    home = join(hub.practiceFolder, '..');
    for (const [municipality, from] of [['9901', 'waterveen'], ['9902', 'hoogland'], ['9901', 'waterveen']] as const) {
      const situation = openSituation(hub, municipality);
      await situation.send('huisverbod.opgelegd', from);
      await situation.send('huisverbod.ingetrokken', from);
    }
    // A fourth case, with a disclosure that somebody had to say the need of.
    const weighed = openSituation(hub);
    await weighed.send('huisverbod.opgelegd', 'waterveen');
    const { id: messageId } = await weighed.send('huisverbod.overtreden', 'police', { ook_naar_veilig_thuis: undefined });
    const necessities = { ...(await createNecessities(hub.hub.pool, { dataFolder: home })), clock: { now: hub.now } };
    expect(await giveNecessity({ messageId, recipient: oin.veiligThuis, categories: [], reason, by: 'burgemeester' }, necessities)).toEqual({ kind: 'given' });
    await hub.settle();
    await hub.checkLog();
  });
  afterAll(async () => {
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('gives everything back: cases opened, rules, registers, receipts, log; asked for in the log before the first file', async () => {
    const directory = join(folder, 'all');
    const outcome = await exportAll(asked(null), await portsTo(directory));
    expect(outcome).toMatchObject({ kind: 'exported' });
    await checkSums(directory);
    const files = await filesOf(directory);
    expect(files.filter((path) => path.endsWith('/index.json'))).toHaveLength(4);
    for (const part of ['README.md', 'rules/wth@1.yaml', 'registers/agreement/', 'registers/party/', 'entries/000000000000.jsonl', 'log/checkpoint', 'log/tile/entries/']) {
      expect([part, files.some((path) => path.startsWith(part))]).toEqual([part, true]);
    }
    const index = JSON.parse(await readFile(join(directory, files.find((path) => path.endsWith('/index.json')) ?? ''), 'utf8')) as { messages: { path: string; mail: string }[]; disclosures: { path: string; entry: string }[] };
    expect((await readFile(join(directory, index.messages[0]?.mail ?? ''), 'utf8')).includes('application/pkcs7-mime')).toBe(true);
    expect(JSON.parse(await readFile(join(directory, index.messages[0]?.path ?? ''), 'utf8'))).toMatchObject({ type: 'huisverbod.opgelegd', fields: expect.any(Object) });
    expect(await readFile(join(directory, index.disclosures[0]?.path ?? ''), 'utf8')).toContain('<verstrekking');
    const lines = (await readFile(join(directory, 'entries/000000000000.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { id: string; state: { kind: string }; personal: { subjects: unknown[] } });
    expect(lines.find(({ id }) => id === index.disclosures[0]?.entry)).toMatchObject({ state: { kind: 'opened' }, personal: { subjects: expect.arrayContaining([expect.objectContaining({ value: expect.any(String) })]) } });
    await hub.settle();
    expect((await hub.entries()).filter(({ purpose }) => purpose === 'teruggave')).toMatchObject([{ kind: 'consultation', code: 'export', role: 'fg' }]);
    await expect(exportAll(asked(null), await portsTo(directory))).rejects.toThrow('holds a whole export');
  });

  test('of one controller holds nothing of another: no case, no agreement, no entry', async () => {
    const directory = join(folder, 'one');
    expect(await exportAll(asked(oin.hoogland), await portsTo(directory))).toMatchObject({ kind: 'exported', scope: { municipality: '9902' } });
    await checkSums(directory);
    const files = await filesOf(directory);
    expect(files.filter((path) => path.startsWith('cases/')).map((path) => path.split('/')[1])).toEqual(files.filter((path) => path.startsWith('cases/')).map(() => '9902'));
    expect(files.some((path) => path.startsWith('cases/9902/'))).toBe(true);
    expect(files.filter((path) => path.startsWith('log/tile/entries'))).toEqual([]);
    const lines = (await readFile(join(directory, 'entries/000000000000.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { leaf: string; proof: string });
    expect(lines.length).toBeGreaterThan(2);
    for (const { leaf, proof } of lines) expect([JSON.parse(leaf), proof.split('\n')[0]]).toMatchObject([{ controller: oin.hoogland }, 'c2sp.org/tlog-proof@v1']);
    for (const path of files.filter((one) => /^registers\/(agreement|setting|mandate|designation)\//.test(one))) {
      const { document } = JSON.parse(await readFile(join(directory, path), 'utf8')) as { document: { controller?: string; municipality?: string } };
      expect([path, ['9902', oin.hoogland].includes(document.controller ?? document.municipality ?? '')]).toEqual([path, true]);
    }
    expect(await exportAll(asked('00000001900000009999'), await portsTo(join(folder, 'nobody')))).toMatchObject({ kind: 'refused' });
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'letter.txt'), 'mine');
    await expect(exportAll(asked(null), await portsTo(join(folder, 'other')))).rejects.toThrow('is not empty');
  });

  test('killed again and again it goes on where it was; everything verifies with the verifier it carries', async () => {
    const directory = join(folder, 'killed');
    let kills = 0;
    let written = 0;
    for (let round = 0; ; round += 1) {
      const child = spawn(process.execPath, ['--no-warnings', 'config/scripts/ketensluis.mjs', 'export', 'all', directory, '--by', 'fg'], {
        cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, KETENSLUIS_DATA: home, KETENSLUIS_DATABASE_URL: hub.database.connectionString },
      });
      let words = '';
      child.stderr.on('data', (chunk: Buffer) => { words += chunk.toString(); });
      const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      const [before] = [written];
      for (;;) {
        const now = await filesOf(directory).then((files) => files.length, () => 0);
        const isOver = await Promise.race([ended.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2))]);
        // A few files further than last time, then the end.
        if (isOver) break;
        if (kills < 6 && now > before + 3) {
          child.kill('SIGKILL');
          kills += 1;
          written = now;
        }
      }
      const code = await ended;
      if (code === 0) break;
      if (code !== null || round > 12) throw new Error(`exit ${String(code)}: ${words}`);
    }
    expect(kills).toBeGreaterThan(2);
    await checkSums(directory);
    expect((await filesOf(directory)).filter((path) => path.endsWith('.new') || path.startsWith('.export'))).toEqual([]);
    const { stdout } = await run(process.execPath, ['log/verifier/ketensluis-log.mjs', 'verify', 'log'], { cwd: directory });
    expect(stdout).toContain('unchanged');
    const of = (await filesOf(directory)).filter((path) => path.includes('/necessities/'));
    const fileOf = (end: string): string => of.find((path) => path.endsWith(end)) ?? '';
    expect(of).toHaveLength(3);
    expect(JSON.parse(await readFile(join(directory, fileOf(`${/necessities\/([^.]+)/.exec(of[0] ?? '')?.[1] ?? ''}.json`)), 'utf8'))).toMatchObject({ recipient: oin.veiligThuis, by: 'burgemeester', reason });
    const open = (opening: string) => run(process.execPath, ['log/verifier/ketensluis-log.mjs', 'open', fileOf('.leaf'), opening], { cwd: directory });
    expect((await open(fileOf('.reason.opening.json'))).stdout).toContain(`opened: reason of the policy of`);
    // Other words than were written down are not what the entry commits to.
    await writeFile(join(directory, 'other.json'), (await readFile(join(directory, fileOf('.reason.opening.json')), 'utf8')).replace('erbij', 'elders'));
    await expect(open('other.json')).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('does not commit') });
    await rm(join(directory, 'other.json'));
    // One export, as of one moment, however often it went on.
    const whole = (await filesOf(join(folder, 'all'))).filter((path) => path.startsWith('cases/'));
    expect((await filesOf(directory)).filter((path) => path.startsWith('cases/'))).toEqual(whole);
  });

  test('a full disk is told, and with room the same command goes on', async () => {
    const directory = join(folder, 'full');
    await mkdir(join(directory, 'rules'), { recursive: true });
    const ports = await portsTo(directory);
    const scope = { controller: null, municipality: null, upTo: hub.now(), size: await ports.source.size() };
    await ports.target.begin(scope);
    // Writing to this device always fails with ENOSPC.
    await symlink('/dev/full', join(directory, 'rules', 'wth@1.yaml.new'));
    await expect(exportAll(asked(null), await portsTo(directory))).rejects.toThrow(DiskFull);
    await rm(join(directory, 'rules', 'wth@1.yaml.new'));
    expect(await exportAll(asked(null), await portsTo(directory))).toMatchObject({ kind: 'exported' });
    await checkSums(directory);
  });
});
