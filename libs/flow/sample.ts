import type { Asker, AuditPorts } from './audit-ports.js';
import type { SampleDraw } from './audit-rows.js';
import { consultation } from './consultation.js';
import { lineOf, type LogLine } from './log-line.js';

/** From which period to draw; seed and size are given to draw an earlier sample again, and null for a new one. */
export interface SampleAsked {
  readonly from: Date;
  readonly to: Date;
  readonly seed: string | null;
  readonly size: number | null;
}

/** Entries in a sample. */
export const sampleCount = 25;

/** A sample with its entries in words. */
export interface Sample {
  readonly draw: SampleDraw;
  readonly lines: readonly LogLine[];
}

/**
 * Draws 25 decisions of a period at random and keeps which: of all of them below the tree size those whose SHA-256 of `seed:size:index` is smallest, so that
 * whoever has the log, seed and size draws the same.
 */
export const sample = async ({ from, to, seed, size }: SampleAsked, asker: Asker, ports: AuditPorts): Promise<Sample> => {
  const history = await ports.history();
  const access = consultation('sample', asker, ports);
  return ports.audit.consult(access, async (log) => {
    const period = { controller: asker.controller, from, to, seed: seed ?? ports.trace() };
    const drawn = await log.sampleOf({ ...period, size, count: sampleCount });
    const draw: SampleDraw = { ...period, ...drawn, id: ports.ids.next(access.at), at: access.at };
    const lines: LogLine[] = [];
    for (const index of draw.indexes) {
      const row = await log.entryAt(index, asker.controller);
      if (row !== null) lines.push(lineOf(row, history));
    }
    return {
      value: { draw, lines }, objects: lines.map(({ id }) => id), changes: [{ kind: 'sample', draw }],
      question: { sample: draw.id, seed: draw.seed, size: draw.size, from: from.toISOString(), to: to.toISOString() },
    };
  });
};
