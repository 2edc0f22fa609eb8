import type { Language } from '../shell/language.js';
import type { Tone } from '../shell/parts.js';

/** How a practice party can be made to behave. */
export interface PracticeParty {
  readonly key: string;
  readonly name: string;
  /** Code of its behaviour now. */
  readonly behaviour: string;
  /** Kind of the channel it is reached by now; null: none. */
  readonly channel: string | null;
}

/** A mail that somebody of a practice party got; there is nothing of a case in it. */
export interface PeopleMail {
  readonly at: Date;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Names of what came with it. */
  readonly files: readonly string[];
}

/** One step of the story as it was played. */
export interface StoryTold {
  readonly title: string;
  readonly lines: readonly { readonly tone: Tone; readonly text: string }[];
}

/** Where the telling of the story in a new case stands. */
export interface StoryView {
  /** Of the case it is about; null before the first step. */
  readonly caseNumber: string | null;
  readonly played: number;
  readonly of: number;
  /** Everything was played: the next step is the first one of another case. */
  readonly isOver: boolean;
  /** What happens when it goes on. */
  readonly next: string;
  /** Since the console was started. */
  readonly told: readonly StoryTold[];
}

/** What the page of the practice chain may do; the chain itself is another program. */
export interface PracticeDesk {
  /** Behaviours there are, by code. */
  readonly behaviours: readonly string[];
  readonly parties: () => Promise<readonly PracticeParty[]>;
  readonly behave: (key: string, behaviour: string) => Promise<void>;
  /** Kinds of channels a party can be switched between. */
  readonly channels: readonly string[];
  /** Reaches a party in another way from now on; `by` stands in the log. */
  readonly reach: (key: string, channel: string, by: string) => Promise<void>;
  /** The last mails people got, the newest first. */
  readonly post: () => Promise<readonly PeopleMail[]>;
  /** Moves the clock of the hub forward, and whoever is signed in along with it; it never goes back. */
  readonly advance: (ms: number) => Promise<void>;
  readonly story: (language: Language) => Promise<StoryView>;
  /** Plays the next step; returns when the hub is done with it, or takes long. */
  readonly playNext: () => Promise<void>;
}
