import type { CaseFile } from './case-file.js';
import type { Designation } from './designation.js';
import type { Event } from './event.js';
import type { LawPack } from './law-pack.js';
import type { Message } from './message.js';
import type { Versioned } from './registers.js';
import type { Party } from './party.js';
import type { Role } from './role.js';

/** Somebody who could receive a message, and so must get a decision: a permit, a hold or a refusal that is logged (I3). */
export interface Candidate {
  readonly event: Event;
  /** In whose name it would be given: the sender's role, or `BM` where the municipality must tell onward. */
  readonly from: Role;
  readonly role: Role;
  /** Null: a natural person, or a recipient nobody is connected for. */
  readonly party: Versioned<Party> | null;
  /** The post within the party, when the role belongs to one. */
  readonly function: string | null;
}

/** What `candidates` looks at. */
export interface CandidateInput {
  readonly message: Message;
  readonly file: CaseFile;
  readonly pack: LawPack;
  readonly parties: readonly Versioned<Party>[];
  readonly designations: readonly Versioned<Designation>[];
  readonly at: Date;
}

/** Everybody who could receive the message, each once and in the capacity that gives most; never a party of another municipality (I10). */
export const candidates = (input: CandidateInput): readonly Candidate[] => {
  throw new Error(`bug: not built yet for ${input.message.type}`);
};
