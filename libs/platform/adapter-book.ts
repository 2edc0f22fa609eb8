import { dkimSigner, feedAdapter, orPortal, smimeMailAdapter, type RouteParts, type SmtpTarget } from '@ketensluis/adapters';
import { mayReceive, portalNoticeOf, type ChannelOf, type Party } from '@ketensluis/domain';
import type { Clock, FeedStore, PartyAdapter, RegisterReader } from '@ketensluis/flow';
import { checkRecipient, writeEnvelopeId, type MailPool, type MailRefusal, type Trust, sealKept, type SealInput } from '@ketensluis/mail';
import { createHash } from 'node:crypto';
import { webhookChannel, type WebhookParts } from './channels/webhook.js';
import { portal } from './channels/portal.js';
import { secureMail } from './channels/secure-mail.js';
import type { Identity } from './identity.js';
import type { Keyring } from './keyring.js';

/** What the channels to the parties are made with. */
export interface ChannelParts {
  readonly identity: Identity;
  readonly trust: () => Trust;
  readonly keyring: Pick<Keyring, 'recipientOf'>;
  readonly clock: Clock;
  /** Where mail for a party goes when its channel names no host. */
  readonly route: (party: Party) => SmtpTarget | null;
  readonly mail: MailPool;
  /** What routes are looked up with, for mail to a domain and not to a named server. */
  readonly routes: RouteParts;
  readonly reportSecret: Uint8Array;
  readonly feeds: Pick<FeedStore, 'list'>;
  readonly webhooks: WebhookParts;
  /** Where people find the console; no slash at the end. */
  readonly consoleUrl: string;
}

/** The adapters in use: one per version of a party; a newer version closes the older one's connections. */
export const adapterBook = (parts: ChannelParts, registers: RegisterReader) => {
  const open = new Map<string, { readonly version: number; readonly adapter: PartyAdapter }>();
  return {
    /** `mark`: as for the registers. */
    of: async (oin: string, mark?: string): Promise<PartyAdapter | null> => {
      const { registers: current } = await registers.current(mark);
      const party = current.parties.find((one) => one.oin === oin);
      if (party === undefined) return null;
      const known = open.get(oin);
      if (known?.version === party.version) return known.adapter;
      const adapter = channelOf(party, parts);
      if (adapter === null) return null;
      void known?.adapter.close();
      open.set(oin, { version: party.version, adapter });
      return adapter;
    },
    close: async () => void (await Promise.all([...open.values()].map(({ adapter }) => adapter.close()))),
  };
};

/** The adapter for the kind of channel the party has; null when it cannot be used. */
const channelOf = (party: Party, parts: ChannelParts): PartyAdapter | null => {
  const { channel } = party;
  switch (channel?.kind) {
    case 'smime-mail': return withPortal(smimeMail(party, channel, parts), party, parts);
    case 'secure-mail': return withPortal(secureMail(channel, parts), party, parts);
    case 'webhook': return webhookChannel(party, channel, parts.webhooks);
    case 'feed': return feedAdapter({ party: party.oin, list: parts.feeds.list });
    case 'portal': return portal(party, channel, parts);
    case undefined: return null;
  }
};

const withPortal = (mail: PartyAdapter, party: Party, parts: ChannelParts): PartyAdapter => {
  const portalNotice = portalNoticeOf(party.channel);
  return portalNotice === null ? mail : orPortal(mail, portal(party, { kind: 'portal', portalNotice }, parts));
};

const refusal = (detail: string): MailRefusal => ({ kind: 'refused', code: 'unusable-certificate', public: 'no usable certificate', detail });
const notNamed = refusal('the party names its certificates, and not this one');
const ambiguous = refusal('two certificates are equally new; revoke one: ketensluis certificates list');

const smimeMail = (party: Party, channel: ChannelOf<'smime-mail'>, { identity, trust, keyring, clock, route, routes, mail, reportSecret }: ChannelParts): PartyAdapter => {
  const target = channel.host === undefined ? (route(party) ?? { route: routes }) : { host: channel.host, port: channel.port ?? 25 };
  const choose = () => keyring.recipientOf(party, channel, clock.now());
  const formOf = () => {
    const choice = choose();
    return choice.kind === 'chosen' ? choice.form : {};
  };
  // Keys and certificates change while the adapter lives: each mail takes those of its moment.
  return smimeMailAdapter({
    target: {
      ...target, address: channel.address,
      get encryptionCertificate() {
        const choice = choose();
        if (choice.kind === 'none') return null;
        // Which of two it is, `checkRecipient` refuses to say: the hold then tells why.
        return choice.kind === 'chosen' ? choice.certificate : new Uint8Array();
      },
    },
    from: identity.address,
    get signer() { return identity.sign; },
    get encryptionCertificate() { return identity.encrypt.certificate; },
    seal: (input) => mail.seal({ ...input, ...formOf() }),
    ...(channel.receipts.signed ? { sealKept: async (input: SealInput) => sealKept(input) } : {}),
    receipts: { mdn: channel.receipts.mdn, envelopeId: channel.receipts.dsn ? (id, attempt) => writeEnvelopeId(reportSecret, { id, attempt }) : null },
    sign: async (sealed) => (identity.dkim === undefined ? sealed : dkimSigner(identity.dkim)(sealed)),
    checkRecipient: (der, { address, at }) => {
      if (der.length === 0) return ambiguous;
      return mayReceive(party, createHash('sha256').update(der).digest('hex')) ? checkRecipient(der, { trust: trust(), address, at }) : notNamed;
    },
  });
};
