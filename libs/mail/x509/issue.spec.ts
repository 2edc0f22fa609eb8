import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { issueCrl } from './issue-crl.js';
import { issueCertificate } from './issue.js';

// OpenSSL is the second opinion on what we write: another implementation must read it as we meant it.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? test : test.skip;

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
const keys: Readonly<Record<string, () => Pair>> = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'p-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'p-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ed25519: () => generateKeyPairSync('ed25519'),
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'issue-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pem = (label: string, der: Uint8Array): string => `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
const file = (name: string, der: Uint8Array, label = 'CERTIFICATE'): string => {
  const target = path.join(folder, name);
  writeFileSync(target, pem(label, der));
  return target;
};
const openssl = (...words: readonly string[]): string => execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const period = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2052-01-01T00:00:00Z') };

function chainOf(pair: Pair, subjectKey: KeyObject, scheme?: 'rsa-pss') {
  const extras = scheme === undefined ? {} : { scheme };
  const root = issueCertificate({
    subject: { commonName: 'Oefen Root', organization: 'Ketensluis oefening', country: 'NL' },
    issuer: { certificate: null, privateKey: pair.privateKey },
    publicKey: pair.publicKey,
    serial: 1n,
    ...period,
    extensions: { authority: { pathLength: 0 }, keyUsage: ['keyCertSign', 'cRLSign'] },
    ...extras,
  });
  const leaf = issueCertificate({
    subject: { commonName: 'Politie Oefenstad', organizationIdentifier: 'NTRNL-00000000' },
    issuer: { certificate: root, privateKey: pair.privateKey },
    publicKey: subjectKey,
    serial: 0x80n,
    ...period,
    extensions: {
      keyUsage: ['digitalSignature', 'decipherOnly'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'],
      emails: ['wth@politie.example', 'zorg-é@politie.example'],
      dns: ['mail.politie.example'],
      ip: ['127.0.0.1'],
      policies: ['2.16.528.1.1003.1.2.5.1'],
      crlUrls: ['http://crl.example/oefen.crl'],
    },
    ...extras,
  });
  return { root, leaf };
}

describe('what the practice authority issues, OpenSSL reads and verifies', () => {
  test('OpenSSL is there, or its absence is said', () => {
    if (!hasOpenssl) process.stdout.write('openssl absent: issued certificates were NOT held against a second implementation\n');
    expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true);
  });

  withOpenssl.each([['rsa', undefined], ['rsa', 'rsa-pss'], ['p-256', undefined], ['p-384', undefined], ['ed25519', undefined]] as const)('issued by %s %s', (kind, scheme) => {
    const pair = keys[kind]?.() ?? generateKeyPairSync('ed25519');
    const { root, leaf } = chainOf(pair, generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, scheme);
    const [rootFile, leafFile] = [file('root.pem', root), file('leaf.pem', leaf)];
    expect(openssl('verify', '-x509_strict', '-check_ss_sig', '-CAfile', rootFile, leafFile)).toContain('OK');
    const crl = issueCrl({ issuer: { certificate: root, privateKey: pair.privateKey }, number: 7, thisUpdate: period.notBefore, nextUpdate: period.notAfter, revoked: [] });
    expect(openssl('verify', '-crl_check', '-CRLfile', file('list.pem', crl, 'X509 CRL'), '-CAfile', rootFile, leafFile)).toContain('OK');
    const revoking = issueCrl({ issuer: { certificate: root, privateKey: pair.privateKey }, number: 8, thisUpdate: period.notBefore, nextUpdate: period.notAfter, revoked: [{ serial: 0x80n, revokedAt: period.notBefore, reason: 1 }] });
    const refused = spawnSync('openssl', ['verify', '-crl_check', '-CRLfile', file('revoking.pem', revoking, 'X509 CRL'), '-CAfile', rootFile, leafFile], { encoding: 'utf8' });
    expect(refused.stderr + refused.stdout).toContain('certificate revoked');
  });

  withOpenssl.each(['rsa', 'p-256', 'p-384', 'ed25519', 'x25519'])('for a subject key of kind %s', (kind) => {
    const subject = kind === 'x25519' ? generateKeyPairSync('x25519') : (keys[kind]?.() ?? generateKeyPairSync('x25519'));
    const { root, leaf } = chainOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }), subject.publicKey);
    expect(openssl('verify', '-x509_strict', '-CAfile', file('root.pem', root), file('leaf.pem', leaf))).toContain('OK');
  });

  withOpenssl('every extension says what was asked', () => {
    const { root, leaf } = chainOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('x25519').publicKey);
    const shown = openssl('x509', '-noout', '-text', '-in', file('leaf.pem', leaf));
    for (const expected of [
      'Serial Number: 128',
      'Subject: organizationIdentifier = NTRNL-00000000, CN = Politie Oefenstad',
      'Digital Signature, Decipher Only',
      'E-mail Protection',
      'email:wth@politie.example',
      'DNS:mail.politie.example, IP Address:127.0.0.1',
      'Policy: 2.16.528.1.1003.1.2.5.1',
      'URI:http://crl.example/oefen.crl',
      'Not After : Jan  1 00:00:00 2052 GMT',
    ]) {
      expect(shown).toContain(expected);
    }
    expect(openssl('x509', '-noout', '-text', '-in', file('root.pem', root))).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\s/);
  });

  withOpenssl('OpenSSL enforces the name constraints we write', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const root = issueCertificate({
      subject: { commonName: 'Oefen Root' },
      issuer: { certificate: null, privateKey: pair.privateKey },
      publicKey: pair.publicKey,
      serial: 1n,
      ...period,
      extensions: { authority: { pathLength: null }, keyUsage: ['keyCertSign'], nameConstraints: { permitted: { emails: ['.example'], dns: ['example'], ip: ['127.0.0.0/8'] }, excluded: { dns: ['x.example'] } } },
    });
    const verdict = (names: { emails?: readonly string[]; dns?: readonly string[]; ip?: readonly string[] }): number | null => {
      const leaf = issueCertificate({ subject: { commonName: 'Partij' }, issuer: { certificate: root, privateKey: pair.privateKey }, publicKey: pair.publicKey, serial: 2n, ...period, extensions: names });
      return spawnSync('openssl', ['verify', '-CAfile', file('nc.pem', root), file('nc-leaf.pem', leaf)]).status;
    };
    expect(verdict({ emails: ['a@b.example'], dns: ['c.example'], ip: ['127.0.0.1'] })).toBe(0);
    expect(verdict({ emails: ['a@b.nl'] })).not.toBe(0);
    expect(verdict({ dns: ['a.x.example'] })).not.toBe(0);
    expect(verdict({ ip: ['10.0.0.1'] })).not.toBe(0);
  });
});
