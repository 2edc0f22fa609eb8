import { dkimSigner, secureMailAdapter, type RouteParts } from '@ketensluis/adapters';
import type { ChannelOf } from '@ketensluis/domain';
import type { PartyAdapter } from '@ketensluis/flow';
import { writeEnvelopeId } from '@ketensluis/mail';
import type { Identity } from '../identity.js';

/** What mail that its way protects is sent with. */
export interface SecureMailParts {
  readonly identity: Pick<Identity, 'address' | 'dkim'>;
  readonly routes: RouteParts;
  readonly reportSecret: Uint8Array;
}

/** The adapter of a channel of kind `secure-mail`; the key it signs with is that of each moment. */
export const secureMail = (channel: ChannelOf<'secure-mail'>, { identity, routes, reportSecret }: SecureMailParts): PartyAdapter =>
  secureMailAdapter({
    address: channel.address,
    floor: channel.floor,
    from: identity.address,
    route: routes,
    receipts: { mdn: channel.receipts.mdn, envelopeId: channel.receipts.dsn ? (id, attempt) => writeEnvelopeId(reportSecret, { id, attempt }) : null },
    sign: async (raw) => (identity.dkim === undefined ? raw : dkimSigner(identity.dkim)(raw)),
  });
