import type { ViewedPerson } from '@ketensluis/views';
import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';
import { filterAsked, writtenFilter, type FilterAsked, type FilterRefusal } from './filter-asked.js';
import { lineOf, type LogLine } from './log-line.js';

/** A question to the log; `cursor` is what the page before gave. */
export interface Question {
  readonly filter: FilterAsked;
  readonly cursor: string | null;
  readonly limit: number;
  /** For a page that people read: also count the rows, up to this many, and say by pseudonym whom each is about. */
  readonly countMost?: number;
}

/** One page of answers. `cursor` is null when nothing follows; `size` is the tree size the whole answer is about. */
export interface Answer {
  readonly kind: 'answered';
  readonly lines: readonly LogLine[];
  readonly cursor: string | null;
  readonly size: number;
  readonly trace: string;
  /** Null when nobody asked to count. */
  readonly tally: { readonly count: number; /** By entry; absent where that was destroyed. */ readonly persons: ReadonlyMap<string, readonly ViewedPerson[]> } | null;
}

/** Most lines of one page. */
export const pageMax = 200;

/**
 * Answers who got which data about whom, when and on which ground. When this resolves, the look itself stands in the access log and as an
 * entry in the disclosure log; rows of another controller than the asker's are never in the answer (I10).
 */
export const ask = async (question: Question, asker: Asker, ports: AuditPorts): Promise<Answer | FilterRefusal> => {
  const history = await ports.history();
  const read = filterAsked(question.filter, asker.controller, history);
  if (read.kind === 'refused') return read;
  const { filter } = read;
  const access = consultation('search', asker, ports, filter.subjects ?? []);
  const { size, after } = readCursor(question.cursor);
  const { countMost } = question;
  const { page, tally } = await ports.audit.consult(access, async (log) => {
    const found = await log.page({ filter, size, after, limit: Math.min(question.limit, pageMax), order: 'newest' });
    const written = { ...writtenFilter(question.filter), ...(question.cursor === null ? {} : { cursor: question.cursor }) };
    const ids = found.rows.map(({ leaf }) => leaf.id);
    const counted = countMost === undefined ? null : { count: await log.count({ filter, size: found.size, most: countMost }), persons: await log.persons(ids) };
    return { value: { page: found, tally: counted }, question: written, objects: ids };
  });
  const last = page.rows.at(-1);
  return {
    kind: 'answered',
    lines: page.rows.map((row) => lineOf(row, history)),
    cursor: page.isLast || last === undefined ? null : `${last.index}.${page.size}`,
    size: page.size,
    trace: access.trace,
    tally,
  };
};

/** A cursor is the index of the last row and the size of the tree: nothing about a person (I13). A cursor nobody gave begins anew. */
const readCursor = (cursor: string | null): { readonly size: number | null; readonly after: number | null } => {
  const [, after, size] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor ?? '') ?? [];
  return after === undefined || size === undefined ? { size: null, after: null } : { size: Number(size), after: Number(after) };
};
