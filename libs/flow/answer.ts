import { nextTry } from '@ketensluis/domain';
import { writeReport, type OpenedMail } from '@ketensluis/mail';
import type { PartyAdapter } from './party-adapter.js';
import type { AcceptedMail } from './intake-ports.js';
import type { Clock } from './ports.js';
import type { AnswerStore, OwedAnswer } from './report-ports.js';

/** Signs a receipt as the hub (RFC 2634). */
export type SignReceipt = (mail: { readonly to: string; readonly messageId: string; readonly date: Date; readonly request: ReceiptAsked }) => Uint8Array;

/** What a sender asked for under its signature. */
export type ReceiptAsked = NonNullable<OpenedMail['receiptRequest']>;

interface Answering {
  readonly id: string;
  readonly at: Date;
  readonly address: string | null;
  readonly sign: SignReceipt | null;
}

/** Asked of us, and for nobody else than who is proven to ask: a receipt to a third address would tell it of a message (RFC 2634 §2.1). */
const isAskedOf = ({ to, from: asked }: ReceiptAsked, { from, address }: { readonly from: string; readonly address: string }): boolean =>
  to.length === 1 && to[0]?.toLowerCase() === from.toLowerCase() && (asked === null || asked.some((one) => one.toLowerCase() === address));

/**
 * What the sender of an accepted message asked to be told: that a machine processed it (RFC 8098 §3.2.6). Only a sender that S/MIME proves is answered, only at
 * the address that is proven, and only where the asking itself was under its signature; a report never asks for one. Who asks for a signed receipt too
 * gets that, which says more.
 */
export const answerTo = (mail: OpenedMail, { id, at, address, sign }: Answering): Pick<AcceptedMail, 'answer'> => {
  const { notifyTo, messageId, from } = mail;
  if (address !== null && sign !== null && mail.receiptRequest !== null && isAskedOf(mail.receiptRequest, { from, address })) {
    const receipt = sign({ to: from, messageId: `<${id}.ontvangst@${address.slice(address.lastIndexOf('@') + 1)}>`, date: at, request: mail.receiptRequest });
    return { answer: { kind: 'signed', to: from, mail: receipt } };
  }
  if (address === null || notifyTo === null || notifyTo.toLowerCase() !== from.toLowerCase() || !/^<[!-~]{3,250}>$/.test(messageId ?? '')) return {};
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const report = writeReport({
    from: address, to: from, subject: 'Bericht verwerkt', messageId: `<${id}.mdn@${domain}>`, date: at, type: 'disposition-notification', returned: null,
    text: 'Uw bericht is ontvangen en wordt verwerkt. Dit bericht is automatisch gemaakt.\nYour message was received and is being processed. This is an automatic reply.',
    groups: [[
      ['Reporting-UA', `${domain}; Ketensluis`], ['Final-Recipient', `rfc822; ${address}`], ['Original-Message-ID', messageId ?? ''],
      ['Disposition', 'automatic-action/MDN-sent-automatically; processed'],
    ]],
  });
  return { answer: { kind: 'mdn', to: from, mail: report } };
};

export interface AnswerPorts {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly answers: AnswerStore;
  readonly adapterOf: (party: string) => Promise<PartyAdapter | null>;
}

/** Makes one try to bring what was asked; at most one is sent, so that a lost answer of the other side counts as sent (RFC 8098 §2.1). */
export const bringAnswer = async (answer: OwedAnswer, ports: AnswerPorts): Promise<'sent' | 'given-up' | 'retry'> => {
  const adapter = await ports.adapterOf(answer.party);
  const outcome = adapter?.report === undefined ? null : await adapter.report({ raw: answer.mail, to: answer.to }, ports.clock.now());
  const at = ports.clock.now();
  const kind = outcome === null || outcome.kind === 'rejected' || outcome.kind === 'unusable' ? 'given-up' : outcome.kind === 'deferred' ? 'retry' : 'sent';
  const again = kind === 'retry' ? nextTry(answer.attempt, answer.dueSince, at, ports.chance()) : null;
  if (again !== null) await ports.answers.finish(answer, { kind: 'retry', at: again }, at);
  else await ports.answers.finish(answer, { kind: kind === 'retry' ? 'given-up' : kind }, at);
  return kind === 'retry' && again === null ? 'given-up' : kind;
};
