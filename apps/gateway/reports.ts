import { receiveReport, receiveSignedReceipt, type CarriedMail, type MailVerdict, type ReportPorts, type ReportVerdict } from '@ketensluis/flow';
import { openSignedReceipt } from '@ketensluis/mail';
import type { Hub } from '@ketensluis/platform';
import { createHash } from 'node:crypto';
import type { RefusalRecorder } from './refusals.js';
import type { IntakeReply } from './smtp/replies.js';

/**
 * Takes in a report on a mail of ours. It comes from nobody, so nothing may be sent back: what is not bound to a try of ours is taken and stands in the
 * log as a refusal. Only a domain that disowns the mail (DMARC), and a try that is not written down yet, are answered otherwise.
 */
export const takeReport = async (hub: Hub, refusals: RefusalRecorder, { carried, raw }: { readonly carried: CarriedMail; readonly raw: Uint8Array }): Promise<IntakeReply> => {
  return answerTo(hub, await receiveReport(raw, await hub.judge(carried), portsOf(hub, refusals)));
};

/** Takes in a signed receipt; whom it is from is proven, so a refusal is said. */
export const takeSignedReceipt = async (hub: Hub, refusals: RefusalRecorder, raw: Uint8Array): Promise<IntakeReply> => answerTo(hub, await receiveSignedReceipt(raw, portsOf(hub, refusals)));

const portsOf = (hub: Hub, refusals: RefusalRecorder): ReportPorts => ({
  clock: hub.clock, ids: hub.ids, registers: hub.registers, reports: hub.store.reports, intake: { recordRefusal: refusals.record },
  domain: hub.identity.address.slice(hub.identity.address.lastIndexOf('@') + 1), secret: hub.reportSecret,
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  openReceipt: (bytes, at) => openSignedReceipt(bytes, { trust: hub.trust(), at }),
});

const answerTo = (hub: Hub, verdict: ReportVerdict): IntakeReply => {
  hub.events.tell(`report.${verdict.kind}`, { messageId: verdict.id, code: verdict.code, ...(verdict.delivery === null ? {} : { deliveryId: verdict.delivery }) });
  switch (verdict.kind) {
    case 'taken': case 'stray': return { kind: 'accepted', id: verdict.id };
    case 'refused': return { kind: 'refused', code: 550, enhanced: '5.7.1', text: `message not accepted, reference ${verdict.id}` };
    case 'later': return { kind: 'later', code: 451, enhanced: '4.3.0', text: 'try again later' };
  }
};

const notJudged: MailVerdict = { kind: 'not-judged' };

/** Judges beside the opening, on bytes of its own: those of the mail are handed over meanwhile. Costs nothing where no resolver is configured. */
export const judgeBeside = (hub: Hub, carried: CarriedMail): Promise<MailVerdict> =>
  hub.isJudging ? hub.judge({ ...carried, raw: Buffer.from(carried.raw) }).catch(() => notJudged) : Promise.resolve(notJudged);

/** After the answer: nothing hangs on the verdict of a mail whose sender S/MIME proves, so nobody waits for it. */
export const keepVerdict = async (hub: Hub, messageId: string, verdict: MailVerdict): Promise<void> => {
  if (verdict.kind === 'judged') await hub.store.intake.keepVerdict(messageId, verdict).catch((fault: unknown) => hub.events.fault('verdict.failed', fault));
};
