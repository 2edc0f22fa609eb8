import type { PersonMailSender } from '@ketensluis/flow';
import { noticeMail } from '@ketensluis/mail';
import { routedCarrier, type RouteParts } from '../mail-route/carrier.js';
import type { MailSign } from '../smtp/dkim.js';
import { smtpLimits, type SmtpLimits } from '../smtp/limits.js';
import { personLetter } from './letters.js';

/** What mail to people at the console is sent with. */
export interface PersonMailOptions {
  /** The hub's address. */
  readonly from: string;
  /** Where people sign in; no slash at the end. */
  readonly consoleUrl: string;
  readonly route: RouteParts;
  readonly limits?: Partial<SmtpLimits>;
  /** Signs the mail as one of our domain (DKIM); absent: it goes as it is. */
  readonly sign?: MailSign;
}

/**
 * Mails a person that there is something, over TLS and to a server that shows its name; no case is in it, and no name. The same mail has the same Message-ID.
 * A connection of its own each time: these are few.
 */
export const personMailSender = ({ from, consoleUrl, route, limits, sign }: PersonMailOptions): PersonMailSender => async ({ address, ref, about }, at) => {
  const host = from.slice(from.lastIndexOf('@') + 1);
  const { subject, body } = personLetter(about, consoleUrl);
  const attachments = about.kind === 'figures' ? [{ name: about.file.name, contentType: 'text/csv', content: about.file.content }] : [];
  const written = noticeMail({ from, to: address, date: at, subject, messageId: `<${ref}@${host}>`, text: body, attachments });
  const carrier = routedCarrier({ domain: address.slice(address.lastIndexOf('@') + 1), protection: 'notice', parts: route, heloName: host, limits: { ...smtpLimits, ...limits } });
  try {
    return await carrier.send({ from, to: address, raw: sign === undefined ? written : await sign(written), at });
  } finally {
    await carrier.close();
  }
};
