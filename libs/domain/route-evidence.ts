import { tlsaText } from './tlsa-record.js';
import type { MailRoute, MailRouteFacts, RouteHost, RouteReason, RouteWay } from './mail-route.js';

/** What of a route is kept with a try, so that it can be judged again later; names of organisations and servers, never of persons. */
export interface RouteEvidence {
  readonly way: RouteWay | 'closed' | 'unknown';
  readonly reasons: readonly RouteReason[];
  readonly domain: string;
  /** The NTA record as it stood in DNS, and whether DNSSEC vouched for it. */
  readonly nta: { readonly text: string; readonly secure: boolean } | null;
  readonly mx: { readonly names: readonly string[]; readonly secure: boolean } | null;
  /** Of the server that was called. */
  readonly tlsa: { readonly name: string; readonly records: readonly string[]; readonly secure: boolean } | null;
  /** The record the certificate matched, or the way by which its name was proven. */
  readonly matched: string | null;
  readonly sts: { readonly id: string; readonly mode: string; readonly source: string } | null;
  readonly spf: boolean;
  readonly dmarc: string | null;
}

const namesMax = 20;
const recordsMax = 20;

/** The facts a route was decided by, with the server that was called where one was; bounded. */
export const routeEvidence = (facts: MailRouteFacts, route: MailRoute, called: { readonly host: RouteHost; readonly matched: string | null } | null): RouteEvidence => {
  const { domain, nta, mx, sts, spf, dmarc } = facts;
  const tlsa = called?.host.host.tlsa;
  return {
    way: route.kind === 'open' ? route.way : route.kind,
    reasons: route.reasons,
    domain,
    nta: nta.kind === 'found' && nta.value.kind === 'record' ? { text: nta.value.record.text, secure: nta.secure } : null,
    mx: mx.kind === 'found' ? { names: mx.value.slice(0, namesMax).map(({ name }) => name), secure: mx.secure } : null,
    tlsa: called !== null && tlsa?.kind === 'found' ? { name: called.host.host.tlsaBase, records: tlsa.value.slice(0, recordsMax).map(tlsaText), secure: tlsa.secure } : null,
    matched: called?.matched ?? null,
    sts: sts.kind === 'policy' ? { id: sts.id, mode: sts.mode, source: sts.source } : null,
    spf: spf.kind === 'found',
    dmarc: dmarc.kind === 'found' ? dmarc.value : null,
  };
};
