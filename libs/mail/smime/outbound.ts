import { encryptFor } from '../cms/enveloped.js';
import { signData } from '../cms/signed.js';
import { readAddress } from '../mime/address.js';
import { encodeBase64 } from '../mime/base64.js';
import { joinBytes, writeHeaders, writeMixed, type BuildAttachment, type Field } from '../mime/build.js';
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

const fieldsOf = (input: SealInput): readonly Field[] => [
  ['From', addressOf(input.from)],
  ['To', addressOf(input.to)],
  ['Subject', subjectOf(input.subject)],
  ['Date', formatDate(input.date)],
  ['Message-ID', messageIdOf(input.messageId)],
];

// RFC 8551 §3.2; the file name is what old gateways recognise S/MIME by.
const cmsFields = (smimeType: string): readonly Field[] => [
  ['MIME-Version', '1.0'],
  ['Content-Type', `application/pkcs7-mime; smime-type=${smimeType}; name="smime.p7m"`],
  ['Content-Transfer-Encoding', 'base64'],
  ['Content-Disposition', 'attachment; filename="smime.p7m"'],
];

// A function of its own, so that each copy of a large mail can be collected before the next is made.
const signedEntity = (input: SealInput, inner: readonly Field[]): readonly Uint8Array[] => {
  const content = joinBytes(
    writeMixed({ fields: inner, parameters: '; hp="cipher"', text: input.text, attachments: input.attachments, seed: input.messageId }),
  );
  const { signer, date: at, encryptionCertificate } = input;
  const cms = signData({ content, detached: false, signer, at, ...(encryptionCertificate === undefined ? {} : { encryptionCertificate }) });
  return [writeHeaders(cmsFields('signed-data')), encodeBase64(cms)];
};

/**
 * The whole mail: text and attachments, signed, then encrypted to one certificate, real headers inside and only `[...]` for
 * a subject outside (RFC 8551, RFC 9788). Throws RangeError when an address, subject, name or Message-ID could inject a
 * header; a certificate that cannot receive is a bug, for `checkRecipient` comes first (I12).
 */
export const sealMail = (input: SealInput): Uint8Array => {
  const { inner, outer } = protectFields(fieldsOf(input));
  const cipher = input.content ?? 'aes256-gcm';
  const cms = encryptFor({
    content: signedEntity(input, inner),
    certificates: [input.recipientCertificate],
    cipher,
    keyTransport: input.keyTransport ?? 'oaep',
  });
  const smimeType = cipher === 'aes256-gcm' ? 'authEnveloped-data' : 'enveloped-data';
  return joinBytes([writeHeaders([...outer, ...cmsFields(smimeType)]), encodeBase64(cms)]);
};
