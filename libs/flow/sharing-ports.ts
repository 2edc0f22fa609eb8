import type { ChangeProposal, PastMessage, ProposalState } from '@ketensluis/domain';
import type { Clock, Ids, RegisterReader, RegisterStore } from './ports.js';

/** A signed agreement as it was uploaded. */
export interface AgreementDocument {
  readonly id: string;
  /** OIN of whose agreement it is. */
  readonly party: string;
  readonly sha256: string;
  readonly content: Uint8Array;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
}

/** A proposal that was just made, and the document that goes with it. */
export interface NewProposal {
  readonly proposal: Omit<ChangeProposal, 'state' | 'decidedBy' | 'decidedName' | 'decidedAt' | 'decisionReason'>;
  readonly document: AgreementDocument | null;
}

/** Keeps proposals. Every question is about one party: those of another are not there (I10). */
export interface ProposalStore {
  /** One transaction: proposal and document; what ended long ago goes with it. */
  readonly save: (made: NewProposal) => Promise<void>;
}

/** Who decides about a proposal. */
export interface ProposalClaim {
  readonly id: string;
  readonly party: string;
  readonly by: string;
  readonly name: string;
  readonly at: Date;
}

/** Ends a proposal otherwise than by approval. */
export interface ProposalEnd extends ProposalClaim {
  readonly state: Extract<ProposalState, 'refused' | 'withdrawn'>;
  readonly reason: string | null;
}

/** What passed before, for a trial. */
export interface TrafficStore {
  /** Messages that were applied to cases of this municipality since then, newest first, at most so many; each is opened when it is asked for. */
  readonly past: (municipality: string, since: Date, most: number) => AsyncIterable<PastMessage>;
}

/** What proposing a change works with. */
export interface ProposePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly register: Pick<RegisterStore, 'find'>;
  readonly registers: RegisterReader;
  readonly traffic: TrafficStore;
  readonly proposals: ProposalStore;
}
