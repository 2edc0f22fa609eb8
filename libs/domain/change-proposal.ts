import type { Trial } from './sharing-trial.js';

/** Where a proposal stands; `draft` was tried and not offered, `overtaken` was made on a version that is no longer current. */
const proposalStates = ['draft', 'offered', 'approved', 'refused', 'withdrawn', 'expired', 'overtaken'] as const;
/** One of `proposalStates`. */
export type ProposalState = (typeof proposalStates)[number];

const dayMs = 86_400_000;
/** How long a trial may wait to be offered, an offer for the second person, and how long a decided proposal is kept. */
export const proposalLimits = { draftMs: dayMs, offerMs: 14 * dayMs, keepMs: 365 * dayMs } as const;

/** What AVG art. 28(3) wants in the contract, part by part (law.md 4.2); the code is the letter of the article. */
export const contractParts = ['subject', 'data', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'written'] as const;
/** One of `contractParts`. */
export type ContractPart = (typeof contractParts)[number];

/** A change of a register document that one person proposes and another decides about. */
export interface ChangeProposal {
  readonly id: string;
  /** OIN of whose change it is. */
  readonly party: string;
  readonly kind: 'setting' | 'agreement' | 'mandate';
  readonly key: string;
  readonly baseVersion: number;
  /** The document; of a setting without who approved it and when. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly trial: Trial;
  readonly checks: readonly string[];
  readonly documentId: string | null;
  readonly proposedBy: string;
  readonly proposedName: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  readonly state: ProposalState;
  readonly decidedBy: string | null;
  readonly decidedName: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
}

/** Why somebody cannot decide about a proposal. */
export type ProposalProblem = 'own' | 'expired' | 'decided' | 'late';

/** True for the person who made it, however the account is written. */
export const isOwnProposal = ({ proposedBy }: Pick<ChangeProposal, 'proposedBy'>, account: string): boolean => proposedBy.toLowerCase() === account.toLowerCase();

/** Null when this person may approve or refuse now: it was offered, has not ended, and somebody else proposed it. */
export const proposalProblem = (proposal: Pick<ChangeProposal, 'proposedBy' | 'state' | 'expiresAt'>, account: string, at: Date): Exclude<ProposalProblem, 'late'> | null => {
  if (proposal.state !== 'offered') return proposal.state === 'expired' ? 'expired' : 'decided';
  if (proposal.expiresAt.getTime() <= at.getTime()) return 'expired';
  return isOwnProposal(proposal, account) ? 'own' : null;
};

/**
 * True when the last day of a mandate went by while its end waited: approved now, it would take the ground from under what was done since (Wth art. 3(1)). It can
 * still be refused.
 */
export const isTooLate = ({ kind, baseVersion, body }: Pick<ChangeProposal, 'kind' | 'baseVersion' | 'body'>, at: Date): boolean =>
  kind === 'mandate' && baseVersion > 0 && typeof body['to'] === 'string' && Date.parse(body['to']) <= at.getTime();

/** The document as it is applied when `by` approves it at `at`: a setting names both persons itself, an agreement and a mandate are signed and name who signed. */
export const approvedDocument = ({ kind, body, reason, proposedBy, proposedAt }: Pick<ChangeProposal, 'kind' | 'body' | 'reason' | 'proposedBy' | 'proposedAt'>, by: string, at: Date): unknown =>
  kind !== 'setting' ? body : { ...body, proposedBy, proposedAt: proposedAt.toISOString(), approvedBy: by, approvedAt: at.toISOString(), reason };

/** One value of a document that a change makes different; null where it was not, or is no more. */
export interface ChangedLine {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Value by value what differs between two documents; lists of texts are compared whole. */
export const changedLines = (before: unknown, after: unknown): readonly ChangedLine[] => {
  const [old, fresh] = [new Map(linesOf(before)), new Map(linesOf(after))];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((path) => ({ path, before: old.get(path) ?? null, after: fresh.get(path) ?? null }))
    .filter((line) => line.before !== line.after);
};

const linesOf = (value: unknown, path = ''): readonly (readonly [string, string])[] => {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [[path, value.join(', ')]];
  if (typeof value !== 'object') return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => linesOf(inner, path === '' ? name : `${path}.${name}`));
};
