import type { VerifiedRequest, VerifiedSigner } from '../cms/signed.js';
import { isSameAddress, readAddress, type Address } from '../mime/address.js';
import { mailAddressesOf, parseCertificate, type Certificate } from '../x509/certificate.js';
import { validatePath, type ValidPath } from '../x509/path.js';
import type { PathRefusal } from '../x509/path-refusal.js';
import { canReceive } from './encryption-use.js';
import type { PathEvidence, SignerIdentity, Trust } from './identity.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** The signer whom we believe, and why. */
export interface ProvenSigner {
  readonly kind: 'proven';
  readonly identity: SignerIdentity;
  readonly evidence: PathEvidence;
  readonly signatureSha256: string;
  readonly algorithm: string;
  readonly learnt: LearntFromSigner;
  readonly receiptRequest: VerifiedRequest | null;
}

/** What a proven signer let us know of itself: the algorithms it reads, and certificates for its address to encrypt to (DER), of which nothing is proven. */
export interface LearntFromSigner {
  readonly capabilities: readonly string[];
  readonly certificates: readonly Uint8Array[];
}

/** Whom the headers name, whom we trust, and when. */
export interface SignerQuestion {
  readonly from: Address;
  readonly trust: Trust;
  readonly at: Date;
}

/** Whether a certificate was issued for a mail address: one of its rfc822Name or SmtpUTF8Mailbox names equals it (RFC 8550 §3). */
export const isIssuedFor = (certificate: Certificate, address: Address): boolean =>
  mailAddressesOf(certificate).some((name) => {
    const named = readAddress(name);
    return named !== null && isSameAddress(named, address);
  });

const learntMax = 4;

const learntFrom = ({ capabilities, certificates }: VerifiedSigner, from: Address): LearntFromSigner => ({
  capabilities,
  certificates: certificates.map(parseCertificate).filter((one) => isIssuedFor(one, from) && canReceive(one)).slice(0, learntMax).map(({ raw }) => raw),
});

// Copies: a view into the mail would take all of it along from thread to thread.
const ownCopy = (request: VerifiedRequest): VerifiedRequest => ({
  ...request, contentIdentifier: Uint8Array.from(request.contentIdentifier), messageSignatureDigest: Uint8Array.from(request.messageSignatureDigest), signature: Uint8Array.from(request.signature),
});

const proof = (signer: VerifiedSigner, path: ValidPath, from: Address): ProvenSigner => {
  const { certificate } = signer;
  return {
    kind: 'proven',
    identity: {
      sha256: certificate.sha256,
      subject: certificate.subject.printable,
      addresses: mailAddressesOf(certificate),
      notAfter: certificate.notAfter,
    },
    evidence: {
      pathSha256: path.path.map(({ sha256 }) => sha256),
      policies: path.policies,
      trustSet: path.trustSet,
      revocation: path.revocation,
      signingTime: signer.signingTime,
    },
    signatureSha256: signer.signatureSha256,
    algorithm: signer.algorithm,
    learnt: learntFrom(signer, from),
    receiptRequest: signer.receiptRequest === null ? null : ownCopy(signer.receiptRequest),
  };
};

// Time comes from our clock: the signing time is the sender's claim, and a thief of the key would backdate it (rule 8).
const pathOf = (signer: VerifiedSigner, { trust, at }: SignerQuestion): ValidPath | PathRefusal =>
  validatePath({
    target: signer.certificate,
    intermediates: signer.certificates.map(parseCertificate),
    trust,
    at,
    purpose: 'sign-mail',
    profile: 'strict',
  });

// A list that is missing today may be there in an hour; the sender did nothing wrong.
const untrusted = (refusals: readonly { readonly signer: VerifiedSigner; readonly path: PathRefusal }[]): MailRefusal => {
  const [only] = refusals.filter(({ path }) => path.code === 'revocation-unknown');
  const first = refusals[0];
  if (only !== undefined) {
    const { certificate, certificates } = only.signer;
    return { ...refuseMail('revocation-unknown', only.path.detail), unproven: [certificate.raw, ...certificates.map((raw) => Uint8Array.from(raw))] };
  }
  return refuseMail('unknown-signer', first === undefined ? 'nobody signed' : `${first.path.code}: ${first.path.detail}`);
};

/**
 * Finds among the signers (all of whose signatures are right) one whose certificate leads to an anchor, may sign mail, and
 * is issued for the From address (rules 5 and 8). A trusted signer with another address is refused as 'wrong-from'.
 */
export const provenSigner = (signers: readonly VerifiedSigner[], question: SignerQuestion): ProvenSigner | MailRefusal => {
  const refusals: { readonly signer: VerifiedSigner; readonly path: PathRefusal }[] = [];
  let isSomebodyElse = false;
  for (const signer of signers) {
    const path = pathOf(signer, question);
    if (path.kind === 'refused') refusals.push({ signer, path });
    else if (isIssuedFor(signer.certificate, question.from)) return proof(signer, path, question.from);
    else isSomebodyElse = true;
  }
  return isSomebodyElse ? refuseMail('wrong-from', 'From is not an address of the signer') : untrusted(refusals);
};
