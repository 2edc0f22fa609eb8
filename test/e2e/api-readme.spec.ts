import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpServer } from '@ketensluis/platform';
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from '../harness/command.js';
import { openTestHub, type TestHub } from '../harness/hub.js';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';

const run = promisify(execFile);
const programs = ['bash', 'curl', 'openssl'];
const missing = programs.filter((name) => spawnSync(name, ['--version']).error !== undefined);
if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`not installed: ${missing.join(', ')}`);

const before = { ...process.env };
let hub: TestHub;
let http: HttpServer;
beforeAll(async () => {
  if (missing.length > 0) return;
  hub = await openTestHub();
  http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
  process.env['KETENSLUIS_DATABASE_URL'] = hub.database.connectionString;
  process.env['KETENSLUIS_DATA'] = dirname(hub.practiceFolder);
}, 180_000);
afterAll(async () => {
  process.env = before;
  if (missing.length > 0) return;
  await http.close();
  await hub.close();
}, 60_000);

/** What a command of the operator says; it runs in this process, where a person would write `npx`. */
const ketensluis = async (...words: readonly string[]): Promise<string> => {
  const { addClientCommands } = await import('../../apps/cli/client-commands.js');
  return runCommand(addClientCommands, words);
};

const tried = missing.length === 0 ? test : test.skip;

describe('the page about HTTP', () => {
  tried(missing.length === 0 ? 'connects a party with openssl and curl, as it says' : `connects a party: NOT RUN, install ${missing.join(' ')}`, async () => {
    const page = await readFile(new URL('../../apps/gateway/http/README.md', import.meta.url), 'utf8');
    const blocks = [...page.matchAll(/^```(bash|operator)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }));
    const operator = blocks.findIndex(({ language }) => language === 'operator');
    const [first, second] = [blocks.slice(0, operator), blocks.slice(operator + 1)].map((part) => part.map(({ text }) => text).join('\necho ==\n'));
    const env = { ...process.env, KETENSLUIS_API_PORT: String(http.port), KETENSLUIS_PUBLIC_URL: 'https://localhost:8443' };
    const shell = async (text: string): Promise<string> => (await run('bash', ['-euo', 'pipefail', '-c', text], { env, timeout: 60_000 })).stdout;
    const asked = await shell(`${first}\necho "$W"`);
    expect(asked).toContain('"begrippen":[{"naam":"C-REF"');
    expect(asked).toContain('"leveringen":[]');
    expect(asked).toContain('"kanaal":"smime-mail"');
    const folder = asked.trim().split('\n').at(-1) ?? '';
    const words = (/npx ketensluis (client add .*?) \|/.exec(blocks[operator]?.text ?? '')?.[1] ?? '').replace('"$W/jwks.json"', `${folder}/jwks.json`).split(' ');
    const [, client = ''] = (await ketensluis(...words)).split('\n');
    const functions = [blocks[0]?.text, blocks[2]?.text].join('\n').split('\n').filter((line) => /^(HUB=|P=|call\(|b64\()/.test(line)).join('\n');
    const sent = await shell(`${functions}\nW=${folder}\nCLIENT=${client}\n${second}`);
    expect(sent).toContain('"logregels":[');
    const id = /\{"id":"([0-9a-f-]{36})"\}/.exec(sent)?.[1] ?? '';
    await hub.settle();
    expect(await hub.stateOf(id)).not.toBeNull();
    expect(await ketensluis('client', 'list')).toContain(`${client}  00000001900000000101  zaaksysteem`);
    expect(await ketensluis('client', 'revoke', client)).toContain('Revoked');
    await expect(ketensluis('client', 'revoke', client)).rejects.toThrow('No client with access');
  }, 120_000);

  tried(missing.length === 0 ? 'refuses to add what is no client' : `refuses to add: NOT RUN, install ${missing.join(' ')}`, async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['gemeente-waterveen'], 'Give one of --jwks FILE and --mtls'],
      [['nergens', '--mtls'], 'No party in the register'],
      [['gemeente-waterveen', '--mtls', '--scopes', 'alles'], '--scopes takes berichten'],
      [['gemeente-waterveen', '--jwks', 'nergens.json'], 'cannot be read'],
      [['gemeente-waterveen', '--jwks', 'README.md'], 'is no JSON'],
      [['gemeente-waterveen', '--jwks', 'package.json'], 'no set of public keys'],
    ];
    for (const [words, told] of wrong) await expect(ketensluis('client', 'add', ...words)).rejects.toThrow(told);
    await expect(ketensluis('client', 'revoke', 'x')).rejects.toThrow('Give the id');
    expect(await ketensluis('client', 'add', '00000001900000000101', '--mtls', '--scopes', 'feeds')).toContain('for feeds');
  });
});
