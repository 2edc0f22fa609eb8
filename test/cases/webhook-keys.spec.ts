import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signWebhook, readWebhookVerifier, verifyWebhook, webhookVerifierOf } from '@ketensluis/contract';
import { addWebhookKey, endWebhookKey, rotateWebhookKey, type KeyVerdict, type WantedKey, type WebhookKeyPorts } from '@ketensluis/flow';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { openTestSigner } from '../harness/log-entries.js';
import { uuidV7 } from '../../libs/store/ids.js';
import { openKeyShares } from '../../libs/store/key-shares.js';
import { sequence, signHead } from '../../libs/store/log/index.js';
import { periodKeys } from '../../libs/store/period-keys.js';
import { createVault, type Vault } from '../../libs/store/vault.js';
import { createWebhookEndpoints } from '../../libs/store/webhook-endpoints.js';
import { tellingOperator } from '../../libs/store/webhook-key-task.js';
import { createWebhookKeys } from '../../libs/store/webhook-keys.js';

const party = '00000001234567890000';
const other = '00000009876543210000';
const day = 86_400_000;
const start = new Date('2026-03-02T09:00:00Z');

let database: TestDatabase;
let folder: string;
let vault: Vault;
let now: Date;
let ports: WebhookKeyPorts;
beforeEach(async () => {
  database = await openTestDatabase();
  await database.pool.query("select ensure_partitions('2026-03-01', 6)");
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-webhook-'));
  vault = createVault(randomBytes(32), openKeyShares(join(folder, 'shares')));
  now = start;
  const parties = [party, other].map((oin) => ({ oin }));
  ports = {
    clock: { now: () => now }, ids: { next: uuidV7 }, random: randomBytes, keys: open(),
    registers: { current: () => Promise.resolve({ registers: { parties }, pack: {} } as never) },
  };
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const open = () => createWebhookKeys(database.pool, vault, periodKeys(vault));
const wanted: WantedKey = { party, direction: 'to-party', scheme: 'v1', given: null, activeFrom: null };
const saved = (verdict: KeyVerdict) => {
  if (verdict.kind === 'refused') throw new Error(verdict.detail);
  return verdict;
};
const add = async (change: Partial<WantedKey> = {}) => saved(await addWebhookKey({ ...wanted, ...change }, 'beheer', ports));
const publicKeyText = () => `whpk_${generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`;

describe('a key the hub signs with', () => {
  test.each(['v1', 'v1a'] as const)('%s: its text proves what is signed with it', async (scheme) => {
    const { text } = await add({ scheme });
    const headers = signWebhook({ id: 'm-1', sentAt: start, body: Buffer.from('{}') }, await ports.keys.signers(party, start));
    const verifier = readWebhookVerifier(text ?? '');
    expect(verifyWebhook(headers, Buffer.from('{}'), verifier === null ? [] : [verifier], start).kind).toBe('verified');
    expect(await ports.keys.signers(other, start)).toEqual([]);
    expect(await ports.keys.verifiers(party, start)).toEqual([]);
  });

  test('rotates: both sign for a while, the new one first, then the old one is over', async () => {
    const first = await add();
    now = new Date(start.getTime() + day);
    const second = saved(await rotateWebhookKey(wanted, 14, 'beheer', ports));
    const texts = async (at: Date) => (await ports.keys.signers(party, at)).map((signer) => (signer.scheme === 'v1' ? `whsec_${Buffer.from(signer.secret).toString('base64')}` : ''));
    expect(await texts(now)).toEqual([second.text, first.text]);
    expect(await texts(new Date(now.getTime() + 14 * day - 1))).toEqual([second.text, first.text]);
    expect(await texts(new Date(now.getTime() + 14 * day))).toEqual([second.text]);
    expect(second.retiring.map(({ id, version }) => [id, version])).toEqual([[first.key.id, 2]]);
  });

  test('that is announced signs nothing before its day', async () => {
    await add({ activeFrom: new Date(start.getTime() + day) });
    expect(await ports.keys.signers(party, start)).toEqual([]);
    expect(await ports.keys.signers(party, new Date(start.getTime() + day))).toHaveLength(1);
  });

  test('that ended is gone for good, also from a copy of the database', async () => {
    const { key } = await add();
    const { rows } = await database.pool.query<{ wrapped: Buffer }>('select wrapped from webhook_secret');
    saved(await endWebhookKey(party, key.id, 'beheer', ports));
    expect(await ports.keys.signers(party, start)).toEqual([]);
    expect(() => vault.unwrap(rows[0]?.wrapped ?? Buffer.alloc(0))).toThrow('destroyed');
    expect(await endWebhookKey(party, key.id, 'beheer', ports)).toMatchObject({ kind: 'refused' });
  });

  test('stands nowhere in clear', async () => {
    await add();
    const [signer] = await ports.keys.signers(party, start);
    const { rows } = await database.pool.query('select * from webhook_key, webhook_secret, entry');
    const secret = Buffer.from(signer?.scheme === 'v1' ? signer.secret : Buffer.alloc(32));
    expect(JSON.stringify(rows)).not.toContain(secret.toString('base64'));
    expect(rows.flatMap((row: object) => Object.values(row)).some((value) => Buffer.isBuffer(value) && value.includes(secret))).toBe(false);
  });
});

describe('a key a party signs with', () => {
  test('is what its webhooks are held against, of both schemes at once', async () => {
    const secret = await add({ direction: 'from-party' });
    await add({ direction: 'from-party', scheme: 'v1a', given: publicKeyText() });
    const verifiers = await ports.keys.verifiers(party, start);
    expect(verifiers.map(({ scheme }) => scheme).sort()).toEqual(['v1', 'v1a']);
    expect(verifiers.map((one) => (one.scheme === 'v1' ? webhookVerifierOf(one) : null))).toContainEqual(readWebhookVerifier(secret.text ?? ''));
  });

  const refusals: readonly (readonly [string, Partial<WantedKey>])[] = [
    ['a party that is not in the register', { party: '00000000000000000001' }],
    ['a v1a key made here', { scheme: 'v1a' }],
    ['a private key', { scheme: 'v1a', given: `whsk_${randomBytes(32).toString('base64')}` }],
    ['a key of the other scheme', { scheme: 'v1', given: publicKeyText() }],
    ['a text that is no key', { scheme: 'v1', given: 'wachtwoord' }],
    ['a key for the hub that somebody else made', { direction: 'to-party', given: `whsec_${randomBytes(32).toString('base64')}` }],
  ];
  test.each(refusals)('is refused: %s', async (_name, change) => {
    expect(await addWebhookKey({ ...wanted, direction: 'from-party', ...change }, 'beheer', ports)).toMatchObject({ kind: 'refused' });
  });

  test('is refused when another party has it', async () => {
    const given = publicKeyText();
    await add({ direction: 'from-party', scheme: 'v1a', given });
    expect(await addWebhookKey({ ...wanted, party: other, direction: 'from-party', scheme: 'v1a', given }, 'beheer', ports)).toMatchObject({ kind: 'refused' });
  });
});

describe('the log', () => {
  const seal = async () => {
    const { signer, remove } = await openTestSigner();
    while ((await sequence(database.pool)).added > 0);
    await signHead(database.pool, signer, new Date(now.getTime() + 1_000));
    await remove();
  };

  test('names every change, and keys are read on when it is sealed', async () => {
    const { key } = await add();
    await rotateWebhookKey(wanted, 14, 'beheer', ports);
    await seal();
    expect(await open().signers(party, now)).toHaveLength(2);
    const { rows } = await database.pool.query<{ leaf: Buffer }>("select leaf from entry where kind = 'policy' order by id");
    const schemas = rows.map(({ leaf }) => String((JSON.parse(leaf.toString('utf8')) as { schema: string }).schema));
    expect(schemas.filter((schema) => schema.startsWith(`webhook-key/${key.id}@`)).sort()).toEqual([`webhook-key/${key.id}@1`, `webhook-key/${key.id}@2`]);
  });

  const tamper = (sql: string) => database.pool.query(`alter table webhook_key disable trigger user; ${sql}; alter table webhook_key enable trigger user`);
  test.each([
    ['a key is put in', `insert into webhook_key (id, version, party, direction, scheme, public_key, active_from, sha256, changed_at, changed_by, entry_id)
      values (gen_random_uuid(), 1, '${party}', 'from-party', 'v1a', '\\x${'11'.repeat(32)}', '2026-01-01', '\\x${'00'.repeat(32)}', '2026-01-01', 'x', gen_random_uuid())`],
    ['a key lasts longer', "update webhook_key set ends_at = null, retires_at = null where version = 2"],
    ['a key is made that of another party', `update webhook_key set party = '${other}'`],
    ['the end of a key is taken away', 'delete from webhook_key where version = 2'],
  ])('catches it when in the database %s', async (_name, sql) => {
    const { key } = await add();
    saved(await endWebhookKey(party, key.id, 'beheer', ports));
    await seal();
    await tamper(sql);
    const keys = tellingOperator(database.pool, open());
    for (const look of [() => keys.verifiers(party, now), () => keys.signers(party, now), () => keys.verifiers(other, now)]) await expect(look()).rejects.toMatchObject({ code: 'webhook-key-not-as-logged' });
    // A person is told once, and what to do.
    const tasks = async () => (await database.pool.query("select ref, cause, closed_at is null as is_open from task where kind = 'log'")).rows;
    expect(await tasks()).toEqual([{ ref: expect.stringMatching(/^webhook-key\/[0-9a-f-]+@[12]$/), cause: expect.stringContaining('put the rows back from a backup'), is_open: true }]);
    await database.pool.query('update task set closed_at = now()');
    await expect(keys.signers(party, now)).rejects.toThrow();
    expect(await tasks()).toMatchObject([{ is_open: false }]);
  });
});

describe('an endpoint that is gone', () => {
  const url = 'https://party.example/hook';
  test('stays off until somebody switches it on, and another address is another endpoint', async () => {
    const endpoints = createWebhookEndpoints(database.pool, periodKeys(vault));
    const change = () => ({ party, url, at: now, entryId: uuidV7(now) });
    expect(await endpoints.isOff(party, url)).toBe(false);
    await Promise.all([endpoints.switchOff(change()), endpoints.switchOff(change())]);
    expect((await database.pool.query('select from webhook_switch')).rowCount).toBe(1);
    expect([await endpoints.isOff(party, url), await endpoints.isOff(party, `${url}2`), await endpoints.isOff(other, url)]).toEqual([true, false, false]);
    expect(await endpoints.switchOn({ ...change(), by: 'beheer' })).toBe(true);
    expect(await endpoints.switchOn({ ...change(), by: 'beheer' })).toBe(false);
    expect(await endpoints.isOff(party, url)).toBe(false);
  });
});
