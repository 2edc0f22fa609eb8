import type { CourtShow, CourtType, FieldValues, HoldReason, MessageBody, RefusalReason, Role } from '@ketensluis/domain';
import type { LoadedMessage } from './ports.js';

/** Which messages of a court are meant; null asks for nothing. */
export interface CourtFilter {
  readonly show: CourtShow | null;
  readonly municipality: string | null;
  readonly since: Date | null;
  readonly onlyRulings: boolean;
}

/** One message of a court in codes, as a list has it. */
export interface CourtMessage {
  readonly id: string;
  readonly caseId: string;
  readonly number: string;
  readonly municipality: string;
  readonly type: CourtType;
  readonly receivedAt: Date;
  readonly state: 'accepted' | 'applied' | 'refused' | 'parked';
  readonly isReplaced: boolean;
  /** What it says; empty once its key was destroyed. */
  readonly fields: FieldValues;
}

/** A disclosure of such a message to one party. */
export interface CourtDelivery {
  readonly messageId: string;
  readonly mid: string;
  readonly entryId: string;
  readonly recipient: string;
  readonly rules: readonly string[];
  readonly roles: readonly Role[];
  /** `announced`: the party knows that it is there, and has yet to fetch it. */
  readonly state: 'waiting' | 'announced' | 'delivered' | 'held' | 'dead';
  readonly finishedAt: Date | null;
  /** When it stood in the feed of the recipient; that is no delivery. */
  readonly listedAt: Date | null;
}

/** What the court owes because of such a message. */
export interface CourtDuty {
  readonly messageId: string;
  readonly key: string;
  readonly rule: string;
  readonly article: string;
  readonly toward: Role;
  readonly recipient: string | null;
  readonly dueAt: Date | null;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
}

/** Messages with what became of them. */
export interface CourtPage {
  readonly messages: readonly CourtMessage[];
  readonly deliveries: readonly CourtDelivery[];
  readonly duties: readonly CourtDuty[];
}

/** A message of a court with everything around it. */
export interface StoredRuling extends CourtPage {
  readonly message: CourtMessage;
  readonly attachments: MessageBody['attachments'];
  /** Why it was refused, in a code. */
  readonly cause: string | null;
  readonly decisions: readonly {
    readonly recipient: string; readonly entryId: string; readonly at: Date; readonly kind: 'permit' | 'hold' | 'refuse'; readonly reason: HoldReason | RefusalReason | null;
    readonly rule: string | null; readonly logNumber: number | null;
  }[];
}

/** A ruling that waits for somebody to look it over; its id is that of the message as it will go. */
export interface DraftRuling {
  readonly message: MessageBody;
  readonly file: Uint8Array;
  /** The request or hearing it was begun from. */
  readonly fromId: string;
}

/** How a court reads its feed. */
export interface CourtFeed {
  readonly items: number;
  /** Items it was not shown yet. */
  readonly unread: number;
  readonly lastLook: { readonly at: Date; /** Name of its program or reader; null where it was a client certificate. */ readonly by: string | null } | null;
}

/** Keeps what a court sees and draws up at the console. Every question is about one court and sees nothing of another. */
export interface RulingStore {
  /** Newest first, after `after`. */
  readonly page: (party: string, filter: CourtFilter, place: { readonly after: string | null; readonly limit: number; readonly at: Date }) => Promise<CourtPage>;
  /** How many rows `page` has for each. */
  readonly counts: (party: string, at: Date) => Promise<Readonly<Record<CourtShow, number>>>;
  /** Null when this court sent no such message. */
  readonly find: (party: string, id: string) => Promise<StoredRuling | null>;
  /** What the court said in a case, oldest first; not what was refused or replaced. */
  readonly saidIn: (party: string, caseId: string) => Promise<readonly CourtMessage[]>;
  /** One file of a message of this court; `place` counts from 0. */
  readonly file: (party: string, id: string, place: number) => Promise<Uint8Array | null>;
  /** Keeps the draft under the key of the case of `fromId`; false when this court sent no such message. */
  readonly saveDraft: (party: string, draft: DraftRuling, at: Date) => Promise<boolean>;
  /** The draft, with its case as it is now; null when there is none, or no more. */
  readonly findDraft: (party: string, id: string, at: Date) => Promise<{ readonly draft: DraftRuling; readonly loaded: LoadedMessage } | null>;
  readonly dropDraft: (party: string, id: string) => Promise<void>;
  /** The open duty of the court by this message; null when there is none. */
  readonly openDuty: (party: string, id: string, key: string) => Promise<{ readonly municipality: string; readonly number: string; readonly name: string } | null>;
  readonly feed: (party: string) => Promise<CourtFeed | null>;
}
