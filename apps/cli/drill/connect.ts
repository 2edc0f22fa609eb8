import { readWebhookVerifier, type WebhookSigner } from '@ketensluis/contract';
import { mailboxOf, type ChannelOf, type Party } from '@ketensluis/domain';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logTrustOf, type Listener } from './arrivals.js';
import { openFeedParty } from './feed-party.js';
import { openPortalParty } from './portal-party.js';
import { clientOf, newSigner } from './ways-in.js';
import { openWebhookParty } from './webhook-party.js';

/** Parties of the practice chain that are connected in another way in a drill; all others send and take mail. */
const otherParties = { takesWebhooks: 'veilig-thuis-noorderwaard', readsFeed: 'rechtbank-noorderwaard', opensAtPortal: 'politie-noorderwaard', sendsWebhooks: 'gemeente-waterveen' } as const;

/** With what they are connected. */
export interface Connecting {
  readonly parties: readonly Party[];
  readonly practiceFolder: string;
  /** Where register documents are put down. */
  readonly folder: string;
  readonly keyFile: string;
  readonly publicUrl: string;
  readonly now: () => Date;
  /** One command of `ketensluis` with what it reads. */
  readonly command: (words: readonly string[], input?: string) => Promise<string>;
}

/** Connects them as an operator does: by commands and register documents. */
export const connectParties = async (connecting: Connecting): Promise<{ readonly listeners: readonly Listener[]; readonly signer: WebhookSigner }> => {
  const { practiceFolder, keyFile, publicUrl, now, command } = connecting;
  const [ca, log] = [await readFile(join(practiceFolder, 'ca', 'root.cert.pem'), 'utf8'), await logTrustOf(practiceFolder, keyFile)];
  const placeOf = async ({ key, oin }: Party) => ({ key, oin, client: await clientOf(practiceFolder, key), ca, log, now });
  const [webhooks, feed] = [partyNamed(connecting, otherParties.takesWebhooks), partyNamed(connecting, otherParties.readsFeed)];
  const portal = partyNamed(connecting, otherParties.opensAtPortal);
  const verifier = readWebhookVerifier(/whpk_\S+/.exec(await command(['webhook', 'key', 'add', webhooks.key, '--scheme', 'v1a']))?.[0] ?? '');
  if (verifier === null) throw new Error('bug: the hub gave out no key');
  const { signer, publicKey } = newSigner();
  await command(['webhook', 'key', 'add', otherParties.sendsWebhooks, '--direction', 'from-party', '--scheme', 'v1a', '--stdin'], publicKey);
  const endpoint = await openWebhookParty(await placeOf(webhooks), verifier);
  await apply(connecting, webhooks, { kind: 'webhook', url: `https://localhost:${endpoint.port}/`, form: 'thin' });
  await apply(connecting, feed, { kind: 'feed' });
  await apply(connecting, portal, { kind: 'portal', portalNotice: mailboxOf(portal.channel) ?? '' });
  const [reader, desk] = [openFeedParty(await placeOf(feed), `${publicUrl}/feeds/uitspraken`), openPortalParty(await placeOf(portal), join(practiceFolder, portal.key), `${publicUrl}/api/v1/verstrekkingen`)];
  return { signer, listeners: [endpoint, reader, desk] };
};

const partyNamed = ({ parties }: Connecting, name: string): Party => {
  const party = parties.find(({ key }) => key === name);
  if (party === undefined) throw new Error(`bug: config/practice has no ${name}`);
  return party;
};

const apply = async ({ folder, command }: Connecting, party: Party, channel: ChannelOf<'webhook' | 'feed' | 'portal'>): Promise<void> => {
  const file = join(folder, `${party.key}.json`);
  await writeFile(file, JSON.stringify({ ...party, channel }));
  await command(['party', 'apply', file]);
};
