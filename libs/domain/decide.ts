import type { Candidate } from './candidate.js';
import type { CaseFile } from './case-file.js';
import type { Category } from './category.js';
import type { Decision } from './decision.js';
import type { LawPack } from './law-pack.js';
import type { Message } from './message.js';
import type { Registers } from './registers.js';

/** Why a person with authority finds a permitted disclosure necessary, for these categories of this message (law.md 3.6 step 5). */
export interface Necessity {
  readonly messageId: string;
  readonly recipient: string;
  readonly categories: readonly Category[];
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

/** Everything a decision depends on, and nothing else. */
export interface DecisionInput {
  readonly message: Message;
  /** The case after the message was applied to it. */
  readonly file: CaseFile;
  readonly candidate: Candidate;
  readonly pack: LawPack;
  readonly registers: Registers;
  readonly necessity: readonly Necessity[];
  readonly at: Date;
}

/** Decides for one message and one recipient, in the order of law.md 3.6. Never throws for anything a party sent. */
export const decide = (input: DecisionInput): Decision => {
  throw new Error(`bug: not built yet for ${input.message.type}`);
};
