import { describe, expect, test } from '@jest/globals';
import { der, readDer, tlv } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { authority, party, verdict } from './chain.fixture.js';
import type { IssueExtensions, Subtrees } from './issue-extensions.js';
import { nameOf } from './issue.js';
import { readNameConstraints } from './name-constraints.js';

const root = authority(null);

/** What becomes of a party with these names below an authority with these constraints. */
function under(permitted: Subtrees | undefined, excluded: Subtrees | undefined, names: IssueExtensions): string {
  const nameConstraints = { ...(permitted === undefined ? {} : { permitted }), ...(excluded === undefined ? {} : { excluded }) };
  const issuer = authority(root, { extensions: { nameConstraints } });
  return verdict(root, [issuer], party(issuer, { extensions: { emails: [], ...names } }));
}

const uri = (value: string): IssueExtensions => ({ other: [{ id: oids.subjectAltName, isCritical: false, value: der.sequence(der.implicit(6, Buffer.from(value))) }] });
const uriConstraint = (host: string) => ({ id: oids.nameConstraints, isCritical: true, value: der.sequence(der.context(0, der.sequence(der.implicit(6, Buffer.from(host))))) });

describe('an authority vouches only for names within its subtrees (RFC 5280 §4.2.1.10)', () => {
  const mail: readonly (readonly [string, string, 'valid' | 'name-constraints'])[] = [
    ['politie.example', 'a@politie.example', 'valid'],
    ['politie.example', 'a@POLITIE.Example', 'valid'],
    ['politie.example', 'a@sub.politie.example', 'name-constraints'],
    ['.politie.example', 'a@sub.politie.example', 'valid'],
    ['.politie.example', 'a@politie.example', 'name-constraints'],
    ['politie.example', 'a@nepolitie.example', 'name-constraints'],
    ['a@politie.example', 'a@politie.example', 'valid'],
    ['a@politie.example', 'b@politie.example', 'name-constraints'],
    ['a@politie.example', 'A@politie.example', 'name-constraints'],
    ['politie.example', 'politie.example', 'name-constraints'],
    ['politie.example', 'é@politie.example', 'valid'],
    ['politie.example', 'é@rechtbank.example', 'name-constraints'],
    ['politie.example', 'a@rechtbank.example@politie.example', 'valid'],
  ];
  test.each(mail)('addresses in %s: %s', (subtree, address, expected) => {
    expect(under({ emails: [subtree] }, undefined, { emails: [address] })).toBe(expected);
  });

  const hosts: readonly (readonly [string, string, 'valid' | 'name-constraints'])[] = [
    ['politie.example', 'politie.example', 'valid'],
    ['politie.example', 'mail.politie.example', 'valid'],
    ['politie.example', 'nepolitie.example', 'name-constraints'],
    ['.politie.example', 'politie.example', 'name-constraints'],
    ['.politie.example', 'mail.politie.example', 'valid'],
    ['', 'elders.example', 'valid'],
  ];
  test.each(hosts)('hosts in "%s": %s', (subtree, host, expected) => {
    expect(under({ dns: [subtree] }, undefined, { dns: [host] })).toBe(expected);
  });

  test('excluded outweighs permitted, and a wildcard reaches into what is excluded', () => {
    const [permitted, excluded] = [{ dns: ['example'] }, { dns: ['geheim.politie.example'] }];
    expect(under(permitted, excluded, { dns: ['politie.example'] })).toBe('valid');
    expect(under(permitted, excluded, { dns: ['a.geheim.politie.example'] })).toBe('name-constraints');
    expect(under(permitted, excluded, { dns: ['*.politie.example'] })).toBe('name-constraints');
    expect(under(permitted, excluded, { dns: ['*.rechtbank.example'] })).toBe('valid');
  });

  test('every name must be allowed, not just one', () => {
    expect(under({ emails: ['politie.example'] }, undefined, { emails: ['a@politie.example', 'a@elders.example'] })).toBe('name-constraints');
  });

  test('an excluded address that cannot be compared is refused', () => {
    expect(under(undefined, { emails: ['politie.example'] }, { emails: ['geen-adres'] })).toBe('name-constraints');
  });

  test.each([['127.0.0.1', 'valid'], ['127.255.0.9', 'valid'], ['128.0.0.1', 'name-constraints']])('addresses in 127.0.0.0/8: %s', (ip, expected) => {
    expect(under({ ip: ['127.0.0.0/8'] }, undefined, { ip: [ip] })).toBe(expected);
  });

  test.each([
    ['https://mail.politie.example/pad', 'mail.politie.example', 'valid'],
    ['https://mail.politie.example:8443/', 'mail.politie.example', 'valid'],
    ['https://x@mail.politie.example/', '.politie.example', 'valid'],
    ['https://elders.example/?mail.politie.example', 'mail.politie.example', 'name-constraints'],
    ['https://127.0.0.1/', '.example', 'name-constraints'],
    ['urn:geen:host', '.example', 'name-constraints'],
  ])('%s in %s', (value, host, expected) => {
    const issuer = authority(root, { extensions: { other: [uriConstraint(host)] } });
    const { extensions } = { extensions: { ...uri(value), emails: [] } };
    expect(verdict(root, [issuer], party(issuer, { extensions }))).toBe(expected);
  });

  test('a name lies in a directory subtree when it begins with it', () => {
    const base = nameOf({ country: 'NL', organization: 'Politie', commonName: 'x' });
    const [country, organization] = readDer(base).children.map(({ raw }) => raw);
    const subtree = der.sequence(country ?? base, organization ?? base);
    const value = der.sequence(der.context(0, der.sequence(der.explicit(4, subtree))));
    const issuer = authority(root, { extensions: { other: [{ id: oids.nameConstraints, isCritical: true, value }] } });
    expect(verdict(root, [issuer], party(issuer, { commonName: 'Buitenstaander' }))).toBe('name-constraints');
  });

  test('constraints of every authority in the path count together', () => {
    const wide = authority(root, { extensions: { nameConstraints: { permitted: { emails: ['.example'] } } } });
    const narrow = authority(wide, { extensions: { nameConstraints: { permitted: { emails: ['politie.example', 'politie.test'] } } } });
    const of = (address: string): string => verdict(root, [wide, narrow], party(narrow, { extensions: { emails: [address] } }));
    expect(of('a@politie.example')).toBe('valid');
    expect(of('a@politie.test')).toBe('name-constraints');
    expect(of('a@rechtbank.example')).toBe('name-constraints');
  });

  test.each([
    ['without a subtree', der.sequence()],
    ['with a minimum depth', der.sequence(der.context(0, der.sequence(der.implicit(2, Buffer.from('a')), der.implicit(0, Uint8Array.of(1)))))],
    ['with a range that has no mask', der.sequence(der.context(0, der.sequence(tlv(0x87, Uint8Array.of(1, 2, 3, 4)))))],
  ])('constraints %s are refused', (_name, value) => {
    expect(() => readNameConstraints(readDer(value))).toThrow();
  });
});
