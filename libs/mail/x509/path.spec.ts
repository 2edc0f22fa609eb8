import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { processorMs } from '../../../test/harness/processor-time.js';
import { der, readDer, sequence } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { at, authority, holder, newKeys, party, period, verdict, type Change, type Holder } from './chain.fixture.js';
import { parseCertificate } from './certificate.js';
import { validatePath } from './path.js';

const root = authority(null);
const middle = authority(root);
const day = 86_400_000;

describe('a path holds only when every link does', () => {
  test('root, authority, party', () => {
    const target = party(middle);
    const result = validatePath({ target: target.certificate, intermediates: [middle.certificate], trust: { anchors: [{ certificate: root.der, policies: null }], intermediates: [], crls: [], revocation: 'if-available' }, at, purpose: 'sign-mail', profile: 'strict' });
    expect(result.kind === 'valid' && result.path.map(({ sha256 }) => sha256)).toEqual([root, middle, target].map(({ certificate }) => certificate.sha256));
  });

  const link: readonly (readonly [string, Change, Change, string])[] = [
    ['a party whose certificate ended yesterday', {}, { notAfter: new Date(at.getTime() - day) }, 'expired'],
    ['a party whose certificate begins tomorrow', {}, { notBefore: new Date(at.getTime() + day) }, 'not-yet-valid'],
    ['an authority whose certificate ended yesterday', { notAfter: new Date(at.getTime() - day) }, {}, 'expired'],
    ['an authority that may not sign certificates', { extensions: { keyUsage: ['cRLSign'] } }, {}, 'key-usage'],
    ['an authority for servers only', { extensions: { extendedKeyUsage: [oids.serverAuth] } }, {}, 'extended-key-usage'],
    ['a party that may not sign', {}, { extensions: { keyUsage: ['keyAgreement'] } }, 'key-usage'],
    ['a server certificate', {}, { extensions: { extendedKeyUsage: [oids.serverAuth] } }, 'extended-key-usage'],
    ['a party that could certify others', {}, { extensions: { keyUsage: ['digitalSignature', 'keyCertSign'] } }, 'profile'],
    ['a party that is an authority', {}, { extensions: { authority: { pathLength: 0 } } }, 'profile'],
    ['a serial number of 21 octets', {}, { serial: 1n << 160n }, 'profile'],
    ['a serial number of zero', {}, { serial: 0n }, 'profile'],
    ['a negative serial number', {}, { serial: -5n }, 'profile'],
    ['an unknown critical extension', {}, { extensions: { other: [{ id: '1.2.3.4', isCritical: true, value: der.null() }] } }, 'critical-extension'],
    ['an unknown critical extension of an authority', { extensions: { other: [{ id: '1.2.3.4', isCritical: true, value: der.null() }] } }, {}, 'critical-extension'],
  ];
  test.each(link)('refuses %s', (_name, ofMiddle, ofParty, expected) => {
    const issuer = authority(root, ofMiddle);
    expect(verdict(root, [issuer], party(issuer, ofParty))).toBe(expected);
  });

  test('an unknown extension that is not critical does no harm', () => {
    expect(verdict(root, [middle], party(middle, { extensions: { other: [{ id: '1.2.3.4', isCritical: false, value: der.null() }] } }))).toBe('valid');
  });

  test('validity includes its first and its last second', () => {
    const target = party(middle);
    expect(verdict(root, [middle], target, { at: period.notBefore })).toBe('valid');
    expect(verdict(root, [middle], target, { at: period.notAfter })).toBe('valid');
    expect(verdict(root, [middle], target, { at: new Date(period.notAfter.getTime() + 1000) })).toBe('expired');
  });

  test('trust ends with the certificate of the anchor under the strict profile', () => {
    const old = authority(null, { notAfter: new Date(at.getTime() - day) });
    const target = party(old);
    expect(verdict(old, [], target)).toBe('expired');
    expect(verdict(old, [], target, { profile: 'rfc5280' })).toBe('valid');
  });

  test('an anchor vouches for the uses of its set alone', () => {
    const target = party(middle);
    const validated = (uses: readonly ('mail' | 'tls')[] | undefined): string => {
      const anchors = [{ certificate: root.der, policies: null, uses, set: 'g4' }];
      const result = validatePath({ target: target.certificate, intermediates: [middle.certificate], trust: { anchors, intermediates: [], crls: [], revocation: 'if-available' }, at, purpose: 'sign-mail', profile: 'strict' });
      return result.kind === 'valid' ? `valid by ${result.trustSet}` : result.code;
    };
    expect([validated(undefined), validated(['mail']), validated(['tls', 'mail']), validated(['tls'])]).toEqual(['valid by g4', 'valid by g4', 'valid by g4', 'no-path']);
  });

  test('a party without basic constraints cannot certify another, whatever the profile', () => {
    const notAuthority = party(root);
    expect(verdict(root, [notAuthority], party(notAuthority), { profile: 'rfc5280' })).toBe('not-an-authority');
    const signerWithoutConstraints = holder(root, { extensions: { keyUsage: ['keyCertSign'] } });
    expect(verdict(root, [signerWithoutConstraints], party(signerWithoutConstraints), { profile: 'rfc5280' })).toBe('not-an-authority');
    expect(verdict(root, [signerWithoutConstraints], party(signerWithoutConstraints))).toBe('profile');
  });

  test('a path length of none allows no authority below', () => {
    const last = authority(root, { extensions: { authority: { pathLength: 0 } } });
    const below = authority(last);
    expect(verdict(root, [last], party(last))).toBe('valid');
    expect(verdict(root, [last, below], party(below))).toBe('path-too-long');
  });

  test('a root that came with the message is not trusted', () => {
    const stranger = authority(null);
    expect(verdict(root, [stranger], party(stranger))).toBe('no-path');
  });

  test('an authority of the same name with another key is not the same authority', () => {
    const twin = authority(null, { commonName: root.certificate.subject.commonName ?? '' });
    expect(verdict(root, [], party(twin))).toBe('bad-signature');
  });

  test('one altered octet in what was signed breaks the path', () => {
    const bytes = Buffer.from(party(root, { commonName: 'Politie' }).der);
    bytes[bytes.indexOf('Politie') + 1] = 0x75;
    expect(verdict(root, [], { ...root, certificate: parseCertificate(bytes) })).toBe('bad-signature');
  });
});

/** The same certificate signed anew under another algorithm, as no issuer of ours would. */
function resigned(target: Holder, issuer: Holder, algorithm: Uint8Array, hash: string): Holder {
  const [tbs] = sequence(readDer(target.der));
  const [version, serial, , ...rest] = sequence(tbs ?? readDer(target.der)).map(({ raw }) => raw);
  const altered = der.sequence(...[version, serial, algorithm, ...rest].filter((part) => part !== undefined));
  const bytes = der.sequence(altered, algorithm, der.bits(sign(hash, altered, issuer.privateKey)));
  return { ...target, der: bytes, certificate: parseCertificate(bytes) };
}

describe('only strong keys and algorithms prove anything', () => {
  const rsa = authority(null, { keys: generateKeyPairSync('rsa', { modulusLength: 2048 }) });

  test('RSA, RSA-PSS, P-384 and Ed25519 authorities are accepted', () => {
    expect(verdict(rsa, [], party(rsa))).toBe('valid');
    expect(verdict(rsa, [], party(rsa, { scheme: 'rsa-pss' }))).toBe('valid');
    for (const keys of [generateKeyPairSync('ec', { namedCurve: 'P-384' }), generateKeyPairSync('ed25519')]) {
      const strong = authority(null, { keys });
      expect(verdict(strong, [], party(strong))).toBe('valid');
    }
  });

  test.each([['SHA-1', oids.sha1WithRsa, 'sha1'], ['MD5', oids.md5WithRsa, 'md5']])('a signature over %s is refused', (_name, id, hash) => {
    expect(verdict(rsa, [], resigned(party(rsa), rsa, der.sequence(der.oid(id), der.null()), hash))).toBe('weak-algorithm');
  });

  test('a signature over SHA-1 by an elliptic curve is refused', () => {
    expect(verdict(root, [], resigned(party(root), root, der.sequence(der.oid(oids.ecdsaWithSha1)), 'sha1'))).toBe('weak-algorithm');
  });

  test('RSA-PSS with its defaults, which are SHA-1, is refused', () => {
    expect(verdict(rsa, [], resigned(party(rsa), rsa, der.sequence(der.oid(oids.rsaPss), der.sequence()), 'sha256'))).toBe('weak-algorithm');
  });

  test('a signature that names an algorithm of another kind of key is refused', () => {
    expect(verdict(rsa, [], resigned(party(rsa), rsa, der.sequence(der.oid(oids.ecdsaWithSha256)), 'sha256'))).toBe('bad-signature');
  });

  test.each([
    ['RSA of 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['RSA with exponent 3', () => generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })],
    ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['DSA', () => generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })],
    ['Ed448', () => generateKeyPairSync('ed448')],
  ])('a party with %s is refused', (_name, generate) => {
    expect(verdict(root, [], party(root, { keys: generate() }))).toBe('weak-key');
  });

  test('an authority with a weak key is refused, as anchor and below one', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const [weakRoot, weakMiddle] = [authority(null, { keys }), authority(root, { keys })];
    expect(verdict(weakRoot, [], party(weakRoot))).toBe('weak-key');
    expect(verdict(root, [weakMiddle], party(weakMiddle))).toBe('weak-key');
  });
});

describe('policies', () => {
  const [p1, p2] = ['2.16.528.1.1003.1.2.5.1', '2.16.528.1.1003.1.2.5.2'];
  const issuer = authority(root, { extensions: { policies: [p1, p2] } });
  const anyIssuer = authority(root, { extensions: { policies: [oids.anyPolicy] } });

  test.each([
    ['a party under the accepted policy', issuer, [p1], 'valid'],
    ['a party under another policy', issuer, [p2], 'policy'],
    ['a party under a policy its authority does not have', issuer, ['2.16.528.1.1003.1.2.5.9'], 'policy'],
    ['a party without policies', issuer, undefined, 'policy'],
    ['a party under an authority of any policy', anyIssuer, [p1], 'valid'],
    ['a party under an authority without policies', middle, [p1], 'policy'],
  ] as const)('%s', (_name, by, policies, expected) => {
    const extensions = policies === undefined ? {} : { policies };
    expect(verdict(root, [by], party(by, { extensions }), { policies: [p1] })).toBe(expected);
  });

  test('an anchor that names no policies asks for none', () => {
    expect(verdict(root, [middle], party(middle), { policies: null })).toBe('valid');
  });

  test('a mapped policy counts as the one of the anchor, unless mapping is inhibited', () => {
    const mapping = authority(root, { extensions: { policies: [p1], policyMappings: [{ issuerPolicy: p1, subjectPolicy: '1.2.3.1' }] } });
    const target = party(mapping, { extensions: { policies: ['1.2.3.1'] } });
    expect(verdict(root, [mapping], target, { policies: [p1] })).toBe('valid');
    expect(verdict(root, [mapping], target, { policies: ['1.2.3.1'] })).toBe('policy');
    expect(verdict(root, [mapping], target, { policies: [p1], policy: { requireExplicit: true, inhibitMapping: true, inhibitAny: false } })).toBe('policy');
  });

  test('mapping any policy is refused', () => {
    const mapping = authority(root, { extensions: { policies: [p1], policyMappings: [{ issuerPolicy: oids.anyPolicy, subjectPolicy: p2 }] } });
    expect(verdict(root, [mapping], party(mapping))).toBe('policy');
  });
});

describe('hostile chains cost little and prove nothing', () => {
  const timed = (run: () => string): { readonly code: string; readonly ms: number } => {
    const startedAt = processorMs();
    const code = run();
    return { code, ms: processorMs() - startedAt };
  };

  test('authorities that certify each other in a ring end the search', () => {
    const [a, b] = [newKeys(), newKeys()];
    const rootA = authority(null, { commonName: 'A', keys: a });
    const rootB = authority(null, { commonName: 'B', keys: b });
    const [aByB, bByA] = [authority(rootB, { commonName: 'A', keys: a }), authority(rootA, { commonName: 'B', keys: b })];
    expect(verdict(root, [aByB, bByA, rootA, rootB], party(aByB))).toBe('no-path');
  });

  test('a hundred and fifty cross-certificates exhaust the budget, not the hub', () => {
    const layers = [0, 1, 2].map(() => newKeys());
    let tops: readonly Holder[] = [authority(null, { commonName: 'L0', keys: newKeys() })];
    const all: Holder[] = [];
    for (const [i, keys] of layers.entries()) {
      tops = Array.from({ length: 50 }, (_, n) => authority(tops[n % tops.length] ?? null, { commonName: `L${i + 1}`, keys }));
      all.push(...tops);
    }
    const target = party(tops[0] ?? root);
    const { code, ms } = timed(() => verdict(root, all, target));
    expect(code).toBe('budget');
    expect(ms).toBeLessThan(1_500);
  });

  test('a path deeper than ten is not followed', () => {
    const chain: Holder[] = [root];
    for (let i = 0; i < 11; i += 1) chain.push(authority(chain.at(-1) ?? root, { commonName: `Diep ${i}` }));
    const at10 = chain.slice(0, 10);
    expect(verdict(root, at10.slice(1), party(at10.at(-1) ?? root))).toBe('valid');
    expect(verdict(root, chain.slice(1), party(chain.at(-1) ?? root))).toBe('no-path');
  });

  test('a thousand policies mapped to a thousand others are refused within a moment', () => {
    const policies = Array.from({ length: 900 }, (_, i) => `1.2.3.${i}`);
    const policyMappings = policies.map((issuerPolicy, i) => ({ issuerPolicy, subjectPolicy: `1.2.3.${(i * 7) % 900}` }));
    const chain: Holder[] = [root];
    for (let i = 0; i < 4; i += 1) chain.push(authority(chain.at(-1) ?? root, { extensions: { policies, policyMappings } }));
    const target = party(chain.at(-1) ?? root, { extensions: { policies } });
    const { code, ms } = timed(() => verdict(root, chain.slice(1), target, { policies: ['1.2.3.1'] }));
    expect(code).toBe('budget');
    expect(ms).toBeLessThan(1_500);
  });

  test('thousands of names against thousands of subtrees are refused within a moment', () => {
    const subtrees = Array.from({ length: 1_000 }, (_, i) => `d${i}.example`);
    const constrained = authority(root, { extensions: { nameConstraints: { permitted: { emails: subtrees }, excluded: { dns: subtrees } } } });
    const target = party(constrained, { extensions: { emails: Array.from({ length: 1_000 }, (_, i) => `a@d${i}.example`) } });
    const { code, ms } = timed(() => verdict(root, [constrained], target));
    expect(code).toBe('budget');
    expect(ms).toBeLessThan(1_500);
  });
});
