import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { practiceHubAddress } from '../../apps/practice/chain.js';
import { submit } from '../../apps/practice/submit.js';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { tlsFixture } from '../fixtures/tls-certificates.js';
import type { TestHub } from '../harness/hub.js';
import { hasPostfix, startPostfix, type Postfix } from '../harness/postfix.js';

const isPresent = hasPostfix();
if (!isPresent) test.skip('mail goes both ways through a real mail system: NOT RUN, install postfix and run as root', () => undefined);
test('Postfix is there when the build demands it', () => {
  expect(isPresent || process.env['CI'] !== 'true').toBe(true);
});

const sender = 'huisverbod@waterveen.example';
const party = 'veilig-thuis-noorderwaard';

(isPresent ? describe : describe.skip)('mail through Postfix', () => {
  let hub: TestHub;
  let postfix: Postfix | null = null;
  const tls = tlsFixture('localhost');

  beforeAll(async () => {
    hub = await openRegion({
      route: (usual) => (one) => (one.key === party && postfix !== null ? { host: '127.0.0.1', port: postfix.port, servername: 'localhost', tlsCa: tls.ca } : usual(one)),
    });
    const ca = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
    postfix = await startPostfix({ domain: 'veiligthuis.example', hubPort: hub.port, tls, ca });
  }, 60_000);
  afterAll(async () => {
    await postfix?.stop();
    await hub.close();
  });

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 300 && !(await holds()); tries += 1) await pause(50);
    if (!(await holds())) throw new Error(`it did not come; Postfix says:\n${await postfix?.log()}`);
  };

  test('a mail it relays is proven and decided; what goes out by it is opened by openssl, and its report of delivery is a receipt', async () => {
    const situation = openSituation(hub);
    const raw = await hub.seal(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start);
    const taken = await submit(raw, { from: sender, to: practiceHubAddress }, { host: '127.0.0.1', port: postfix?.port ?? 0, tlsCa: tls.ca });
    expect(taken.code).toBe(250);
    await until(async () => (await hub.attempts(oin.veiligThuis)).some(({ caseNumber, outcome }) => caseNumber === situation.number && outcome === 'delivered'));
    await until(async () => ((await postfix?.mails()) ?? []).length === 1);

    const [mail = Buffer.alloc(0)] = (await postfix?.mails()) ?? [];
    const folder = await mkdtemp(join(tmpdir(), 'ketensluis-opened-'));
    await writeFile(join(folder, 'mail.eml'), mail);
    const keys = join(hub.practiceFolder, party);
    const signed = execFileSync('openssl', ['cms', '-decrypt', '-in', join(folder, 'mail.eml'), '-recip', join(keys, 'encrypt.cert.pem'), '-inkey', join(keys, 'encrypt.key.pem')]);
    const plain = execFileSync('openssl', ['cms', '-verify', '-CAfile', join(hub.practiceFolder, 'ca', 'root.cert.pem')], { input: signed, stdio: ['pipe', 'pipe', 'ignore'] });
    expect(plain.toString('utf8')).toContain('verstrekking.xml');
    await rm(folder, { recursive: true });

    // Asked for with NOTIFY=SUCCESS and bound by ENVID (RFC 3461): Postfix tells by itself that it is in the mailbox.
    const [attempt] = (await hub.attempts(oin.veiligThuis)).filter(({ caseNumber }) => caseNumber === situation.number);
    const kinds = async (): Promise<readonly string[]> => (await hub.hub.pool.query<{ kind: string }>('select kind from receipt where mid = $1 order by kind', [attempt?.mid])).rows.map(({ kind }) => kind);
    await until(async () => (await kinds()).includes('dsn'));
    await hub.settle();
    await hub.checkLog();
  }, 90_000);
});
