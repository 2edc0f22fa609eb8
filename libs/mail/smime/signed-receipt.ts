import { keptOf, readReceipt, type KeptSignature } from '../cms/receipt.js';
import { refusing } from '../cms/refusal.js';
import { signReceipt } from '../cms/sign.js';
import { verifySignedData, type VerifiedRequest } from '../cms/signed.js';
import { formatAddress } from '../mime/address.js';
import { encodeBase64 } from '../mime/base64.js';
import { writeHeaders } from '../mime/build.js';
import { formatDate } from '../mime/date.js';
import { isMalformed } from '../mime/malformed.js';
import { decodeBody, readEntity } from '../mime/parse.js';
import { claimedFrom } from './headers.js';
import type { KeyPair, Trust } from './identity.js';
import { refuseMail, type MailRefusal } from './refusal.js';
import { provenSigner } from './signer.js';

/** A receipt whose signer is proven (RFC 2634 §2.6). It counts for a message of ours when `kept` is what was kept of that. */
export interface OpenedReceipt {
  readonly kind: 'receipt';
  /** Proven by the signer's certificate. */
  readonly from: string;
  readonly signerSha256: string;
  /** What the receipt is about, as its sender of the message named it. */
  readonly contentIdentifier: string;
  readonly kept: KeptSignature;
}

/** True for a mail that says of itself that it is a signed receipt (RFC 2634 §2.4). */
export const isSignedReceipt = (raw: Uint8Array): boolean => {
  const entity = readEntity(raw);
  return !('kind' in entity) && entity.contentType.value === 'application/pkcs7-mime' && entity.contentType.parameters.get('smime-type')?.toLowerCase() === 'signed-receipt';
};

/** Opens a signed receipt: signature, then path and address of its signer, as for any signed mail. It is not encrypted: it holds nothing but digests. */
export const openSignedReceipt = (raw: Uint8Array, { trust, at }: { readonly trust: Trust; readonly at: Date }): OpenedReceipt | MailRefusal => {
  const message = readEntity(raw);
  if ('kind' in message) return refuseMail('malformed', message.detail);
  const from = claimedFrom(message);
  if ('kind' in from) return from;
  const cms = decodeBody(message);
  if (isMalformed(cms)) return refuseMail('malformed', cms.detail);
  const verified = verifySignedData(cms, { detachedContent: null, at, content: 'receipt' });
  if (verified.kind === 'refused') return refuseMail('bad-signature', `${verified.code}: ${verified.detail}`);
  const [signer, ...others] = verified.signers;
  if (signer === undefined || others.length > 0) return refuseMail('bad-signature', 'a receipt has one signer');
  const proven = provenSigner([signer], { from, trust, at });
  if (proven.kind === 'refused') return proven;
  const receipt = refusing(() => readReceipt(verified.content));
  if ('kind' in receipt) return refuseMail('malformed', receipt.detail);
  if (signer.messageSignatureDigest === null) return refuseMail('bad-signature', 'a receipt without the digest of what it is about');
  return {
    kind: 'receipt', from: formatAddress(from), signerSha256: proven.identity.sha256, contentIdentifier: Buffer.from(receipt.contentIdentifier).toString('latin1'),
    kept: keptOf(signer.messageSignatureDigest, receipt),
  };
};

/** What a signed receipt is sent with. */
export interface ReceiptMail {
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
  readonly date: Date;
  readonly request: VerifiedRequest;
  readonly signer: KeyPair;
}

/** A signed receipt as a mail. */
export const writeSignedReceipt = ({ from, to, messageId, date, request, signer }: ReceiptMail): Uint8Array => Buffer.concat([
  writeHeaders([
    ['From', from], ['To', to], ['Subject', 'Ontvangstbewijs'], ['Date', formatDate(date)], ['Message-ID', messageId], ['Auto-Submitted', 'auto-replied'], ['MIME-Version', '1.0'],
    ['Content-Type', 'application/pkcs7-mime; smime-type=signed-receipt; name="smime.p7m"'], ['Content-Transfer-Encoding', 'base64'],
    ['Content-Disposition', 'attachment; filename="smime.p7m"'],
  ]),
  encodeBase64(signReceipt({ request, signer, at: date })),
]);
