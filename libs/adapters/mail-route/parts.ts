import type { StsPolicies, TlsSessions } from '@ketensluis/flow';
import { mayCall, networksOf } from '../egress.js';
import type { RouteParts } from './carrier.js';
import { createResolver, resolverPlace, type Resolve } from './resolver.js';
import { fetchStsPolicy, stsFetchLimits, type StsFetched } from './sts-fetch.js';

/** The settings routes are looked up with; networks are written as `192.0.2.0/24`. */
export interface RouteSettings {
  /** The validating resolver of this computer, such as `127.0.0.1:53`; null: no route can be proven. */
  readonly resolver: string | null;
  /** Networks every server of an NTA domain must stand in; empty: not judged. */
  readonly within: readonly string[];
  /** Networks a connection may be led into although they are not the public internet. */
  readonly allowed: readonly string[];
}

/** What tests and practice change: everybody else speaks to mail servers at port 25 and to policy hosts at 443, with the roots that came with Node. */
export interface RoutePlaces {
  /** One for all, or by the name of the server: those of practice share one address and stand at ports of their own. */
  readonly mailPort?: number | ((host: string) => number);
  readonly policyPort?: number;
  readonly ca?: string;
}

const usualMailPort = 25;
const usualPolicyPort = 443;

/** What the mail channels look routes up with. Throws on settings that name no resolver of this computer, or no network. */
export function routeParts(settings: RouteSettings, kept: { readonly policies: StsPolicies; readonly sessions: TlsSessions }, places: RoutePlaces = {}): RouteParts {
  const place = settings.resolver === null ? null : resolverPlace(settings.resolver);
  if (settings.resolver !== null && place === null) throw new RangeError('the resolver must be an address of this computer, such as 127.0.0.1:53');
  const resolve = place === null ? null : createResolver(place);
  const allowed = settings.allowed.length === 0 ? null : networksOf(settings.allowed);
  const ca = places.ca === undefined ? {} : { ca: places.ca };
  const fetch = async (domain: string): Promise<StsFetched> => {
    const address = resolve === null ? null : await policyHost(domain, resolve, (one) => mayCall(one, allowed));
    if (address === null) return { kind: 'failed', code: 'sts-policy-fetch-error', cause: 'no-address' };
    return fetchStsPolicy({ domain, address, port: places.policyPort ?? usualPolicyPort, limits: stsFetchLimits, ...ca });
  };
  return {
    resolve, sts: { policies: kept.policies, fetch }, sessions: kept.sessions, allowed, ...ca,
    within: settings.within.length === 0 ? null : networksOf(settings.within), portOf: portsFrom(places.mailPort ?? usualMailPort),
  };
}

const portsFrom = (port: number | ((host: string) => number)): RouteParts['portOf'] => (typeof port === 'number' ? () => port : port);

/** The first address of the policy host that may be called. */
async function policyHost(domain: string, resolve: Resolve, mayBe: (address: string) => boolean): Promise<string | null> {
  for (const kind of ['A', 'AAAA'] as const) {
    const answer = await resolve(`mta-sts.${domain}`, kind);
    const found = answer.kind === 'found' ? answer.records.find(mayBe) : undefined;
    if (found !== undefined) return found;
  }
  return null;
}
