import type { ViewedEntry } from '@ketensluis/views';
import type { Asker, AuditPorts, AuditReader } from './audit-ports.js';
import type { LogFilter, LogRow } from './audit-rows.js';
import { consultation } from './consultation.js';
import { everything, filterAsked, type FilterRefusal } from './filter-asked.js';

/** Entries of one period for another system; `view` names its shape in the access log. */
export interface ViewAsked {
  readonly view: string;
  readonly from: Date;
  readonly to: Date;
}

/** The entries, oldest first, and the trace under which the look is recorded. */
export interface ViewedLog {
  readonly kind: 'viewed';
  readonly entries: readonly ViewedEntry[];
  readonly trace: string;
}

/** Entries in one export: they are held in memory, for nothing is shown before the look is recorded. */
export const viewedMax = 50_000;
const pageSize = 200;

/**
 * Every released entry of the period with what the views tell of it; none is left out. The look is recorded before anything is shown. Refuses a period with
 * more entries than `viewedMax`.
 */
export const viewLog = async (asked: ViewAsked, asker: Asker, ports: AuditPorts): Promise<ViewedLog | FilterRefusal> => {
  const read = filterAsked(everything(asked.from, asked.to), asker.controller, await ports.history());
  if (read.kind === 'refused') return read;
  const access = consultation('export', asker, ports);
  const entries = await ports.audit.consult(access, async (log) => {
    const found = await allEntries(log, read.filter, access.at);
    const question = { view: asked.view, from: asked.from.toISOString(), to: asked.to.toISOString(), ...(found === null ? { refused: 'too-many' } : {}) };
    return { value: found, question, objects: (found ?? []).map(({ leaf }) => leaf.id) };
  });
  if (entries === null) return { kind: 'refused', public: 'too many entries', detail: `more than ${viewedMax} entries; ask for a shorter period` };
  return { kind: 'viewed', entries, trace: access.trace };
};

/** Null when there are more than may be held. */
const allEntries = async (log: AuditReader, filter: LogFilter, at: Date): Promise<readonly ViewedEntry[] | null> => {
  const entries: ViewedEntry[] = [];
  for (let size: number | null = null, after: number | null = null; ;) {
    const page = await log.page({ filter, size, after, limit: pageSize, order: 'oldest' });
    if (entries.length + page.rows.length > viewedMax) return null;
    entries.push(...await viewedOf(log, page.rows, at));
    if (page.isLast) return entries;
    [size, after] = [page.size, page.rows.at(-1)?.index ?? null];
  }
};

const viewedOf = async (log: AuditReader, rows: readonly LogRow[], at: Date): Promise<readonly ViewedEntry[]> => {
  const ids = rows.map(({ leaf }) => leaf.id);
  const persons = await log.persons(ids);
  const signedAt = await log.signedAt(rows.map(({ index }) => index));
  const deferred = await log.deferred(ids, at);
  return rows.map(({ index, leaf, outcome }): ViewedEntry => {
    const registeredAt = signedAt.get(index);
    if (registeredAt === undefined) throw new Error('bug: a released entry under no checkpoint');
    return { index, leaf, outcome, registeredAt, persons: persons.get(leaf.id) ?? null, isDeferred: deferred.has(leaf.id) };
  });
};
