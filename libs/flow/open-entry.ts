import type { Asker, AuditPorts } from './audit-ports.js';
import type { ProvenEntry } from './audit-rows.js';
import { consultation } from './consultation.js';
import type { FilterRefusal } from './filter-asked.js';
import { lineOf, type LogLine } from './log-line.js';

/** One entry with what proves it to an outsider. */
export interface OpenedEntry {
  readonly kind: 'opened';
  readonly line: LogLine;
  readonly proof: ProvenEntry;
  /** The key the proof is checked with. */
  readonly vkey: string | null;
}

/** Opens one entry by its index: what it says in words, its bytes and its proof. The look is recorded, also when there is no such entry for the asker (I10). */
export const openEntry = async (index: number, asker: Asker, ports: AuditPorts): Promise<OpenedEntry | FilterRefusal> => {
  const history = await ports.history();
  return ports.audit.consult<OpenedEntry | FilterRefusal>(consultation('open', asker, ports), async (log) => {
    const row = await log.entryAt(index, asker.controller);
    const proof = row === null ? undefined : (await log.proofs([row.leaf.id])).get(row.leaf.id);
    if (row === null || proof === undefined) {
      const text = 'no released entry of this controller has this index';
      return { value: { kind: 'refused', public: text, detail: text }, question: { index }, objects: [] };
    }
    return { value: { kind: 'opened', line: lineOf(row, history), proof, vkey: await log.vkey() }, question: { index }, objects: [row.leaf.id] };
  });
};
