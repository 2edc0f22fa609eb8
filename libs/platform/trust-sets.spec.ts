import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { issueCertificate } from '@ketensluis/mail';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrustSets, type TrustSetsWanted } from './trust-sets.js';

const anchorOf = (organization: string): { readonly der: Uint8Array; readonly sha256: string } => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = issueCertificate({
    subject: { commonName: 'Root', organization }, issuer: { certificate: null, privateKey: keys.privateKey }, publicKey: keys.publicKey, serial: 5n,
    notBefore: new Date('2026-01-01'), notAfter: new Date('2046-01-01'), extensions: { authority: { pathLength: null }, keyUsage: ['keyCertSign', 'cRLSign'] },
  });
  return { der, sha256: createHash('sha256').update(der).digest('hex') };
};
const [real, practice] = [anchorOf('Staat der Nederlanden'), anchorOf('Ketensluis oefening')];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trust-sets-'));
  await writeFile(join(folder, 'real.pem'), new X509Certificate(real.der).toString());
  await writeFile(join(folder, 'practice.pem'), new X509Certificate(practice.der).toString());
});
afterEach(() => rm(folder, { recursive: true }));

const set = (change: string = '', anchor = `{ file: real.pem, sha256: ${real.sha256} }`): string =>
  `set: g4-mail\nuse: [mail]\nanchors: [${anchor}]\npolicies: [2.16.528.1.1003.1.2.5.1]\nhosts: [crl.example, { host: ocsp.example, port: 8080, networks: [10.0.0.0/8] }]\n${change}`;
const read = async (text: string, wanted: Partial<TrustSetsWanted> = {}) => {
  await writeFile(join(folder, 'one.yaml'), text);
  return readTrustSets(folder, { practiceFolder: null, ...wanted });
};

describe('whom the hub believes', () => {
  test('stands in a file: anchors by hash, the policies that are required, the hosts that may be asked', async () => {
    const sets = await read(set());
    expect(sets.names).toEqual(['g4-mail']);
    expect(sets.anchors.map(({ policies }) => policies)).toEqual([['2.16.528.1.1003.1.2.5.1']]);
    expect(Buffer.compare(sets.anchors[0]?.certificate ?? new Uint8Array(), real.der)).toBe(0);
    expect(sets.hosts).toEqual([{ host: 'crl.example' }, { host: 'ocsp.example', port: 8080, networks: ['10.0.0.0/8'] }]);
    expect(sets.anchors.map(({ uses }) => uses)).toEqual([['mail']]);
  });

  test('is practice in practice alone, and there nobody else', async () => {
    const text = set('practice: true', '{ file: practice.pem }');
    expect((await read(text, { practiceFolder: folder })).anchors).toHaveLength(1);
    expect((await read(text)).anchors).toEqual([]);
    expect((await read(set(), { practiceFolder: folder })).anchors).toEqual([]);
  });

  const refused: readonly (readonly [string, () => string, RegExp])[] = [
    ['an anchor of practice outside practice', () => set('', `{ file: practice.pem, sha256: ${practice.sha256} }`), /anchor of practice/],
    ['another certificate under the name of an anchor', () => set('', `{ file: real.pem, sha256: ${practice.sha256} }`), /its sha256 is/],
    ['an anchor without a hash', () => set('', '{ file: real.pem }'), /needs its sha256/],
    ['a file that is not there', () => set('', `{ file: gone.pem, sha256: ${real.sha256} }`), /cannot be read/],
    ['a file outside the folder', () => set('', `{ file: ../real.pem, sha256: ${real.sha256} }`), /below this folder/],
    ['a key nobody knows', () => set('requireNothing: true'), /requireNothing|Unrecognized/],
    ['no policy at all', () => set().replace(/policies: .*\n/, 'policies: []\n'), /policies/],
  ];
  test.each(refused)('is nobody by %s', async (_, text, expected) => {
    await expect(read(text())).rejects.toThrow(expected);
  });
});
