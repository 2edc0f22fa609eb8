import { portalNoticeOf, type Channel } from '@ketensluis/domain';
import { headersOf, readUnsealed } from '@ketensluis/mail';
import { refused, type MailCheck, type ReadMail } from './proof-check.js';

/** What a party with more than one way of being reached checks by. */
export interface ChannelCheck {
  /** Of mail that is signed and encrypted. */
  readonly sealed: MailCheck;
  /** Of mail that only its way protects. */
  readonly unsealed: MailCheck;
  /** How the party is reached at this moment. */
  readonly channel: () => Promise<Channel | null>;
  readonly hubAddress: string;
}

/** Takes mail that is not sealed only where the party agreed to that: as secure mail, or as word that something waits at the console. */
export const checkByChannel = ({ sealed, unsealed, channel, hubAddress }: ChannelCheck): MailCheck => async (raw, at) => {
  if (isSealed(raw)) return sealed(raw, at);
  const agreed = await channel();
  if (portalNoticeOf(agreed) !== null && isWord(raw, hubAddress)) return { kind: 'noticed' };
  return agreed?.kind === 'secure-mail' ? unsealed(raw, at) : refused('mail that is neither signed nor encrypted is not taken here');
};

/** Of mail to somebody at the domain of a party, who reads it on a telephone: from the hub, and nothing of a disclosure in it. */
export const peopleCheck = (hubAddress: string): MailCheck => async (raw) => (!isSealed(raw) && isWord(raw, hubAddress) ? { kind: 'noticed' } : refused('only word without content is taken for people'));

/** Opens mail that only its way protects; throws when it is no mail. */
export const openUnsealed = async (raw: Uint8Array): Promise<ReadMail> => {
  const mail = readUnsealed(raw);
  if (mail.kind === 'refused') throw new Error(mail.detail);
  return mail;
};

/** True for a mail that says of itself that it is encrypted or signed (RFC 8551 §3.2). */
export const isSealed = (raw: Uint8Array): boolean => /^content-type:\s*application\/(?:x-)?pkcs7-mime/im.test(Buffer.from(headersOf(raw)).toString('latin1'));

// Figures of the monitor and reports on TLS bring a file; a disclosure and its proof are XML and JSON.
const isWord = (raw: Uint8Array, hubAddress: string): boolean => {
  const mail = readUnsealed(raw);
  return mail.kind === 'read' && mail.from === hubAddress && !mail.parts.some(({ name }) => name !== null && /\.(xml|json|tlog-proof)$/i.test(name));
};
