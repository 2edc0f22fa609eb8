import { isNtaInForce, type NtaFault, type NtaRecord } from './nta-record.js';
import { usableTlsa, type TlsaRecord } from './tlsa-record.js';

/**
 * What was found of one thing in DNS. `secure`: a validating resolver vouches for it (RFC 4035 §3.2.3), also that it is not there. `failed`: it could not
 * be had now, by a broken signature for one. `unknown`: there is nobody to ask.
 */
export type Finding<T> =
  | { readonly kind: 'found'; readonly secure: boolean; readonly value: T }
  | { readonly kind: 'absent'; readonly secure: boolean }
  | { readonly kind: 'failed'; readonly cause: string }
  | { readonly kind: 'unknown' };

/** A server that takes mail for a domain, and what DNS says of it. */
export interface MailHost {
  readonly name: string;
  readonly preference: number;
  /** Those a connection may be opened to. */
  readonly addresses: Finding<readonly string[]>;
  /** How many addresses were left out since they lead into a network we may not be led into. */
  readonly refusedAddresses: number;
  /** The name its TLSA records stand under: its own, or the one it is an alias of (RFC 7672 §2.2.2). */
  readonly tlsaBase: string;
  readonly tlsa: Finding<readonly TlsaRecord[]>;
}

/** Whether a policy of RFC 8461 holds for the domain; `cached`: a kept one that has not run out. */
export type StsFinding =
  | { readonly kind: 'policy'; readonly id: string; readonly mode: 'enforce' | 'testing' | 'none'; readonly mx: readonly string[]; readonly source: 'fetched' | 'cached'; /** As the domain wrote it. */ readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly code: 'sts-policy-fetch-error' | 'sts-policy-invalid' | 'sts-webpki-invalid'; readonly cause: string }
  | { readonly kind: 'unknown' };

/** Everything a route to a mail domain is decided by. DKIM is missing: its selector stands in the mails of the domain, and DNS tells no selectors. */
export interface MailRouteFacts {
  readonly domain: string;
  readonly nta: Finding<{ readonly kind: 'record'; readonly record: NtaRecord } | { readonly kind: 'invalid'; readonly fault: NtaFault }>;
  /** The servers the NTA record names; null when it names none. */
  readonly ntaHosts: readonly MailHost[] | null;
  /** `found` with nobody in it: the domain takes no mail (RFC 7505). */
  readonly mx: Finding<readonly MailHost[]>;
  readonly sts: StsFinding;
  readonly spf: Finding<true>;
  readonly dmarc: Finding<'none' | 'quarantine' | 'reject'>;
  /** Where all addresses of its servers lie, by the networks of the settings. */
  readonly geography: 'not-judged' | 'inside' | 'outside';
}

/** Why a route is what it is; a closed list, with a sentence each in `routeSentences`. */
export type RouteReason = keyof typeof routeSentences;

/** What each reason says to a person. */
export const routeSentences = {
  'no-resolver': 'no validating resolver is configured, so nothing about the domain is proven (KETENSLUIS_RESOLVER)',
  'nta-proven': 'the domain declares NTA 7516 for today, and DNSSEC proves that it does',
  'nta-absent': 'the domain does not declare NTA 7516',
  'nta-not-secure': 'the NTA record is not protected by DNSSEC, so anybody could have written it',
  'nta-invalid': 'the NTA record is not a proper one, or there is more than one',
  'nta-not-in-force': 'the NTA record does not hold today',
  'nta-unknown': 'the NTA record could not be looked up or its DNSSEC signature is broken',
  'takes-no-mail': 'the domain says that it takes no mail',
  'mx-absent': 'the domain has no mail server',
  'mx-not-secure': 'which servers take mail is not protected by DNSSEC',
  'mx-unknown': 'the mail servers could not be looked up or their DNSSEC signature is broken',
  'dane-complete': 'every mail server proves its certificate by DANE',
  'dane-partial': 'only the mail servers are used that prove their certificate by DANE; others do not, or could not be looked up',
  'dane-incomplete': 'not every mail server proves its certificate by DANE',
  'dane-unknown': 'the TLSA records of no mail server could be looked up, or their DNSSEC signature is broken',
  'authentication-incomplete': 'SPF is missing, or DMARC with a policy of quarantine or reject',
  'authentication-unknown': 'SPF or DMARC could not be looked up',
  'geography-outside': 'a mail server stands outside the networks of the settings',
  'address-not-allowed': 'a mail server has an address in a network no connection may be led into',
  'sts-enforced': 'the domain enforces MTA-STS',
  'sts-not-enforced': 'the domain does not enforce MTA-STS',
  'sts-mismatch': 'no mail server is among those the MTA-STS policy names',
  'sts-unknown': 'the MTA-STS policy could not be fetched, and none is kept',
  'tls-not-allowed': 'the channel of the party, or the rule of what is sent, does not allow mail that only TLS protects without NTA 7516',
  'sealed': 'the mail itself is encrypted and signed; TLS comes on top',
  'nothing-in-it': 'the mail only says that something waits at the console, and is encrypted on its way all the same',
} as const;

/** How a server must prove that it is who it is. */
export type ServerProof =
  | { readonly kind: 'dane'; readonly records: readonly TlsaRecord[]; readonly names: readonly string[] }
  | { readonly kind: 'web-pki' };

/** A server mail may go to, and what it must prove first. */
export interface RouteHost {
  readonly host: MailHost;
  readonly addresses: readonly string[];
  readonly proof: ServerProof;
}

/** By which way mail goes to a domain. */
export type RouteWay = 'nta-direct' | 'smime' | 'tls-enforced' | 'notice';

/** `closed`: there is no way that is protected enough. `unknown`: what decides could not be had; wait, and never take a lesser way (NTA 7516 §6.1.2 note 2). */
export type MailRoute =
  | { readonly kind: 'open'; readonly way: RouteWay; readonly hosts: readonly RouteHost[]; readonly reasons: readonly RouteReason[] }
  | { readonly kind: 'closed'; readonly reasons: readonly RouteReason[] }
  | { readonly kind: 'unknown'; readonly reasons: readonly RouteReason[] };

/** What is to be sent: sealed by S/MIME, a mail that only its way protects, by NTA 7516 or also by enforced TLS alone, or one with nothing of a case in it. */
export type MailProtection = 'smime' | 'nta' | 'nta-or-tls' | 'notice';

/** The way to a mail domain by what was found of it: the first that is proven, in the order NTA 7516, then enforced TLS where channel and rule allow it. */
export const decideRoute = (facts: MailRouteFacts, protection: MailProtection, at: Date): MailRoute => {
  if (facts.mx.kind === 'unknown' || facts.nta.kind === 'unknown') return closed('no-resolver');
  if (protection === 'smime') return sealedRoute(facts);
  if (protection === 'notice') return noticeRoute(facts);
  const nta = ntaRoute(facts, at);
  if (nta.kind !== 'closed') return nta;
  if (protection === 'nta') return closed(...nta.reasons, 'tls-not-allowed');
  const tls = tlsRoute(facts);
  return { ...tls, reasons: [...nta.reasons, ...tls.reasons] };
};

const closed = (...reasons: readonly RouteReason[]): MailRoute => ({ kind: 'closed', reasons });
const unknown = (...reasons: readonly RouteReason[]): MailRoute => ({ kind: 'unknown', reasons });

const ntaRoute = (facts: MailRouteFacts, at: Date): MailRoute => {
  const { nta, spf, dmarc, geography } = facts;
  const fault = ntaFault(nta, at);
  if (fault !== null) return fault;
  const servers: Finding<readonly MailHost[]> = facts.ntaHosts === null ? facts.mx : { kind: 'found', secure: true, value: facts.ntaHosts };
  const missing = serverFault(servers);
  if (missing !== null) return missing;
  if (servers.kind !== 'found' || !servers.secure) return closed('mx-not-secure');
  const judged = servers.value.map(daneOf);
  if (judged.some(({ kind }) => kind === 'none')) return closed('dane-incomplete', ...refusedReason(servers.value));
  const hosts = judged.flatMap((one) => (one.kind === 'proven' ? [one.host] : []));
  if (hosts.length === 0) return unknown('dane-unknown');
  if (spf.kind === 'failed' || dmarc.kind === 'failed') return unknown('authentication-unknown');
  if (spf.kind !== 'found' || dmarc.kind !== 'found' || dmarc.value === 'none') return closed('authentication-incomplete');
  if (geography === 'outside') return closed('geography-outside');
  return { kind: 'open', way: 'nta-direct', hosts, reasons: ['nta-proven', hosts.length === judged.length ? 'dane-complete' : 'dane-partial'] };
};

const ntaFault = (nta: MailRouteFacts['nta'], at: Date): MailRoute | null => {
  if (nta.kind === 'failed' || nta.kind === 'unknown') return unknown('nta-unknown');
  if (nta.kind === 'absent') return closed('nta-absent');
  if (!nta.secure) return closed('nta-not-secure');
  if (nta.value.kind === 'invalid') return closed('nta-invalid');
  return isNtaInForce(nta.value.record, at) ? null : closed('nta-not-in-force');
};

const serverFault = (servers: Finding<readonly MailHost[]>): MailRoute | null => {
  if (servers.kind === 'failed' || servers.kind === 'unknown') return unknown('mx-unknown');
  if (servers.kind === 'absent') return closed('mx-absent');
  return servers.value.length === 0 ? closed('takes-no-mail') : null;
};

type HostState = { readonly kind: 'proven'; readonly host: RouteHost } | { readonly kind: 'failed' } | { readonly kind: 'none' };

// RFC 7672 §2.2: secure addresses before TLSA, and TLSA that is there and usable; what cannot be had is not the same as what is not there.
const daneOf = (host: MailHost): HostState => {
  const { addresses, tlsa } = host;
  if (addresses.kind === 'failed') return { kind: 'failed' };
  if (addresses.kind !== 'found' || !addresses.secure || addresses.value.length === 0) return { kind: 'none' };
  if (tlsa.kind === 'failed') return { kind: 'failed' };
  const records = tlsa.kind === 'found' && tlsa.secure ? usableTlsa(tlsa.value) : [];
  if (records.length === 0) return { kind: 'none' };
  return { kind: 'proven', host: { host, addresses: addresses.value, proof: { kind: 'dane', records, names: [...new Set([host.tlsaBase, host.name])] } } };
};

const refusedReason = (hosts: readonly MailHost[]): readonly RouteReason[] => (hosts.some(({ refusedAddresses }) => refusedAddresses > 0) ? ['address-not-allowed'] : []);

const tlsRoute = ({ mx, sts }: MailRouteFacts): MailRoute => {
  const missing = serverFault(mx);
  if (missing !== null) return missing;
  if (mx.kind !== 'found') return closed('mx-absent');
  const enforced = sts.kind === 'policy' && sts.mode === 'enforce' ? sts.mx : null;
  const judged = mx.value.map((host): HostState => {
    const dane: HostState = mx.secure ? daneOf(host) : { kind: 'none' };
    if (dane.kind !== 'none') return dane;
    if (sts.kind === 'failed') return { kind: 'failed' };
    return enforced !== null && isNamed(host.name, enforced) ? byName(host) : dane;
  });
  const hosts = judged.flatMap((one) => (one.kind === 'proven' ? [one.host] : []));
  if (hosts.length > 0) return { kind: 'open', way: 'tls-enforced', hosts, reasons: [hosts.some(({ proof }) => proof.kind === 'dane') ? (hosts.length === judged.length ? 'dane-complete' : 'dane-partial') : 'sts-enforced'] };
  if (judged.some(({ kind }) => kind === 'failed')) return unknown(sts.kind === 'failed' ? 'sts-unknown' : 'dane-unknown');
  return closed(...(mx.secure ? [] : ['mx-not-secure' as const]), 'dane-incomplete', enforced === null ? 'sts-not-enforced' : 'sts-mismatch', ...refusedReason(mx.value));
};

const byName = (host: MailHost): HostState => {
  if (host.addresses.kind === 'failed') return { kind: 'failed' };
  if (host.addresses.kind !== 'found' || host.addresses.value.length === 0) return { kind: 'none' };
  return { kind: 'proven', host: { host, addresses: host.addresses.value, proof: { kind: 'web-pki' } } };
};

// The mail is sealed. Its way is still what the domain publishes: DANE before MTA-STS (RFC 8461 §2), and at least a certificate for the name.
const sealedRoute = ({ mx, sts }: MailRouteFacts): MailRoute => {
  const missing = serverFault(mx);
  if (missing !== null) return missing;
  if (mx.kind !== 'found') return closed('mx-absent');
  const enforced = sts.kind === 'policy' && sts.mode === 'enforce' ? sts.mx : null;
  const judged = mx.value.map((host): HostState => {
    const dane: HostState = mx.secure ? daneOf(host) : { kind: 'none' };
    if (dane.kind !== 'none') return dane;
    return enforced === null || isNamed(host.name, enforced) ? byName(host) : dane;
  });
  const hosts = judged.flatMap((one) => (one.kind === 'proven' ? [one.host] : []));
  if (hosts.length > 0) return { kind: 'open', way: 'smime', hosts, reasons: ['sealed', ...(enforced === null ? [] : ['sts-enforced' as const])] };
  if (judged.some(({ kind }) => kind === 'failed')) return unknown('dane-unknown');
  return closed(enforced === null ? 'mx-absent' : 'sts-mismatch', ...refusedReason(mx.value));
};

// As for what is sealed: there is nothing in it that its way must protect, and a server must still show who it is.
const noticeRoute = (facts: MailRouteFacts): MailRoute => {
  const route = sealedRoute(facts);
  return route.kind === 'open' ? { ...route, way: 'notice', reasons: route.reasons.map((reason) => (reason === 'sealed' ? 'nothing-in-it' : reason)) } : route;
};

/** True when a pattern of an MTA-STS policy names the host; a star stands for exactly one label, the first (RFC 8461 §4.1). */
export const isNamed = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.startsWith('*.') ? name.slice(name.indexOf('.') + 1) === pattern.slice(2) && name.includes('.') : name === pattern));
