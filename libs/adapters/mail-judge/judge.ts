import type { CarriedMail, MailVerdict, SenderJudge } from '@ketensluis/flow';
import { Resolver } from 'node:dns/promises';
import type { AuthenticateResult } from 'mailauth';

/** Answers one question of DNS as `Resolver.resolve` of Node.js does, faults included. */
export type DnsLookup = (name: string, kind: string) => Promise<string[] | string[][]>;

/** What a judge works with. */
export interface JudgeOptions {
  readonly lookup: DnsLookup;
  /** The name of our own mail server. */
  readonly name: string;
  /** One mail as a whole; what is not known by then is told as `temperror`. */
  readonly judgeMaxMs?: number;
}

const judgeMaxMs = 10_000;
const lookupMs = 3_000;

/** Questions to this resolver, such as `127.0.0.1` or `127.0.0.1:5353`. Nothing here hangs on DNSSEC. */
export const dnsLookup = (server: string): DnsLookup => {
  const resolver = new Resolver({ timeout: lookupMs, tries: 2 });
  resolver.setServers([server]);
  return async (name, kind) => {
    switch (kind) {
      case 'TXT': return resolver.resolveTxt(name);
      case 'A': return resolver.resolve4(name);
      case 'AAAA': return resolver.resolve6(name);
      case 'PTR': return resolver.resolvePtr(name);
      case 'MX': return (await resolver.resolveMx(name)).map(({ priority, exchange }) => [String(priority), exchange]);
      default: throw Object.assign(new Error('not asked here'), { code: 'ENOTFOUND' });
    }
  };
};

/**
 * Judges SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989) of a mail as it came over the line. What other systems wrote into it about that is not read.
 * Never throws, and ends within its time. mailauth is loaded with the first mail: it takes a third of a second.
 */
export const mailJudge = ({ lookup, name, judgeMaxMs: most = judgeMaxMs }: JudgeOptions): SenderJudge => async (mail) => {
  const { remoteAddress } = mail;
  if (remoteAddress === null) return { kind: 'not-judged' };
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), most);
  });
  const judging = authenticated({ ...mail, remoteAddress }, lookup, name).catch(() => null);
  const result = await Promise.race([judging, tooLong]);
  clearTimeout(timer);
  return result === null ? undecided : verdictOf(result);
};

const undecided: MailVerdict = { kind: 'judged', spf: 'temperror', dkim: [], dmarc: 'temperror', policy: null, fromDomain: null };

const authenticated = async (mail: CarriedMail & { readonly remoteAddress: string }, lookup: DnsLookup, name: string): Promise<AuthenticateResult> => {
  const { authenticate } = await import('mailauth');
  return authenticate(Buffer.from(mail.raw), {
    ip: mail.remoteAddress.replace(/^::ffff:/i, ''), helo: mail.helo ?? mail.remoteAddress, sender: mail.from, mta: name,
    trustReceived: false, minBitLength: 1024, disableArc: true, disableDmarc: false, disableBimi: true, resolver: lookup,
  });
};

// Codes and domains only: comments of the library quote what a sender wrote.
const word = (value: unknown): string => (typeof value === 'string' && /^[a-z]{1,20}$/i.test(value) ? value.toLowerCase() : 'none');
const domainOf = (value: unknown): string | null => (typeof value === 'string' && /^[A-Za-z0-9._-]{1,253}$/.test(value) ? value.toLowerCase() : null);
const signaturesMax = 5;

const verdictOf = ({ spf, dkim, dmarc }: AuthenticateResult): MailVerdict => ({
  kind: 'judged',
  spf: spf === false ? 'none' : word(spf.status.result),
  dkim: dkim.results.slice(0, signaturesMax).map(({ status, signingDomain }) => ({ result: word(status.result), domain: domainOf(signingDomain) ?? '' })),
  dmarc: dmarc === false ? 'none' : word(dmarc.status.result),
  policy: dmarc === false ? null : word(dmarc.policy),
  fromDomain: dmarc === false ? null : domainOf(dmarc.domain),
});
