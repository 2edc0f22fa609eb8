import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWebhookVerifier, signWebhook, verifyWebhook, webhookVerifierText } from '@ketensluis/contract';
import { generateKeyPairSync } from 'node:crypto';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { runCommand } from '../../test/harness/command.js';
import { openTestHub, type TestHub } from '../../test/harness/hub.js';
import { addWebhookCommands } from './webhook-commands.js';

const veiligThuis = '00000001900000000201';
const party = 'veilig-thuis-noorderwaard';
const url = 'https://localhost:9/in';
const before = { ...process.env };
let hub: TestHub;
beforeAll(async () => {
  hub = await openTestHub();
  process.env['KETENSLUIS_DATABASE_URL'] = hub.database.connectionString;
  process.env['KETENSLUIS_DATA'] = dirname(hub.practiceFolder);
}, 120_000);
afterAll(async () => {
  process.env = before;
  await hub.close();
}, 60_000);

/** Runs a command as a person would, with this on standard input, and gives what it said. */
const run = async (words: readonly string[], input = ''): Promise<string> => {
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([input]) });
  try {
    return await runCommand(addWebhookCommands, ['webhook', ...words]);
  } finally {
    if (stdin !== undefined) Object.defineProperty(process, 'stdin', stdin);
  }
};
const publicKeyText = () => webhookVerifierText({ scheme: 'v1a', publicKey: generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32) });

describe('ketensluis webhook', () => {
  test('gives out a secret once, rotates it and ends it; the hub that runs signs with it at once', async () => {
    const secret = /whsec_\S+/.exec(await run(['key', 'add', party]))?.[0] ?? '';
    const rotated = await run(['key', 'rotate', veiligThuis, '--days', '10']);
    const next = /whsec_\S+/.exec(rotated)?.[0] ?? '';
    expect(rotated).toContain('goes on beside it until');
    const at = hub.now();
    const signers = await hub.hub.store.webhookKeys.signers(veiligThuis, at);
    const headers = signWebhook({ id: 'm', sentAt: at, body: Buffer.from('{}') }, signers);
    for (const text of [secret, next]) expect(verifyWebhook(headers, Buffer.from('{}'), [readWebhookVerifier(text) ?? { scheme: 'v1', secret: new Uint8Array() }], at).kind).toBe('verified');
    const listed = await run(['key', 'list', party]);
    expect(listed).not.toMatch(/whsec_/);
    expect(listed).toMatch(/ retiring .*\n.* active /);
    const id = /^[0-9a-f-]{36}/.exec(listed)?.[0] ?? '';
    expect(await run(['key', 'end', party, id])).toContain('Ended');
    expect(await hub.hub.store.webhookKeys.signers(veiligThuis, hub.now())).toHaveLength(1);
    await expect(run(['key', 'end', party, id])).rejects.toThrow('has ended before');
  });

  test('takes the public key of a party from standard input, so that no shell remembers it', async () => {
    const given = publicKeyText();
    expect(await run(['key', 'add', party, '--direction', 'from-party', '--scheme', 'v1a', '--stdin'], `${given}\n`)).toContain('is believed from');
    expect(await run(['key', 'list', party])).toContain(given);
    expect(JSON.parse(await run(['key', 'list', party, '--json']))).toContainEqual(expect.objectContaining({ direction: 'from-party', publicKey: given, state: 'active' }));
  });

  test.each([
    [['key', 'add', 'nobody'], 'No party'],
    [['key', 'add', party, '--scheme', 'v2'], '--scheme is one of'],
    [['key', 'add', party, '--direction', 'out'], '--direction is one of'],
    [['key', 'add', party, '--from', 'morgen'], '--from is a moment'],
    [['key', 'rotate', party, '--days', '-1'], '--days is a number'],
    [['key', 'rotate', party, '--days', '365'], '0 to 90 days'],
    [['key', 'rotate', party, '--scheme', 'v1a'], 'no active key of this kind'],
    [['key', 'add', party, '--direction', 'from-party', '--scheme', 'v1a'], 'give its public key'],
    [['show', 'ggd-noorderwaard'], 'no webhook'],
  ])('refuses %j', async (words, message) => expect(run(words)).rejects.toThrow(message));

  test('shows where webhooks go, and switches an endpoint on again', async () => {
    await hub.apply({ ...(await hub.document('party', party)), channel: { kind: 'webhook', url, form: 'thin' } });
    expect(await run(['show', party])).toMatch(new RegExp(`goes to   ${url}, thin\n  endpoint  on`));
    expect(await run(['enable', party])).toContain('was not switched off');
    const at = hub.now();
    await hub.hub.store.webhookEndpoints.switchOff({ party: veiligThuis, url, at, entryId: hub.hub.ids.next(at) });
    expect(await run(['show', party])).toContain(`ketensluis webhook enable ${party}`);
    expect(await run(['enable', party, '--by', 'beheer'])).toContain('Switched on');
    expect(JSON.parse(await run(['show', party, '--json']))).toMatchObject({ url, isOff: false });
    await hub.settle();
    const codes = (await hub.entries()).filter(({ schema }) => schema === 'webhook-endpoint').map(({ code }) => code);
    expect(codes).toEqual(['webhook-endpoint.off', 'webhook-endpoint.on']);
  });
});
