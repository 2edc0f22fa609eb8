import { webhookSchemes, type WebhookScheme } from '@ketensluis/contract';
import { keyDirections, keyOverlapDays, keyStateAt, type ChannelOf, type KeyDirection, type Party } from '@ketensluis/domain';
import { addWebhookKey, endWebhookKey, rotateWebhookKey, type KeyVerdict, type WantedKey, type WebhookKey } from '@ketensluis/flow';
import { createWebhooks } from '@ketensluis/platform';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { text as textOf } from 'node:stream/consumers';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

const named = 'key or OIN of the party';

/** `ketensluis webhook key|enable|show`: what the hub signs webhooks to a party with, and what it believes a party by. */
export const addWebhookCommands = (program: Command): void => {
  const webhook = program.command('webhook').description('webhooks to and from a party: keys, and endpoints that said they are gone');
  const key = webhook.command('key').description('keys of a party; every change is an entry in the log');
  withKeyOptions(key.command('add').argument('<party>', named).description('give out a key, or take one of the party; a secret is shown once'))
    .option('--from <moment>', 'from when it is used, such as 2026-12-01T00:00:00Z; at once when absent')
    .action(add);
  withKeyOptions(key.command('rotate').argument('<party>', named).description('a new key at once; the old one goes on beside it for a while'))
    .option('--days <days>', 'how long the old one goes on', String(keyOverlapDays))
    .action(rotate);
  withName(key.command('end').argument('<party>', named).argument('<id>', 'id of the key, as `webhook key list` shows it').description('end a key at once; its secret is destroyed')).action(end);
  key.command('list').argument('<party>', named).description('every key there ever was, and what it is good for now').option('--json', 'as JSON').action(list);
  withName(webhook.command('enable').argument('<party>', named).description('switch an endpoint on again that answered 410')).action(enable);
  webhook.command('show').argument('<party>', named).description('where its webhooks go, and whether they do').option('--json', 'as JSON').action(show);
};

const withName = (command: Command): Command => command.option('--by <name>', 'who does this; stands in the log', userInfo().username);

const withKeyOptions = (command: Command): Command =>
  withName(command)
    .option('--direction <direction>', 'to-party: the hub signs; from-party: the party does', 'to-party')
    .option('--scheme <scheme>', 'v1: a shared secret; v1a: a key pair', 'v1')
    .option('--stdin', 'the party made the key: read it (whsec_ or whpk_) from standard input');

interface KeyOptions {
  readonly direction: string;
  readonly scheme: string;
  readonly stdin?: boolean;
  readonly by: string;
}

type Webhooks = Awaited<ReturnType<typeof createWebhooks>>;

/** A party by its key or its OIN. */
const partyNamed = async (name: string, { registers }: Webhooks): Promise<Party> => {
  const found = (await registers.current()).registers.parties.find(({ key, oin }) => key === name || oin === name);
  if (found === undefined) throw new PlainFault('No party in the register has this key or OIN.', 2);
  return found;
};

const wantedOf = async ({ oin }: Party, { direction, scheme, stdin }: KeyOptions): Promise<Omit<WantedKey, 'activeFrom'>> => {
  const [asked, way] = [webhookSchemes.find((one) => one === scheme), keyDirections.find((one) => one === direction)];
  if (way === undefined) throw new PlainFault(`--direction is one of ${keyDirections.join(', ')}`, 2);
  if (asked === undefined) throw new PlainFault(`--scheme is one of ${webhookSchemes.join(', ')}`, 2);
  return { party: oin, direction: way, scheme: asked, given: stdin === true ? (await textOf(process.stdin)).trim() : null };
};

const add = (name: string, options: KeyOptions & { readonly from?: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const webhooks = await createWebhooks(pool, configuration);
    const { from } = options;
    if (from !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/.test(from)) throw new PlainFault('--from is a moment, such as 2026-12-01T00:00:00Z', 2);
    const wanted = await wantedOf(await partyNamed(name, webhooks), options);
    tell(await addWebhookKey({ ...wanted, activeFrom: from === undefined ? null : new Date(from) }, options.by, webhooks), wanted);
  });

const rotate = (name: string, options: KeyOptions & { readonly days: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const webhooks = await createWebhooks(pool, configuration);
    if (!/^\d{1,3}$/.test(options.days)) throw new PlainFault('--days is a number of days, for example 14', 2);
    const wanted = await wantedOf(await partyNamed(name, webhooks), options);
    const verdict = await rotateWebhookKey(wanted, Number(options.days), options.by, webhooks);
    tell(verdict, wanted);
    if (verdict.kind === 'saved') for (const { id, endsAt } of verdict.retiring) say(`The old key ${id} goes on beside it until ${endsAt?.toISOString() ?? ''}.`);
  });

const uses: Readonly<Record<KeyDirection, Readonly<Record<WebhookScheme, string>>>> = {
  'to-party': {
    v1: 'The party checks with it: HMAC-SHA256 over "webhook-id.webhook-timestamp.body" must be in webhook-signature (Standard Webhooks v1).',
    v1a: 'The party checks with it: an Ed25519 signature over "webhook-id.webhook-timestamp.body" must be in webhook-signature (Standard Webhooks v1a).',
  },
  'from-party': {
    v1: 'The party signs with it: HMAC-SHA256 over "webhook-id.webhook-timestamp.body" goes into webhook-signature (Standard Webhooks v1).',
    v1a: 'The party signs with the private half.',
  },
};

const tell = (verdict: KeyVerdict, { direction, scheme }: Pick<WantedKey, 'direction' | 'scheme'>): void => {
  if (verdict.kind === 'refused') throw new PlainFault(`Not done: ${verdict.detail}.`, 2);
  const { key, text } = verdict;
  if (text === null) return say(`Key ${key.id} of the party is believed from ${key.activeFrom.toISOString()}.`);
  say(`Key ${key.id}, used from ${key.activeFrom.toISOString()}. ${scheme === 'v1' ? 'The secret, shown this once:' : 'The public key:'}`);
  say(text);
  say(uses[direction][scheme]);
};

const end = (name: string, id: string, { by }: { readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const webhooks = await createWebhooks(pool, configuration);
    const verdict = await endWebhookKey((await partyNamed(name, webhooks)).oin, id, by, webhooks);
    if (verdict.kind === 'refused') throw new PlainFault(`Not ended: ${verdict.detail}.`, 2);
    say('Ended: nothing is signed with it or believed by it any more.');
  });

const list = (name: string, options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const webhooks = await createWebhooks(pool, configuration);
    const at = webhooks.clock.now();
    const keys = await webhooks.keys.list((await partyNamed(name, webhooks)).oin);
    if (options.json === true) return say(JSON.stringify(keys.map((key) => ({ ...key, publicKey: publicText(key), state: keyStateAt(key, at) })), null, 2));
    if (keys.length === 0) return say('The party has no keys yet: ketensluis webhook key add');
    for (const key of keys) say(lineOf(key, at));
  });

const publicText = ({ publicKey }: WebhookKey): string | null => (publicKey === null ? null : `whpk_${Buffer.from(publicKey).toString('base64')}`);

const lineOf = (key: WebhookKey, at: Date): string => {
  const { id, direction, scheme, activeFrom, endsAt, changedBy } = key;
  const period = `${activeFrom.toISOString()} to ${endsAt?.toISOString() ?? 'further notice'}`;
  return `${id}  ${direction}  ${scheme}  ${keyStateAt(key, at)}  ${period}  by ${changedBy}${key.publicKey === null ? '' : `\n    ${publicText(key) ?? ''}`}`;
};

const channelOf = ({ channel }: Party): ChannelOf<'webhook'> => {
  if (channel?.kind !== 'webhook') throw new PlainFault('The channel of this party is no webhook; its register document says which it is.', 2);
  return channel;
};

const enable = (name: string, { by }: { readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const webhooks = await createWebhooks(pool, configuration);
    const party = await partyNamed(name, webhooks);
    const at = webhooks.clock.now();
    const isDone = await webhooks.endpoints.switchOn({ party: party.oin, url: channelOf(party).url, at, by, entryId: webhooks.ids.next(at) });
    say(isDone ? 'Switched on: what was held for it is tried now.' : 'It was not switched off.');
  });

const show = (name: string, options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const webhooks = await createWebhooks(pool, configuration);
    const party = await partyNamed(name, webhooks);
    const { url, form, pinnedOin } = channelOf(party);
    const at = webhooks.clock.now();
    const isOff = await webhooks.endpoints.isOff(party.oin, url);
    const keys = await webhooks.keys.list(party.oin);
    if (options.json === true) return say(JSON.stringify({ party: party.oin, url, form, pinnedOin: pinnedOin ?? null, isOff, keys: keys.map(({ id, direction, scheme }) => ({ id, direction, scheme })) }, null, 2));
    say(`${party.name} (${party.oin})`);
    say(`  goes to   ${url}, ${form}${pinnedOin === undefined ? '' : `, certificate of ${pinnedOin}`}`);
    say(`  endpoint  ${isOff ? `switched off, it answered 410: ketensluis webhook enable ${party.key}` : 'on'}`);
    const inForce = keys.filter((key) => ['active', 'retiring'].includes(keyStateAt(key, at)));
    if (!inForce.some(({ direction }) => direction === 'to-party')) say(`  keys      none to sign with, so nothing goes: ketensluis webhook key add ${party.key}`);
    for (const key of inForce) say(`  key       ${lineOf(key, at)}`);
  });
