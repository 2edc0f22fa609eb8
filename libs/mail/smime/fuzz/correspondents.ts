import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { oids } from '../../asn1/oid.js';
import { issueCrl } from '../../x509/issue-crl.js';
import { issueCertificate } from '../../x509/issue.js';
import type { IssueExtensions } from '../../x509/issue-extensions.js';
import type { KeyPair, Trust } from '../identity.js';
import type { SealInput } from '../outbound.js';

// Invented parties with fresh keys under an invented root and one intermediate, for tests and fuzzing. Nothing here is kept.

/** A party that can sign and can be written to. */
export interface Correspondent {
  readonly address: string;
  readonly sign: KeyPair;
  readonly encrypt: KeyPair;
}

/** The kinds of key a party may have. */
export type PartyKind = 'rsa' | 'p256';

/** What a certificate should say otherwise than that of an honest party. */
export interface PartyOptions {
  readonly notAfter?: Date;
  readonly serial?: bigint;
  readonly extensions?: Partial<IssueExtensions>;
}

const validFrom = new Date('2025-01-01T00:00:00Z');
const validTo = new Date('2036-01-01T00:00:00Z');
let serials = 1_000n;

const generate = (kind: PartyKind): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Authority {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

const authority = (commonName: string, issuer: Authority | null): Authority => {
  const { publicKey, privateKey } = generate('p256');
  serials += 1n;
  const certificate = issueCertificate({
    subject: { commonName, organization: 'Verzonnen Dienst', country: 'NL' },
    issuer: issuer ?? { certificate: null, privateKey },
    publicKey,
    serial: serials,
    notBefore: validFrom,
    notAfter: validTo,
    extensions: { authority: { pathLength: issuer === null ? null : 0 }, keyUsage: ['keyCertSign', 'cRLSign'], policies: [practicePolicy] },
  });
  return { certificate, privateKey };
};

/** The certificate policy of every practice certificate. */
export const practicePolicy = '1.3.6.1.4.1.99999.1';

const root = authority('Oefenwortel', null);
const issuing = authority('Oefenuitgever', root);

/** A key pair with a certificate for `address`, meant for what `usage` says, under the practice root or the given authority. */
export const issuedPair = (address: string, kind: PartyKind, usage: 'sign' | 'encrypt', options: PartyOptions = {}): KeyPair => {
  const { publicKey, privateKey } = generate(kind);
  serials += 1n;
  const certificate = issueCertificate({
    subject: { commonName: `Oefenpartij ${serials}`, organization: 'Verzonnen Partij', country: 'NL' },
    issuer: issuing,
    publicKey,
    serial: options.serial ?? serials,
    notBefore: validFrom,
    notAfter: options.notAfter ?? validTo,
    extensions: {
      keyUsage: usage === 'sign' ? ['digitalSignature'] : [kind === 'rsa' ? 'keyEncipherment' : 'keyAgreement'],
      extendedKeyUsage: [oids.emailProtection],
      emails: [address],
      policies: [practicePolicy],
      ...options.extensions,
    },
  });
  return { certificate, privateKey, chain: [issuing.certificate] };
};

/** A party with one certificate to sign and one to be written to. */
export const party = (address: string, kind: PartyKind): Correspondent => ({
  address,
  sign: issuedPair(address, kind, 'sign'),
  encrypt: issuedPair(address, kind, 'encrypt'),
});

/** The practice root in DER. */
export const rootCertificate = root.certificate;

const revocationList = (issuer: Authority, revoked: readonly bigint[]): Uint8Array =>
  issueCrl({
    issuer,
    number: 1,
    thisUpdate: validFrom,
    nextUpdate: validTo,
    revoked: revoked.map((serial) => ({ serial, revokedAt: validFrom, reason: null })),
  });

/** Trust in the practice root and its policy, with complete revocation lists that name these serial numbers. */
export const practiceTrust = (revoked: readonly bigint[] = []): Trust => ({
  anchors: [{ certificate: root.certificate, policies: [practicePolicy] }],
  intermediates: [issuing.certificate],
  crls: [revocationList(root, []), revocationList(issuing, revoked)],
  revocation: 'require',
});

/** A small mail with one attachment. */
export const sampleMail = (from: Correspondent, to: Correspondent, date: Date): SealInput => ({
  from: from.address,
  to: to.address,
  subject: 'Zaak 9901-2026-17: huisverbod opgelegd, één bijlage',
  messageId: 'd0a4c1be-5f0e-4c3c-9a51-6f1f5a2f7a11@sluis.example',
  date,
  text: 'Geachte collega,\n\nZie de bijlage.\n',
  attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: Buffer.from('<bericht soort="huisverbod.opgelegd"/>') }],
  signer: from.sign,
  recipientCertificate: to.encrypt.certificate,
});
