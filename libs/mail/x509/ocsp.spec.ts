import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Asn1Error, der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { at, authority, holder, party, type Change, type Holder } from './chain.fixture.js';
import { issueCrl } from './issue-crl.js';
import { ocspIdsOf, parseOcspResponse } from './ocsp.js';
import { judgeOcsp } from './ocsp-status.js';
import { ocspResponse, type ResponseChange } from './ocsp.fixture.js';
import { validatePath } from './path.js';

const root = authority(null);
const leaf = party(root, { extensions: { ocspUrls: ['http://ocsp.example/'] } });
const hour = 3_600_000;
const noCheck = { id: oids.ocspNoCheck, isCritical: false, value: der.null() };
const responder = (issuer: Holder, change: Change = {}): Holder =>
  holder(issuer, { commonName: 'Responder', ...change, extensions: { keyUsage: ['digitalSignature'], extendedKeyUsage: [oids.ocspSigning], other: [noCheck], ...change.extensions } });

const crlOf = (issuer: Holder, revoked: readonly Holder[] = [], number = 1): Uint8Array =>
  issueCrl({
    issuer: { certificate: issuer.der, privateKey: issuer.privateKey }, number, thisUpdate: at, nextUpdate: new Date(at.getTime() + hour),
    revoked: revoked.map(({ certificate }) => ({ serial: BigInt(`0x${certificate.serial}`), revokedAt: at, reason: 1 })),
  });

/** 'valid' or the code, for the leaf below the root, with these responses and lists and nothing else. */
const verdict = (ocsp: readonly Uint8Array[], crls: readonly Uint8Array[] = [], moment = at): string => {
  const trust = { anchors: [{ certificate: root.der, policies: null }], intermediates: [], crls, ocsp, revocation: 'require' as const };
  const result = validatePath({ target: leaf.certificate, intermediates: [], trust, at: moment, purpose: 'sign-mail', profile: 'strict' });
  return result.kind === 'valid' ? 'valid' : result.code;
};
const answer = (signer: Holder, change: ResponseChange = {}): Uint8Array => ocspResponse(leaf, root, signer, at, change);

describe('what a responder says of a certificate', () => {
  test('of its issuer: good is good, revoked is revoked, unknown waits', () => {
    expect(verdict([answer(root)])).toBe('valid');
    expect(verdict([answer(root, { hash: 'sha256', byName: false })])).toBe('valid');
    expect(verdict([answer(root, { status: 'revoked' })])).toBe('revoked');
    expect(verdict([answer(root, { status: 'unknown' })])).toBe('revocation-unknown');
  });

  test('is heard before a list, and a list that names the certificate still counts', () => {
    expect(verdict([], [crlOf(root)])).toBe('valid');
    expect(verdict([answer(root, { status: 'revoked' })], [crlOf(root)])).toBe('revoked');
    expect(verdict([answer(root, { status: 'unknown' })], [crlOf(root)])).toBe('revocation-unknown');
    expect(verdict([answer(root)], [crlOf(root, [leaf])])).toBe('revoked');
  });

  test('of a delegate: only of one its issuer made for this purpose, valid now, and unchecked by permission or cleared by a list', () => {
    expect(verdict([answer(responder(root))])).toBe('valid');
    expect(verdict([answer(responder(root), { byName: false })])).toBe('valid');
    const checked = responder(root, { extensions: { other: [] } });
    expect(verdict([answer(checked)])).toBe('revocation-unknown');
    // A list that clears the delegate, and does not reach the leaf because its own is another issuer's, would do; here it clears both.
    expect(verdict([answer(checked)], [crlOf(root)])).toBe('valid');
    expect(judged(answer(checked), { isUnrevoked: () => true })).toBe('usable');
    expect(judged(answer(checked), { isUnrevoked: () => false })).toBe('wrong-signer');
  });

  const wrongDelegates: readonly (readonly [string, () => Holder])[] = [
    ['of another issuer', () => responder(authority(null))],
    ['without the purpose', () => responder(root, { extensions: { extendedKeyUsage: [oids.emailProtection] } })],
    ['with any purpose, which is not this one written out', () => responder(root, { extensions: { extendedKeyUsage: [oids.anyExtendedKeyUsage] } })],
    ['that is a party', () => party(root)],
    ['below the issuer', () => responder(authority(root))],
    ['that has expired', () => responder(root, { notAfter: new Date(at.getTime() - hour) })],
    ['that is not valid yet', () => responder(root, { notBefore: new Date(at.getTime() + hour) })],
    ['with a key usage that signs nothing', () => responder(root, { extensions: { keyUsage: ['keyAgreement'] } })],
    ['with an extension nobody knows', () => responder(root, { extensions: { other: [noCheck, { id: '1.2.3.4', isCritical: true, value: der.null() }] } })],
  ];
  test.each(wrongDelegates)('is nothing from a delegate %s', (_, make) => {
    const signer = make();
    expect(judged(answer(signer))).toBe('wrong-signer');
    expect(verdict([answer(signer)])).toBe('revocation-unknown');
  });

  test('is nothing when forged: signed with another key under the name of the issuer', () => {
    const impostor = authority(null, { commonName: root.certificate.subject.commonName ?? '' });
    expect(judged(answer(impostor, { certificates: [] }))).toBe('bad-signature');
    expect(verdict([answer(impostor, { certificates: [] })])).toBe('revocation-unknown');
    const changed = Buffer.from(answer(root, { status: 'revoked' }));
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(verdict([changed])).toBe('revocation-unknown');
  });

  test('is nothing about another certificate, and nothing of another time', () => {
    expect(judged(answer(root, { serialRaw: der.integer(77) }))).toBe('other-certificate');
    expect(verdict([answer(root, { serialRaw: der.integer(77) })])).toBe('revocation-unknown');
    expect(verdict([answer(root, { thisUpdate: new Date(at.getTime() + 60_000) })])).toBe('revocation-unknown');
    expect(verdict([answer(root, { thisUpdate: new Date(at.getTime() - 2 * hour), nextUpdate: new Date(at.getTime() - hour) })])).toBe('revocation-unknown');
    expect(verdict([answer(root, { nextUpdate: null })])).toBe('revocation-unknown');
    expect(verdict([answer(root)], [], new Date(at.getTime() + hour - 1))).toBe('valid');
    expect(verdict([answer(root)], [], new Date(at.getTime() + hour))).toBe('revocation-unknown');
  });

  test('signed with a weak key is nothing', () => {
    const weak = responder(root, { keys: generateKeyPairSync('rsa', { modulusLength: 1024 }) });
    expect(judged(answer(weak))).toBe('bad-signature');
  });

  test('of two answers a current one counts, not a stale one', () => {
    const stale = ocspResponse(leaf, root, root, new Date(at.getTime() - 3 * hour), {});
    expect(verdict([stale, answer(root)])).toBe('valid');
    expect(verdict([stale])).toBe('revocation-unknown');
  });
});

describe('bytes that are no response', () => {
  test('an unsuccessful one says why and nothing else', () => {
    expect(parseOcspResponse(der.sequence(der.enumerated(6)))).toEqual({ kind: 'unsuccessful', status: 6 });
    expect(() => parseOcspResponse(der.sequence(der.enumerated(0)))).toThrow(Asn1Error);
    expect(() => parseOcspResponse(new Uint8Array(70_000))).toThrow(Asn1Error);
  });

  test('changed anywhere they are refused as malformed or do not count, and nothing else happens', () => {
    const original = answer(responder(root));
    fc.assert(fc.property(fc.array(fc.record({ where: fc.nat(original.length - 1), octet: fc.nat(255) }), { minLength: 1, maxLength: 4 }), fc.nat(original.length), (changes, cut) => {
      const bytes = Buffer.from(original);
      for (const { where, octet } of changes) bytes[where] = octet;
      const isSame = bytes.equals(Buffer.from(original));
      for (const one of [bytes, bytes.subarray(0, cut)]) {
        try {
          parseOcspResponse(one);
        } catch (error) {
          if (!(error instanceof Asn1Error)) throw error;
        }
      }
      const status = verdict([bytes]);
      // What is not covered by the signature (a certificate that came along) may change and still be read the same.
      if (!isSame && status === 'valid') expect(judged(bytes)).toBe('usable');
      else expect(['valid', 'revocation-unknown']).toContain(status);
    }), { numRuns: Number(process.env['FUZZ_RUNS'] ?? 600) });
  });

  test('of noise are refused as malformed', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        parseOcspResponse(bytes);
      } catch (error) {
        if (!(error instanceof Asn1Error)) throw error;
      }
    }));
  });
});

function judged(bytes: Uint8Array, change: { readonly isUnrevoked?: () => boolean } = {}): string {
  const response = parseOcspResponse(bytes);
  if (response.kind !== 'response') return 'unsuccessful';
  const question = { certificate: leaf.certificate, issuer: root.certificate, at, isUnrevoked: change.isUnrevoked ?? (() => false) };
  const [id = ''] = ocspIdsOf(leaf.certificate, root.certificate);
  const result = judgeOcsp(response, id, question);
  return result.kind === 'usable' ? 'usable' : result.code;
}
