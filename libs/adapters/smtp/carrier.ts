import type { MailReceipt } from '@ketensluis/domain';
import type { DeliveryOutcome } from '@ketensluis/flow';
import type { OutgoingMail, SmtpTarget } from './connection.js';
import { startEvidence } from './evidence.js';
import type { SmtpLimits } from './limits.js';
import { outcomeOf } from './outcome.js';
import { smtpPool } from './pool.js';

/** Brings mails to a mail server, whichever that is. */
export interface Carrier {
  /** One bounded try; never rejects for what a peer or the network does. `asked`: the receipts the mail itself asks for. */
  readonly send: (mail: OutgoingMail, asked?: readonly MailReceipt[]) => Promise<DeliveryOutcome>;
  /** The outcome of a try after `close`. */
  readonly closed: (at: Date) => DeliveryOutcome;
  /** Waits for the mails under way, then says goodbye. */
  readonly close: () => Promise<void>;
}

/** Brings every mail to one server, named beforehand. */
export function fixedCarrier(target: SmtpTarget, heloName: string, limits: SmtpLimits): Carrier {
  const pool = smtpPool(target, heloName, limits);
  return {
    send: async (mail, asked = []) => {
      const evidence = startEvidence(target, mail.at, asked);
      const sending = await pool.send(mail);
      return outcomeOf(sending.transmission, evidence(sending));
    },
    closed: (at) => closedOutcome(target, at),
    close: pool.close,
  };
}

/** Nobody was called, for the adapter is closed. */
export const closedOutcome = (target: SmtpTarget, at: Date): DeliveryOutcome =>
  ({ kind: 'deferred', cause: 'adapter-closed', code: null, text: 'the adapter is closed', evidence: startEvidence(target, at)(null) });
