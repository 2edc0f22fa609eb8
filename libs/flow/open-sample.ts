import type { Asker, AuditPorts } from './audit-ports.js';
import type { Judgement, SampleDraw } from './audit-rows.js';
import { consultation } from './consultation.js';
import type { FilterRefusal } from './filter-asked.js';
import { lineOf, type LogLine } from './log-line.js';

/** A sample that was drawn, with its entries in words and how each was found to be; null when that was not said yet. */
export interface OpenedSample {
  readonly kind: 'opened';
  readonly draw: SampleDraw;
  readonly lines: readonly { readonly line: LogLine; readonly judgement: Judgement | null }[];
}

/** Opens a sample of the asker's controller. The look is recorded, also when there is no such sample (I10). */
export const openSample = async (id: string, asker: Asker, ports: AuditPorts): Promise<OpenedSample | FilterRefusal> => {
  const history = await ports.history();
  return ports.audit.consult<OpenedSample | FilterRefusal>(consultation('open', asker, ports), async (log) => {
    const draw = await log.findSample(id, asker.controller);
    if (draw === null) {
      const text = 'this controller has no such sample';
      return { value: { kind: 'refused', public: text, detail: text }, question: { sample: id }, objects: [] };
    }
    const [rows, judgements] = [await log.entriesAt(draw.indexes, asker.controller), await log.judgements(id)];
    const lines = rows.map((row) => ({ line: lineOf(row, history), judgement: judgements.find(({ index }) => index === row.index) ?? null }));
    return { value: { kind: 'opened', draw, lines }, question: { sample: id }, objects: lines.map(({ line }) => line.id) };
  });
};
