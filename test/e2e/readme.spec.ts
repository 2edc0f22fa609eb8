import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../harness/free-port.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const answers = (program: string, args: readonly string[], wanted: RegExp): boolean => wanted.test(spawnSync(program, [...args], { encoding: 'utf8' }).stdout ?? '');
// The blocks are bash with curl, OpenSSL 3 and GNU date: their place is Linux.
const missing = [
  ...(answers('bash', ['--version'], /bash/) ? [] : ['bash']),
  ...(answers('curl', ['--version'], /smtp/) ? [] : ['curl']),
  ...(answers('openssl', ['version'], /^OpenSSL 3/) ? [] : ['openssl']),
  ...(answers('date', ['--version'], /GNU/) ? [] : ['coreutils']),
];

if (missing.length > 0) {
  if (process.env['CI'] === 'true') throw new Error(`the README cannot be followed here: install ${missing.join(', ')}`);
  test.skip(`the lines of the README work: NOT RUN, install ${missing.join(', ')}`, () => undefined);
}

/** The blocks of one language, in the order of the page. */
const blocksOf = (page: string, language: string): readonly string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) => (name === language && text !== undefined ? [text] : []));

(missing.length === 0 ? describe : describe.skip)('the README', () => {
  let folder: string;
  let hub: ChildProcess;
  let env: NodeJS.ProcessEnv;
  let told = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-readme-'));
    const [smtp, http, api, people, signIn] = [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()];
    env = {
      ...process.env, KETENSLUIS_DATA: join(folder, 'data'), KETENSLUIS_SMTP_PORT: String(smtp), KETENSLUIS_HTTP_PORT: String(http),
      KETENSLUIS_API_PORT: String(api), KETENSLUIS_CONSOLE_PORT: String(people), KETENSLUIS_SIGN_IN_PORT: String(signIn),
    };
    hub = spawn(process.execPath, [join('config', 'scripts', 'start.mjs')], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      hub.stdout?.on('data', (bytes: Buffer) => {
        told += bytes.toString('utf8');
        if (told.includes('Ketensluis is running')) resolve();
      });
      hub.once('exit', (code) => reject(new Error(`the hub ended with ${code}: ${told}`)));
    });
  }, 180_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => hub.once('exit', resolve));
    hub.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test('shows what the story really tells', async () => {
    const [story] = blocksOf(await readFile(join(root, 'README.md'), 'utf8'), 'text');
    const lines = (story ?? '').trim().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(told.split('\n')).toContain(line);
  });

  test('can be followed line by line', async () => {
    const blocks = blocksOf(await readFile(join(root, 'README.md'), 'utf8'), 'bash');
    expect(blocks.length).toBeGreaterThan(5);
    // `npx` takes a second each time, so it is believed after once.
    const [first = '', ...others] = blocks.flatMap((block, index) => [`echo '#${index + 1}'`, block, `echo "#exit $?"`]).join('\n').split(/(?<=npx ketensluis)/);
    const script = [first, ...others.map((text) => text.replace(/npx ketensluis$/, 'node config/scripts/ketensluis.mjs'))].join('');
    const child = spawn('bash', ['-c', script], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complained] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => { said += bytes.toString('utf8'); });
    child.stderr.on('data', (bytes: Buffer) => { complained += bytes.toString('utf8'); });
    await new Promise((resolve) => child.once('close', resolve));
    const parts = said.split(/^#\d+$/m).slice(1);
    const from = (mark: RegExp): string => parts[blocks.findIndex((block) => mark.test(block))] ?? `no block has ${mark.source}: ${said}`;

    expect(from(/seal "\$T\/body.txt" politie/)).toMatch(/^< 250 2\.6\.0 accepted \S+/m);
    const [, waterveen = '', veiligThuis = '', politie = ''] = from(/for party in/).split('== ');
    expect([waterveen, veiligThuis, politie].map((text) => text.includes('<bsn>'))).toEqual([true, false, false]);
    expect([waterveen, veiligThuis, politie.split('=_')[0] ?? ''].map((text) => text.includes('<regel>'))).toEqual([true, true, true]);
    expect(complained.match(/CMS Verification successful/g)?.length).toBeGreaterThanOrEqual(6);
    expect(from(/wrong\.eml/).match(/^< 550 5\.7\.1 message not accepted, reference \S+/gm)).toHaveLength(2);
    expect(from(/log verify "\$T\/log"\nfind/)).toMatch(/unchanged; [\s\S]*"wrong-from"[\s\S]*"replayed"/);
    expect(from(/wrong-form/)).toMatch(/entry [\d,.]+ [\s\S]*CHANGED[\s\S]*exit code 1/);
    expect(from(/report person/)).toMatch(/C-RIHG|the risk assessment[\s\S]*Recorded under trace[\s\S]*disclosures written[\s\S]*entry [\d,.]+ of ketensluis\.example\/log[\s\S]*report, kwartaalrapport/);
    expect(from(/--since/)).toMatch(/unchanged/);
    expect(from(/log open/)).toMatch(/entry [\d.]+ of ketensluis\.example\/log at [\d.]+: disclosure of \S+, witnessed by [\s\S]*opened: payload of the disclosure/);
    expect(from(/log receipts/)).toMatch(/agree; [\d.]+ proofs with each other, [\d.]+ compared with the log/);
    expect(from(/reader add/)).toMatch(/ketensluis\.example\/log\n[\s\S]*"proof":"c2sp\.org\/tlog-proof@v1[\s\S]*1 looks at entries, 0 refused[\s\S]*"dpl\.core\.data_subject_id"/);
    expect(from(/setting apply/)).toMatch(/Nothing was applied[\s\S]*Applied: 1 new version[\s\S]*Applied: 1 new version[\s\S]*BR-2026-0001[\s\S]*BR-2026-0001/);
    expect(from(/acceptance ggd/)).toMatch(/outcome: passed[\s\S]*proefbericht\.v1; the signature holds; answered 202/);
    expect(from(/practice clock/)).toMatch(/250 2\.6\.0 accepted[\s\S]*Zaak: EIGEN-/);
    expect(from(/duty done/)).toMatch(/Open duties[\s\S]*E5:UHG[\s\S]*Recorded, also in the log\./);
    expect(parts.map((part) => /#exit (\d+)/.exec(part)?.[1])).toEqual(parts.map(() => '0'));
  }, 300_000);
});
