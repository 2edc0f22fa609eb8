import { describe, expect, test } from '@jest/globals';
import { processorMs } from '../../../test/harness/processor-time.js';
import { Asn1Error, der, readDer, sequence, tlv } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { at, authority, holder, party, period, verdict, type Holder } from './chain.fixture.js';
import { parseCrl } from './crl.js';
import { issueCrl, type IssueCrlInput } from './issue-crl.js';
import { extension } from './issue-extensions.js';
import { signatureAlgorithm, signed } from './issue.js';
import { validatePath } from './path.js';

const day = 86_400_000;
const root = authority(null);
const url = 'http://crl.example/lijst.crl';
const target = party(root, { extensions: { crlUrls: [url] } });
const serial = BigInt(`0x${target.certificate.serial}`);

function list(by: Holder, change: Partial<IssueCrlInput> = {}): Uint8Array {
  return issueCrl({ issuer: { certificate: by.der, privateKey: by.privateKey }, number: 5, thisUpdate: new Date(at.getTime() - day), nextUpdate: new Date(at.getTime() + day), revoked: [], ...change });
}
const revoking = (reason: number | null, revokedAt = period.notBefore): Partial<IssueCrlInput> => ({ revoked: [{ serial: serial + 1n, revokedAt, reason: null }, { serial, revokedAt, reason }] });

/** A list put together anew and signed again, for what `issueCrl` does not write. */
function relisted(change: (fields: Uint8Array[]) => Uint8Array[], bytes = list(root, revoking(1))): Uint8Array {
  const [tbs] = sequence(readDer(bytes));
  const fields = sequence(tbs ?? readDer(bytes)).map(({ raw }) => raw);
  return signed(der.sequence(...change(fields)), signatureAlgorithm(root.privateKey, null), root.privateKey);
}

describe('a party whose certificate was taken back is refused', () => {
  const other = authority(null, { commonName: root.certificate.subject.commonName ?? '' });
  const cases: readonly (readonly [string, readonly Uint8Array[], string, string])[] = [
    ['its issuer lists nobody', [list(root)], 'valid', 'valid'],
    ['its issuer lists it', [list(root, revoking(null))], 'revoked', 'revoked'],
    ['its issuer lists it for key compromise', [list(root, revoking(1))], 'revoked', 'revoked'],
    ['its issuer holds it', [list(root, revoking(6))], 'revoked', 'revoked'],
    ['its issuer lists it from next week on', [list(root, revoking(1, new Date(at.getTime() + 7 * day)))], 'revoked', 'revoked'],
    ['there is no list', [], 'revocation-unknown', 'valid'],
    ['the list has ended', [list(root, { nextUpdate: new Date(at.getTime() - 1) })], 'revocation-unknown', 'valid'],
    ['the list ends at this moment', [list(root, { nextUpdate: at })], 'revocation-unknown', 'valid'],
    ['the list has not begun', [list(root, { thisUpdate: new Date(at.getTime() + 1000) })], 'revocation-unknown', 'valid'],
    ['the list is of another authority of that name', [list(other)], 'revocation-unknown', 'valid'],
    ['another authority of that name lists it', [list(other, revoking(1))], 'revocation-unknown', 'valid'],
    ['the list is for another distribution point', [list(root, { pointUrl: 'http://crl.example/elders.crl' })], 'revocation-unknown', 'valid'],
    ['the list is for its distribution point', [list(root, { pointUrl: url })], 'valid', 'valid'],
    ['the newer of two lists has it no more', [list(root, { ...revoking(6), thisUpdate: new Date(at.getTime() - 2 * day) }), list(root, { number: 6 })], 'valid', 'valid'],
    ['the newer of two lists has it', [list(root, { thisUpdate: new Date(at.getTime() - 2 * day) }), list(root, { number: 6, ...revoking(1) })], 'revoked', 'revoked'],
    ['a change to the list has it', [list(root), list(root, { number: 7, baseNumber: 5, ...revoking(1) })], 'revoked', 'revoked'],
    ['a change to the list takes it off again', [list(root, revoking(6)), list(root, { number: 7, baseNumber: 5, ...revoking(8) })], 'valid', 'valid'],
    ['a change to a later list takes it off', [list(root, revoking(6)), list(root, { number: 9, baseNumber: 8, ...revoking(8) })], 'revoked', 'revoked'],
    ['a change older than the list has it', [list(root, { number: 8 }), list(root, { number: 7, baseNumber: 5, ...revoking(1) })], 'valid', 'valid'],
    ['a change to a list of another scope has it', [list(root), list(root, { number: 7, baseNumber: 5, pointUrl: 'http://crl.example/elders.crl', ...revoking(1) })], 'valid', 'valid'],
    ['a change without its list', [list(root, { number: 7, baseNumber: 5 })], 'revocation-unknown', 'valid'],
    ['the list cannot be read', [Uint8Array.of(0x30, 0x03, 1, 2, 3)], 'revocation-unknown', 'valid'],
    ['the list has an unknown critical extension', [relisted((fields) => [...fields.slice(0, -1), der.explicit(0, der.sequence(extension('1.2.3', true, der.null())))])], 'revocation-unknown', 'valid'],
    ['the list has no end', [relisted((fields) => fields.filter((_field, i) => i !== 4))], 'revocation-unknown', 'valid'],
  ];
  test.each(cases)('when %s', (_name, crls, required, available) => {
    expect(verdict(root, [], target, { crls, revocation: 'require' })).toBe(required);
    expect(verdict(root, [], target, { crls, revocation: 'if-available' })).toBe(available);
  });

  test('every level needs its list, and a revoked authority takes its parties along', () => {
    const middle = authority(root);
    const below = party(middle);
    const [rootList, middleList] = [list(root), list(middle)];
    expect(verdict(root, [middle], below, { crls: [rootList, middleList], revocation: 'require' })).toBe('valid');
    expect(verdict(root, [middle], below, { crls: [middleList], revocation: 'require' })).toBe('revocation-unknown');
    expect(verdict(root, [middle], below, { crls: [rootList], revocation: 'require' })).toBe('revocation-unknown');
    const taken = list(root, { revoked: [{ serial: BigInt(`0x${middle.certificate.serial}`), revokedAt: at, reason: 2 }] });
    expect(verdict(root, [middle], below, { crls: [taken, middleList], revocation: 'if-available' })).toBe('revoked');
  });

  test('an authority that may not sign lists signs none', () => {
    const mute = authority(root, { extensions: { keyUsage: ['keyCertSign'] } });
    expect(verdict(root, [mute], party(mute), { crls: [list(root), list(mute)], revocation: 'require' })).toBe('revocation-unknown');
  });

  test('a separate signer of lists counts when the authority certified it, and not after the authority took it back', () => {
    const middle = authority(root, { commonName: 'Met lijsttekenaar', extensions: { keyUsage: ['keyCertSign'] } });
    const signer = holder(root, { commonName: 'Met lijsttekenaar', extensions: { keyUsage: ['cRLSign'] } });
    const below = party(middle);
    const lists = [list(root), list(signer)];
    expect(verdict(root, [middle, signer], below, { crls: lists, revocation: 'require' })).toBe('valid');
    const taken = list(root, { number: 6, revoked: [{ serial: BigInt(`0x${signer.certificate.serial}`), revokedAt: at, reason: 1 }] });
    expect(verdict(root, [middle, signer], below, { crls: [taken, list(signer)], revocation: 'require' })).toBe('revocation-unknown');
  });

  test('the proof names the lists it rests on', () => {
    const crl = list(root);
    const result = validatePath({ target: target.certificate, intermediates: [], trust: { anchors: [{ certificate: root.der, policies: null }], intermediates: [], crls: [crl], revocation: 'require' }, at, purpose: 'sign-mail', profile: 'strict' });
    expect(result.kind === 'valid' && result.revocation.map(({ sha256 }) => sha256)).toEqual([parseCrl(crl).sha256]);
  });
});

/** Entries that differ in their serial number only, laid out directly: encoding each would take longer than what is tested. */
function manyEntries(count: number): Uint8Array {
  const entry = der.sequence(der.integer(0x01000000n << 64n), der.time(at), der.sequence(extension(oids.reasonCode, false, der.enumerated(4))));
  const entries = Buffer.alloc(entry.length * count, entry);
  for (let i = 0; i < count; i += 1) entries.writeUInt32BE(i, i * entry.length + 8);
  return tlv(0x30, entries);
}

describe('reading a list', () => {
  test.each([
    ['octets after it', () => Buffer.concat([list(root), Uint8Array.of(0)])],
    ['version 3', () => relisted((fields) => [der.integer(2), ...fields.slice(1)])],
    ['another algorithm inside than outside', () => relisted((fields) => fields.map((field, i) => (i === 1 ? der.sequence(der.oid(oids.ed25519)) : field)))],
    ['an entry without a time', () => relisted((fields) => fields.map((field, i) => (i === 5 ? der.sequence(der.sequence(der.integer(1), der.null())) : field)))],
    ['an entry of another issuer in a direct list', () => relisted((fields) => fields.map((field, i) => (i === 5 ? der.sequence(der.sequence(der.integer(1), der.time(at), der.sequence(extension(oids.certificateIssuer, true, der.sequence(der.explicit(4, root.certificate.subject.raw)))))) : field)))],
    ['a field too many', () => relisted((fields) => [...fields, der.explicit(1, der.null())])],
  ])('refuses %s', (_name, make) => {
    expect(() => parseCrl(make())).toThrow(Asn1Error);
  });

  test('an entry with an unknown critical extension makes the list unusable', () => {
    const crl = relisted((fields) => fields.map((field, i) => (i === 5 ? der.sequence(der.sequence(der.integer(1), der.time(at), der.sequence(extension('1.2.3', true, der.null())))) : field)));
    expect(parseCrl(crl).hasUnknownCritical).toBe(true);
    expect(verdict(root, [], target, { crls: [crl], revocation: 'require' })).toBe('revocation-unknown');
  });

  test('two hundred thousand entries are read once, within seconds, and then asked in no time', () => {
    const bytes = relisted((fields) => fields.map((field, i) => (i === 5 ? manyEntries(200_000) : field)));
    const startedAt = processorMs();
    const crl = parseCrl(bytes);
    const readMs = processorMs() - startedAt;
    expect(crl.entries.get(root.certificate.subject.canonical)?.size).toBe(200_000);
    expect(readMs).toBeLessThan(5_000);
    expect(parseCrl(bytes)).toBe(crl);
    expect(verdict(root, [], target, { crls: [bytes], revocation: 'require' })).toBe('valid');
  });
});
