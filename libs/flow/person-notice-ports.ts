import type { DeskRole, NoticeEvent, NoticePace } from '@ketensluis/domain';
import type { DeliveryOutcome } from './party-adapter.js';

/** What somebody wants to hear, and where. */
export interface NoticeWish {
  readonly account: string;
  readonly party: string | null;
  readonly roles: readonly DeskRole[];
  readonly address: string;
  readonly events: readonly NoticeEvent[];
  readonly pace: NoticePace;
}

/** A wish whose moment has come. */
export interface DueNotice extends NoticeWish {
  /** What happened up to here was told. */
  readonly toldTo: Date;
  /** The same for every try of the same mail; names nobody. */
  readonly ref: string;
}

/** What somebody may be told of, and for whom. */
export interface NoticeScope {
  /** CBS code of the municipality of the person's party; null for any other party. */
  readonly municipality: string | null;
  readonly to: Date;
}

/** Keeps what people want to hear by mail. */
export interface PersonNoticeStore {
  /** Null when nothing is asked for. */
  readonly find: (account: string) => Promise<NoticeWish | null>;
  /** From now on; what happened before is not told. A change keeps what is still to be told. */
  readonly save: (wish: NoticeWish, at: Date) => Promise<void>;
  readonly end: (account: string) => Promise<void>;
  /** One wish that is due, held for some minutes; whoever stayed away too long is forgotten first. */
  readonly claim: (at: Date) => Promise<DueNotice | null>;
  /** Which of its events happened since, and up to which moment that is known. */
  readonly happened: (due: DueNotice, scope: NoticeScope) => Promise<{ readonly events: readonly NoticeEvent[]; readonly to: Date }>;
  /** Nothing changes when the person changed the wish meanwhile. */
  readonly settle: (due: DueNotice, next: { readonly toldTo: Date; readonly dueAt: Date }) => Promise<void>;
}

/** Somebody who gets the figures of a municipality each month. */
export interface FiguresWish {
  readonly account: string;
  /** OIN of the municipality. */
  readonly party: string;
  readonly address: string;
  readonly language: 'nl' | 'en';
}

/** A wish whose month has turned. */
export interface DueFigures extends FiguresWish {
  /** When it was due. */
  readonly dueAt: Date;
  /** As of `DueNotice`. */
  readonly ref: string;
}

/** Keeps who gets the figures. */
export interface FiguresStore {
  /** Null when nothing is asked for. */
  readonly find: (account: string) => Promise<FiguresWish | null>;
  readonly save: (wish: FiguresWish, at: Date) => Promise<void>;
  readonly end: (account: string) => Promise<void>;
  /** One that is due, held for some minutes; whoever stayed away too long is forgotten first. */
  readonly claim: (at: Date) => Promise<DueFigures | null>;
  /** Nothing changes when the person changed the wish meanwhile. */
  readonly settle: (due: DueFigures, dueAt: Date) => Promise<void>;
}

/** A mail of the hub to a person; nothing in it is about anybody. */
export interface PersonMail {
  readonly address: string;
  readonly ref: string;
  readonly about:
    | { readonly kind: 'events'; readonly events: readonly NoticeEvent[] }
    /** What the operator is told of the hub: lines in both languages, without a case or a person. */
    | { readonly kind: 'findings'; readonly nl: readonly string[]; readonly en: readonly string[] }
    | { readonly kind: 'figures'; readonly file: { readonly name: string; readonly content: Uint8Array } };
}

/** Brings one; never rejects for what a peer or the network does. */
export type PersonMailSender = (mail: PersonMail, at: Date) => Promise<DeliveryOutcome>;
