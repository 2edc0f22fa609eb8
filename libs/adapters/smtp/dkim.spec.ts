import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dkimVerify } from 'mailauth';
import { dkimSigner } from './dkim.js';

const keys = { ed25519: generateKeyPairSync('ed25519'), rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }) } as const;
type Kind = keyof typeof keys;
const mail = (body = 'QUJD\r\n'.repeat(400), more: readonly string[] = []): Buffer => Buffer.from([
  'From: hub@sluis.example', 'To: wth@party.example', ...more, 'Subject: [...]', 'Date: Mon, 02 Mar 2026 09:00:00 +0000', 'Message-ID: <d-1@sluis.example>',
  'Disposition-Notification-To: hub@sluis.example', 'MIME-Version: 1.0', 'Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data;\r\n name="smime.p7m"',
  'Content-Transfer-Encoding: base64', '', body,
].join('\r\n'));

const recordOf = (kind: Kind): string => {
  const der: Buffer = keys[kind].publicKey.export({ format: 'der', type: 'spki' });
  // RFC 8463 §4: the bare 32 bytes, and of RSA the whole structure.
  return `v=DKIM1; k=${kind}; p=${(kind === 'rsa' ? der : der.subarray(-32)).toString('base64')}`;
};
const resolverOf = (kind: Kind) => async (name: string): Promise<string[][]> => {
  if (name === 'k1._domainkey.sluis.example') return [[recordOf(kind)]];
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};
const verdictOn = async (raw: Uint8Array, kind: Kind): Promise<string> => {
  const { results } = await dkimVerify(Buffer.from(raw), { resolver: resolverOf(kind) });
  return results.map(({ status, signingDomain }) => `${status.result} ${signingDomain}`).join();
};
const signed = (raw: Uint8Array, kind: Kind): Promise<Uint8Array> => dkimSigner({ domain: 'sluis.example', selector: 'k1', privateKey: keys[kind].privateKey })(raw);

describe.each(['ed25519', 'rsa'] as const)('a mail signed with %s', (kind) => {
  test.each([
    ['as we send it', mail()],
    ['with empty lines at its end', mail('QUJD\r\n\r\n\r\n')],
    ['with nothing in it', mail('')],
    ['that does not end in a line end', mail('QUJD')],
  ])('%s is right for mailauth', async (_name, raw) => expect(await verdictOn(await signed(raw, kind), kind)).toBe('pass sluis.example'));

  test.each([
    ['another body', (text: string) => text.replace('QUJD', 'QUJE')],
    ['another recipient', (text: string) => text.replace('To: wth@', 'To: vth@')],
    ['another subject', (text: string) => text.replace('[...]', 'spoed')],
    ['one more From in front', (text: string) => `From: iemand@elders.example\r\n${text}`],
    ['one more From behind', (text: string) => text.replace('MIME-Version', 'From: iemand@elders.example\r\nMIME-Version')],
  ])('is not right with %s', async (_name, change) => {
    const text = Buffer.from(await signed(mail(), kind)).toString('latin1');
    expect(await verdictOn(Buffer.from(change(text), 'latin1'), kind)).not.toMatch(/^pass/);
  });

  test('stands folded anew, with a trace in front, and is still right', async () => {
    const text = Buffer.from(await signed(mail(), kind)).toString('latin1');
    const relayed = `Received: from a by b\r\n${text.replace('Subject: [...]', 'Subject:\r\n\t[...]')}`;
    expect(await verdictOn(Buffer.from(relayed, 'latin1'), kind)).toBe('pass sluis.example');
  });

  test('has no line longer than a mail may have', async () => {
    const text = Buffer.from(await signed(mail(), kind)).toString('latin1');
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThan(250);
  });
});

test('no other kind of key signs', () => {
  const { privateKey }: { privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(() => dkimSigner({ domain: 'a.example', selector: 'k', privateKey })).toThrow('bug');
});

// A second opinion from outside, where Debian's opendkim is installed.
const isInstalled = spawnSync('opendkim', ['-V']).error === undefined;
if (!isInstalled && process.env['CI'] === 'true') throw new Error('opendkim must be installed here');
if (!isInstalled) console.warn('opendkim is not installed (Debian: opendkim): nobody else than mailauth looks at our DKIM signatures here.');
(isInstalled ? test : test.skip).each(['ed25519', 'rsa'] as const)('OpenDKIM finds a mail signed with %s right, and a changed one wrong', async (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-dkim-'));
  const verdict = (raw: Uint8Array): string => {
    writeFileSync(join(folder, 'mail'), raw);
    return spawnSync('opendkim', ['-x', join(folder, 'conf'), '-t', join(folder, 'mail'), '-vv'], { encoding: 'utf8' }).stdout;
  };
  try {
    writeFileSync(join(folder, 'dns'), `k1._domainkey.sluis.example ${recordOf(kind)}\n`);
    writeFileSync(join(folder, 'conf'), `Mode v\nTestDNSData file:${join(folder, 'dns')}\n`);
    for (const raw of [mail(), mail('QUJD\r\n\r\n\r\n')]) {
      const sent = Buffer.from(await signed(raw, kind));
      expect(verdict(sent)).toContain('dkim=pass');
      expect(verdict(Buffer.from(sent.toString('latin1').replace('QUJD', 'QUJE'), 'latin1'))).toContain('dkim=fail');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
