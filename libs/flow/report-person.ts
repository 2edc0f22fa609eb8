import { askedName, type PersonAsked } from '@ketensluis/domain';
import type { Asker, AuditPorts, AuditReader } from './audit-ports.js';
import type { LogFilter, LogRow, ProvenEntry } from './audit-rows.js';
import { consultation } from './consultation.js';
import { everything, filterAsked, type FilterRefusal } from './filter-asked.js';
import { lineOf, type LogLine } from './log-line.js';

/** Whom a report is about, by every name somebody knows, and over which period. */
export interface PersonReportAsked {
  readonly persons: readonly PersonAsked[];
  readonly from: Date;
  readonly to: Date;
}

/** One disclosure as the person may know it, with its proof and what opens the part that is about him. */
export interface PersonReportLine {
  readonly line: LogLine;
  readonly proof: ProvenEntry;
  /** A `.opening.json`; null when the entry knows him by another name, or when the personal part was destroyed. */
  readonly opening: Uint8Array | null;
}

/** Who got which data about one person (AVG art. 15(1)(c), by name after CJEU C-154/21; Wpg art. 25). */
export interface PersonReport {
  readonly kind: 'report';
  readonly at: Date;
  readonly from: Date;
  readonly to: Date;
  readonly controller: string | null;
  readonly purpose: string;
  /** The tree size the report is about. */
  readonly size: number;
  readonly lines: readonly PersonReportLine[];
  /** How many lines are withheld (Wpg art. 27, UAVG art. 41): for whoever made the report, never for the person's copy. */
  readonly withheld: number;
  /** The key the proofs are checked with; null in a log that never had one. */
  readonly vkey: string | null;
  readonly trace: string;
}

const pageSize = 200;

/**
 * Tells for one person each disclosure: when, to which organisation, what for, on which ground, what kind of data, and what became of it. What is under
 * `inzage uitgesteld` is left out and counted. The look is recorded before anything is shown.
 */
export const reportPerson = async (asked: PersonReportAsked, asker: Asker, ports: AuditPorts): Promise<PersonReport | FilterRefusal> => {
  const history = await ports.history();
  const read = filterAsked({ ...everything(asked.from, asked.to), persons: asked.persons, kind: 'disclosure' }, asker.controller, history);
  if (read.kind === 'refused') return read;
  const names = asked.persons.map(askedName);
  const access = consultation('report', asker, ports, names);
  return ports.audit.consult(access, async (log) => {
    const { rows, size } = await allRows(log, read.filter);
    const hidden = await log.deferred(rows.map(({ leaf }) => leaf.id), access.at);
    const shown = rows.filter(({ leaf }) => !hidden.has(leaf.id));
    const ids = shown.map(({ leaf }) => leaf.id);
    const [openings, proofs] = [await log.openings(ids, names), await log.proofs(ids)];
    const lines = shown.map((row): PersonReportLine => {
      const proof = proofs.get(row.leaf.id);
      if (proof === undefined) throw new Error('bug: a released entry without a proof');
      return { line: lineOf(row, history), proof, opening: openings.get(row.leaf.id) ?? null };
    });
    return {
      value: {
        kind: 'report', at: access.at, from: asked.from, to: asked.to, controller: asker.controller, purpose: asker.purpose, size, lines, withheld: hidden.size, trace: access.trace,
        vkey: await log.vkey(),
      },
      question: { report: 'person', from: asked.from.toISOString(), to: asked.to.toISOString(), withheld: hidden.size },
      objects: shown.map(({ leaf }) => leaf.id),
    };
  });
};

const allRows = async (log: AuditReader, filter: LogFilter): Promise<{ readonly rows: readonly LogRow[]; readonly size: number }> => {
  const rows: LogRow[] = [];
  for (let size: number | null = null, after: number | null = null; ;) {
    const page = await log.page({ filter, size, after, limit: pageSize, order: 'oldest' });
    rows.push(...page.rows);
    if (page.isLast) return { rows, size: page.size };
    [size, after] = [page.size, page.rows.at(-1)?.index ?? null];
  }
};
