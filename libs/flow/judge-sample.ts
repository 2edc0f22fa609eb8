import type { Verdict } from '@ketensluis/domain';
import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';
import type { FilterRefusal } from './filter-asked.js';

/** How one entry of a sample was found to be; `remark` may speak of persons and is kept encrypted. */
export interface JudgementGiven {
  readonly sampleId: string;
  readonly index: number;
  readonly verdict: Verdict;
  readonly remark: string | null;
}

/** Records a judgement. A later one about the same entry counts instead; the earlier one stays. */
export const judgeSample = ({ sampleId, index, verdict, remark }: JudgementGiven, asker: Asker, ports: AuditPorts): Promise<{ readonly kind: 'judged' } | FilterRefusal> => {
  const access = consultation('judge', asker, ports);
  return ports.audit.consult<{ readonly kind: 'judged' } | FilterRefusal>(access, async (log) => {
    const draw = await log.findSample(sampleId, asker.controller);
    const row = draw?.indexes.includes(index) === true ? await log.entryAt(index, asker.controller) : null;
    if (row === null) {
      const text = draw === null ? 'this controller has no such sample' : 'the sample does not hold this entry';
      return { value: { kind: 'refused', public: text, detail: text }, question: { sample: sampleId }, objects: [] };
    }
    return {
      value: { kind: 'judged' }, question: { sample: sampleId, index, verdict }, objects: [row.leaf.id],
      changes: [{ kind: 'judgement', sampleId, judgement: { index, verdict, at: access.at, by: asker.function, remark } }],
    };
  });
};
