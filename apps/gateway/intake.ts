import { receive, type Verdict } from '@ketensluis/flow';
import type { Hub } from '@ketensluis/platform';
import { startSmtpIntake, type SmtpIntake } from './smtp/server.js';
import type { RefusalRecorder } from './refusals.js';
import type { IntakeReply, RefusalReason } from './smtp/replies.js';

/** One text for every reason: what is wrong with a mail is between its sender and the operator, not for whoever probes (smime.md). */
const refusedText = (id: string): string => `message not accepted, reference ${id}`;

/** Refusals of the line that are about a mail, and so stand in the log as every refusal does (I3). */
const recorded: readonly RefusalReason[] = ['not-for-us', 'bare-newline', 'too-large', 'sender-address'];

/** Opens the SMTP intake of the hub; a 250 means that message and queue row are stored (I5). */
export const startIntake = async (hub: Hub, refusals: RefusalRecorder, options: { readonly host: string; readonly port: number }): Promise<SmtpIntake> => {
  const answered = answeredBook(hub);
  const intake = await startSmtpIntake({
    ...options,
    tls: hub.identity.tls,
    name: domainOf(hub.identity.address),
    isForUs: (address) => address.toLowerCase() === hub.identity.address,
    receive: async ({ raw }) => {
      const startedAt = performance.now();
      const verdict = await receive(raw, { clock: hub.clock, ids: hub.ids, mail: hub.mail, registers: hub.registers, intake: { saveAccepted: hub.store.intake.saveAccepted, recordRefusal: refusals.record } });
      hub.events.tell(`mail.${verdict.kind}`, { messageId: verdict.id, bytes: raw.length, durationMs: Math.round(performance.now() - startedAt) });
      return replyTo(verdict);
    },
    onAnswered: answered.add,
    onRefused: ({ reason }) => {
      hub.events.tell('line.refused', { reason });
      if (recorded.includes(reason)) refusals.recordLine(reason);
    },
    onFault: (error) => hub.events.fault('mail.failed', error),
  });
  return {
    ...intake,
    close: async () => {
      await intake.close();
      await answered.close();
    },
  };
};

const confirmMs = 100;

/** Confirms answers in batches: a mail that comes again before that is answered 250 once more, which does no harm. */
const answeredBook = (hub: Hub) => {
  let waiting: string[] = [];
  const confirm = async (): Promise<void> => {
    const ids = waiting;
    waiting = [];
    await hub.store.intake.confirmAnswered(ids);
  };
  const timer = setInterval(() => void confirm().catch((fault: unknown) => hub.events.fault('answer.failed', fault)), confirmMs).unref();
  return {
    add: (id: string): void => void waiting.push(id),
    close: async (): Promise<void> => {
      clearInterval(timer);
      await confirm();
    },
  };
};

const replyTo = (verdict: Verdict): IntakeReply => {
  switch (verdict.kind) {
    case 'accepted': return verdict;
    case 'refused': return { kind: 'refused', code: 550, enhanced: '5.7.1', text: refusedText(verdict.id) };
    case 'later': return { kind: 'later', code: 451, enhanced: '4.3.0', text: 'try again later' };
  }
};

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
