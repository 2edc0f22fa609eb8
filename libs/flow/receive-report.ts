import { judgeReport, mailboxOf, maySign, partyOf, receiptCode, senderOf, type Party, type Registers, type ReportClaim } from '@ketensluis/domain';
import { readEnvelopeId, readReport, type MailRefusal, type MailReport, type OpenedReceipt } from '@ketensluis/mail';
import { parseLeaf } from '@ketensluis/tlog';
import { plainEntry, type EntryDraft } from './entry.js';
import type { IntakeStore } from './intake-ports.js';
import type { Clock, Ids, PlannedTask, RegisterReader } from './ports.js';
import type { FoundDelivery, MailVerdict, ReportPlan, ReportRef, ReportStore } from './report-ports.js';

export interface ReportPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly reports: ReportStore;
  readonly intake: Pick<IntakeStore, 'recordRefusal'>;
  /** Of the hub: the right half of its Message-IDs, and what its envelope ids are made with. */
  readonly domain: string;
  readonly secret: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string;
  /** Opens a signed receipt and proves its signer. */
  readonly openReceipt: (raw: Uint8Array, at: Date) => OpenedReceipt | MailRefusal;
}

/** What became of a report. Only `refused` and `later` are said to whoever brought it; what is `stray` is taken and does nothing. */
export type ReportVerdict = { readonly kind: 'taken' | 'stray' | 'refused' | 'later'; readonly id: string; readonly code: string; readonly delivery: string | null };

/**
 * Takes in a report on a mail of ours, from nobody (RFC 3464 §2, RFC 8098 §3). It is bound to one try by the envelope id only that try carried and by the
 * Message-ID in what is returned, or, for what a recipient says, by the Message-ID and its own address. What is not bound, or cannot be read, changes
 * nothing: it is taken, because nothing may be sent back to nobody, and stands in the log as a refusal (I3).
 */
export const receiveReport = async (raw: Uint8Array, verdict: MailVerdict, ports: ReportPorts): Promise<ReportVerdict> => {
  const at = ports.clock.now();
  const id = ports.ids.next(at);
  const refused = async (code: string, kind: ReportVerdict['kind'] = 'stray'): Promise<ReportVerdict> => {
    await ports.intake.recordRefusal(plainEntry({ id, kind: 'refusal', at: at.toISOString(), code }, { sizeBytes: raw.length, verdict }));
    return { kind, id, code, delivery: null };
  };
  // A report is not signed: where its domain says that such mail is not from it, it is not (RFC 9989).
  if (verdict.kind === 'judged' && verdict.dmarc === 'fail' && verdict.policy === 'reject') return refused('report-dmarc-fail', 'refused');
  const report = readReport(raw);
  if (report.kind === 'malformed') return refused('report-malformed');
  const bound = bind(report, ports);
  if (typeof bound === 'string') return refused(bound);
  const { registers } = await ports.registers.current();
  const sha256 = ports.sha256(raw);
  const plan = await ports.reports.apply(bound, sha256, (found) => planReport({ report, found, registers, verdict, sha256, at, entryId: ports.ids.next(at) }));
  const { consequence } = plan;
  switch (consequence.kind) {
    case 'later':
      return { kind: 'later', id, code: 'report-early', delivery: bound.id };
    case 'refused':
      return refused(`report-${consequence.code}`);
    case 'noted':
      return { kind: 'taken', id, code: consequence.code, delivery: bound.id };
    case 'failed':
      return { kind: 'taken', id, code: 'dsn-failed', delivery: bound.id };
    case 'receipt':
      return { kind: 'taken', id, code: receiptCode(consequence.receipt), delivery: bound.id };
  }
};

/**
 * Takes in a signed receipt (RFC 2634 §2.6). It counts when its signer is proven, belongs to the party the disclosure went to, and repeats what was kept of one
 * try, which only whoever opened that very mail can. Anything else is refused: its sender signs, so it has an address.
 */
export const receiveSignedReceipt = async (raw: Uint8Array, ports: ReportPorts): Promise<ReportVerdict> => {
  const at = ports.clock.now();
  const id = ports.ids.next(at);
  const refused = async (code: string): Promise<ReportVerdict> => {
    await ports.intake.recordRefusal(plainEntry({ id, kind: 'refusal', at: at.toISOString(), code }, { sizeBytes: raw.length }));
    return { kind: 'refused', id, code, delivery: null };
  };
  const opened = ports.openReceipt(raw, at);
  if (opened.kind === 'refused') return opened.code === 'revocation-unknown' ? { kind: 'later', id, code: opened.code, delivery: null } : refused(`receipt-${opened.code}`);
  const mid = idOf(opened.contentIdentifier, ports.domain);
  if (mid === null) return refused('receipt-unknown-message');
  const { registers } = await ports.registers.current();
  const sender = senderOf(registers, opened.from, at);
  const sha256 = ports.sha256(raw);
  const same = { at, sha256, kind: 'signed', verdict: { kind: 'not-judged' } } as const;
  const nothing = (consequence: ReportPlan['consequence']): ReportPlan => ({ ...same, consequence, facts: {}, entry: null, task: null });
  const { consequence } = await ports.reports.apply({ id: mid, attempt: null }, sha256, (found): ReportPlan => {
    if (found === null || sender === null || sender.oin !== found.recipient || !maySign(sender, opened.from, opened.signerSha256)) return nothing({ kind: 'refused', code: 'other-signer' });
    if (found.isRepeated) return nothing({ kind: 'noted', code: 'signed-repeated' });
    const about = found.kept.find(({ kept }) => kept.receiptSha256 === opened.kept.receiptSha256 && kept.messageSignatureDigest === opened.kept.messageSignatureDigest);
    if (about === undefined) return nothing(found.state === 'waiting' ? { kind: 'later' } : { kind: 'refused', code: 'other-content' });
    const judged = judgeReport({ kind: 'signed' }, found);
    const facts = { attempt: about.attempt, signerSha256: opened.signerSha256, receiptSha256: about.kept.receiptSha256 };
    return judged.kind !== 'receipt' ? nothing(judged) : { ...same, consequence: judged, facts, entry: reportEntry(found, { id: ports.ids.next(at), at, code: receiptCode('signed'), detail: facts }), task: null };
  });
  if (consequence.kind === 'later') return { kind: 'later', id, code: 'receipt-early', delivery: mid };
  if (consequence.kind === 'refused') return refused(`receipt-${consequence.code}`);
  return { kind: 'taken', id, code: consequence.kind === 'noted' ? consequence.code : receiptCode('signed'), delivery: mid };
};

/** The try a report is about, or why it is about none of ours. */
const bind = (report: MailReport, { domain, secret }: ReportPorts): ReportRef | string => {
  const id = idOf(report.messageId, domain);
  if (report.kind === 'mdn') return id === null ? 'report-unknown-message' : { id, attempt: null };
  const named = report.envelopeId === null ? null : readEnvelopeId(secret, report.envelopeId);
  if (named === null) return 'report-unknown-envelope';
  return named.id === id ? named : 'report-other-message';
};

/** The disclosure in a Message-ID of ours. */
const idOf = (messageId: string | null, domain: string): string | null => {
  const [, id, host] = /^<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^@<>\s]+)>$/.exec(messageId ?? '') ?? [];
  return id !== undefined && host?.toLowerCase() === domain.toLowerCase() ? id : null;
};

interface PlanInput {
  readonly report: MailReport;
  readonly found: FoundDelivery | null;
  readonly registers: Registers;
  readonly verdict: MailVerdict;
  readonly sha256: string;
  readonly at: Date;
  readonly entryId: string;
}

/** What a bound report leads to, in one commit. Pure. */
const planReport = ({ report, found, registers, verdict, sha256, at, entryId }: PlanInput): ReportPlan => {
  const same = { at, sha256, kind: report.kind, verdict } as const;
  const nothing = (consequence: ReportPlan['consequence']): ReportPlan => ({ ...same, consequence, facts: {}, entry: null, task: null });
  if (found === null) return nothing({ kind: 'refused', code: 'unknown-delivery' });
  if (found.isRepeated) return nothing({ kind: 'noted', code: `${report.kind}-repeated` });
  const claim = claimOf(report, partyOf(registers, found.recipient));
  if (claim === null) return nothing({ kind: 'refused', code: 'other-recipient' });
  const consequence = judgeReport(claim, found);
  const facts = factsOf(claim, found, sha256);
  switch (consequence.kind) {
    case 'receipt':
      return { ...same, consequence, facts, entry: reportEntry(found, { id: entryId, at, code: receiptCode(consequence.receipt), detail: facts }), task: null };
    case 'failed':
      return { ...same, consequence, facts, entry: reportEntry(found, { id: entryId, at, code: 'failed', detail: facts }), task: bounced(found, consequence.status) };
    case 'noted':
      return { ...same, consequence, facts, entry: null, task: null };
    case 'later':
    case 'refused':
      return nothing(consequence);
  }
};

/** What the report says about the mailbox of this party; null when it is about another. A list of several says the worst it says of it. */
const claimOf = (report: MailReport, party: Party | null): ReportClaim | null => {
  const mailbox = mailboxOf(party?.channel ?? null);
  if (mailbox === null) return null;
  const isOurs = (one: { readonly finalRecipient: string; readonly originalRecipient: string | null }): boolean => one.finalRecipient === mailbox || one.originalRecipient === mailbox;
  if (report.kind === 'mdn') return isOurs(report) ? { kind: 'mdn', type: report.disposition, isAutomatic: report.isAutomatic } : null;
  const about = report.recipients.filter(isOurs);
  const worst = about.find(({ action }) => action === 'failed') ?? about.find(({ action }) => action !== 'delivered') ?? about[0];
  return worst === undefined ? null : { kind: 'dsn', action: worst.action, status: worst.status };
};

/** What may be kept of it (I13). */
const factsOf = (claim: ReportClaim, { attempt }: FoundDelivery, sha256: string): Readonly<Record<string, unknown>> => {
  const same = { attempt: attempt?.number ?? null, reportSha256: sha256 };
  switch (claim.kind) {
    case 'dsn':
      return { ...same, action: claim.action, status: claim.status };
    case 'mdn':
      return { ...same, disposition: claim.type, automatic: claim.isAutomatic };
    case 'signed':
      return same;
  }
};

const bounced = ({ id, recipient }: FoundDelivery, status: string): PlannedTask =>
  ({ kind: 'dead-letter', ref: id, party: recipient, cause: `not delivered after its mail server took it over: ${status}` });

/** One more entry about the disclosure, on the trace of the first. */
const reportEntry = (found: Pick<FoundDelivery, 'id' | 'entryId' | 'recipient' | 'leaf'>, about: { readonly id: string; readonly at: Date; readonly code: string; readonly detail: EntryDraft['detail'] }): EntryDraft => {
  const first = parseLeaf(found.leaf);
  const trace = first.kind === 'leaf' ? first.leaf.trace : undefined;
  const { id, at, code, detail } = about;
  return plainEntry({ id, kind: 'outcome', at: at.toISOString(), to: found.recipient, ref: found.entryId, msg: found.id, trace, code }, detail);
};
