import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCertificate, validatePath, type PathInput, type PathResult } from '@ketensluis/mail';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { readPem } from './files.js';
import { expiredBefore, keepKeys, makePracticePki, practicePassword, type PracticeParty, type PracticePki } from './practice.js';

const at = new Date('2026-11-02T12:00:00Z');
const police: PracticeParty = { id: 'politie', address: 'wth@politie.example', name: 'Politie Oefenstad', dns: ['mail.politie.example'], keys: 'p-256' };
const court: PracticeParty = { id: 'rechtbank', address: 'vovo@rechtbank.example', name: 'Rechtbank Oefenland', keys: 'rsa-3072' };
const late: PracticeParty = { id: 'verlopen', address: 'oud@verlopen.example', name: 'Verlopen Partij', keys: 'p-256', validity: expiredBefore(at) };
const gone: PracticeParty = { id: 'ingetrokken', address: 'weg@ingetrokken.example', name: 'Ingetrokken Partij', keys: 'p-256' };

let directory = '';
let pki: PracticePki;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'practice-'));
  pki = await makePracticePki({ directory, at, parties: [police, court, late, gone], revoked: ['ingetrokken'] });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function validate(certificate: string, purpose: PathInput['purpose'], change: { readonly at?: Date; readonly policies?: readonly string[]; readonly from?: PracticePki } = {}): PathResult {
  const { ca } = change.from ?? pki;
  const [tsp, domain] = [path.join(ca.folder, 'tsp.cert.pem'), path.join(ca.folder, 'domain.cert.pem')];
  return validatePath({
    target: parseCertificate(readPem(certificate)),
    intermediates: [tsp, domain].map((file) => parseCertificate(readPem(file))),
    trust: { anchors: [{ certificate: readPem(ca.root), policies: change.policies ?? null }], intermediates: [], crls: ca.crls.map(readPem), revocation: 'require' },
    at: change.at ?? at,
    purpose,
    profile: 'strict',
  });
}

const codeOf = (result: PathResult): string => (result.kind === 'valid' ? 'valid' : result.code);
const snapshot = (): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(directory, name)).isFile()).map((name) => [name, readFileSync(path.join(directory, name)).toString('base64')]));

describe('the practice PKI', () => {
  test('every certificate of an honest party holds for its use and for no other, strictly and with revocation', () => {
    for (const party of [police, court]) {
      const files = pki.parties[party.id];
      expect(files).toBeDefined();
      if (files === undefined) return;
      expect(codeOf(validate(files.sign.certificate, 'sign-mail', { policies: ['2.16.528.1.1003.1.2.5.1'] }))).toBe('valid');
      expect(codeOf(validate(files.encrypt.certificate, 'encrypt-mail', { policies: ['2.16.528.1.1003.1.2.5.2'] }))).toBe('valid');
      expect(codeOf(validate(files.tls.certificate, 'serve-tls', { policies: ['2.16.528.1.1003.1.2.5.6'] }))).toBe('valid');
      expect(codeOf(validate(files.encrypt.certificate, 'sign-mail'))).toBe('key-usage');
      expect(codeOf(validate(files.sign.certificate, 'encrypt-mail'))).toBe('key-usage');
      expect(codeOf(validate(files.tls.certificate, 'sign-mail'))).toBe('extended-key-usage');
      expect(codeOf(validate(files.sign.certificate, 'sign-mail', { policies: ['2.16.528.1.1003.1.2.5.2'] }))).toBe('policy');
    }
  });

  test('each key is the key of its certificate and only its owner can read it', () => {
    for (const { sign, encrypt, tls: server } of Object.values(pki.parties)) {
      for (const { key, certificate } of [sign, encrypt, server]) {
        expect(statSync(key).mode & 0o777).toBe(0o600);
        const { spki } = parseCertificate(readPem(certificate));
        const publicKey = createPrivateKey(readFileSync(key));
        expect(publicKey.asymmetricKeyType === 'ec' || publicKey.asymmetricKeyType === 'rsa').toBe(true);
        expect(execFileSync('openssl', ['pkey', '-in', key, '-pubout', '-outform', 'DER'])).toEqual(Buffer.from(spki));
      }
    }
    expect(statSync(path.join(pki.ca.folder, 'root.key.pem')).mode & 0o777).toBe(0o600);
  });

  test('a party can misbehave: with an expired certificate, and with a revoked one', () => {
    expect(codeOf(validate(pki.parties['verlopen']?.sign.certificate ?? '', 'sign-mail'))).toBe('expired');
    expect(codeOf(validate(pki.parties['ingetrokken']?.sign.certificate ?? '', 'sign-mail'))).toBe('revoked');
    expect(codeOf(validate(pki.parties['ingetrokken']?.encrypt.certificate ?? '', 'encrypt-mail'))).toBe('valid');
  });

  test('the authorities cannot certify a party outside the reserved domains', async () => {
    const outsider = { ...police, id: 'buiten', address: 'a@politie.nl' };
    await expect(makePracticePki({ directory, at, parties: [outsider] })).rejects.toThrow('outside');
    await expect(makePracticePki({ directory, at, parties: [{ ...police, id: '../buiten' }] })).rejects.toThrow('id');
  });

  test('made again it changes nothing, and with one more party it adds only that party', async () => {
    const before = snapshot();
    await makePracticePki({ directory, at, parties: [police, court, late, gone] });
    expect(snapshot()).toEqual(before);
    const added = await makePracticePki({ directory, at, parties: [police, { ...police, id: 'nieuw', address: 'n@nieuw.example' }] });
    const after = snapshot();
    expect(Object.keys(after).filter((name) => !(name in before)).every((name) => name.startsWith('nieuw'))).toBe(true);
    expect(Object.entries(before).every(([name, content]) => after[name] === content)).toBe(true);
    expect(codeOf(validate(added.parties['nieuw']?.sign.certificate ?? '', 'sign-mail'))).toBe('valid');
  });

  test('keys made ahead, by two at the same moment, are those the certificates are for', async () => {
    const ahead = path.join(directory, 'ahead');
    await Promise.all([keepKeys(ahead, [police]), keepKeys(ahead, [police])]);
    expect(readdirSync(path.join(ahead, police.id)).sort()).toEqual(['encrypt.key.pem', 'sign.key.pem', 'tls.key.pem']);
    const key = readFileSync(path.join(ahead, police.id, 'sign.key.pem'));
    const { parties } = await makePracticePki({ directory: ahead, at, parties: [police] });
    const { spki } = parseCertificate(readPem(parties[police.id]?.sign.certificate ?? ''));
    expect(createPublicKey(createPrivateKey(key)).export({ format: 'der', type: 'spki' })).toEqual(Buffer.from(spki));
  });

  test('revocation lists that run out are made anew and still name who was revoked', async () => {
    const later = new Date('2027-03-01T00:00:00Z');
    expect(codeOf(validate(pki.parties['politie']?.sign.certificate ?? '', 'sign-mail', { at: later }))).toBe('revocation-unknown');
    const copy = mkdtempSync(path.join(tmpdir(), 'practice-'));
    cpSync(directory, copy, { recursive: true });
    const renewed = await makePracticePki({ directory: copy, at: later, parties: [police, gone] });
    expect(codeOf(validate(pki.parties['politie']?.sign.certificate ?? '', 'sign-mail', { at: later, from: renewed }))).toBe('valid');
    expect(codeOf(validate(pki.parties['ingetrokken']?.sign.certificate ?? '', 'sign-mail', { at: later, from: renewed }))).toBe('revoked');
    rmSync(copy, { recursive: true, force: true });
  });
});

describe('other software takes what the practice PKI makes', () => {
  test('OpenSSL opens the PKCS #12 file of an RSA party, with key and chain', () => {
    const [file = ''] = pki.parties['rechtbank']?.pkcs12 ?? [];
    const shown = execFileSync('openssl', ['pkcs12', '-in', file, '-passin', `pass:${practicePassword}`, '-nodes'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(shown.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(shown).toContain('BEGIN PRIVATE KEY');
    expect(shown).toContain('friendlyName: Rechtbank Oefenland (sign)');
    expect(spawnSync('openssl', ['pkcs12', '-in', file, '-passin', 'pass:wrong', '-nodes']).status).not.toBe(0);
  });

  test('OpenSSL accepts the chain for mail, with revocation lists', () => {
    const crls = pki.ca.crls.flatMap((file) => ['-CRLfile', file]);
    const words = ['verify', '-x509_strict', '-purpose', 'smimesign', '-crl_check_all', ...crls, '-attime', String(at.getTime() / 1000), '-CAfile', pki.ca.root, '-untrusted', pki.ca.chain];
    expect(execFileSync('openssl', [...words, pki.parties['politie']?.sign.certificate ?? ''], { encoding: 'utf8' })).toContain('OK');
  });

  test('a TLS client that trusts the root reaches a mail server on loopback', async () => {
    const live = await makePracticePki({ directory: path.join(directory, 'live'), at: new Date(), parties: [police] });
    const files = live.parties['politie'];
    if (files === undefined) throw new Error('bug: party was made');
    const server = tls.createServer({ key: readFileSync(files.tls.key), cert: readFileSync(files.tls.certificate, 'utf8') + readFileSync(files.chain, 'utf8') }, (socket) => socket.end('220'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const answer = await new Promise<string>((resolve, reject) => {
      const client = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca: readFileSync(live.ca.root), timeout: 5_000 });
      client.once('data', (bytes) => resolve(bytes.toString())).once('error', reject);
    });
    await new Promise((resolve) => server.close(resolve));
    expect(answer).toBe('220');
  });
});
