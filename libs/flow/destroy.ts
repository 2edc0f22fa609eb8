import { functionCodeSchema, isDue } from '@ketensluis/domain';
import { append, emptyRange, leafHash, rootOf } from '@ketensluis/tlog';
import { plainEntry, type EntryDraft } from './entry.js';
import { clockOfItem, periodOf, type ProposalBody, type ProposedItem } from './propose-destruction.js';
import type { RetentionCandidate, RetentionPorts, StoredProposal } from './retention-ports.js';

/** Why a proposal is not carried out or approved. */
export type DestructionRefusal = {
  readonly kind: 'refused';
  readonly code: 'unknown' | 'changed' | 'expired' | 'not-approved' | 'same-person' | 'other-rules' | 'started' | 'no-function';
  readonly detail: string;
};

/** What became of one item: gone, kept because of a hold, or not due any more (something new came in, or it went otherwise). */
export interface ItemOutcome extends ProposedItem {
  readonly outcome: 'destroyed' | 'held' | 'not-due';
  readonly keys: readonly string[];
}

type DestroyPorts = Pick<RetentionPorts, 'clock' | 'ids' | 'rules' | 'destruction'>;

/** One of the two approvals of this very proposal; `sha256` is what the person was shown (four eyes, law.md 5.3). */
export const approveDestruction = async (
  given: { readonly proposalId: string; readonly person: string; readonly function: string; readonly sha256: string | null },
  { clock, destruction }: DestroyPorts,
): Promise<{ readonly kind: 'approved'; readonly approvers: readonly string[] } | DestructionRefusal> => {
  const at = clock.now();
  const proposal = await destruction.findProposal(given.proposalId);
  if (proposal === null) return refused('unknown', 'no proposal has this id');
  // It stands in the log for good, so it must not be a name (I7).
  if (!functionCodeSchema.safeParse(given.function).success) return refused('no-function', 'a function is a code such as privacy-officer, without spaces');
  if (proposal.startedAt !== null) return refused('started', 'this proposal is being carried out or was');
  if (proposal.expiresAt.getTime() <= at.getTime()) return refused('expired', `this proposal could be approved until ${proposal.expiresAt.toISOString()}; make a new one`);
  if (given.sha256 !== null && given.sha256 !== proposal.sha256) return refused('changed', 'this is not the hash of that proposal');
  const person = given.person.trim().toLowerCase();
  const isNew = await destruction.approve({ proposalId: proposal.id, person, function: given.function, sha256: proposal.sha256, at });
  if (!isNew) return refused('same-person', 'this person or this function approved it before; two persons in two functions must');
  return { kind: 'approved', approvers: (await destruction.findProposal(proposal.id))?.approvers ?? [] };
};

/**
 * Carries out an approved proposal: each object's key and rows, then certificate and entries. Safe to repeat after a crash at any point: what
 * is gone is gone, and the rest follows. An object that is held or no longer due stays and is told.
 */
export const runDestruction = async (
  proposalId: string,
  ports: DestroyPorts,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<{ readonly kind: 'done'; readonly outcomes: readonly ItemOutcome[]; readonly certificate: Uint8Array } | DestructionRefusal> => {
  const at = ports.clock.now();
  const proposal = await ports.destruction.findProposal(proposalId);
  const body = proposal === null ? null : bodyOf(proposal);
  if (proposal !== null && proposal.certificate !== null) return doneBefore(proposal, proposal.certificate, ports);
  const refusal = refusalOf(proposal, body, at, ports);
  if (proposal === null || body === null || refusal !== null) return refusal ?? refused('unknown', 'no proposal has this id');
  if (proposal.startedAt === null) await ports.destruction.start(proposal.id, at);
  const outcomes: ItemOutcome[] = [];
  for (const [place, item] of body.items.entries()) {
    outcomes.push(await destroyItem(item, { proposal, at }, ports));
    progress(place + 1, body.items.length);
  }
  const run = finishedRun({ proposal, body, outcomes, at }, ports);
  await ports.destruction.finish(run);
  return { kind: 'done', outcomes, certificate: run.certificate };
};

/** A crash may have come between the database and the disk: the certificate is written again. */
const doneBefore = async (proposal: StoredProposal, certificate: Uint8Array, { destruction }: DestroyPorts) => {
  await destruction.publish(proposal);
  const { items }: DestructionCertificate = JSON.parse(Buffer.from(certificate).toString('utf8'));
  return { kind: 'done', outcomes: items, certificate } as const;
};

const refused = (code: DestructionRefusal['code'], detail: string): DestructionRefusal => ({ kind: 'refused', code, detail });

// Our own bytes, and their hash was approved.
const bodyOf = ({ body }: StoredProposal): ProposalBody => {
  const parsed: ProposalBody = JSON.parse(Buffer.from(body).toString('utf8'));
  return parsed;
};

const refusalOf = (proposal: StoredProposal | null, body: ProposalBody | null, at: Date, { rules }: DestroyPorts): DestructionRefusal | null => {
  if (proposal === null || body === null) return refused('unknown', 'no proposal has this id');
  if (proposal.approvers.length < 2) return refused('not-approved', `approved by ${proposal.approvers.length} of 2`);
  // What has begun is finished, whatever the calendar or the rules say meanwhile: half a destruction helps nobody.
  if (proposal.startedAt !== null) return null;
  if (proposal.expiresAt.getTime() <= at.getTime()) return refused('expired', `this proposal ended on ${proposal.expiresAt.toISOString()}; make a new one`);
  if (body.rules !== rules.sha256) return refused('other-rules', 'config/retention changed since it was proposed; make a new one');
  return null;
};

interface Running {
  readonly proposal: StoredProposal;
  readonly at: Date;
}

const destroyItem = async (item: ProposedItem, { proposal, at }: Running, ports: DestroyPorts): Promise<ItemOutcome> => {
  const now = await ports.destruction.candidate(item, at);
  if (now !== null && !(await ports.destruction.hasBegun(item))) {
    const clock = clockOfItem(item, ports);
    if (now.blocked === 'held') return { ...item, outcome: 'held', keys: [] };
    if (now.blocked === 'waiting' || clock === null || !isDue(clock, now.startedAt, at)) return { ...item, outcome: 'not-due', keys: [] };
  }
  // Gone already: by an earlier run of this proposal that was cut off, and what it left is finished.
  const keys = await ports.destruction.destroy(now ?? goneBefore(item), proposal.id, at);
  return keys === null ? { ...item, outcome: 'not-due', keys: [] } : { ...item, outcome: 'destroyed', keys };
};

const goneBefore = (item: ProposedItem): RetentionCandidate => ({
  kind: item.kind, ref: item.ref, object: item.object, law: item.law, municipality: null, caseId: null, startedAt: new Date(item.startedAt), count: 0,
  shares: [], excepted: [], range: item.range, blocked: null,
});

/** Verklaring van vernietiging: what went, when, on which ground, by whom (Archiefbesluit 1995, law.md 5.2); object ids and functions, no person. */
export interface DestructionCertificate {
  readonly v: 1;
  readonly proposal: string;
  readonly proposalSha256: string;
  readonly controller: string | null;
  readonly rules: string;
  readonly destroyedAt: string;
  readonly approvers: readonly string[];
  readonly items: readonly ItemOutcome[];
  /** Entries of the log that tell it; `root` is the Merkle root over the lines of `items` each names (RFC 6962). */
  readonly entries: readonly { readonly id: string; readonly root: string; readonly refs: readonly string[] }[];
}

// Leaves are at most 8 KiB: this many keys fit, with room for the rest.
const keysPerEntry = 60;

interface Finished {
  readonly proposal: StoredProposal;
  readonly body: ProposalBody;
  readonly outcomes: readonly ItemOutcome[];
  readonly at: Date;
}

const finishedRun = ({ proposal, body, outcomes, at }: Finished, ports: DestroyPorts) => {
  const approvers = proposal.approvers.slice(0, 2);
  const entries = groupsOf(outcomes.filter(({ outcome }) => outcome === 'destroyed')).map((items) => {
    const root = Buffer.from(rootOf(items.reduce((range, item) => append(range, leafHash(Buffer.from(JSON.stringify(item)))), emptyRange))).toString('base64');
    return { draft: entryOf(items, { body, approvers, root, at, id: ports.ids.next(at) }), root, refs: items.map(({ kind, ref }) => `${kind}:${ref}`) };
  });
  const certificate: DestructionCertificate = {
    v: 1, proposal: proposal.id, proposalSha256: proposal.sha256, controller: proposal.controller, rules: body.rules, destroyedAt: at.toISOString(), approvers,
    items: outcomes, entries: entries.map(({ draft, root, refs }) => ({ id: draft.facts.id, root, refs })),
  };
  return { proposalId: proposal.id, at, certificate: Buffer.from(`${JSON.stringify(certificate, null, 2)}\n`), entries };
};

/** One entry for each object, law and month, and no more keys in it than fit. */
const groupsOf = (items: readonly ItemOutcome[]): readonly (readonly ItemOutcome[])[] => {
  const groups: ItemOutcome[][] = [];
  const open = new Map<string, ItemOutcome[]>();
  for (const item of items) {
    const name = `${item.object} ${item.law ?? ''} ${periodOf(item)}`;
    const group = open.get(name);
    const keys = (group ?? []).reduce((count, { keys: own }) => count + own.length, 0) + item.keys.length;
    if (group !== undefined && keys <= keysPerEntry && group.length < keysPerEntry) {
      group.push(item);
      continue;
    }
    const fresh = [item];
    groups.push(fresh);
    open.set(name, fresh);
  }
  return groups;
};

interface EntryParts {
  readonly body: ProposalBody;
  readonly approvers: readonly string[];
  readonly root: string;
  readonly at: Date;
  readonly id: string;
}

const entryOf = (items: readonly ItemOutcome[], { body, approvers, root, at, id }: EntryParts): EntryDraft => {
  const [first] = items;
  if (first === undefined) throw new Error('bug: an entry about nothing');
  const ranges = items.flatMap(({ range }) => (range === null ? [] : [range]));
  return plainEntry({
    id, kind: 'destruction', at: at.toISOString(), controller: body.controller ?? undefined, law: first.law ?? undefined, code: first.object, policy: body.rules,
    period: periodOf(first), count: items.reduce((sum, { count }) => sum + count, 0),
    // A case with more mails than fit is named by its first keys; the certificate has them all.
    keys: items.flatMap(({ keys }) => keys).slice(0, keysPerEntry).map((share) => `key:${share}`),
    approvers: [...approvers], root,
    ...(ranges.length === 0 ? {} : { first: Math.min(...ranges.map((range) => range.first)), last: Math.max(...ranges.map((range) => range.last)) }),
  });
};
