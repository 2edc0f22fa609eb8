import { caseObjects, clockOf, dueAt, endOfPeriod, isDue, municipalityOf, startedBefore, type Registers, type RetentionClock } from '@ketensluis/domain';
import type { RetentionCandidate, RetentionPorts } from './retention-ports.js';

/** A proposal that nobody approved in time must be made anew: what is due changes, and so does who may approve. */
export const proposalDaysMax = 14;
/** So that a person can read it, and a run ends within the hour. What is left comes in the next one. */
const proposalItemsMax = 1_000;
const dayMs = 86_400_000;

/** One object of a proposal, as it was shown. */
export interface ProposedItem {
  readonly kind: RetentionCandidate['kind'];
  readonly ref: string;
  readonly object: RetentionCandidate['object'];
  readonly law: string | null;
  readonly startedAt: string;
  readonly dueAt: string;
  readonly basis: string;
  readonly authority: 'law' | 'policy';
  readonly count: number;
  readonly range: { readonly first: number; readonly last: number } | null;
}

/** What is approved, as JSON: the same bytes for whoever looks. */
export interface ProposalBody {
  readonly v: 1;
  readonly id: string;
  readonly controller: string | null;
  readonly madeAt: string;
  /** Of config/retention, as it was then. */
  readonly rules: string;
  readonly items: readonly ProposedItem[];
}

/** What a person sees of one object before anything is proposed. */
export interface DueLine {
  readonly object: RetentionClock['object'];
  readonly law: string | null;
  readonly basis: string;
  readonly due: number;
  readonly held: number;
  readonly waiting: number;
  /** When the next one becomes due; null when nothing runs. */
  readonly nextDueAt: Date | null;
}

/** A proposal that was kept. */
export interface MadeProposal {
  readonly id: string;
  readonly sha256: string;
  readonly expiresAt: Date;
  readonly body: ProposalBody;
}

/** What is due now, per law and object, and one proposal for each controller (and the hub's log) that has something due. Nothing else changes. */
export const proposeDestruction = async (
  by: string,
  ports: Pick<RetentionPorts, 'clock' | 'ids' | 'registers' | 'rules' | 'destruction'>,
): Promise<{ readonly lines: readonly DueLine[]; readonly proposals: readonly MadeProposal[]; readonly without: readonly string[] }> => {
  const at = ports.clock.now();
  const { registers } = await ports.registers.current();
  const seen = await lookAround(at, ports);
  const free = withoutDoubles(seen.flatMap(({ clock, candidates }) => candidates.filter((one) => one.blocked === null).map((candidate) => ({ clock, candidate }))));
  const groups = new Map<string | null, Due[]>();
  // A municipality that is no party any more has nobody here to approve for it: it is told, and nothing of it goes.
  const without = new Set<string>();
  for (const due of free) {
    const { municipality } = due.candidate;
    const controller = municipality === null ? null : controllerOf(registers, municipality);
    if (municipality !== null && controller === null) without.add(municipality);
    else groups.set(controller, [...(groups.get(controller) ?? []), due]);
  }
  const proposals: MadeProposal[] = [];
  for (const [controller, items] of groups) proposals.push(await keep({ controller, items: items.slice(0, proposalItemsMax), by, at }, ports));
  return { lines: seen.map(({ line }) => line), proposals, without: [...without] };
};

interface Due {
  readonly clock: RetentionClock;
  readonly candidate: RetentionCandidate;
}

const controllerOf = (registers: Registers, municipality: string): string | null => municipalityOf(registers, municipality)?.oin ?? null;

/** Case objects first, then months, then years: a year of pseudonyms goes after its months. */
const lookAround = async (at: Date, { rules, destruction }: Pick<RetentionPorts, 'rules' | 'destruction'>) => {
  const seen: { readonly clock: RetentionClock; readonly candidates: readonly RetentionCandidate[]; readonly line: DueLine }[] = [];
  for (const clock of [...rules.clocks].sort((a, b) => order(a) - order(b))) {
    const before = startedBefore(clock, at);
    if (before === null) continue;
    const { object, law, basis } = clock;
    const candidates = (await destruction.candidates({ object, law, before, at })).filter(({ startedAt }) => isDue(clock, startedAt, at));
    const months = seen.flatMap((one) => one.candidates).filter(({ kind, blocked }) => kind === 'month' && blocked === null);
    const judged = candidates.map((candidate) => (candidate.kind === 'year' ? afterItsMonths(candidate, months) : candidate));
    const next = await destruction.nextStart({ object, law }, lastStart(candidates) ?? new Date(0));
    seen.push({
      clock,
      candidates: judged,
      line: {
        object, law, basis,
        due: judged.filter(({ blocked }) => blocked === null).length,
        held: judged.filter(({ blocked }) => blocked === 'held').length,
        waiting: judged.filter(({ blocked }) => blocked === 'waiting').length,
        nextDueAt: next === null ? null : dueAt(clock, next),
      },
    });
  }
  return seen;
};

const order = ({ object }: RetentionClock): number => {
  if (object === 'log-pseudonym') return 2;
  return caseObjects.some((one) => one === object) ? 0 : 1;
};

// The store says which months of the year still have a key; they may be in this very proposal.
const afterItsMonths = (year: RetentionCandidate, months: readonly RetentionCandidate[]): RetentionCandidate =>
  year.blocked === 'waiting' && year.excepted.every((month) => months.some(({ ref }) => ref === month)) ? { ...year, blocked: null, excepted: [] } : year;

const lastStart = (candidates: readonly RetentionCandidate[]): Date | null =>
  candidates.reduce<Date | null>((last, { startedAt }) => (last === null || startedAt > last ? new Date(startedAt.getTime() + 1) : last), null);

/** What belongs to a case that goes as a whole is not named beside it. */
const withoutDoubles = (due: readonly Due[]): readonly Due[] => {
  const cases = new Set(due.filter(({ candidate }) => candidate.kind === 'case').map(({ candidate }) => candidate.ref));
  return due.filter(({ candidate }) => candidate.kind === 'case' || candidate.caseId === null || !cases.has(candidate.caseId));
};

interface ToKeep {
  readonly controller: string | null;
  readonly items: readonly Due[];
  readonly by: string;
  readonly at: Date;
}

const keep = async ({ controller, items, by, at }: ToKeep, { ids, rules, destruction }: Pick<RetentionPorts, 'ids' | 'rules' | 'destruction'>): Promise<MadeProposal> => {
  const id = ids.next(at);
  const body: ProposalBody = { v: 1, id, controller, madeAt: at.toISOString(), rules: rules.sha256, items: items.map(itemOf) };
  const expiresAt = new Date(at.getTime() + proposalDaysMax * dayMs);
  const refs = items.map(({ candidate }) => `${candidate.kind}:${candidate.ref}`);
  const sha256 = await destruction.saveProposal({ id, controller, body: Buffer.from(JSON.stringify(body)), refs, madeAt: at, madeBy: by, expiresAt });
  return { id, sha256, expiresAt, body };
};

const itemOf = ({ clock, candidate }: Due): ProposedItem => {
  const due = dueAt(clock, candidate.startedAt);
  if (due === null) throw new Error('bug: what is kept for good was proposed');
  return {
    kind: candidate.kind, ref: candidate.ref, object: candidate.object, law: candidate.law, startedAt: candidate.startedAt.toISOString(),
    dueAt: due.toISOString(), basis: clock.basis, authority: clock.authority, count: candidate.count, range: candidate.range,
  };
};

/** The clock an item was proposed under, as it is now; null when the rules changed. */
export const clockOfItem = (item: ProposedItem, { rules }: Pick<RetentionPorts, 'rules'>): RetentionClock | null => clockOf(rules, item.object, item.law);

/** The month an item began in, as the log writes it. */
export const periodOf = (item: ProposedItem): string => {
  if (item.kind === 'month' || item.kind === 'month-part' || item.kind === 'access') return item.ref;
  return (item.kind === 'year' ? endOfPeriod(item.ref) : new Date(item.startedAt)).toISOString().slice(0, 7);
};
