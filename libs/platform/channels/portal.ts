import { dkimSigner, portalAdapter, type RouteParts, type SmtpTarget } from '@ketensluis/adapters';
import type { ChannelOf, Party } from '@ketensluis/domain';
import type { PartyAdapter } from '@ketensluis/flow';
import type { Identity } from '../identity.js';

/** What word to a party at the console is sent with. */
export interface PortalParts {
  readonly identity: Pick<Identity, 'address' | 'dkim'>;
  readonly consoleUrl: string;
  /** Where mail for a party goes when its channel names no host. */
  readonly route: (party: Party) => SmtpTarget | null;
  readonly routes: RouteParts;
}

/** The adapter of a channel of kind `portal`, and of mail that has no way; the key it signs with is that of each moment. */
export const portal = (party: Party, { portalNotice, host, port }: ChannelOf<'portal'>, { identity, consoleUrl, route, routes }: PortalParts): PartyAdapter =>
  portalAdapter({
    address: portalNotice,
    target: host === undefined ? (route(party) ?? { route: routes }) : { host, port: port ?? 25 },
    from: identity.address,
    consoleUrl,
    sign: async (raw) => (identity.dkim === undefined ? raw : dkimSigner(identity.dkim)(raw)),
  });
