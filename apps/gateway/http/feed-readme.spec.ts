import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addReader } from '@ketensluis/flow';
import type { HttpServer } from '@ketensluis/platform';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readFeedDocument } from '../../../test/harness/feed.js';
import { openRegion, openSituation } from '../../../test/cases/situation.js';
import type { TestHub } from '../../../test/harness/hub.js';
import { startPartyHttp } from './party-server.js';

const run = promisify(execFile);
const readme = fileURLToPath(new URL('../../../libs/adapters/feed/README.md', import.meta.url.replace('/dist/apps/', '/apps/')));

let hub: TestHub;
let http: HttpServer;
beforeAll(async () => {
  hub = await openRegion();
  http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
  await hub.apply({ ...(await hub.document('party', 'politie-noorderwaard')), channel: { kind: 'feed' } });
  await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
}, 180_000);
afterAll(async () => {
  await http.close();
  await hub.close();
}, 60_000);

test('the lines of the README do what it says', async () => {
  const [, block = ''] = /```sh\n([^]*?)```/.exec(await readFile(readme, 'utf8')) ?? [];
  const lines = block.trim().split('\n');
  expect(lines).toHaveLength(4);
  const added = await addReader(
    { name: 'Politie', role: 'party', oin: '00000001900000000001', validFrom: hub.now(), validUntil: new Date(hub.now().getTime() + 86_400_000) }, 'test',
    { clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, readers: hub.hub.store.readers });
  const party = join(hub.practiceFolder, 'politie-noorderwaard');
  const chain = join(hub.practiceFolder, 'party-chain.pem');
  await writeFile(chain, (await Promise.all(['tls.cert.pem', 'chain.pem'].map((name) => readFile(join(party, name), 'utf8')))).join('\n'));
  const variables: Record<string, string> = {
    HUB: `https://localhost:${http.port}`, CA: join(hub.practiceFolder, 'ca', 'root.cert.pem'), CERT: chain, KEY: join(party, 'tls.key.pem'), TOKEN: added.kind === 'added' ? added.token : '',
  };
  const curl = async (line: string, more = ''): Promise<string> =>
    (await run('sh', ['-c', `${line.replace('curl', 'curl -sS --max-time 20')} ${more}`], { env: { PATH: process.env['PATH'] ?? '', ...variables } })).stdout;
  const [byCertificate = '', byToken = '', again = '', content = ''] = lines;
  const feed = readFeedDocument(await curl(byCertificate));
  expect(await curl(byToken)).toBe(await curl(byCertificate));
  variables['ETAG'] = /^etag: (".*")\r$/im.exec(await curl(byToken, '-o /dev/null -D -'))?.[1] ?? '';
  expect(await curl(again)).toBe('304');
  variables['ID'] = feed.entries[0]?.id.slice(9) ?? '';
  expect(JSON.parse(await curl(content))).toHaveProperty('id', variables['ID']);
  await hub.checkLog();
}, 120_000);
