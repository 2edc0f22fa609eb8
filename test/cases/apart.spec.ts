import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hubKeys, hubRoles, keysOf, openHub, readIdentity, type Hub, type HubRole } from '@ketensluis/platform';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { practiceHubAddress } from '../../apps/practice/chain.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation } from './situation.js';

// Each part of the hub opens the keys of its role, on the database account of its role, and the way of a mail leads through all of them.
let hub: TestHub;
let data: string;
beforeAll(async () => {
  hub = await openRegion({ apart: true });
  data = join(hub.practiceFolder, '..');
}, 120_000);
afterAll(() => hub.close());

/** Where the files of each key are, below the data folder. */
const filesOf = {
  data: ['keys/master.key', 'keys/shares'], opening: ['practice/hub/encrypt.key.pem'], signing: ['practice/hub/sign.key.pem'], tls: ['practice/hub/tls.key.pem'], dkim: ['practice/hub/dkim.key.pem'],
  tokens: ['keys/access-token.key.pem'], log: ['signer'],
} as const;

/** Opens a part on a copy of the data folder that holds the keys of these roles only, `without` one of them. */
const openOn = async (role: HubRole, without?: keyof typeof filesOf): Promise<{ readonly hub: Hub; readonly close: () => Promise<void> }> => {
  const folder = join(data, `of-${role}-${without ?? 'whole'}`);
  for (const name of ['keys', 'signer', 'practice/hub']) await mkdir(join(folder, name), { recursive: true });
  // The signer of the hub goes on: what it is about to put in place is gone a moment later.
  for (const name of ['keys', 'signer', 'practice/hub']) await cp(join(data, name), join(folder, name), { recursive: true, filter: (from) => !from.endsWith('.new') });
  const held = keysOf([role]);
  for (const key of hubKeys.filter((one) => !held.has(one) || one === without)) for (const file of filesOf[key]) await rm(join(folder, file), { recursive: true, force: true });
  const identity = await readIdentity(practiceHubAddress, join(folder, 'practice/hub'), held);
  const part = await openHub({
    connectionString: hub.database.connectionString, folders: { keys: join(folder, 'keys'), signer: join(folder, 'signer'), destruction: join(folder, 'destruction') }, origin: 'hub.example/log/cases',
    identity, trust: () => hub.chain.trust, route: () => null, clock: { now: hub.now }, events: hub.hub.events, roles: [role],
  });
  return { hub: part, close: async () => part.close() };
};

describe('a part of the hub', () => {
  test('opens without the files of keys that its role has no use for', async () => {
    for (const role of hubRoles) {
      const part = await openOn(role);
      await part.close();
    }
  });

  test('refuses what takes a key it does without, and says so as a fault of ours', async () => {
    const [gateway, seal] = [await openOn('gateway'), await openOn('seal')];
    expect(() => gateway.hub.log.seal(hub.now())).toThrow('bug: the roles of this process do without the key "log"');
    expect(() => seal.hub.identity.sign.privateKey).toThrow('do without the key "signing"');
    expect(seal.hub.identity.sign.certificate.length).toBeGreaterThan(100);
    await Promise.all([gateway.close(), seal.close()]);
  });

  test('does not start on another key than its own, and does not with one missing', async () => {
    await expect(openOn('decide', 'data')).rejects.toThrow('master.key is not the one this database was written with');
    await expect(openOn('seal', 'log')).rejects.toThrow('The key of the log is not the one this database was sealed with');
    await expect(openOn('gateway', 'opening')).rejects.toThrow('encrypt.key.pem');
    await expect(openOn('deliver', 'signing')).rejects.toThrow('sign.key.pem');
  });
});

test('the way of a mail leads through all parts, each on its own account', async () => {
  const situation = openSituation(hub);
  const reply = await situation.send('huisverbod.opgelegd', 'waterveen');
  expect(reply.code).toBe(250);
  expect(Object.keys(reply.permits).length).toBeGreaterThan(0);
  const { rows } = await hub.database.pool.query("select from delivery where message_id = $1 and state <> 'delivered'", [reply.id]);
  expect(rows).toEqual([]);
  await hub.checkLog();
});
