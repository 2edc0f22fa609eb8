import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decideRoute, type MailRouteFacts } from '@ketensluis/domain';
import type { DeliveryOutcome, OutgoingDisclosure, StsPolicyKept } from '@ketensluis/flow';
import { gatherFacts } from '../../libs/adapters/mail-route/facts.js';
import { routeParts } from '../../libs/adapters/mail-route/parts.js';
import { secureMailAdapter } from '../../libs/adapters/secure-mail/adapter.js';
import { smtpPeer, type PeerScript, type SmtpPeer } from '../fixtures/smtp-peer.js';
import { tlsFixture, type TlsFixture } from '../fixtures/tls-certificates.js';
import { mxOpinion, type MxOpinion } from './mx-connect.js';
import { dnssecLab, isThere, missingPrograms, tlsaLine, type DnssecLab, type LabZone } from './dnssec-lab.js';

// DNSSEC for real: zones signed by ldns, served by nsd, validated by unbound; openssl and Postfix say what they think of the same servers and records.
const missing = missingPrograms();
if (missing.length > 0) test.skip(`the DNSSEC lab: NOT RUN, install nsd, unbound, unbound-host and ldnsutils (missing: ${missing.join(', ')})`, () => undefined);
const isRoot = process.getuid?.() === 0;
const canFinger = isRoot && isThere('posttls-finger') && isThere('unshare');
test('the programs of the lab are there when the build demands it', () => expect((missing.length === 0 && canFinger) || process.env['CI'] !== 'true').toBe(true));

const resolverAddress = '127.0.0.153';
// The zone and the certificates are made now, so they are judged a moment later.
const at = new Date(Date.now() + 60_000);
const year = at.getUTCFullYear();
const host = 'mx.lab.example';
const good = tlsFixture(host);
const expired = tlsFixture(host, -1);
const otherName = tlsFixture('mx.other.example');
const withIssuer = (fixture: TlsFixture): TlsFixture => ({ ...fixture, cert: `${fixture.cert}${fixture.ca}` });

const nta = `"v=NTA7516-1;startdate=${year}-01;" "enddate=${year + 1}-12;provider=Voorbeeld"`;
const mailLines = (domain: string, servers: readonly string[], record = nta): readonly string[] => [
  ...(record === '' ? [] : record.split('|').map((one) => `${domain} TXT ${one}`)), `${domain} TXT "v=spf1 mx -all"`, `_dmarc.${domain} TXT "v=DMARC1; p=reject"`,
  ...servers.map((server, index) => `${domain} MX ${(index + 1) * 10} ${server}`),
];

/** Servers by name: what they show and what their TLSA record says. */
interface LabServer {
  readonly tls: TlsFixture;
  readonly record: (port: number, name: string) => string;
  readonly script?: PeerScript;
}
const servers: Readonly<Record<string, LabServer>> = {
  good: { tls: good, record: (port, name) => tlsaLine(name, port, 3, good.cert) },
  wrong: { tls: good, record: (port, name) => tlsaLine(name, port, 3, otherName.cert) },
  expired: { tls: expired, record: (port, name) => tlsaLine(name, port, 3, expired.cert) },
  anchor: { tls: withIssuer(tlsFixture('anchor.lab.example')), record: (port, name) => tlsaLine(name, port, 2, servers['anchor']?.tls.ca ?? '') },
  'anchor-name': { tls: withIssuer(otherName), record: (port, name) => tlsaLine(name, port, 2, otherName.ca) },
  stripped: { tls: good, record: (port, name) => tlsaLine(name, port, 3, good.cert), script: { startTls: '502 5.5.1 what', ehlo: '250 peer.example' } },
};

const disclosure: OutgoingDisclosure = {
  id: '018f2f6e-0000-7000-8000-000000000001', caseId: 'b51a4f6e-0000-4000-8000-000000000001', number: 1, messageType: 'huisverbod.opgelegd',
  document: Buffer.from('<verstrekking/>'), mediaType: 'application/xml', attachments: [], proof: { leaf: Buffer.from('{}'), opening: Buffer.from('{}'), proof: Buffer.from('bewijs') },
};

(missing.length === 0 ? describe : describe.skip)('with DNSSEC for real', () => {
  const peers = new Map<string, SmtpPeer>();
  let lab: DnssecLab;
  const portOf = (name: string): number => peers.get(name)?.port ?? 0;

  beforeAll(async () => {
    for (const [name, { tls, script }] of Object.entries(servers)) {
      const peer = await smtpPeer(tls);
      peer.play(script ?? {});
      peers.set(name, peer);
    }
    lab = await dnssecLab(zonesOf(portOf), isRoot ? `${resolverAddress}@53` : undefined);
  }, 60_000);
  afterAll(async () => {
    await lab?.close();
    await Promise.all([...peers.values()].map((peer) => peer.close()));
  });

  const partsFor = (server: string, policy: StsPolicyKept | null = null) =>
    routeParts({ resolver: `127.0.0.1:${lab.port}`, within: [], allowed: ['127.0.0.0/8'] }, { policies: { find: async () => policy, save: async () => undefined }, sessions: { count: async () => undefined, ofDay: async () => [] } }, { mailPort: portOf(server) });
  const factsOf = (domain: string, server = 'good'): Promise<MailRouteFacts> => gatherFacts(domain, at, partsFor(server));
  const wayOf = async (domain: string, server = 'good'): Promise<string> => {
    const route = decideRoute(await factsOf(domain, server), 'nta', at);
    return route.kind === 'open' ? route.way : `${route.kind}: ${route.reasons.join(' ')}`;
  };
  const deliver = async (domain: string, server: string): Promise<DeliveryOutcome> => {
    const adapter = secureMailAdapter({ address: `wth@${domain}`, floor: 'nta', from: 'hub@sluis.example', route: partsFor(server), letter: () => ({ subject: 'Verstrekking 1', body: 'Tekst' }), limits: { connectMs: 3_000, greetingMs: 3_000 } });
    try {
      return await adapter.deliver(disclosure, at);
    } finally {
      await adapter.close();
    }
  };

  const routes: readonly (readonly [string, string, string])[] = [
    ['a signed zone', 'good.lab.example', 'nta-direct'],
    ['no NTA record, and DNSSEC proves that', 'plain.lab.example', 'closed: nta-absent tls-not-allowed'],
    ['an NTA record of last year', 'past.lab.example', 'closed: nta-not-in-force tls-not-allowed'],
    ['two NTA records', 'double.lab.example', 'closed: nta-invalid tls-not-allowed'],
    ['a server without TLSA beside one that has it', 'half.lab.example', 'closed: dane-incomplete tls-not-allowed'],
    ['a zone without DNSSEC', 'mail.open.example', 'closed: nta-not-secure tls-not-allowed'],
    ['a zone with a broken signature', 'mail.broken.example', 'unknown: nta-unknown'],
    ['a ring of aliases', 'ring.lab.example', 'unknown: nta-unknown'],
  ];
  test.each(routes)('%s: %s goes %s', async (_name, domain, expected) => expect(await wayOf(domain)).toBe(expected));

  test.each([['good.lab.example', 'TXT', 'secure'], ['mail.open.example', 'TXT', 'insecure'], ['mail.broken.example', 'TXT', 'BOGUS'], ['plain.lab.example', 'AAAA', 'secure']] as const)('unbound-host says the same of %s %s: %s', async (name, kind, expected) => {
    expect(lab.unboundHost(name, kind)).toBe(expected);
    const ours = await lab.resolve(name, kind);
    expect(ours.kind === 'failed' ? 'BOGUS' : ours.secure ? 'secure' : 'insecure').toBe(expected);
  });

  const deliveries: readonly (readonly [string, string, string, object])[] = [
    ['its own key', 'good', 'matched EE certificate', { kind: 'delivered', receipt: { evidence: { route: { way: 'nta-direct' } } } }],
    ['another key', 'wrong', 'No matching DANE TLSA records', { kind: 'unusable', code: 'tlsa-invalid' }],
    ['its own key, expired', 'expired', 'matched EE certificate', { kind: 'delivered' }],
    ['its issuer', 'anchor', 'matched TA certificate', { kind: 'delivered', receipt: { evidence: { route: { matched: expect.stringMatching(/^2 1 1 /) } } } }],
    ['its issuer, under another name', 'anchor-name', 'Hostname mismatch', { kind: 'unusable', code: 'certificate-host-mismatch' }],
  ];
  test.each(deliveries)('a server whose TLSA record names %s', async (_name, server, said, expected) => {
    expect(await deliver(`${server}.lab.example`, server)).toMatchObject(expected);
    // openssl s_client with the same record and name.
    const [, usage = '', , , hex = ''] = /TLSA (\d) (\d) (\d) (\S+)/.exec(servers[server]?.record(1, 'x') ?? '') ?? [];
    const asked = ['s_client', '-starttls', 'smtp', '-connect', `127.0.0.1:${portOf(server)}`, '-dane_tlsa_domain', `${server}.lab.example`, '-dane_tlsa_rrdata', `${usage} 1 1 ${hex}`];
    const answer = await saidBy('openssl', [...asked, ...(usage === '3' ? ['-dane_ee_no_namechecks'] : [])]);
    expect(answer.toLowerCase()).toContain(said.toLowerCase());
    const wasTaken = /^\s*Verification: OK$/m.test(answer);
    expect(wasTaken).toBe((expected as { kind: string }).kind === 'delivered');
    expect(peers.get(server)?.mails().length).toBe(wasTaken ? 1 : 0);
  });

  test('a server whose STARTTLS was taken out on the way gets nothing', async () => {
    expect(await deliver('stripped.lab.example', 'stripped')).toMatchObject({ kind: 'unusable', code: 'starttls-not-supported' });
    expect(peers.get('stripped')?.clear()).not.toContain('MAIL FROM');
  });

  test('a server that is down is passed over', async () => {
    expect(await deliver('two.lab.example', 'good')).toMatchObject({ kind: 'delivered', receipt: { evidence: { host: 'good.lab.example' } } });
  });

  test('a broken signature holds the mail and calls nobody', async () => {
    const before = peers.get('good')?.connections();
    expect(await deliver('mail.broken.example', 'good')).toMatchObject({ kind: 'deferred', cause: 'route-unknown' });
    expect(peers.get('good')?.connections()).toBe(before);
  });

  // mx-connect, another program of the kind: where it says otherwise, `why` is the section by which we do as we do. `chained`: given the chain it does not ask for.
  const opinions: readonly { readonly domain: string; readonly server: string; readonly ours: MxOpinion['verdict']; readonly theirs: MxOpinion['verdict']; readonly chained?: MxOpinion['verdict']; readonly why?: string }[] = [
    { domain: 'good.lab.example', server: 'good', ours: 'taken', theirs: 'taken' },
    { domain: 'wrong.lab.example', server: 'wrong', ours: 'refused', theirs: 'refused' },
    { domain: 'expired.lab.example', server: 'expired', ours: 'taken', theirs: 'taken' },
    { domain: 'two.lab.example', server: 'good', ours: 'taken', theirs: 'taken' },
    { domain: 'stripped.lab.example', server: 'stripped', ours: 'refused', theirs: 'refused' },
    { domain: 'mail.broken.example', server: 'good', ours: 'deferred', theirs: 'deferred' },
    { domain: 'ring.lab.example', server: 'good', ours: 'deferred', theirs: 'deferred' },
    { domain: 'anchor.lab.example', server: 'anchor', ours: 'taken', theirs: 'refused', chained: 'taken', why: 'RFC 7672 §3.1.2: DANE-TA(2) names an issuer in the chain; its own check looks at the certificate of the server alone' },
    { domain: 'anchor-name.lab.example', server: 'anchor-name', ours: 'refused', theirs: 'refused', chained: 'taken', why: 'RFC 7672 §3.2.3: under DANE-TA(2) the name must be that of the server; with the chain it compares digests and no name' },
    { domain: 'mail.open.example', server: 'good', ours: 'refused', theirs: 'taken', why: 'RFC 7672 §2.2: TLSA counts only where DNSSEC proves it; it leaves that to the resolver it is given' },
    { domain: 'plain.lab.example', server: 'good', ours: 'refused', theirs: 'taken', why: 'NTA 7516 §6.1.2: without its record there is no way for mail that only TLS protects; RFC 7672 alone would do here' },
    { domain: 'half.lab.example', server: 'good', ours: 'refused', theirs: 'taken', why: 'NTA 7516 §6.1.2: every server of the domain; RFC 7672 §2.2 judges each by itself' },
  ];
  test.each(opinions)('mx-connect says of $domain: $theirs, and we: $ours', async ({ domain, server, ours, theirs, chained, why }) => {
    const outcome = await deliver(domain, server);
    expect(outcome.kind === 'delivered' ? 'taken' : outcome.kind === 'deferred' ? 'deferred' : 'refused').toBe(ours);
    const opinion = await mxOpinion(lab, { domain, port: portOf(server) });
    expect([opinion.verdict, opinion.why]).toEqual([theirs, expect.any(String)]);
    if (chained !== undefined) expect((await mxOpinion(lab, { domain, port: portOf(server), withChain: true })).verdict).toBe(chained);
    expect(why !== undefined).toBe(ours !== theirs || (chained !== undefined && chained !== ours));
  });

  const policies: readonly { readonly domain: string; readonly mx: string; readonly mode: string; readonly ours: 'open' | 'closed'; readonly theirs: MxOpinion['verdict']; readonly why?: string }[] = [
    { domain: 'sts.lab.example', mx: 'bare.lab.example', mode: 'enforce', ours: 'open', theirs: 'taken' },
    { domain: 'sts.lab.example', mx: '*.lab.example', mode: 'enforce', ours: 'open', theirs: 'taken' },
    { domain: 'sts.lab.example', mx: 'mx.elsewhere.example', mode: 'enforce', ours: 'closed', theirs: 'refused' },
    { domain: 'deep.lab.example', mx: '*.lab.example', mode: 'enforce', ours: 'closed', theirs: 'taken', why: 'RFC 8461 §4.1: a star stands for one label; it compares the end of the name' },
    { domain: 'sts.lab.example', mx: 'mx.elsewhere.example', mode: 'testing', ours: 'closed', theirs: 'taken', why: 'RFC 8461 §5: testing keeps no mail back; for us only an enforced policy makes a way that is protected enough' },
  ];
  test.each(policies)('mx-connect says of an MTA-STS policy of $domain ($mode, $mx): $theirs, and we: $ours', async ({ domain, mx, mode, ours, theirs, why }) => {
    const text = `version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: 86400\n`;
    const kept = { domain, id: '1', text, fetchedAt: at, expiresAt: new Date(at.getTime() + 86_400_000) };
    const facts = await gatherFacts(domain, at, partsFor('good', kept));
    expect(facts.sts).toMatchObject({ kind: 'policy', mode, mx: [mx] });
    expect(decideRoute(facts, 'nta-or-tls', at).kind).toBe(ours);
    expect((await mxOpinion(lab, { domain, port: portOf('good'), policy: { id: '1', mode, mx: [mx], maxAge: 86_400 } })).verdict).toBe(theirs);
    expect(why !== undefined).toBe((ours === 'open') !== (theirs === 'taken'));
  });

  if (!canFinger) test.skip('Postfix says the same of the servers: NOT RUN, install postfix and run as root', () => undefined);
  (canFinger ? test : test.skip).each([['good', 'Verified TLS connection established'], ['wrong', 'Untrusted TLS connection established'], ['expired', 'Verified TLS connection established'], ['anchor', 'Verified TLS connection established']])('posttls-finger of Postfix says of %s: %s', async (server, said) => {
    const answer = await finger(lab.folder, `${server}.lab.example`, portOf(server));
    expect(answer).toContain(said);
  });
});


/** Everything a program says; the servers it speaks to live in this process, so nobody may wait for it here. */
const saidBy = (program: string, words: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const child = spawn(program, [...words], { stdio: ['pipe', 'pipe', 'pipe'], timeout: 15_000 });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    child.once('error', (fault) => resolve(fault.message)).once('close', () => resolve(said));
    child.stdin.on('error', () => undefined).end('QUIT\n');
  });

/** posttls-finger asks the resolver of the system, so it gets one of its own: a resolv.conf that it alone sees. */
function finger(folder: string, name: string, port: number): Promise<string> {
  mkdirSync(join(folder, 'postfix'), { recursive: true });
  writeFileSync(join(folder, 'postfix', 'main.cf'), 'compatibility_level = 3.6\nmail_owner = postfix\nsetgid_group = postdrop\nsmtp_dns_support_level = dnssec\nsmtp_host_lookup = dns\ninet_protocols = ipv4\n');
  writeFileSync(join(folder, 'resolv.conf'), `nameserver ${resolverAddress}\noptions edns0 trust-ad\n`);
  const script = `mount --bind "$1/resolv.conf" /etc/resolv.conf && MAIL_CONFIG="$1/postfix" exec posttls-finger -l dane-only -t 5 -T 5 -L summary,certmatch "[$2]:$3"`;
  return saidBy('unshare', ['-m', 'sh', '-c', script, 'sh', folder, name, String(port)]);
}

function zonesOf(portOf: (server: string) => number): readonly LabZone[] {
  const serverLines = Object.entries(servers).flatMap(([name, { record }]) => [`${name} A 127.0.0.1`, record(portOf(name), name), ...mailLines(name, [name])]);
  const goodPort = portOf('good');
  const first = [`first A 127.0.0.9`, tlsaLine('first', goodPort, 3, good.cert), 'bare A 127.0.0.1'];
  const inZone = (name: string): readonly string[] => [...mailLines('mail', ['mx']), 'mx A 127.0.0.1', tlsaLine('mx', goodPort, 3, good.cert), `; ${name}`];
  return [
    {
      name: 'lab.example', kind: 'signed',
      lines: [
        ...serverLines, ...first,
        ...mailLines('plain', ['good'], ''), ...mailLines('past', ['good'], `"v=NTA7516-1;startdate=${year - 2}-01;enddate=${year - 1}-12"`), ...mailLines('double', ['good'], `${nta}|"v=NTA7516;version:${year}-01;expire:${year + 1}-01"`),
        ...mailLines('sts', ['bare'], ''), '_mta-sts.sts TXT "v=STSv1; id=1;"', ...mailLines('deep', ['one.bare'], ''), 'one.bare A 127.0.0.1', '_mta-sts.deep TXT "v=STSv1; id=1;"',
        ...mailLines('half', ['good', 'bare']), ...mailLines('two', ['first', 'good']),
        'ring CNAME rung', 'rung CNAME ring',
      ],
    },
    { name: 'open.example', kind: 'unsigned', lines: inZone('open') },
    { name: 'broken.example', kind: 'broken', lines: inZone('broken') },
  ];
}
