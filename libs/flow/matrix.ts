import type { Asker, AuditPorts } from './audit-ports.js';
import { absent } from './audit-rows.js';
import { consultation } from './consultation.js';
import { askCommand, filterAsked, writtenFilter, type FilterAsked, type FilterRefusal } from './filter-asked.js';

/** A figure below this may point to a person: not to be given to anyone outside (law.md 7.4). */
export const smallFigure = 5;

/** One cell: how often this sender gave this recipient data, and the command that lists exactly those entries. */
export interface MatrixCell {
  readonly sender: string;
  readonly recipient: string;
  readonly category: string | null;
  readonly count: number;
  readonly isSmall: boolean;
  readonly ask: string;
}

/** Who shares what: senders by recipients. Names are those of the end of the period. */
export interface Matrix {
  readonly kind: 'matrix';
  readonly from: Date;
  readonly to: Date;
  readonly controller: string | null;
  readonly cells: readonly MatrixCell[];
  readonly names: Readonly<Record<string, string>>;
  readonly trace: string;
}

/** Counts disclosures per sender and recipient, and per category of data when asked for; from the log alone. */
export const matrix = async (
  { filter, perCategory }: { readonly filter: FilterAsked; readonly perCategory: 'each' | 'together' },
  asker: Asker,
  ports: AuditPorts,
): Promise<Matrix | FilterRefusal> => {
  const history = await ports.history();
  const asked: FilterAsked = { ...filter, kind: 'disclosure' };
  const read = filterAsked(asked, asker.controller, history);
  if (read.kind === 'refused') return read;
  const access = consultation('report', asker, ports, read.filter.subjects ?? []);
  const by = perCategory === 'each' ? (['sender', 'recipient', 'category'] as const) : (['sender', 'recipient'] as const);
  const figures = await ports.audit.consult(access, async (log) => ({
    value: await log.figures(read.filter, by), question: { report: 'matrix', ...writtenFilter(asked) }, objects: [],
  }));
  const cells = figures.map(({ of, count }) => ({
    sender: of.sender ?? absent, recipient: of.recipient ?? absent, category: of.category ?? null, count, isSmall: count < smallFigure,
    ask: askCommand(asked, of, asker.controller),
  }));
  const oins = [...new Set(cells.flatMap(({ sender, recipient }) => [sender, recipient]))];
  return {
    kind: 'matrix', from: asked.from, to: asked.to, controller: asker.controller, cells, trace: access.trace,
    names: Object.fromEntries(oins.map((oin) => [oin, history.partyAt(oin, asked.to)?.name ?? oin])),
  };
};
