import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { usableTlsa, type TlsaRecord } from '@ketensluis/domain';
import fc from 'fast-check';
import { matchDane } from './dane.js';

const name = 'mx.party.example';
let folder: string;
const made = new Map<string, X509Certificate>();
const openssl = (...words: readonly string[]): Buffer => execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Made by `openssl`, so that what we check was not made by us. */
const issue = (label: string, issuer: string | null, extensions: string, days = 30): void => {
  writeFileSync(join(folder, `${label}.ext`), extensions);
  openssl('req', ...key, '-keyout', `${label}.key`, '-out', `${label}.csr`, '-subj', `/CN=${label}`);
  const by = issuer === null ? ['-signkey', `${label}.key`] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
  openssl('x509', '-req', '-in', `${label}.csr`, ...by, '-days', String(days), '-extfile', `${label}.ext`, '-out', `${label}.pem`);
  made.set(label, new X509Certificate(readFileSync(join(folder, `${label}.pem`))));
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ketensluis-dane-'));
  const ca = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
  const server = (host: string, usage = 'serverAuth') => `subjectAltName=DNS:${host}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=${usage}\n`;
  issue('root', null, ca);
  issue('middle', 'root', ca);
  issue('stranger', null, ca);
  issue('leaf', 'middle', server(name));
  issue('wild', 'middle', server('*.party.example'));
  issue('elsewhere', 'middle', server('mx.other.example'));
  issue('expired', 'middle', server(name), -1);
  issue('client', 'middle', server(name, 'clientAuth'));
  issue('nameless', 'middle', 'basicConstraints=critical,CA:FALSE\n');
  issue('self', null, server('self.example'), -1);
  // Signs below itself without being allowed to.
  issue('below', 'leaf', server(name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const of = (label: string): X509Certificate => made.get(label) ?? new X509Certificate('');
const record = (usage: number, selector: number, matching: number, label: string): TlsaRecord => {
  const certificate = of(label);
  const content = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const hex = matching === 0 ? content.toString('hex') : createHash(matching === 1 ? 'sha256' : 'sha512').update(content).digest('hex');
  return { usage, selector, matching, hex };
};
const soon = (): Date => new Date(Date.parse(of('leaf').validFrom) + 60_000);
const ask = (records: readonly TlsaRecord[], chain: readonly string[], names: readonly string[] = [name]): string => {
  const answer = matchDane({ records, chain: chain.map(of), names, at: soon() });
  return answer.kind === 'matched' ? `matched ${answer.record.slice(0, 5)}` : answer.code;
};

describe('DANE-EE: this certificate or key, and nothing else matters', () => {
  test.each([0, 1].flatMap((selector) => [0, 1, 2].map((matching) => [selector, matching] as const)))('3 %i %i', (selector, matching) => {
    expect(ask([record(3, selector, matching, 'leaf')], ['leaf'])).toBe(`matched 3 ${selector} ${matching}`);
    expect(ask([record(3, selector, matching, 'elsewhere')], ['leaf', 'middle'])).toBe('tlsa-invalid');
  });
  test('expired, for another name and self-signed', () => expect(ask([record(3, 1, 1, 'self')], ['self'])).toBe('matched 3 1 1'));
  test('one of several records is enough, as during a change of key', () => expect(ask([record(3, 1, 1, 'wild'), record(3, 1, 1, 'leaf')], ['leaf'])).toBe('matched 3 1 1'));
  test('the key of an issuer is not the key of the server', () => expect(ask([record(3, 1, 1, 'middle')], ['leaf', 'middle'])).toBe('tlsa-invalid'));
  test('a server that shows nothing', () => expect(ask([record(3, 1, 1, 'leaf')], [])).toBe('tlsa-invalid'));
});

describe('DANE-TA: a chain to the anchor, dates and the name', () => {
  const rows: readonly (readonly [string, readonly (readonly [number, number, number, string])[], readonly string[], string])[] = [
    ['the anchor one above', [[2, 1, 1, 'middle']], ['leaf', 'middle'], 'matched 2 1 1'],
    ['the anchor two above', [[2, 0, 2, 'root']], ['leaf', 'middle', 'root'], 'matched 2 0 2'],
    ['sent in another order', [[2, 1, 1, 'root']], ['leaf', 'root', 'middle'], 'matched 2 1 1'],
    ['a star in the name', [[2, 1, 1, 'middle']], ['wild', 'middle'], 'matched 2 1 1'],
    ['the whole anchor in DNS, not sent', [[2, 0, 0, 'root']], ['leaf', 'middle'], 'matched 2 0 0'],
    ['the whole key in DNS, not sent', [[2, 1, 0, 'root']], ['leaf', 'middle'], 'matched 2 1 0'],
    ['an anchor that was not sent', [[2, 1, 1, 'root']], ['leaf', 'middle'], 'tlsa-invalid'],
    ['an anchor that was sent and signed nothing', [[2, 1, 1, 'stranger']], ['leaf', 'middle', 'stranger'], 'tlsa-invalid'],
    ['a gap in the chain', [[2, 1, 1, 'root']], ['leaf', 'root'], 'tlsa-invalid'],
    ['an issuer that may not issue', [[2, 1, 1, 'root']], ['below', 'leaf', 'middle', 'root'], 'tlsa-invalid'],
    ['the certificate of the server as its own anchor', [[2, 1, 1, 'leaf']], ['leaf', 'middle'], 'tlsa-invalid'],
    ['another name', [[2, 1, 1, 'middle']], ['elsewhere', 'middle'], 'certificate-host-mismatch'],
    ['a name in the common name only', [[2, 1, 1, 'middle']], ['nameless', 'middle'], 'certificate-host-mismatch'],
    ['expired', [[2, 1, 1, 'middle']], ['expired', 'middle'], 'certificate-expired'],
    ['for clients only', [[2, 1, 1, 'middle']], ['client', 'middle'], 'certificate-not-trusted'],
    ['wrong for the one usage, right for the other', [[2, 1, 1, 'stranger'], [3, 1, 1, 'expired']], ['expired', 'middle'], 'matched 3 1 1'],
  ];
  test.each(rows)('%s', (_name, records, chain, expected) => expect(ask(records.map((one) => record(...one)), chain)).toBe(expected));

  test('a ring of certificates ends', () => expect(ask([record(2, 1, 1, 'stranger')], ['leaf', ...Array.from({ length: 500 }, () => 'middle'), 'root'])).toBe('tlsa-invalid'));
});

test('the usages of browsers are no anchor of mail', () => expect(usableTlsa([record(0, 1, 1, 'root'), record(1, 1, 1, 'leaf')])).toEqual([]));

test('whatever a record says, there is an answer, and no invented record is matched', () => {
  const part = fc.record({ usage: fc.nat(255), selector: fc.nat(255), matching: fc.nat(255), hex: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('hex')) });
  fc.assert(fc.property(fc.array(part, { maxLength: 8 }), (records) => ask(usableTlsa(records), ['leaf', 'middle', 'root']) === 'tlsa-invalid'), { numRuns: 500 });
});
