import type { BlockList } from 'node:net';
import { hostName, readNta, type Finding, type MailHost, type MailRouteFacts, type NtaServer } from '@ketensluis/domain';
import { isWithin, mayCall } from '../egress.js';
import type { DnsAnswer, MxRecord } from './dns-answer.js';
import type { Resolve } from './resolver.js';
import { findSts, type StsParts } from './sts.js';

/** What finding out about a mail domain takes. */
export interface FactsParts {
  /** Null: no resolver is configured, and nothing can be proven. */
  readonly resolve: Resolve | null;
  readonly sts: StsParts;
  /** Networks a connection may be led into although they are not the public internet. */
  readonly allowed: BlockList | null;
  /** Networks every server of an NTA domain must stand in; null: not judged. */
  readonly within: BlockList | null;
  /** At which port a mail server takes mail; 25 everywhere but in tests and practice. */
  readonly portOf: (host: string) => number;
}

const unknown = { kind: 'unknown' } as const;
const hostsMax = 10;

/** Everything a route to this mail domain is decided by, as DNS and its policy host say it at this moment. Never rejects for what they say. */
export async function gatherFacts(domain: string, at: Date, parts: FactsParts): Promise<MailRouteFacts> {
  const { resolve } = parts;
  const name = hostName(domain);
  if (resolve === null || name === null) return { domain, nta: unknown, ntaHosts: null, mx: unknown, sts: unknown, spf: unknown, dmarc: unknown, geography: 'not-judged' };
  const [apex, mxAnswer, stsRecord, dmarc] = await Promise.all([resolve(name, 'TXT'), resolve(name, 'MX'), resolve(`_mta-sts.${name}`, 'TXT'), findDmarc(name, resolve)]);
  const nta = ntaOf(apex);
  const ntaServers = nta.kind === 'found' && nta.value.kind === 'record' && nta.value.record.servers.length > 0 ? nta.value.record.servers : null;
  const [mx, ntaHosts, sts] = await Promise.all([
    findMailHosts(name, mxAnswer, parts, resolve),
    ntaServers === null ? null : hostsOf(ntaServers, parts, resolve),
    findSts(name, stsRecord, at, parts.sts),
  ]);
  const called = ntaHosts ?? (mx.kind === 'found' ? mx.value : []);
  return { domain: name, nta, ntaHosts, mx, sts, spf: spfOf(apex), dmarc, geography: geographyOf(called, parts.within) };
}

/** The servers of a mail domain by preference, and nothing else of it. */
export async function findServers(domain: string, parts: FactsParts): Promise<Finding<readonly MailHost[]>> {
  const { resolve } = parts;
  return resolve === null ? unknown : findMailHosts(domain, await resolve(domain, 'MX'), parts, resolve);
}

function ntaOf(answer: DnsAnswer<'TXT'>): MailRouteFacts['nta'] {
  if (answer.kind !== 'found') return answer;
  const reading = readNta(answer.records);
  return reading.kind === 'absent' ? { kind: 'absent', secure: answer.secure } : { kind: 'found', secure: answer.secure, value: reading };
}

// RFC 7208 §3.2, §4.5: exactly one record with this beginning.
function spfOf(answer: DnsAnswer<'TXT'>): Finding<true> {
  if (answer.kind !== 'found') return answer;
  const count = answer.records.filter((text) => /^v=spf1( |$)/i.test(text)).length;
  return count === 1 ? { kind: 'found', secure: answer.secure, value: true } : { kind: 'absent', secure: answer.secure };
}

const walkMax = 8;

/** The policy of the domain, or of the nearest domain above that has one, for its subdomains (RFC 9989: a walk up the tree, without a list of suffixes). */
async function findDmarc(domain: string, resolve: Resolve): Promise<MailRouteFacts['dmarc']> {
  const labels = domain.split('.');
  let secure = true;
  for (let above = 0; above < Math.min(labels.length - 1, walkMax); above += 1) {
    const answer = await resolve(`_dmarc.${labels.slice(above).join('.')}`, 'TXT');
    if (answer.kind === 'failed') return answer;
    secure &&= answer.secure;
    const policy = answer.kind === 'found' ? dmarcPolicy(answer.records, above > 0) : null;
    if (policy !== null) return { kind: 'found', secure: answer.secure, value: policy };
  }
  return { kind: 'absent', secure };
}

function dmarcPolicy(texts: readonly string[], forSubdomain: boolean): 'none' | 'quarantine' | 'reject' | null {
  const [text, ...others] = texts.filter((one) => /^v\s*=\s*DMARC1\s*(;|$)/.test(one));
  if (text === undefined || others.length > 0) return null;
  const valueOf = (key: string): string | undefined => new RegExp(`(?:^|;)\\s*${key}\\s*=\\s*([a-z0-9]+)`, 'i').exec(text)?.[1]?.toLowerCase();
  const policy = (forSubdomain ? valueOf('sp') : undefined) ?? valueOf('p');
  // A policy that is only tried out, or for a part of the mail, asks for less than it says.
  if (valueOf('t') === 'y' || Number(valueOf('pct') ?? 100) < 100) return 'none';
  return policy === 'quarantine' || policy === 'reject' ? policy : 'none';
}

/** RFC 5321 §5.1: the servers by preference; without any the domain itself. One server with the name `.` says that there is none (RFC 7505). */
async function findMailHosts(domain: string, answer: DnsAnswer<'MX'>, parts: FactsParts, resolve: Resolve): Promise<Finding<readonly MailHost[]>> {
  if (answer.kind === 'failed') return answer;
  if (answer.kind === 'absent') {
    const [itself] = await hostsOf([{ preference: 0, name: domain }], parts, resolve);
    const isThere = itself !== undefined && (itself.addresses.kind !== 'absent' || itself.refusedAddresses > 0);
    return isThere ? { kind: 'found', secure: answer.secure, value: [itself] } : answer;
  }
  const servers = serversOf(answer.records);
  if (servers === null) return { kind: 'failed', cause: 'malformed' };
  return { kind: 'found', secure: answer.secure, value: await hostsOf(servers, parts, resolve) };
}

function serversOf(records: readonly MxRecord[]): readonly NtaServer[] | null {
  if (records.length === 1 && records[0]?.exchange === '.') return [];
  const servers = records.flatMap(({ preference, exchange }) => {
    const name = hostName(exchange);
    return name === null ? [] : [{ preference, name }];
  });
  return servers.length === 0 ? null : servers.sort((one, other) => one.preference - other.preference);
}

const hostsOf = (servers: readonly NtaServer[], parts: FactsParts, resolve: Resolve): Promise<readonly MailHost[]> =>
  Promise.all(servers.slice(0, hostsMax).map((server) => findHost(server, parts, resolve)));

// RFC 7672 §2.2.2: first whether the addresses are secure. Of a zone without DNSSEC nobody asks for TLSA: many fail on it, and mail would wait for nothing.
async function findHost({ name, preference }: NtaServer, parts: FactsParts, resolve: Resolve): Promise<MailHost> {
  const [four, six] = await Promise.all([resolve(name, 'A'), resolve(name, 'AAAA')]);
  const all = [four, six].flatMap((answer) => (answer.kind === 'found' ? answer.records : []));
  const open = all.filter((address) => mayCall(address, parts.allowed));
  const common = { name, preference, refusedAddresses: all.length - open.length };
  const addresses = addressFinding([four, six], open);
  if (addresses.kind !== 'found' || !addresses.secure) return { ...common, addresses, tlsaBase: name, tlsa: { kind: 'absent', secure: false } };
  const canonical = [four, six].flatMap((answer) => (answer.kind === 'found' ? [answer.name] : []))[0] ?? name;
  for (const base of new Set([canonical, name])) {
    const answer = await resolve(`_${parts.portOf(name)}._tcp.${base}`, 'TLSA');
    if (answer.kind === 'failed') return { ...common, addresses, tlsaBase: base, tlsa: answer };
    if (answer.kind === 'found' && answer.secure) return { ...common, addresses, tlsaBase: base, tlsa: { kind: 'found', secure: true, value: answer.records } };
  }
  return { ...common, addresses, tlsaBase: canonical, tlsa: { kind: 'absent', secure: false } };
}

// One kind of address is enough, unless the other failed: what fails may have been made to.
function addressFinding(answers: readonly (DnsAnswer<'A'> | DnsAnswer<'AAAA'>)[], open: readonly string[]): Finding<readonly string[]> {
  const failure = answers.find((answer) => answer.kind === 'failed');
  if (failure?.kind === 'failed') return failure;
  const secure = answers.every((answer) => answer.kind !== 'failed' && answer.secure);
  return open.length === 0 ? { kind: 'absent', secure } : { kind: 'found', secure, value: open.slice(0, addressesMax) };
}

const addressesMax = 6;

function geographyOf(hosts: readonly MailHost[], within: BlockList | null): MailRouteFacts['geography'] {
  if (within === null) return 'not-judged';
  const addresses = hosts.flatMap((host) => (host.addresses.kind === 'found' ? host.addresses.value : []));
  return addresses.every((address) => isWithin(within, address)) ? 'inside' : 'outside';
}
