import { createHash } from 'node:crypto';
import type { VerifiedRequest } from '../cms/signed.js';
import { formatAddress, type Address } from '../mime/address.js';
import { leavesOf, type Leaf } from '../mime/leaves.js';
import { isMalformed, mimeLimits } from '../mime/malformed.js';
import { readEntity, type Entity } from '../mime/parse.js';
import { parseCertificate } from '../x509/certificate.js';
import { payloadOf, unlock, verifyLayer } from './envelope.js';
import { believedHeaders, claimedFrom, hasLegacyDisplay, withoutLegacyDisplay } from './headers.js';
import type { KeyPair, PathEvidence, SignerIdentity, Trust } from './identity.js';
import { refuseMail, type MailRefusal } from './refusal.js';
import { isIssuedFor, provenSigner, type LearntFromSigner } from './signer.js';

/** Our decryption keys, whom we trust, and the instant of judgement. */
export interface OpenContext {
  readonly keys: readonly KeyPair[];
  /** Keep one object until something changes: it is read once per object. */
  readonly trust: Trust;
  readonly at: Date;
}

/** One leaf of the signed body, its transfer encoding removed. `contentType` is lower-case type/subtype. */
export interface MailPart {
  readonly contentType: string;
  readonly charset: string | null;
  readonly disposition: 'inline' | 'attachment' | null;
  readonly name: string | null;
  readonly content: Uint8Array;
  /** Hexadecimal; a document that names its attachments is held against it. */
  readonly sha256: string;
}

/** A mail of which sender and contents are proven: every part was covered by the signature of `signer`. */
export interface OpenedMail {
  readonly kind: 'opened';
  /** The addr-spec proven by the signer's certificate. */
  readonly from: string;
  readonly messageId: string | null;
  readonly subject: string;
  readonly date: Date | null;
  /** The sender asks at this address to be told that the mail was processed (RFC 8098); null when it does not, or not under its signature. */
  readonly notifyTo: string | null;
  /** The sender asks under its signature for a signed receipt (RFC 2634); null when it does not. */
  readonly receiptRequest: VerifiedRequest | null;
  /** How the headers were protected (RFC 9788); with 'none' subject, date and messageId are hearsay. */
  readonly headerProtection: 'none' | 'clear' | 'cipher';
  readonly signer: SignerIdentity;
  readonly evidence: PathEvidence;
  /** What the signer let us know of itself; certificates among it are not proven. */
  readonly learnt: LearntFromSigner;
  /** SHA-256 (hex) of the signature, for replay detection (rule 9): two mails with one hash are one mail. */
  readonly signatureSha256: string;
  readonly algorithms: { readonly signature: string; readonly content: string; readonly keyTransport: string };
  readonly parts: readonly MailPart[];
  /** The mail as it came, for whoever keeps it. */
  readonly raw: Uint8Array;
}

const partOf = (leaf: Leaf, isProtected: boolean): MailPart => {
  const { contentType } = leaf.entity;
  const isDoubled = isProtected && leaf.disposition !== 'attachment' && hasLegacyDisplay(leaf.entity);
  const content = isDoubled ? withoutLegacyDisplay(leaf.content) : leaf.content;
  return {
    contentType: contentType.value,
    charset: contentType.parameters.get('charset')?.toLowerCase() ?? null,
    disposition: leaf.disposition,
    name: leaf.name,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
};

/** What is in a mail, part by part. */
export const partsOf = (payload: Entity, isProtected: boolean): readonly MailPart[] | MailRefusal => {
  const leaves = leavesOf(payload);
  if (isMalformed(leaves)) return refuseMail('malformed', leaves.detail);
  return leaves.map((leaf) => partOf(leaf, isProtected));
};

// Anyone who got a signed mail can encrypt it to us, and it would look as if its author wrote to us. Where the author signed
// to whom it was written, we must be among them; a mail that names nobody (blind copies) is not held to it.
const isForUs = (to: readonly Address[], keys: readonly KeyPair[]): boolean =>
  to.length === 0 || keys.some(({ certificate }) => to.some((address) => isIssuedFor(parseCertificate(certificate), address)));

/**
 * Opens a received mail. The order is the security: outer form, decryption, signature, only then the contents, whose From
 * must be an address of the signer's proven certificate. Whatever is not encrypted over signed is refused, and no refusal
 * after decryption tells the other side why. Pure: the same bytes, keys, trust and instant give the same answer.
 */
export const openMail = (raw: Uint8Array, context: OpenContext): OpenedMail | MailRefusal => {
  if (raw.length > mimeLimits.messageMaxBytes) return refuseMail('too-large', `more than ${mimeLimits.messageMaxBytes} bytes`);
  const message = readEntity(raw);
  if ('kind' in message) return refuseMail('malformed', message.detail);
  const claimed = claimedFrom(message);
  if ('kind' in claimed) return claimed;
  const unlocked = unlock(message, context.keys, context.at);
  if (unlocked.kind === 'refused') return unlocked;
  const verified = verifyLayer(unlocked.signed, context.at);
  if (verified.kind === 'refused') return verified;
  const payload = payloadOf(verified.content);
  if ('kind' in payload) return payload;
  const headers = believedHeaders(message, payload);
  if ('kind' in headers) return headers;
  const proven = provenSigner(verified.signers, { from: headers.from, trust: context.trust, at: context.at });
  if (proven.kind === 'refused') return proven;
  if (!isForUs(headers.to, context.keys)) return refuseMail('wrong-recipient', 'written to others and encrypted to us');
  const parts = partsOf(payload, headers.protection !== 'none');
  if ('kind' in parts) return parts;
  return {
    kind: 'opened',
    from: formatAddress(headers.from),
    messageId: headers.messageId,
    subject: headers.subject,
    date: headers.date,
    receiptRequest: proven.receiptRequest,
    notifyTo: headers.notifyTo === null ? null : formatAddress(headers.notifyTo),
    headerProtection: headers.protection,
    signer: proven.identity,
    evidence: proven.evidence,
    learnt: proven.learnt,
    signatureSha256: proven.signatureSha256,
    algorithms: { signature: proven.algorithm, content: unlocked.content, keyTransport: unlocked.keyTransport },
    parts,
    raw,
  };
};
