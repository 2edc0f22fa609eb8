import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubRoles } from '@ketensluis/platform';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { buildOnce, projectRoot } from '../faults/hub-child.js';
import { until } from '../faults/night.js';
import { openTestAccounts, openTestDatabase, type TestAccounts, type TestDatabase } from '../harness/database.js';
import { hubImage, inOrder, readCompose } from './compose-file.js';
import { composeRun, type ComposeRun } from './compose-run.js';

// No container engine is needed: every service of our own image is started as a process, by the command, environment, secrets and volumes of the file. What an
// engine does (networks, read-only folders, accounts) is read from the file only; the broker of the file is left out, so the embedded queue does its work.
const { services, networks, volumes, secrets } = readCompose();
const container = z.object({ args: z.array(z.string()), securityContext: z.unknown() });
const manifestSchema = z.object({
  kind: z.string(), metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(container), initContainers: z.array(container).default([]), securityContext: z.object({ runAsNonRoot: z.boolean() }),
        volumes: z.array(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).optional(), secret: z.object({ items: z.array(z.object({ key: z.string() })) }).optional() })),
      }),
    }).optional(),
  }).optional(),
});
const own = inOrder(services).filter((name) => services[name]?.image === hubImage);

describe('docker-compose.yml', () => {
  test('runs nothing as root, on a file system that can be written, or under a tag that moves by itself', () => {
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.read_only, service.cap_drop, service.security_opt]).toEqual([name, true, ['ALL'], ['no-new-privileges:true']]);
      expect([name, service.user]).not.toEqual([name, expect.stringMatching(/^(root|0)/)]);
      expect([name, /:[a-z]*\d/.test(service.image)]).toEqual([name, true]);
    }
  });

  test('shows its ports to this computer only, and names nothing that is not there', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const line of service.ports) expect([name, line]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
      for (const one of service.secrets) expect(Object.keys(secrets)).toContain(typeof one === 'string' ? one : one.source);
      for (const one of service.networks ?? []) expect(Object.keys(networks)).toContain(one);
      for (const one of service.volumes.filter((line) => !line.startsWith('.'))) expect(Object.keys(volumes)).toContain(one.split(':')[0]);
      for (const before of Object.keys(service.depends_on)) expect(Object.keys(services)).toContain(before);
      expect([name, service.restart === 'no' || service.healthcheck !== undefined]).toEqual([name, true]);
    }
  });

  test('gives each process the folders of the keys it needs', () => {
    const holders = (volume: string) => own.filter((name) => services[name]?.volumes.some((line) => line.startsWith(`${volume}:`)));
    expect(holders('signer')).toEqual(['log-key', 'prepare', 'seal']);
    expect(holders('keys')).not.toContain('seal');
    expect(holders('destruction')).toEqual(['prepare']);
    for (const name of own) expect(services[name]?.secrets.filter((one) => one === 'owner-url').length).toBe(['prepare', 'roles'].includes(name) ? 1 : 0);
  });
});

describe('the manifests beside it', () => {
  const manifests = ['prepare', 'processes', 'volumes'].flatMap((name) => parseAllDocuments(readFileSync(join(projectRoot, 'config/kubernetes', `${name}.yaml`), 'utf8')).map((one) => manifestSchema.parse(one.toJS())));
  const pods = manifests.flatMap(({ kind, metadata, spec }) => (spec?.template === undefined ? [] : [{ kind, name: metadata.name, ...spec.template.spec }]));

  test('run each role with the keys and the secret of that role, never as root', () => {
    expect(pods.filter(({ kind }) => kind === 'Deployment').map(({ name }) => name).sort()).toEqual([...hubRoles].sort());
    for (const { kind, name, containers, initContainers, volumes: places, securityContext } of pods) {
      expect([name, securityContext.runAsNonRoot]).toEqual([name, true]);
      for (const one of [...containers, ...initContainers]) {
        expect([name, one.securityContext]).toEqual([name, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }]);
      }
      if (kind !== 'Deployment') continue;
      expect(containers[0]?.args).toEqual(['run', name]);
      const claims = places.flatMap(({ persistentVolumeClaim: claim }) => (claim === undefined ? [] : [claim.claimName]));
      expect([name, claims]).toEqual([name, services[name]?.volumes.map((line) => line.split(':')[0] ?? '').filter((volume) => ['keys', 'signer', 'destruction'].includes(volume))]);
      expect([name, places.flatMap(({ secret }) => secret?.items.map(({ key }) => key) ?? []).filter((key) => key !== 'broker')]).toEqual([name, [name]]);
    }
  });
});

describe('the processes of docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-compose-'));
  const secret = (name: string): string => join(folder, 'secrets', name);
  let database: TestDatabase;
  let accounts: TestAccounts;
  let run: ComposeRun;

  beforeAll(async () => {
    await buildOnce();
    execFileSync(process.execPath, [join(projectRoot, 'config/scripts/secrets.mjs'), join(folder, 'secrets')]);
    database = await openTestDatabase();
    const lines = readFileSync(secret('database-roles'), 'utf8').trim().split('\n').map((line) => line.split(' '));
    // As config/compose/database.sh does; the owner is there already.
    accounts = await openTestAccounts(database, lines.filter(([name]) => name !== 'ketensluis').map(([name = '', password = '']) => ({ name, password })));
    for (const role of ['gateway', 'decide', 'seal', 'deliver', 'watch', 'console', 'practice']) writeFileSync(secret(`${role}-url`), accounts.urlOf(`ketensluis_${role}`));
    writeFileSync(secret('owner-url'), database.connectionString);
    run = await composeRun(folder, own);
  }, 120_000);
  afterAll(async () => {
    await run.stop();
    await database.close();
    await accounts.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('have secrets that nobody else in this folder can read', () => {
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(Object.keys(secrets).sort());
  });

  test('start as they depend on each other, each on the account of its role, and bring what the story sends', async () => {
    const started = new Map<string, Promise<void>>();
    for (const name of own) {
      const service = services[name];
      if (service === undefined) throw new Error('bug: no service');
      const { KETENSLUIS_BROKER_URL_FILE: _broker, ...environment } = service.environment;
      const before = Object.keys(service.depends_on).map((one) => started.get(one));
      started.set(name, Promise.all(before).then(() => run.start(name, { ...service, environment })));
    }
    await Promise.all(started.values());
    const isDelivered = async (): Promise<boolean> => {
      const { rows } = await database.pool.query<{ delivered: string; waits: boolean }>(
        "select (select count(*) from delivery where state = 'delivered') as delivered, exists (select from queue where parked_code is null and due_at <= now()) or exists (select from pending) as waits");
      return Number(rows[0]?.delivered) >= 10 && rows[0]?.waits === false;
    };
    const isDone = await until(isDelivered, 90_000);
    expect(isDone ? 'delivered' : `${run.words('practice').slice(-2_000)}\n${run.words('deliver').slice(-4_000)}`).toBe('delivered');
    const { rows } = await database.pool.query<{ name: string }>("select distinct usename as name from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'ketensluis%' order by 1");
    expect(rows.map(({ name }) => name).filter((name) => name !== 'ketensluis')).toEqual(['console', 'decide', 'deliver', 'gateway', 'practice', 'seal', 'watch'].map((role) => `ketensluis_${role}`));
    const head = await database.pool.query('select needs_quorum, released_size > 0 as released, (select count(*)::int from witness_state where problem is null) as witnesses from tlog_head');
    expect(head.rows).toEqual([{ needs_quorum: true, released: true, witnesses: 2 }]);
    expect((await fetch(`http://127.0.0.1:${run.port('console', 8081)}/`, { redirect: 'manual' })).status).toBeLessThan(400);
  }, 240_000);

  test('end in order when they are told to', async () => {
    const codes = await run.stop();
    expect(Object.entries(codes).filter(([, code]) => code !== 0)).toEqual([]);
  }, 120_000);
});
