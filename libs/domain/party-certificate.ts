import { z } from 'zod';
import { oinSchema, lineSchema, sha256Schema } from './identifier.js';
import { instantSchema } from './interval.js';

/** Where a certificate of a party came from: its mail, what it published through API or command line. Those in the register are there already. */
const certificateSources = ['learnt', 'published'] as const;

/** One version of a proposal to encrypt mail for a party to a certificate. */
export const partyCertificateSchema = z.strictObject({
  kind: z.literal('certificate'),
  id: z.uuid(),
  party: oinSchema,
  address: z.email().max(254).transform((address) => address.toLowerCase()),
  sha256: sha256Schema,
  state: z.enum(['proposed', 'approved', 'rejected', 'revoked']),
  source: z.enum(certificateSources),
  proposedAt: instantSchema,
  proposedBy: lineSchema,
  approvals: z.array(z.strictObject({ by: lineSchema, at: instantSchema })).max(2),
  endedAt: instantSchema.nullable(),
});
/** One version of a proposal to encrypt mail for a party to a certificate. */
export type PartyCertificate = Readonly<z.output<typeof partyCertificateSchema>>;

type Changed = { readonly kind: 'changed'; readonly certificate: PartyCertificate } | { readonly kind: 'refused'; readonly detail: string };
const refused = (detail: string): Changed => ({ kind: 'refused', detail });

const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** The proposal with one more approval; with the second, of another person, the certificate is used. Who proposed it does not approve it. */
export const approveCertificate = (certificate: PartyCertificate, by: string, at: Date): Changed => {
  if (certificate.state !== 'proposed') return refused(`the certificate is ${certificate.state}`);
  if (sameName(certificate.proposedBy, by)) return refused('who proposed a certificate does not approve it');
  if (certificate.approvals.some((one) => sameName(one.by, by))) return refused('this person approved it before; another one must');
  const approvals = [...certificate.approvals, { by: by.trim(), at: at.toISOString() }];
  return { kind: 'changed', certificate: { ...certificate, approvals, state: approvals.length < 2 ? 'proposed' : 'approved' } };
};

/** The proposal refused for good; it does not come back by being seen again. */
export const rejectCertificate = (certificate: PartyCertificate, at: Date): Changed =>
  certificate.state === 'proposed' ? { kind: 'changed', certificate: { ...certificate, state: 'rejected', endedAt: at.toISOString() } } : refused(`the certificate is ${certificate.state}`);

/** The certificate used no more, from this moment, whatever its issuer says. */
export const revokeCertificate = (certificate: PartyCertificate, at: Date): Changed =>
  certificate.state === 'approved' || certificate.state === 'proposed'
    ? { kind: 'changed', certificate: { ...certificate, state: 'revoked', endedAt: at.toISOString() } } : refused(`the certificate is ${certificate.state}`);

/** A certificate one may encrypt to, by the register or by two approvals. */
export interface EncryptionCandidate {
  readonly sha256: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** To which of these mail is encrypted. `ambiguous`: two are equally new, and only a person can tell which key the party has at hand. */
export type CertificateChoice = { readonly kind: 'chosen'; readonly sha256: string } | { readonly kind: 'none' } | { readonly kind: 'ambiguous' };

/**
 * The newest of those that are valid now, or else the newest of all, whose path is refused where it is tried: nothing is encrypted to it, and the reason is
 * the true one (I12).
 */
export const chooseCertificate = (candidates: readonly EncryptionCandidate[], at: Date): CertificateChoice => {
  const distinct = [...new Map(candidates.map((one) => [one.sha256, one])).values()];
  const valid = distinct.filter(({ notBefore, notAfter }) => notBefore <= at && at <= notAfter);
  const [first, second] = (valid.length > 0 ? valid : distinct).toSorted((a, b) => b.notBefore.getTime() - a.notBefore.getTime());
  if (first === undefined) return { kind: 'none' };
  return second !== undefined && second.notBefore.getTime() === first.notBefore.getTime() ? { kind: 'ambiguous' } : { kind: 'chosen', sha256: first.sha256 };
};

/** How mail is encrypted: with which cipher, and for an RSA key how the content key is wrapped. */
export interface EncryptionForm {
  readonly content: 'aes256-gcm' | 'aes256-cbc';
  readonly keyTransport: 'oaep' | 'rsaes-pkcs1';
}

/** What is known of the one who reads it. `wanted` is what was agreed with the party; `capabilities` what it said in its last proven mail, as OIDs. */
export interface FormInput {
  readonly wanted: { readonly [Part in keyof EncryptionForm]?: EncryptionForm[Part] | undefined } | null;
  readonly capabilities: readonly string[] | null;
}

const aes256Gcm = '2.16.840.1.101.3.4.1.46';
const aes256Cbc = '2.16.840.1.101.3.4.1.42';

/**
 * The form in the order of RFC 8551 §2.7.1: what was agreed, what it said last, and else GCM with OAEP. Two rungs only, so nothing a mail says brings it below:
 * AES-256-CBC for who reads no GCM, always signed inside; RSAES-PKCS1-v1_5 is never taken from a mail, only from an agreement.
 */
export const encryptionForm = ({ wanted, capabilities }: FormInput): EncryptionForm => {
  const readsOnlyCbc = capabilities !== null && !capabilities.includes(aes256Gcm) && capabilities.includes(aes256Cbc);
  return { content: wanted?.content ?? (readsOnlyCbc ? 'aes256-cbc' : 'aes256-gcm'), keyTransport: wanted?.keyTransport ?? 'oaep' };
};
