import type { DeliveryOutcome, TestTrial } from './party-adapter.js';
import type { Clock } from './ports.js';

/** A test of a party's channel that somebody asked for. */
export interface TestWish {
  /** Also the id of what the party receives, on every try. */
  readonly id: string;
  readonly party: string;
  readonly example: TestTrial['example'];
}

/** How a test ended, as it is kept. `no-channel`: the party is reached in no way that a test could take. `later`: the log cannot be sealed now, so nothing left. */
export type TestResult =
  | { readonly kind: 'no-channel' }
  | { readonly kind: 'later' }
  | {
      readonly kind: 'tried';
      readonly outcome: DeliveryOutcome['kind'];
      /** The answer or the cause; null when there is neither. */
      readonly code: string | null;
      readonly durationMs: number | null;
      /** Null: nothing was sent. */
      readonly tls: { readonly version: string; readonly cipher: string } | null;
      /** The request of a webhook as it went out; its body is text of ours. */
      readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string } | null;
    };

/** A wish and how far it is. */
export interface AskedTest {
  readonly id: string;
  readonly askedAt: Date;
  /** Null until it ended. `not-taken-up`: nobody who delivers heard of it while it counted. */
  readonly result: TestResult | { readonly kind: 'not-taken-up' } | null;
}

/** Wishes, between who asks and who delivers. */
export interface TestWishes {
  /** Durable; whoever delivers hears of it. Returns its id. */
  readonly ask: (wish: Omit<TestWish, 'id'>, at: Date) => Promise<string>;
  /** Null when this party has none of this id. */
  readonly find: (party: string, id: string, at: Date) => Promise<AskedTest | null>;
  /** The same, once it has a result; without one when that takes longer than whoever waits here should, or `gone` is aborted. */
  readonly awaitResult: (party: string, id: string, clock: Clock, gone?: AbortSignal) => Promise<AskedTest | null>;
  /** The moment of the last one. */
  readonly lastAskedAt: (party: string) => Promise<Date | null>;
  /** Gives wishes that nobody else has; after a crash another one gets them, with the same id. */
  readonly claim: (at: Date, most: number) => Promise<readonly TestWish[]>;
  /** One transaction: the result, and, where a try was made, that it is the last test along this channel (as `channelText` has it). */
  readonly finish: (wish: TestWish, result: TestResult, channel: string, at: Date) => Promise<void>;
}
