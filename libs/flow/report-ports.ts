import type { DeliveredLine, MailReceipt, ReceiptKind, ReportConsequence, ReportedDelivery } from '@ketensluis/domain';
import type { KeptSignature } from '@ketensluis/mail';
import type { EntryDraft } from './entry.js';
import type { NamedRequest } from './own-ports.js';
import type { PlannedTask } from './ports.js';

/** What SPF, DKIM and DMARC say of a mail: results and domains, no address of a person (I13). */
export type MailVerdict =
  /** No resolver is configured; nothing may hang on it. */
  | { readonly kind: 'not-judged' }
  | {
      readonly kind: 'judged';
      readonly spf: string;
      /** One per signature, with the domain that signed. */
      readonly dkim: readonly { readonly result: string; readonly domain: string }[];
      readonly dmarc: string;
      /** What the domain in From asks to be done with what fails: none, quarantine or reject. */
      readonly policy: string | null;
      readonly fromDomain: string | null;
    };

/** A mail as it came over the line, with what is known of who brought it. */
export interface CarriedMail {
  readonly raw: Uint8Array;
  /** Envelope sender; empty for a report. */
  readonly from: string;
  /** Null for a mail that was read from a mailbox: who brought it is not known, so nothing is judged by it. */
  readonly remoteAddress: string | null;
  readonly helo: string | null;
}

/** Judges who a mail is from by DNS. Never throws and ends within its time. */
export type SenderJudge = (mail: CarriedMail) => Promise<MailVerdict>;

/** The delivery a report names. `attempt` is null where it names none. */
export interface ReportRef {
  readonly id: string;
  readonly attempt: number | null;
}

/** A delivery of ours as a report finds it, locked until what follows from the report is written. */
export interface FoundDelivery extends ReportedDelivery {
  readonly id: string;
  readonly caseId: string;
  readonly entryId: string;
  readonly recipient: string;
  /** Leaf of the disclosure, as the log has it. */
  readonly leaf: Uint8Array;
  /** What was kept of each try that asked for a signed receipt. */
  readonly kept: readonly { readonly attempt: number; readonly kept: KeptSignature }[];
  /** This very report was taken before. */
  readonly isRepeated: boolean;
}

/** What a report leads to, ready to be written in one commit. */
export interface ReportPlan {
  readonly consequence: ReportConsequence;
  readonly at: Date;
  /** Of the report, hexadecimal. */
  readonly sha256: string;
  readonly kind: MailReceipt;
  readonly verdict: MailVerdict;
  /** Identifiers and codes, kept with the receipt. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly entry: EntryDraft | null;
  readonly task: PlannedTask | null;
}

/** Keeps receipts and what other reports said. */
export interface ReportStore {
  /**
   * One transaction: finds and locks the delivery, asks for the plan, writes all of it: receipt, duty, state, task, entry. The same report again writes
   * nothing. `null` to `plan` means that there is no such delivery.
   */
  readonly apply: (ref: ReportRef, sha256: string, plan: (found: FoundDelivery | null) => ReportPlan) => Promise<ReportPlan>;
}

/** Every receipt of one delivery, for a person. */
export interface ReceiptRow {
  readonly kind: ReceiptKind;
  readonly at: Date;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a sender asked to be told, and is owed. */
export interface OwedAnswer {
  readonly messageId: string;
  readonly kind: 'mdn' | 'signed';
  readonly party: string;
  readonly to: string;
  readonly mail: Uint8Array;
  /** Number of this try, from 1. */
  readonly attempt: number;
  readonly dueSince: Date;
}

/** Keeps what senders asked to be told until they were. */
export interface AnswerStore {
  /** Claims a few that are due; one that was under way at a crash is claimed again later, under the same Message-ID. */
  readonly claim: (at: Date, most: number) => Promise<readonly OwedAnswer[]>;
  /** It was sent, is to be tried again at a moment, or is given up. */
  readonly finish: (answer: OwedAnswer, next: { readonly kind: 'sent' | 'given-up' } | { readonly kind: 'retry'; readonly at: Date }, at: Date) => Promise<void>;
}

/** Compares the list of a party with the deliveries to it. */
export interface ReconcileStore {
  /** Deliveries to this party that stand in `ids`, or were delivered in the period; null when there is no such party. */
  readonly delivered: (party: string, ids: readonly string[], period: { readonly from: Date; readonly to: Date }) => Promise<{ readonly lines: readonly DeliveredLine[]; /** Entry of the party's register document. */ readonly entryId: string } | null>;
  /** One transaction: tasks, outcome entry, and that both sides have these. Of a request that was named before nothing is saved: `repeated` or, when it was another one, `other`. */
  readonly save: (outcome: { readonly matched: readonly string[]; readonly tasks: readonly PlannedTask[]; readonly entry: EntryDraft; readonly at: Date; readonly named: NamedRequest | null }) => Promise<'saved' | 'repeated' | 'other'>;
}
