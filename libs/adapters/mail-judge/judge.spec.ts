import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { dkimSigner } from '../smtp/dkim.js';
import { mailJudge, type DnsLookup } from './judge.js';

const key = generateKeyPairSync('ed25519');
const publicBytes = key.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
const records: Readonly<Record<string, string>> = {
  'TXT party.example': 'v=spf1 ip4:192.0.2.10 -all',
  'TXT _dmarc.party.example': 'v=DMARC1; p=reject; adkim=s; aspf=s',
  'TXT k1._domainkey.party.example': `v=DKIM1; k=ed25519; p=${publicBytes}`,
  'TXT _dmarc.open.example': 'v=DMARC1; p=none',
};
const asked: string[] = [];
const lookup: DnsLookup = async (name, kind) => {
  asked.push(`${kind} ${name}`);
  const found = records[`${kind} ${name}`];
  if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  return [[found]];
};
const judge = mailJudge({ lookup, name: 'hub.example' });
const raw = (from = 'mailer@party.example', more: readonly string[] = []): Buffer => Buffer.from([
  ...more, `From: ${from}`, 'To: hub@hub.example', 'Subject: x', 'Date: Mon, 02 Mar 2026 09:00:00 +0000', 'Message-ID: <r@party.example>', '', 'tekst', ''].join('\r\n'));
const carried = (bytes: Uint8Array, change: object = {}) => ({ raw: bytes, from: 'mailer@party.example', remoteAddress: '192.0.2.10', helo: 'party.example', ...change });
const signed = dkimSigner({ domain: 'party.example', selector: 'k1', privateKey: key.privateKey });

describe('who a mail is from, by DNS', () => {
  test('its own server, signed by its own domain', async () => {
    expect(await judge(carried(await signed(raw())))).toEqual({
      kind: 'judged', spf: 'pass', dkim: [{ result: 'pass', domain: 'party.example' }], dmarc: 'pass', policy: 'reject', fromDomain: 'party.example',
    });
  });
  test('a report has no sender: the name its server gives is looked at', async () => {
    expect(await judge(carried(raw(), { from: '' }))).toMatchObject({ spf: 'pass', dmarc: 'pass' });
  });
  test('somebody else\'s server without a signature fails what its domain asks for', async () => {
    expect(await judge(carried(raw(), { remoteAddress: '198.51.100.7', helo: 'elders.example' }))).toMatchObject({ spf: 'fail', dmarc: 'fail', policy: 'reject' });
  });
  test('the signature counts over another server, as when it was passed on', async () => {
    expect(await judge(carried(await signed(raw()), { remoteAddress: '198.51.100.7' }))).toMatchObject({ spf: 'fail', dmarc: 'pass' });
  });
  test('a changed mail has no signature', async () => {
    const bytes = Buffer.from(await signed(raw())).toString().replace('tekst', 'ander');
    expect(await judge(carried(Buffer.from(bytes), { remoteAddress: '198.51.100.7' }))).toMatchObject({ dmarc: 'fail' });
  });
  test('a domain that asks for nothing is not refused by its word', async () => {
    expect(await judge(carried(raw('a@open.example'), { from: 'a@open.example', remoteAddress: '198.51.100.7' }))).toMatchObject({ dmarc: 'fail', policy: 'none' });
  });
  test('what another system says it found changes nothing', async () => {
    const claims = ['Authentication-Results: hub.example; dkim=pass header.d=party.example; spf=pass; dmarc=pass', 'Received-SPF: pass', 'Received: from party.example ([192.0.2.10]) by hub.example', 'Return-Path: <mailer@party.example>'];
    const elsewhere = { remoteAddress: '198.51.100.7', helo: 'elders.example' };
    expect(await judge(carried(raw(undefined, claims), elsewhere))).toEqual(await judge(carried(raw(), elsewhere)));
  });
  test('a resolver that does not answer is no verdict, and holds nobody up', async () => {
    const silent = mailJudge({ lookup: () => new Promise(() => undefined), name: 'hub.example', judgeMaxMs: 50 });
    expect(await silent(carried(raw()))).toMatchObject({ kind: 'judged', spf: 'temperror', dmarc: 'temperror' });
  });
  test('a resolver that fails is no verdict', async () => {
    const failing = mailJudge({ lookup: async () => { throw Object.assign(new Error('x'), { code: 'ESERVFAIL' }); }, name: 'hub.example' });
    expect(await failing(carried(raw()))).toMatchObject({ kind: 'judged', dmarc: expect.stringMatching(/temperror|none/) });
  });
  test.each([Buffer.from(''), Buffer.from('\0\xff'), Buffer.from('From: a@b, c@d\r\n\r\n'), Buffer.alloc(100_000, 'a')])('bytes that are no mail do not throw', async (bytes) => {
    expect(await judge(carried(bytes))).toMatchObject({ kind: 'judged' });
  });
  test('keeps no address of a person and no words of a sender', async () => {
    const verdict = await judge(carried(raw('"Jan de Vries" <jan.devries@party.example>'), { from: 'jan.devries@party.example' }));
    expect(JSON.stringify(verdict)).not.toMatch(/jan|@/i);
  });
});
