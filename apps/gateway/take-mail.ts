import { receive, type CarriedMail, type SignReceipt, type Verdict } from '@ketensluis/flow';
import { isReport, isSignedReceipt, stripForeignStatus, writeSignedReceipt } from '@ketensluis/mail';
import type { Hub } from '@ketensluis/platform';
import { answeredBook } from './answered-book.js';
import type { RefusalRecorder } from './refusals.js';
import { judgeBeside, keepVerdict, takeReport, takeSignedReceipt } from './reports.js';
import type { IntakeReply } from './smtp/replies.js';

/** Where mail goes in, whatever brought it: the SMTP intake, or a mailbox that is read. */
export interface MailTaker {
  /** Proves, understands and stores one mail, or records its refusal; throws when nothing could be decided. The bytes are its own from then on. */
  readonly take: (mail: CarriedMail) => Promise<IntakeReply>;
  /** The sender of this message has had its answer: the same mail again is a replay from now on. */
  readonly answered: (messageId: string) => void;
  /** Resolves when every answer is confirmed. */
  readonly close: () => Promise<void>;
}

/** One text for every reason: what is wrong with a mail is between its sender and the operator, not for whoever probes (smime.md). */
const refusedText = (id: string): string => `message not accepted, reference ${id}`;

/** The one way in for mail. */
export const mailTaker = (hub: Hub, refusals: RefusalRecorder): MailTaker => {
  const book = answeredBook(hub.store.intake, (fault) => hub.events.fault('answer.failed', fault));
  const signReceipt: SignReceipt = (asked) => writeSignedReceipt({ ...asked, from: hub.identity.address, signer: hub.identity.sign });
  return {
    take: async (carried) => {
      const startedAt = performance.now();
      const bytes = carried.raw.length;
      // What other systems wrote about the mail is taken off before anything of ours keeps it; the judge sees the mail as it came, for it may be signed.
      const raw = stripForeignStatus(carried.raw);
      if (isSignedReceipt(raw)) return takeSignedReceipt(hub, refusals, raw);
      if (carried.from === '' && isReport(raw)) return takeReport(hub, refusals, { carried, raw });
      const judging = judgeBeside(hub, carried);
      const { clock, ids, mail, registers, store } = hub;
      const intake = { saveAccepted: store.intake.saveAccepted, recordRefusal: refusals.record };
      const verdict = await receive(raw, { clock, ids, mail, registers, intake, address: hub.identity.address, signReceipt });
      if (verdict.kind === 'accepted') void judging.then((said) => keepVerdict(hub, verdict.id, said));
      hub.events.tell(`mail.${verdict.kind}`, { messageId: verdict.id, channel: 'mail', bytes, durationMs: Math.round(performance.now() - startedAt) });
      return replyTo(verdict);
    },
    answered: book.add,
    close: book.close,
  };
};

const replyTo = (verdict: Verdict): IntakeReply => {
  switch (verdict.kind) {
    case 'accepted': return verdict;
    case 'refused': return { kind: 'refused', code: 550, enhanced: '5.7.1', text: refusedText(verdict.id) };
    case 'later': return { kind: 'later', code: 451, enhanced: '4.3.0', text: 'try again later' };
  }
};
