import type { FieldValues, MessageBody, MessageType, Role } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';
import type { ReceivedDisclosure } from './confirm.js';
import type { SealedDisclosure } from './delivery-ports.js';

/** How a disclosure to a party stands: it has it; it can fetch it; or it cannot any more. */
export type NoticeState = 'had' | 'fetchable' | 'gone';

/** One disclosure to a party in codes, for a list. */
export interface NoticeLine {
  readonly mid: string;
  readonly caseId: string;
  readonly number: string;
  readonly municipality: string;
  readonly type: MessageType;
  readonly state: 'had' | 'fetchable';
  readonly at: Date;
  readonly isConfirmed: boolean;
  /** It was corrected or withdrawn: nobody need confirm it any more. */
  readonly isReplaced: boolean;
  /** When what is owed to the party about it is due; null when nothing has a term. */
  readonly dueAt: Date | null;
}

/** What a party keeps of a case for itself. */
export interface CaseDesk {
  readonly caseId: string;
  readonly assignedTo: string | null;
  readonly assignedName: string | null;
  readonly assignedAt: Date | null;
  readonly returnedAt: Date | null;
}

/** Somebody of a party who works at the console. */
export interface Colleague {
  readonly account: string;
  readonly name: string;
}

/** Everything a list of cases is made of, for one party. */
export interface NoticeRows {
  /** Oldest first within a case. */
  readonly lines: readonly NoticeLine[];
  readonly desks: readonly CaseDesk[];
  /** Types the party sent, by case. */
  readonly said: readonly { readonly caseId: string; readonly type: MessageType }[];
}

/** One disclosure of an opened case. */
export interface StoredNotice {
  readonly mid: string;
  readonly entryId: string;
  readonly type: MessageType;
  readonly state: NoticeState;
  readonly at: Date;
  readonly confirmedAt: Date | null;
  readonly isReplaced: boolean;
  readonly from: string;
  readonly roles: readonly Role[];
  readonly dueAt: Date | null;
  /** What proved the sender. */
  readonly proof: { readonly channel: 'mail' | 'webhook' | 'api' | 'console'; readonly signedAt: Date | null; readonly trustSet: string | null };
  /** Opened and held against the log; null unless the party has it. */
  readonly disclosure: SealedDisclosure | null;
}

/** One message the party sent in the case. */
export interface SentNotice {
  readonly id: string;
  readonly type: MessageType;
  readonly at: Date;
  readonly state: 'accepted' | 'applied' | 'refused' | 'parked';
  readonly fields: FieldValues;
  readonly attachments: MessageBody['attachments'];
  /** Who got it, and why somebody did not. */
  readonly to: readonly { readonly recipient: string; readonly kind: 'permit' | 'hold' | 'refuse'; readonly reason: string | null; readonly isDelivered: boolean }[];
}

/** A case as one party may see it. */
export interface StoredCase {
  readonly caseId: string;
  readonly number: string;
  readonly municipality: string;
  readonly notices: readonly StoredNotice[];
  readonly sent: readonly SentNotice[];
  readonly desk: CaseDesk | null;
}

/** Keeps what a party sees at the console. Every question is about one party and sees nothing of another. */
export interface NoticeStore {
  readonly rows: (party: string, since: Date, at: Date) => Promise<NoticeRows>;
  /** What the party has of these, as JSON documents; absent where it has not, or not any more. Not held against the log: for numbers in a list. */
  readonly twins: (party: string, mids: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Null when this party was told nothing of the case. */
  readonly open: (party: string, caseId: string, at: Date) => Promise<StoredCase | null>;
  readonly colleagues: (party: string, at: Date) => Promise<readonly Colleague[]>;
  /** False when the party was told nothing of the case. */
  readonly assign: (party: string, caseId: string, to: Colleague | null, mark: { readonly by: string; readonly at: Date }) => Promise<boolean>;
  /** A disclosure the party has or can fetch, with who sent it; null when there is none. */
  readonly findSent: (party: string, mid: string) => Promise<(ReceivedDisclosure & { readonly from: string }) | null>;
  /** One transaction: the entry, the task for the sender, and where it is given back, that it is. False when the same stands open already. */
  readonly tell: (word: { readonly kind: 'returned' | 'question'; readonly about: ReceivedDisclosure & { readonly from: string }; readonly reason: string; readonly by: string }, entry: EntryDraft, at: Date) => Promise<boolean>;
}
