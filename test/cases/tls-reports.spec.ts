import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from 'dns-packet';
import { dkimVerify } from 'mailauth';
import { simpleParser } from 'mailparser';
import { reportTls } from '@ketensluis/flow';
import { mailRoutes, tlsReporting, tlsReportStates, type MailRouteSettings } from '@ketensluis/platform';
import { dnsPeer, type DnsPeer, type DnsScript } from '../fixtures/dns-peer.js';
import { smtpPeer, type SmtpPeer } from '../fixtures/smtp-peer.js';
import { tlsFixture } from '../fixtures/tls-certificates.js';
import { webhookPeer } from '../fixtures/webhook-peer.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';

// A report on TLS (RFC 8460) as it leaves: counted, claimed, looked up, signed, mailed; read again with other people's programs.

const of = <Type extends Answer['type']>(name: string, type: Type, ...data: readonly unknown[]): DnsScript => ({ answers: data.map((one) => ({ name, type, data: one }) as Answer) });
const wants = (rua: string): Readonly<Record<string, DnsScript>> => ({
  '_smtp._tls.vt.example TXT': of('_smtp._tls.vt.example', 'TXT', `v=TLSRPTv1; rua=${rua}`),
  'vt.example MX': of('vt.example', 'MX', { preference: 10, exchange: 'mx.vt.example' }),
  'mx.vt.example A': of('mx.vt.example', 'A', '127.0.0.1'),
});
const dkim = generateKeyPairSync('ed25519');

describe('a report on TLS', () => {
  let database: TestDatabase;
  let dns: DnsPeer;
  let peer: SmtpPeer;
  let now: Date;
  beforeEach(async () => {
    // The certificate is of another name: what a report is about must not keep it from arriving.
    [database, dns, peer] = await Promise.all([openTestDatabase(), dnsPeer(), smtpPeer(tlsFixture('elders.example', -1))]);
    now = new Date('2026-11-22T06:00:00Z');
  }, 60_000);
  afterEach(async () => void (await Promise.all([database.close(), dns.close(), peer.close()])));

  const settings = (): MailRouteSettings => ({ resolver: `127.0.0.1:${dns.port}`, within: [], allowed: ['127.0.0.0/8'], reportContact: 'post@sluis.example' });
  const hub = (privateKey: KeyObject | null = dkim.privateKey) => {
    const routes = mailRoutes(database.pool, settings(), { places: { mailPort: peer.port } });
    const identity = { address: 'hub@sluis.example', ...(privateKey === null ? {} : { dkim: { domain: 'sluis.example', selector: 'k1', privateKey } }) };
    const ports = tlsReporting(database.pool, settings(), { identity, routes });
    if (ports === null) throw new Error('no reporting');
    return { count: routes.sessions.count, step: () => reportTls({ ...ports, clock: { now: () => now } }) };
  };
  const count = (domain = 'vt.example') => hub().count({ at: new Date('2026-11-21T10:00:00Z'), domain, policyType: 'tlsa', policyText: ['3 1 1 ab'], result: 'tlsa-invalid', server: 'mx.vt.example', address: '8.8.8.8' });
  const unstuffed = (): Buffer => Buffer.from((peer.mails()[0] ?? '').replace(/(^|\r\n)\./g, '$1'), 'latin1');

  test('goes once to the address the domain names, signed, also with two hubs at work', async () => {
    dns.tell(wants('mailto:tls@vt.example'));
    await count();
    const rounds = await Promise.all([hub(), hub(), hub(), hub()].map(async ({ step }) => [await step(), await step()]));
    expect(rounds.flat().filter((one) => one !== null)).toEqual([{ due: { day: '2026-11-21', domain: 'vt.example', attempt: 1 }, tried: { kind: 'sent' }, next: 'done' }]);
    now = new Date('2026-11-23T06:00:00Z');
    expect(await hub().step()).toBeNull();
    expect(peer.mails()).toHaveLength(1);
    expect(peer.clear()).not.toContain('tlsrpt');

    const { subject, from, to, headers, attachments } = await simpleParser(unstuffed());
    expect([from?.text, [to].flat()[0]?.text]).toEqual(['hub@sluis.example', 'tls@vt.example']);
    expect(subject).toBe('Report Domain: vt.example Submitter: sluis.example Report-ID: <2026-11-21_vt.example@sluis.example>');
    expect([headers.get('tls-report-domain'), headers.get('tls-report-submitter')]).toEqual(['vt.example', 'sluis.example']);
    expect(headers.get('content-type')).toMatchObject({ value: 'multipart/report', params: { 'report-type': 'tlsrpt' } });
    const [file] = attachments;
    expect([attachments.length, file?.filename, file?.contentType]).toEqual([1, 'sluis.example!vt.example!1795219200!1795305599.json.gz', 'application/tlsrpt+gzip']);
    expect(JSON.parse(gunzipSync(file?.content ?? Buffer.of()).toString())).toMatchObject({
      'organization-name': 'Ketensluis', 'contact-info': 'post@sluis.example', 'report-id': '2026-11-21_vt.example@sluis.example',
      policies: [{ policy: { 'policy-domain': 'vt.example' }, summary: { 'total-failure-session-count': 1 } }],
    });
    const der: Buffer = dkim.publicKey.export({ format: 'der', type: 'spki' });
    const { results } = await dkimVerify(unstuffed(), { resolver: async () => [[`v=DKIM1; k=ed25519; s=tlsrpt; p=${der.subarray(-32).toString('base64')}`]] });
    expect(results.map(({ status, signingDomain }) => `${status.result} ${signingDomain}`)).toEqual(['pass sluis.example']);
    expect(unstuffed().toString('latin1')).toMatch(/^DKIM-Signature:(?=[\s\S]*tls-report-domain)(?![\s\S]{0,600} l=)/);
  });

  test('the session that brings it is not counted, and brings no report of its own', async () => {
    dns.tell(wants('mailto:tls@vt.example'));
    await count();
    await hub().step();
    expect((await database.pool.query('select day::text from tls_session')).rows).toEqual([{ day: '2026-11-21' }]);
  });

  test.each<readonly [string, Readonly<Record<string, DnsScript>>]>([
    ['asks for none', {}],
    ['asks twice', { '_smtp._tls.vt.example TXT': of('_smtp._tls.vt.example', 'TXT', 'v=TLSRPTv1; rua=mailto:a@vt.example', 'v=TLSRPTv1; rua=mailto:b@vt.example') }],
  ])('does not go to a domain that %s', async (_name, record) => {
    dns.tell({ ...wants('mailto:tls@vt.example'), '_smtp._tls.vt.example TXT': {}, ...record });
    await count();
    expect(await hub().step()).toMatchObject({ tried: { kind: 'unwanted' }, next: 'done' });
    expect([peer.connections(), await tlsReportStates(database.pool, 5)]).toEqual([0, [{ day: '2026-11-21', domain: 'vt.example', attempt: 1, outcome: 'unwanted' }]]);
  });

  test('goes to the next place when the first does not take it, and to one only', async () => {
    const web = await webhookPeer(tlsFixture('localhost'));
    dns.tell(wants(`https://localhost:${web.port}/tls,mailto:tls@vt.example,mailto:other@vt.example`));
    await count();
    expect(await hub().step()).toMatchObject({ tried: { kind: 'sent' } });
    // Its certificate is proven by nobody, so nothing of the report went there.
    expect([web.requests(), peer.mails().length]).toEqual([[], 1]);
    expect(unstuffed().toString('latin1')).toContain('To: tls@vt.example');
    await web.close();
  });

  test.each<readonly [string, () => void, KeyObject | null, string]>([
    ['a server without encryption', () => peer.play({ startTls: '502 5.5.1 what', ehlo: '250 peer.example' }), dkim.privateKey, 'not-taken'],
    ['a server that is busy', () => peer.play({ mail: '451 4.3.0 later' }), dkim.privateKey, 'not-taken'],
    ['a resolver that does not know', () => dns.tell({ '_smtp._tls.vt.example TXT': { rcode: 2 } }), dkim.privateKey, 'record-unknown'],
    ['a hub that cannot sign', () => undefined, null, 'no-dkim-key'],
  ])('waits for %s, longer each time, and then is given up', async (_name, spoil, key, reason) => {
    dns.tell(wants('mailto:tls@vt.example'));
    spoil();
    await count();
    for (const [attempt, minutes] of [30, 60, 120, 240, 480].entries()) {
      expect(await hub(key).step()).toMatchObject({ due: { attempt: attempt + 1 }, tried: { kind: 'later', reason }, next: 'retry' });
      now = new Date(now.getTime() + (minutes - 1) * 60_000);
      expect(await hub(key).step()).toBeNull();
      now = new Date(now.getTime() + 60_000);
    }
    expect(await hub(key).step()).toMatchObject({ due: { attempt: 6 }, next: 'given-up' });
    expect([peer.mails(), peer.clear().includes('vt.example!')]).toEqual([[], false]);
  });

  test('nothing is sent while no contact is named, or nobody can be asked who wants it', () => {
    const about = { identity: { address: 'hub@sluis.example' }, routes: mailRoutes(database.pool, settings()) };
    expect(tlsReporting(database.pool, { ...settings(), reportContact: null }, about)).toBeNull();
    expect(tlsReporting(database.pool, { ...settings(), resolver: null }, about)).toBeNull();
  });
});
