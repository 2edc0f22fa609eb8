import { networksOf, webhookAdapter } from '@ketensluis/adapters';
import type { ChannelOf, Party } from '@ketensluis/domain';
import type { Ids, PartyAdapter, WebhookEndpoints, WebhookKeys } from '@ketensluis/flow';
import { parseCertificate, type Trust } from '@ketensluis/mail';
import { randomBytes } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { derOf, type Identity } from '../identity.js';

/** What webhooks to the parties are made with. */
export interface WebhookParts {
  readonly identity: Identity;
  readonly trust: () => Trust;
  readonly keys: WebhookKeys;
  readonly endpoints: WebhookEndpoints;
  readonly ids: Ids;
  /** Under which the parties reach the API; no slash at the end. */
  readonly publicUrl: string;
  /** Networks that are not the public internet and that webhooks may go to all the same. */
  readonly callNetworks: readonly string[];
  /** True: each request carries a `traceparent`. */
  readonly isTraced: boolean;
}

/** The name of the hub within its organisation, in the source of its events. */
const system = 'ketensluis';

/** The adapter for a webhook of this party; null when the certificate of the hub carries no OIN, because then its events could not say who speaks. */
export const webhookChannel = (party: Party, { url, form, pinnedOin }: ChannelOf<'webhook'>, parts: WebhookParts): PartyAdapter | null => {
  const oin = ownOin(parts.identity);
  if (oin === null) return null;
  const anchors = parts.trust().anchors.filter(({ uses }) => uses?.includes('tls') !== false).map(({ certificate }) => pem(certificate));
  return webhookAdapter({
    form,
    origin: { source: { oin, system }, publicUrl: parts.publicUrl },
    target: {
      url,
      allowed: networksOf(parts.callNetworks),
      // Who is pinned proves itself under an authority of the hub's own choice (PKIoverheid); anybody else may have a certificate of the public internet.
      ca: pinnedOin === undefined ? [...rootCertificates, ...anchors] : anchors,
      // Read at each new connection: the certificate of the hub changes while the adapter lives.
      ...(pinnedOin === undefined ? {} : { pinned: () => ({ oin: pinnedOin, ...parts.identity.tls }) }),
    },
    ...(parts.isTraced ? { traceparent: freshTraceparent } : {}),
    signers: (at) => parts.keys.signers(party.oin, at),
    endpoint: {
      isOff: () => parts.endpoints.isOff(party.oin, url),
      switchOff: (at) => parts.endpoints.switchOff({ party: party.oin, url, at, entryId: parts.ids.next(at) }),
    },
  });
};

/**
 * W3C Trace Context §3.2: a trace of its own for each request. That of the message is its id, which says when it came and joins what several parties got; this
 * one is chance, so it tells the receiver nothing, and our span links to it.
 */
const freshTraceparent = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

/** The OIN in the certificate of our servers, as PKIoverheid writes it: the serialNumber of the subject. Null when there is none: then no webhook goes out. */
export const ownOin = ({ tls }: Pick<Identity, 'tls'>): string | null => {
  const [certificate] = derOf(tls.cert);
  const oin = certificate === undefined ? null : parseCertificate(certificate).subject.serialNumber;
  return oin !== null && /^[0-9]{20}$/.test(oin) ? oin : null;
};

const pem = (der: Uint8Array): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
