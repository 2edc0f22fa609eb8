import { rereadDisclosure } from '@ketensluis/contract';
import { factsTogether, isRunning, noticeFacts, noticeStatus, type MessageType, type NoticeFacts, type NoticeStatus } from '@ketensluis/domain';
import type { CaseDesk, NoticeLine, NoticeRows, NoticeStore } from './notice-ports.js';

/** One case a party was told of, as its list has it; nothing in it names anybody. */
export interface Notice {
  readonly caseId: string;
  readonly number: string;
  readonly municipality: string;
  readonly status: NoticeStatus;
  /** Disclosures nobody of the party confirmed yet. */
  readonly waiting: readonly NoticeLine[];
  readonly facts: NoticeFacts;
  readonly isRunning: boolean;
  /** What comes first: the term of what waits, or the end; null when nothing is left to watch. */
  readonly deadline: { readonly kind: 'confirm' | 'end'; readonly at: Date } | null;
  readonly told: readonly MessageType[];
  readonly desk: CaseDesk | null;
}

/** Numbers and moments of disclosures, which never change; bounded, and gone with the process. */
export type NoticeMemory = Map<string, NoticeFacts>;

/** Most disclosures remembered: some hundred bytes each. */
const memoryMax = 20_000;
/** How far back a list goes: a ban runs four weeks at most, and its procedure some weeks more. */
const listedMs = 90 * 24 * 3_600_000;

/** A memory with nothing in it. */
export const noticeMemory = (): NoticeMemory => new Map();

/** Cases of the last ninety days of which this party was told, first deadline first. Counts only what the party has: a disclosure that waits to be fetched is not looked into. */
export const listNotices = async (party: string, at: Date, { notices, memory }: { readonly notices: NoticeStore; readonly memory: NoticeMemory }): Promise<readonly Notice[]> => {
  const rows = await notices.rows(party, new Date(at.getTime() - listedMs), at);
  await remember(party, rows, { notices, memory });
  const desks = new Map(rows.desks.map((desk) => [desk.caseId, desk]));
  const said = grouped(rows.said);
  const all = [...grouped(rows.lines)].flatMap(([caseId, lines]) =>
    noticeOf({ lines, desk: desks.get(caseId) ?? null, said: (said.get(caseId) ?? []).map(({ type }) => type) }, memory, at) ?? []);
  return all.sort((a, b) => timeOf(a) - timeOf(b) || a.number.localeCompare(b.number) || a.caseId.localeCompare(b.caseId));
};

const timeOf = ({ deadline }: Notice): number => deadline?.at.getTime() ?? Number.MAX_SAFE_INTEGER;

const remember = async (party: string, { lines }: NoticeRows, { notices, memory }: { readonly notices: NoticeStore; readonly memory: NoticeMemory }): Promise<void> => {
  const fresh = lines.filter(({ mid, state }) => state === 'had' && !memory.has(mid)).map(({ mid }) => mid);
  if (fresh.length === 0) return;
  for (const [mid, twin] of await notices.twins(party, fresh)) {
    const document = rereadDisclosure(twin);
    if (document !== null) memory.set(mid, noticeFacts(document));
  }
  // Those that came first go first.
  for (const mid of memory.keys()) {
    if (memory.size <= memoryMax) break;
    memory.delete(mid);
  }
};

interface OneCase {
  readonly lines: readonly NoticeLine[];
  readonly desk: CaseDesk | null;
  readonly said: readonly MessageType[];
}

const noticeOf = ({ lines, desk, said }: OneCase, memory: NoticeMemory, at: Date): Notice | null => {
  const [first] = lines;
  if (first === undefined) return null;
  const valid = lines.filter(({ isReplaced }) => !isReplaced);
  const facts = factsTogether(valid.flatMap(({ mid }) => memory.get(mid) ?? []));
  const told = [...new Set(valid.map(({ type }) => type))];
  const isReturned = desk?.returnedAt != null;
  const waiting = isReturned ? [] : valid.filter(({ isConfirmed }) => !isConfirmed);
  const status = noticeStatus({
    told, said, endsAt: facts.endsAt, isConfirmed: lines.some(({ isConfirmed }) => isConfirmed), isAssigned: desk?.assignedTo != null, isReturned,
  }, at);
  const runs = !isReturned && isRunning({ told, endsAt: facts.endsAt }, at);
  return { caseId: first.caseId, number: first.number, municipality: first.municipality, status, waiting, facts, isRunning: runs, told, desk, deadline: deadlineOf(waiting, runs ? facts.endsAt : null) };
};

const deadlineOf = (waiting: readonly NoticeLine[], endsAt: Date | null): Notice['deadline'] => {
  const due = waiting.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
  if (due !== undefined && (endsAt === null || due <= endsAt)) return { kind: 'confirm', at: due };
  return endsAt === null ? null : { kind: 'end', at: endsAt };
};

/** By case, each in the order given. (Map.groupBy, which Node 20 lacks.) */
const grouped = <T extends { readonly caseId: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.caseId);
    if (group === undefined) groups.set(row.caseId, [row]);
    else group.push(row);
  }
  return groups;
};
