import { headersOf, writeReport } from '@ketensluis/mail';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { submit } from '../submit.js';

/**
 * What a mailbox tells the sender of a mail it took, where it was asked to: `dsn` that it was delivered, `bounce` that it was not after all, `mdn` that it was
 * read, `false-dsn` that it was not, about a try it makes up; `signed` sends a signed receipt.
 */
export const reportKinds = ['dsn', 'bounce', 'mdn', 'false-dsn', 'signed'] as const;
/** One of `reportKinds`. */
export type ReportKind = (typeof reportKinds)[number];

/** A mail that was taken, with what its envelope asked for. */
export interface TakenMail {
  readonly raw: Uint8Array;
  readonly recipient: string;
  readonly envelopeId: string | null;
  readonly originalRecipient: string | null;
  /** NOTIFY of the envelope (RFC 3461 §4.1). */
  readonly notify: readonly string[];
}

const headerOf = (raw: Uint8Array, name: string): string | null =>
  new RegExp(`^${name}:[ \\t]*([^\\r\\n]*)`, 'im').exec(Buffer.from(headersOf(raw)).toString('latin1'))?.[1]?.trim() ?? null;

/** The report as a mail, or null when the mail did not ask for it. */
export const reportOn = (kind: Exclude<ReportKind, 'signed'>, mail: TakenMail, at: Date): Uint8Array | null => {
  const domain = mail.recipient.slice(mail.recipient.lastIndexOf('@') + 1);
  const to = headerOf(mail.raw, 'From') ?? '';
  const same = { from: mail.recipient, to, messageId: `<${randomUUID()}@${domain}>`, date: at } as const;
  if (kind === 'mdn') {
    if (headerOf(mail.raw, 'Disposition-Notification-To') === null) return null;
    return writeReport({
      ...same, subject: 'Gelezen', text: 'Uw bericht is gelezen.', type: 'disposition-notification', returned: null,
      groups: [[['Reporting-UA', `${domain}; oefenpostvak`], ['Final-Recipient', `rfc822; ${mail.recipient}`], ['Original-Message-ID', headerOf(mail.raw, 'Message-ID') ?? ''], ['Disposition', 'manual-action/MDN-sent-manually; displayed']]],
    });
  }
  const isGood = kind === 'dsn';
  if (mail.envelopeId === null || !mail.notify.includes(isGood ? 'SUCCESS' : 'FAILURE')) return null;
  // Somebody who knows the mail and not its envelope can do no better than this.
  const envelopeId = kind === 'false-dsn' ? mail.envelopeId.replace(/[0-9a-f]{24}$/, '0'.repeat(24)) : mail.envelopeId;
  return writeReport({
    ...same, subject: isGood ? 'Afgeleverd' : 'Niet afgeleverd', text: isGood ? 'Uw bericht is afgeleverd.' : 'Uw bericht is niet afgeleverd.', type: 'delivery-status', returned: headersOf(mail.raw),
    groups: [
      [['Original-Envelope-Id', envelopeId], ['Reporting-MTA', `dns; ${domain}`]],
      [
        ...(mail.originalRecipient === null ? [] : [['Original-Recipient', mail.originalRecipient] as const]),
        ['Final-Recipient', `rfc822; ${mail.recipient}`], ['Action', isGood ? 'delivered' : 'failed'], ['Status', isGood ? '2.1.5' : '5.1.1'],
      ],
    ],
  });
};

const triesMax = 20;
const betweenMs = 250;

/** Brings a report to the hub, from nobody; the hub may ask for it again while it is still writing down what it sent. */
export const bringReport = async (raw: Uint8Array, to: string, hub: { readonly host: string; readonly port: number; readonly tlsCa: string; readonly name: string }): Promise<void> => {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const { code } = await submit(raw, { from: '', to }, hub);
    if (code !== 451) return;
    await pause(betweenMs);
  }
};
