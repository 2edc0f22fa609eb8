import { decideRoute, hostName, mailboxOf, parseRegisterDocument, periodOf, portalNoticeOf, routeSentences, tlsaText, type Channel, type Finding, type MailHost, type MailProtection, type MailRoute, type MailRouteFacts } from '@ketensluis/domain';
import { findRouteFacts, practiceClock, registerVersions, reportingOrganization, tlsReportsOfDay, tlsReportStates } from '@ketensluis/platform';
import type { Command } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type pg from 'pg';
import { withDatabase } from './place.js';
import { lookedUpBy } from './practice-dns.js';
import { PlainFault, say } from './terminal.js';

/** `ketensluis route` and `ketensluis tlsrpt write`: by which way mail may go to a domain, and what became of the sessions with it. */
export const addRouteCommands = (program: Command): void => {
  program
    .command('route')
    .argument('<target>', 'a mail domain, or the key or OIN of a party with a mailbox')
    .description('by which way mail may go to a domain or to the mailbox of a party, and by what facts; nothing is sent')
    .option('--json', 'as JSON')
    .action(route);
  const tlsrpt = program.command('tlsrpt').description('reports on TLS to the domains mail went to (RFC 8460); a running hub sends them by itself when KETENSLUIS_TLSRPT_CONTACT is set');
  tlsrpt.command('list').description('what became of the reports that were due, the newest first').option('--json', 'as JSON').action(listReports);
  tlsrpt
    .command('write')
    .argument('<folder>', 'where the files go; made when absent')
    .description('write the reports of one day, one file for each domain; nothing is sent')
    .requiredOption('--contact <address>', 'mail address for questions about the reports (required)')
    .option('--organization <name>', 'who reports', reportingOrganization)
    .option('--day <day>', 'UTC day, such as 2026-11-22; yesterday when absent')
    .action(writeReports);
};

const ways: readonly (readonly [MailProtection, string])[] = [
  ['nta', 'secure-mail, floor nta (the default)'],
  ['nta-or-tls', 'secure-mail, floor nta-or-tls, for a rule with enforcedTls'],
  ['smime', 'smime-mail'],
];

const route = (target: string, options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const at = (await practiceClock(pool)).now();
    const asked = hostName(target);
    const channel = asked === null ? await channelOfParty(pool, target) : null;
    const [portal, mailbox] = [domainOf(portalNoticeOf(channel)), domainOf(mailboxOf(channel))];
    const domain = asked ?? mailbox ?? portal;
    if (domain === null) throw new PlainFault(`"${target}" is neither a mail domain nor a party with a mailbox; see: ketensluis party list`, 2);
    const looked = await lookedUpBy(configuration);
    const facts = await findRouteFacts(pool, looked, domain, at);
    // A party that is only told has no mailbox that anything else could go to.
    const routes = asked === null && mailbox === null ? [] : ways.map(([protection, name]) => ({ channel: name, protection, route: decideRoute(facts, protection, at) }));
    const last = portal === null ? null : { domain: portal, route: decideRoute(portal === domain ? facts : await findRouteFacts(pool, looked, portal, at), 'notice', at) };
    if (options.json === true) {
      const told = routes.map(({ protection, route: decided }) => ({ protection, ...plain(decided) }));
      return say(JSON.stringify({ facts, routes: told, portal: last === null ? null : { domain: last.domain, ...plain(last.route) } }, null, 2));
    }
    say(facts.domain);
    for (const line of factLines(facts)) say(`  ${line}`);
    for (const { channel: name, route: decided } of routes) sayWay(name, outcomeWords(decided, last !== null), decided);
    if (last !== null) sayWay(`portal, told at ${last.domain}`, outcomeWords(last.route, false), last.route);
  });

const sayWay = (name: string, outcome: string, { reasons }: MailRoute): void => {
  say(`${name}: ${outcome}`);
  for (const reason of reasons) say(`  - ${routeSentences[reason]}`);
};

const channelOfParty = async (pool: pg.Pool, key: string): Promise<Channel | null> => {
  const bodies = (await registerVersions(pool)).filter(({ kind }) => kind === 'party').map(({ body }) => parseRegisterDocument(body));
  const party = bodies.flatMap((read) => (read.kind !== 'refused' && read.document.kind === 'party' ? [read.document] : [])).findLast((one) => one.key === key || one.oin === key);
  return party?.channel ?? null;
};

const domainOf = (address: string | null): string | null => (address === null ? null : address.slice(address.lastIndexOf('@') + 1));

const plain = (decided: MailRoute): object =>
  decided.kind === 'open' ? { ...decided, hosts: decided.hosts.map(({ host, addresses, proof }) => ({ name: host.name, addresses, proof })) } : decided;

/** As `orPortal` does it: what is known to have no way goes by the portal, what is not known waits. */
const outcomeWords = (decided: MailRoute, hasPortal: boolean): string => {
  if (decided.kind === 'closed') return hasPortal ? 'no safe route; the party is told by mail without content and reads it at the console (portal)' : 'no safe route; mail is held with a task';
  if (decided.kind === 'unknown') return 'not known now; mail waits and is tried again';
  const servers = decided.hosts.map(({ host }) => host.name).join(', ');
  return { 'nta-direct': 'NTA 7516', smime: 'S/MIME over TLS', 'tls-enforced': 'enforced TLS', notice: 'a mail without content, over TLS' }[decided.way] + `, by ${servers}`;
};

const foundWords = <T>(finding: Finding<T>, words: (value: T) => string): string => {
  switch (finding.kind) {
    case 'found': return `${words(finding.value)} (${finding.secure ? 'DNSSEC' : 'without DNSSEC'})`;
    case 'absent': return `none (${finding.secure ? 'DNSSEC' : 'without DNSSEC'})`;
    case 'failed': return `could not be looked up: ${finding.cause}`;
    case 'unknown': return 'not known: no resolver is configured';
  }
};

const factLines = ({ nta, ntaHosts, mx, sts, spf, dmarc, geography }: MailRouteFacts): readonly string[] => [
  `NTA 7516: ${foundWords(nta, (value) => (value.kind === 'invalid' ? `not a proper record: ${value.fault}` : `${value.record.startMonth} through ${value.record.endMonth}${value.record.provider === null ? '' : `, ${value.record.provider}`}`))}`,
  ...(ntaHosts === null ? [] : ['Servers for NTA 7516:', ...ntaHosts.flatMap(hostLines)]),
  `Servers: ${foundWords(mx, (hosts) => `${hosts.length}`)}`,
  ...(mx.kind === 'found' ? mx.value.flatMap(hostLines) : []),
  `MTA-STS: ${sts.kind === 'policy' ? `${sts.mode}, ${sts.source}, for ${sts.mx.join(', ')}` : sts.kind === 'failed' ? `${sts.code} (${sts.cause})` : sts.kind === 'absent' ? 'none' : 'not known'}`,
  `SPF: ${foundWords(spf, () => 'there')}`,
  `DMARC: ${foundWords(dmarc, (policy) => policy)}`,
  'DKIM: cannot be told from DNS, which names no selectors; it stands in the mails of the domain',
  ...(geography === 'not-judged' ? [] : [`Networks of the settings: servers ${geography}`]),
];

const hostLines = ({ name, preference, addresses, refusedAddresses, tlsa }: MailHost): readonly string[] => [
  `  ${preference} ${name}: ${foundWords(addresses, (list) => list.join(', '))}${refusedAddresses === 0 ? '' : `; ${refusedAddresses} left out: no connection may be led there`}`,
  `     TLSA: ${foundWords(tlsa, (records) => records.map(tlsaText).join('; '))}`,
];

interface ReportOptions {
  readonly contact: string;
  readonly organization: string;
  readonly day?: string;
}

const dayMs = 86_400_000;

const writeReports = (folder: string, { contact, organization, day: asked }: ReportOptions): Promise<void> =>
  withDatabase(async (pool) => {
    const sender = hostName(contact.slice(contact.lastIndexOf('@') + 1));
    if (!contact.includes('@') || sender === null) throw new PlainFault('--contact is a mail address, for example post@ketensluis.example', 2);
    const day = asked ?? new Date((await practiceClock(pool)).now().getTime() - dayMs).toISOString().slice(0, 10);
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || periodOf(day) === null) throw new PlainFault('--day is a day, for example 2026-11-22', 2);
    const reports = await tlsReportsOfDay(pool, { organization, contact, sender, day });
    if (reports.length === 0) return say(`No sessions with looked-up mail servers on ${day}: nothing to report.`);
    await mkdir(folder, { recursive: true });
    for (const { fileName, text } of reports) await writeFile(join(folder, `${fileName}.gz`), gzipSync(text));
    say(`${reports.length} reports of ${day} in ${folder}. Send each as application/tlsrpt+gzip to where _smtp._tls of its domain says.`);
  });

const listedMax = 200;

const listReports = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const { tlsReportContact } = configuration;
    const { settings: { resolver } } = await lookedUpBy(configuration);
    const states = await tlsReportStates(pool, listedMax);
    if (options.json === true) return say(JSON.stringify(states, null, 2));
    if (tlsReportContact === null) say('Off: no report is sent until KETENSLUIS_TLSRPT_CONTACT names a mail address for questions.');
    else if (resolver === null) say('Off: without KETENSLUIS_RESOLVER nobody knows who wants reports, and no sessions are counted.');
    if (states.length === 0) return say('No report was due yet.');
    for (const { day, domain, attempt, outcome } of states) say(`${day}  ${domain}  ${outcome ?? 'under way'}, ${attempt === 1 ? '1 try' : `${attempt} tries`}`);
  });
