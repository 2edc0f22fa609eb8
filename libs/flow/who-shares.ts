import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';

/** Which decisions are counted: of these months of Amsterdam, `YYYY-MM`, both included; of one category of data, or all (null). */
export interface SharesAsked {
  readonly first: string;
  readonly last: string;
  readonly category: string | null;
}

/** How often this sender gave this recipient data on this ground, or would have; `absent` where there is none. */
export interface SharedRow {
  readonly sender: string;
  readonly recipient: string;
  readonly kind: 'disclosure' | 'hold' | 'refusal';
  readonly basis: string;
  readonly count: number;
}

/** Figures of decisions that are counted on as the log grows, so that no page counts a million entries. */
export interface FigureBook {
  /** Counts on, over at most so many entries; gives how many were counted in all, and how many are released. */
  readonly countOn: (most: number) => Promise<{ readonly counted: number; readonly size: number }>;
  readonly read: (asked: SharesAsked & { readonly controller: string }) => Promise<readonly SharedRow[]>;
}

/** Who shares what, of the first `counted` entries of the log; `size` is how many it has. */
export interface WhoShares {
  readonly rows: readonly SharedRow[];
  readonly counted: number;
  readonly size: number;
  readonly trace: string;
}

/** Counted on while somebody waits for the page; what is more is counted between visits. */
const countMost = 2_000;

/** The figures of one controller (I10): the same as `matrix` gives for the first `counted` entries. The look is recorded before anything is shown. */
export const whoShares = async (asked: SharesAsked, asker: Asker & { readonly controller: string }, ports: AuditPorts & { readonly figures: FigureBook }): Promise<WhoShares> => {
  const access = consultation('report', asker, ports);
  const state = await ports.figures.countOn(countMost);
  return ports.audit.consult(access, async () => ({
    value: { ...state, rows: await ports.figures.read({ ...asked, controller: asker.controller }), trace: access.trace },
    question: { report: 'who-shares', first: asked.first, last: asked.last, ...(asked.category === null ? {} : { category: asked.category }) },
    objects: [],
  }));
};
