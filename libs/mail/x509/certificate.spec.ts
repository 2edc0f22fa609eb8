import { describe, expect, test } from '@jest/globals';
import { Asn1Error, der, readDer, sequence, tlv } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { authority, holder, party } from './chain.fixture.js';
import { mailAddressesOf, parseCertificate, publicKeyOf } from './certificate.js';
import type { IssueExtensions } from './issue-extensions.js';
import { nameOf } from './issue.js';
import { readName } from './name.js';

const root = authority(null);
const good = party(root, { commonName: 'Politie Oefenstad' });

/** The fields of a certificate, to be put together otherwise; the signature is no longer right, which reading does not look at. */
function rebuilt(change: (fields: Uint8Array[]) => Uint8Array[], bytes: Uint8Array = good.der): Uint8Array {
  const [tbs, algorithm, signature] = sequence(readDer(bytes));
  if (tbs === undefined || algorithm === undefined || signature === undefined) throw new Error('bug: not a certificate');
  return der.sequence(der.sequence(...change(sequence(tbs).map(({ raw }) => raw))), algorithm.raw, signature.raw);
}
const withExtension = (id: string, value: Uint8Array, isCritical = false): Uint8Array => party(root, { extensions: { other: [{ id, isCritical, value }] } }).der;
const replaced = (i: number, value: Uint8Array) => (fields: Uint8Array[]) => fields.map((field, n) => (n === i ? value : field));

describe('a certificate has one meaning or none (RFC 5280 §4.1)', () => {
  const faulty: readonly (readonly [string, () => Uint8Array])[] = [
    ['octets after it', () => Buffer.concat([good.der, Uint8Array.of(0)])],
    ['a fourth part', () => der.sequence(...sequence(readDer(good.der)).map(({ raw }) => raw), der.null())],
    ['another algorithm inside than outside', () => rebuilt(replaced(2, der.sequence(der.oid(oids.ed25519))))],
    ['version 1 written out', () => rebuilt(replaced(0, der.explicit(0, der.integer(0))))],
    ['version 4', () => rebuilt(replaced(0, der.explicit(0, der.integer(3))))],
    ['extensions under version 2', () => rebuilt(replaced(0, der.explicit(0, der.integer(1))))],
    ['extensions without a version', () => rebuilt((fields) => fields.slice(1))],
    ['a field of an unknown tag', () => rebuilt((fields) => [...fields, der.context(4, der.null())])],
    ['two lists of extensions', () => rebuilt((fields) => [...fields, ...fields.slice(-1)])],
    ['no list inside the extensions', () => rebuilt(replaced(7, der.context(3)))],
    ['an empty list of extensions', () => rebuilt(replaced(7, der.explicit(3, der.sequence())))],
    ['a validity of one time', () => rebuilt(replaced(4, der.sequence(der.time(new Date(0)))))],
    ['a name that is a set', () => rebuilt(replaced(5, der.set()))],
    ['an empty relative name', () => rebuilt(replaced(5, der.sequence(der.set())))],
    ['a key in half octets', () => rebuilt(replaced(6, der.sequence(der.sequence(der.oid(oids.ed25519)), der.bits(Uint8Array.of(0xf0), 4))))],
    ['an extension twice', () => withExtension(oids.keyUsage, der.bits(Uint8Array.of(0x80), 7))],
    ['key usage of nothing', () => holder(root, { extensions: { other: [{ id: oids.keyUsage, isCritical: true, value: der.bits(Uint8Array.of(0)) }] } }).der],
    ['extended key usage of nothing', () => holder(root, { extensions: { other: [{ id: oids.extendedKeyUsage, isCritical: false, value: der.sequence() }] } }).der],
    ['a malformed policy', () => withExtension(oids.certificatePolicies, der.sequence(der.sequence()))],
    ['a policy twice', () => withExtension(oids.certificatePolicies, der.sequence(der.sequence(der.oid('1.2.3')), der.sequence(der.oid('1.2.3'))))],
    ['a path length without authority', () => withExtension(oids.basicConstraints, der.sequence(der.integer(1)))],
    ['a negative path length', () => withExtension(oids.basicConstraints, der.sequence(der.boolean(true), der.integer(-1)))],
    ['an empty distribution point', () => withExtension(oids.crlDistributionPoints, der.sequence(der.sequence()))],
    ['octets after an extension value', () => withExtension(oids.inhibitAnyPolicy, Buffer.concat([der.integer(0), der.null()]))],
    ['more than 256 KiB', () => withExtension('1.2.3.4', der.octets(new Uint8Array(256 * 1024)))],
  ];
  test.each(faulty)('refuses %s', (_name, make) => {
    expect(() => parseCertificate(make())).toThrow(Asn1Error);
  });

  test('alternative names are read in every form a mail signer may have', () => {
    const { certificate } = party(root, { extensions: { emails: ['a@politie.example', 'zorg-é@politie.example'], dns: ['mail.politie.example'], ip: ['10.1.2.3'] } });
    expect(mailAddressesOf(certificate)).toEqual(['a@politie.example', 'zorg-é@politie.example']);
    expect(certificate.subjectAltNames.map(({ kind }) => kind)).toEqual(['email', 'utf8-mailbox', 'dns', 'ip']);
  });

  test('a critical extension nobody processes here is named, one that is processed is not', () => {
    expect(parseCertificate(withExtension('1.2.3.4', der.null(), true)).unknownCritical).toEqual(['1.2.3.4']);
    expect(authority(null).certificate.unknownCritical).toEqual([]);
  });

  test('extensions mean what they say', () => {
    const extensions: IssueExtensions = { keyUsage: ['nonRepudiation', 'decipherOnly'], policies: ['1.2.3'], crlUrls: ['http://crl.example/a.crl'], requireExplicitPolicy: 2 };
    const { certificate } = party(root, { extensions });
    expect(certificate.keyUsage).toEqual(['nonRepudiation', 'decipherOnly']);
    expect(certificate.policies).toEqual(['1.2.3']);
    expect(certificate.policyConstraints).toEqual({ requireExplicitPolicy: 2, inhibitPolicyMapping: null });
    expect(certificate.crlDistributionPoints).toHaveLength(1);
    expect(certificate.authorityKeyIdentifier?.keyIdentifier).toEqual(root.certificate.subjectKeyIdentifier);
    expect(authority(null, { extensions: { authority: { pathLength: 3 } } }).certificate.basicConstraints).toEqual({ isCa: true, pathLength: 3 });
  });
});

describe('reading is remembered', () => {
  test('the same octets give the same certificate and key', () => {
    const again = parseCertificate(Uint8Array.from(good.der));
    expect(again).toBe(parseCertificate(good.der));
    expect(publicKeyOf(again)).toBe(publicKeyOf(parseCertificate(good.der)));
  });

  test('a certificate does not keep the message it came in, nor change with it', () => {
    const message = Buffer.concat([Buffer.alloc(1_000_000), party(root).der]);
    const within = message.subarray(1_000_000);
    const certificate = parseCertificate(within);
    expect(certificate.raw.buffer).not.toBe(message.buffer);
    const { sha256 } = certificate;
    within.fill(0);
    expect(parseCertificate(certificate.raw).sha256).toBe(sha256);
  });
});

describe('names are one name when they differ in case, spacing or encoding only (RFC 5280 §7.1)', () => {
  const name = (...attributes: readonly (readonly [string, Uint8Array])[]) => readName(readDer(der.sequence(...attributes.map(([type, value]) => der.set(der.sequence(der.oid(type), value))))));
  const same: readonly (readonly [string, Uint8Array, Uint8Array, boolean])[] = [
    ['case', der.utf8('Politie Oefenstad'), der.utf8('POLITIE oefenstad'), true],
    ['spacing', der.utf8(' Politie   Oefenstad '), der.utf8('Politie Oefenstad'), true],
    ['encoding', der.utf8('Politie'), der.printable('Politie'), true],
    ['composition', der.utf8('Zeeoéver'), der.utf8('Zeeoe\u0301ver'), true],
    ['a letter', der.utf8('Politie'), der.utf8('Politic'), false],
    ['a space inside a word', der.utf8('Poli tie'), der.utf8('Politie'), false],
    ['a control character', der.utf8('Politie\0'), der.utf8('Politie'), false],
    ['an encoding we do not compare', tlv(0x1e, Buffer.from('Politie', 'utf16le').swap16()), der.utf8('Politie'), false],
  ];
  test.each(same)('difference in %s', (_what, a, b, expected) => {
    expect(name([oids.commonName, a]).canonical === name([oids.commonName, b]).canonical).toBe(expected);
  });

  test('order and type of parts count, and no value can pretend to be two', () => {
    const [a, b]: readonly (readonly [string, Uint8Array])[] = [[oids.commonName, der.utf8('a')], [oids.organization, der.utf8('b')]];
    if (a === undefined || b === undefined) throw new Error('bug: two attributes');
    expect(name(a, b).canonical).not.toBe(name(b, a).canonical);
    expect(name([oids.commonName, der.utf8('b')]).canonical).not.toBe(name([oids.organization, der.utf8('b')]).canonical);
    expect(name([oids.commonName, der.utf8(`a"]["${oids.organization}=b`)]).canonical).not.toBe(name(a, b).canonical);
  });

  test('what goes to the log is short and printable', () => {
    const { printable } = readName(readDer(nameOf({ commonName: `Kwaad\r\nVerzonnen: regel\u202e${'x'.repeat(500)}`, country: 'NL' })));
    expect(printable.startsWith('CN=Kwaad??Verzonnen: regel?x')).toBe(true);
    expect(printable.length).toBeLessThanOrEqual(200);
  });
});
