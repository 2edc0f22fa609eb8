import { civilDay } from '@ketensluis/domain';
import { practiceResolverMark } from '@ketensluis/platform';
import type { Answer } from 'dns-packet';
import { serverName } from '../entries.js';

/**
 * What may be wrong with the DNS of a practice party: its TLSA record is of another key, the resolver vouches for nothing of it (no AD), its signatures are
 * broken (SERVFAIL), or its NTA 7516 record ended last year.
 */
export const dnsFaults = ['tlsa-mismatch', 'dnssec-missing', 'dnssec-broken', 'nta-expired'] as const;
/** One of `dnsFaults`. */
export type DnsFault = (typeof dnsFaults)[number];

/** A mail domain of the practice chain. */
export interface MailDomain {
  readonly name: string;
  /** Its mail server on this computer, by port and sha256 (hex) of its public key; null: it takes no mail. */
  readonly server: { readonly port: number; readonly keySha256: string } | null;
  /** The record of the key it signs mail with; null: it has none. */
  readonly dkim: { readonly selector: string; readonly text: string } | null;
}

/** What is asked, as it came. */
export interface ZoneQuestion {
  readonly name: string;
  readonly type: string;
}

/** `rcode`: 0 found or known to have none, 2 SERVFAIL, 3 no such name, 5 not one of ours. `secure`: DNSSEC would vouch for it. */
export interface ZoneAnswer {
  readonly rcode: 0 | 2 | 3 | 5;
  readonly secure: boolean;
  readonly answers: readonly Answer[];
}

/** What a validating resolver would say. It knows the domains of practice and refuses everything else, so that no practice mail leaves this computer. */
export const answerFrom = (domains: readonly MailDomain[], faultOf: (domain: string) => DnsFault | null, { name, type }: ZoneQuestion, at: Date): ZoneAnswer => {
  const asked = name.toLowerCase().replace(/\.$/, '');
  if (asked === practiceResolverMark) return { rcode: 0, secure: true, answers: type === 'TXT' ? [text(asked, 'practice')] : [] };
  const domain = domains.find((one) => asked === one.name || asked.endsWith(`.${one.name}`));
  if (domain === undefined) return { rcode: 5, secure: false, answers: [] };
  const fault = faultOf(domain.name);
  if (fault === 'dnssec-broken') return { rcode: 2, secure: false, answers: [] };
  const records = recordsOf(domain, fault, at);
  // A name between others is there although nothing stands at it (RFC 8020): resolvers that cut names short ask for it.
  const isThere = records.some((record) => record.name === asked || record.name.endsWith(`.${asked}`));
  return { rcode: isThere ? 0 : 3, secure: fault !== 'dnssec-missing', answers: records.filter((record) => record.name === asked && record.type === type) };
};

const ttl = 300;
const text = (name: string, data: string): Answer => ({ name, type: 'TXT', ttl, data });

// No MTA-STS: no rule of the Wth lets mail go that enforced TLS alone protects, so it could not be seen to do anything.
const recordsOf = ({ name, server, dkim }: MailDomain, fault: DnsFault | null, at: Date): readonly Answer[] => [
  // Practice mail comes from this computer, whoever sends it.
  text(name, 'v=spf1 ip4:127.0.0.0/8 ip6:::1 -all'),
  text(`_dmarc.${name}`, 'v=DMARC1; p=reject'),
  ...(dkim === null ? [] : [text(`${dkim.selector}._domainkey.${name}`, dkim.text)]),
  ...(server === null ? [] : serverRecords(name, server, fault)),
  ...(server === null ? [] : [text(name, ntaText(Number(civilDay(at).slice(0, 4)) - (fault === 'nta-expired' ? 1 : 0)))]),
];

const serverRecords = (domain: string, { port, keySha256 }: NonNullable<MailDomain['server']>, fault: DnsFault | null): readonly Answer[] => {
  const host = serverName(domain);
  // DANE-EE over the key, the form RFC 7672 §3.1.1 advises.
  const certificate = Buffer.from(keySha256, 'hex');
  if (fault === 'tlsa-mismatch') certificate.reverse();
  return [
    { name: domain, type: 'MX', ttl, data: { preference: 10, exchange: host } },
    { name: host, type: 'A', ttl, data: '127.0.0.1' },
    text(host, 'v=spf1 a -all'),
    { name: `_${port}._tcp.${host}`, type: 'TLSA', ttl, data: { usage: 3, selector: 1, matchingType: 1, certificate } },
    // Reports on TLS go to a mailbox of the domain itself (RFC 8460).
    text(`_smtp._tls.${domain}`, `v=TLSRPTv1; rua=mailto:tls@${domain}`),
  ];
};

const ntaText = (lastYear: number): string => `v=NTA7516-1;startdate=${lastYear - 1}-01;enddate=${lastYear}-12;provider=Oefenpost`;
