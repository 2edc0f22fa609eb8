import { encryptInPieces } from '../cms/enveloped.js';
import { keptOf, type KeptSignature } from '../cms/receipt.js';
import { signKept } from '../cms/sign.js';
import { readAddress } from '../mime/address.js';
import { encodeBase64 } from '../mime/base64.js';
import { joinBytes, writeEncoded, writeHeaders, writeMixed, type BuildAttachment, type Field, type FileEncoding } from '../mime/build.js';
import { formatDate } from '../mime/date.js';
import { encodeWords } from '../mime/words.js';
import { protectFields } from './headers.js';
import type { KeyPair } from './identity.js';

/** One attachment; `name` may hold any script, never a line break. */
export type SealAttachment = BuildAttachment;

/** Everything that goes into one mail for one recipient. `date` is both the Date header and the signing time. */
export interface SealInput {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** With or without angle brackets. It stands outside too, so it holds an identifier and nothing else. */
  readonly messageId: string;
  readonly date: Date;
  /** Line ends of any kind. */
  readonly text: string;
  readonly attachments: readonly SealAttachment[];
  readonly signer: KeyPair;
  /** Checked by `checkRecipient` before. */
  readonly recipientCertificate: Uint8Array;
  /** Our certificate to encrypt answers to (RFC 8551 §2.5.3); absent: the signing certificate. */
  readonly encryptionCertificate?: Uint8Array;
  /** Where the recipient is asked to say that it read or processed the mail (RFC 8098 §2.1); absent: it is not asked. */
  readonly notifyTo?: string;
  /** Where a signed receipt is asked to be sent (RFC 2634); absent: none is asked for. */
  readonly receiptTo?: string;
  readonly content?: 'aes256-gcm' | 'aes256-cbc';
  readonly keyTransport?: 'oaep' | 'rsaes-pkcs1';
}

// A display name outside would be personal data, and inside it proves nothing: addresses go bare (rule 5).
const addressOf = (text: string): string => {
  if (readAddress(text) === null || !/^[!-~]+$/.test(text)) throw new RangeError('not a bare ASCII mail address');
  return text;
};

const messageIdOf = (text: string): string => {
  const id = /^<.*>$/.test(text) ? text : `<${text}>`;
  if (!/^<[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,120}@[A-Za-z0-9.-]{1,120}>$/.test(id)) throw new RangeError('not a Message-ID');
  return id;
};

// Encoding would hide a line break from `writeField`, and the reader's program might not.
const subjectOf = (text: string): string => {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new RangeError('subject holds a control character');
  return encodeWords(text.replace(/ {2,}/g, ' ').trim());
};

/** What the header of a mail is made of. */
export type MailHead = Pick<SealInput, 'from' | 'to' | 'subject' | 'date' | 'messageId' | 'notifyTo'>;

/** The header fields that are ours to write; throws RangeError on what could inject another. */
export const fieldsOf = (input: MailHead): readonly Field[] => [
  ['From', addressOf(input.from)],
  ['To', addressOf(input.to)],
  ['Subject', subjectOf(input.subject)],
  ['Date', formatDate(input.date)],
  ['Message-ID', messageIdOf(input.messageId)],
  ...(input.notifyTo === undefined ? [] : [['Disposition-Notification-To', addressOf(input.notifyTo)] as const]),
];

// RFC 8551 §3.2; the file name is what old gateways recognise S/MIME by.
const cmsFields = (smimeType: string, encoding: FileEncoding): readonly Field[] => [
  ['MIME-Version', '1.0'],
  ['Content-Type', `application/pkcs7-mime; smime-type=${smimeType}; name="smime.p7m"`],
  ['Content-Transfer-Encoding', encoding],
  ['Content-Disposition', 'attachment; filename="smime.p7m"'],
];

/** From this many bytes of attachments on, only the outside of a mail is base64. */
export const binaryInsideFromBytes = 1024 * 1024;

// RFC 8551 §3.1.2: what is inside CMS needs no transfer encoding, and every reader must take it binary. Written three times over, base64 makes
// 64 MB of 25, which no mail server takes; once makes 34. Small mails stay 7-bit throughout, as old readers and the tools of operators like them.
const insideEncoding = (attachments: readonly SealAttachment[]): FileEncoding =>
  attachments.reduce((sum, { content }) => sum + content.length, 0) >= binaryInsideFromBytes ? 'binary' : 'base64';

interface SignedEntity {
  readonly pieces: readonly Uint8Array[];
  readonly kept: KeptSignature;
}

const signedEntity = (input: SealInput, inner: readonly Field[]): SignedEntity => {
  const { signer, date: at, encryptionCertificate, text, attachments } = input;
  const fileEncoding = insideEncoding(attachments);
  const content = writeMixed({ fields: inner, parameters: '; hp="cipher"', text, attachments, fileEncoding, seed: input.messageId });
  const contentIdentifier = Buffer.from(messageIdOf(input.messageId), 'latin1');
  const { signed: { chunks }, messageSignatureDigest, signature } = signKept({
    content, detached: false, signer, at, ...(encryptionCertificate === undefined ? {} : { encryptionCertificate }),
    ...(input.receiptTo === undefined ? {} : { receiptRequest: { contentIdentifier, to: addressOf(input.receiptTo) } }),
  });
  const head = writeHeaders(cmsFields('signed-data', fileEncoding));
  return { pieces: fileEncoding === 'binary' ? [head, ...chunks] : [head, encodeBase64(joinBytes(chunks))], kept: keptOf(messageSignatureDigest, { contentIdentifier, signature }) };
};

/**
 * The whole mail: text and attachments, signed, then encrypted to one certificate, real headers inside and only `[...]` for
 * a subject outside (RFC 8551, RFC 9788). Throws RangeError when an address, subject, name or Message-ID could inject a
 * header; a certificate that cannot receive is a bug, for `checkRecipient` comes first (I12).
 */
export const sealMail = (input: SealInput): Uint8Array => sealKept(input).raw;

/** The same with what is to be kept of it, to know a signed receipt by. */
export const sealKept = (input: SealInput): { readonly raw: Uint8Array; readonly kept: KeptSignature } => {
  const { inner, outer } = protectFields(fieldsOf(input));
  const cipher = input.content ?? 'aes256-gcm';
  const { pieces, kept } = signedEntity(input, inner);
  const cms = encryptInPieces({
    content: pieces,
    certificates: [input.recipientCertificate],
    cipher,
    keyTransport: input.keyTransport ?? 'oaep',
  });
  return { raw: writeEncoded([...outer, ...cmsFields(cipher === 'aes256-gcm' ? 'authEnveloped-data' : 'enveloped-data', 'base64')], cms), kept };
};
