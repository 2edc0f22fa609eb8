import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { authority, holder, party, type Holder } from './chain.fixture.js';
import { ocspIdsOf, ocspRequest, parseOcspResponse } from './ocsp.js';
import { judgeOcsp } from './ocsp-status.js';
import { ocspResponse } from './ocsp.fixture.js';

// `openssl ocsp` as the other side, in both directions, over files.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;
if (!hasOpenssl) console.warn('openssl is not on PATH: OCSP was NOT exchanged with an outside implementation');

test('the outside oracle is there when the build demands it', () => {
  expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true);
});

const folder = mkdtempSync(join(tmpdir(), 'ocsp-oracle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const openssl = (...words: readonly string[]): string => execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// It judges by the clock of this computer.
const now = new Date();
const period = { notBefore: new Date(now.getTime() - 86_400_000), notAfter: new Date(now.getTime() + 86_400_000) };
const keep = (name: string, one: Holder): Holder => {
  writeFileSync(file(`${name}.crt`), new X509Certificate(one.der).toString());
  writeFileSync(file(`${name}.key`), one.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return one;
};
const root = keep('root', authority(null, period));
const leaf = keep('leaf', party(root, period));
const gone = keep('gone', party(root, period));
const stranger = keep('stranger', party(root, period));
const noCheck = { id: oids.ocspNoCheck, isCritical: false, value: der.null() };
const delegate = keep('delegate', holder(root, { ...period, extensions: { keyUsage: ['digitalSignature'], extendedKeyUsage: [oids.ocspSigning], other: [noCheck] } }));

const stamp = (at: Date): string => `${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
const line = (state: string, { certificate }: Holder, revokedAt = ''): string =>
  [state, stamp(period.notAfter), revokedAt, certificate.serial.toUpperCase().padStart(certificate.serial.length + (certificate.serial.length % 2), '0'), 'unknown', `/CN=${certificate.subject.commonName ?? ''}`].join('\t');
writeFileSync(file('index.txt'), `${line('V', leaf)}\n${line('R', gone, `${stamp(now)},keyCompromise`)}\n`);

const answered = (target: Holder, signer: string, ...more: readonly string[]): string => {
  writeFileSync(file('request.der'), ocspRequest(target.certificate, root.certificate, null));
  openssl('ocsp', '-index', 'index.txt', '-CA', 'root.crt', '-rsigner', `${signer}.crt`, '-rkey', `${signer}.key`, '-reqin', 'request.der', '-respout', 'response.der', '-nmin', '60', ...more);
  const response = parseOcspResponse(readFileSync(file('response.der')));
  if (response.kind !== 'response') return `unsuccessful-${response.status}`;
  const question = { certificate: target.certificate, issuer: root.certificate, at: new Date(), isUnrevoked: () => false };
  const ids = ocspIdsOf(target.certificate, root.certificate);
  const judged = judgeOcsp(response, ids.find((id) => response.singles.some((single) => single.id === id)) ?? '', question);
  return judged.kind === 'usable' ? judged.single.status : judged.code;
};

withOpenssl('openssl as responder', () => {
  test('takes our request and is understood: good, revoked, unknown', () => {
    expect(answered(leaf, 'root')).toBe('good');
    expect(answered(gone, 'root')).toBe('revoked');
    expect(answered(stranger, 'root')).toBe('unknown');
  });

  test('as a delegate is believed, named by its name or by its key; a party in its place is not', () => {
    expect(answered(leaf, 'delegate')).toBe('good');
    expect(answered(leaf, 'delegate', '-resp_key_id')).toBe('good');
    expect(answered(leaf, 'leaf')).toBe('wrong-signer');
    // Without the certificate of the delegate nobody can tell who it is.
    expect(answered(leaf, 'delegate', '-resp_no_certs')).toBe('wrong-signer');
  });

  test('writes the same request, octet for octet', () => {
    openssl('ocsp', '-issuer', 'root.crt', '-cert', 'leaf.crt', '-no_nonce', '-reqout', 'theirs.der');
    expect(readFileSync(file('theirs.der'))).toEqual(Buffer.from(ocspRequest(leaf.certificate, root.certificate, null)));
  });

  test('reads our request with a nonce and gives it back', () => {
    const nonce = Buffer.alloc(32, 7);
    writeFileSync(file('request.der'), ocspRequest(leaf.certificate, root.certificate, nonce));
    expect(openssl('ocsp', '-reqin', 'request.der', '-req_text')).toContain('OCSP Nonce');
    openssl('ocsp', '-index', 'index.txt', '-CA', 'root.crt', '-rsigner', 'root.crt', '-rkey', 'root.key', '-reqin', 'request.der', '-respout', 'response.der', '-nmin', '60');
    expect(parseOcspResponse(readFileSync(file('response.der')))).toMatchObject({ kind: 'response', nonce: nonce.toString('hex') });
  });
});

withOpenssl('openssl as client', () => {
  const shown = (target: string, response: Uint8Array): string => {
    writeFileSync(file('response.der'), response);
    return openssl('ocsp', '-issuer', 'root.crt', '-cert', `${target}.crt`, '-CAfile', 'root.crt', '-respin', 'response.der', '-no_nonce');
  };
  test('takes the responses these tests are made with, so that the forged ones differ in what is said of them and in nothing else', () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 5_000);
    expect(shown('leaf', ocspResponse(leaf, root, root, at))).toContain('leaf.crt: good');
    expect(shown('leaf', ocspResponse(leaf, root, delegate, at, { byName: false }))).toContain('leaf.crt: good');
    expect(shown('gone', ocspResponse(gone, root, delegate, at, { status: 'revoked' }))).toContain('gone.crt: revoked');
    expect(shown('leaf', ocspResponse(leaf, root, root, at, { status: 'unknown' }))).toContain('leaf.crt: unknown');
  });
});
