import { rereadDisclosure } from '@ketensluis/contract';
import { personsIn, type CasePerson, type FieldValues } from '@ketensluis/domain';
import type { AuditPorts } from './audit-ports.js';
import type { MunicipalCaseStore, StoredMunicipalCase } from './case-ports.js';
import { consultation } from './consultation.js';
import { lineOf, type LogLine } from './log-line.js';
import type { NoticeStore, StoredCase } from './notice-ports.js';

/** Who opens a case of his own municipality. */
export interface AskedCase {
  readonly caseId: string;
  /** OIN and CBS code of the municipality: who asks is its officer, and no other controller's case is there. */
  readonly party: string;
  readonly municipality: string;
  readonly account: string;
}

/** A case as its controller reads it: what was done, what is owed, who got what, and whom it is about. */
export interface OpenedCase extends StoredMunicipalCase {
  /** Every decision on somebody who could receive something, oldest first, as the log has it. */
  readonly lines: readonly LogLine[];
  /** By what the municipality itself was told or said: what was not disclosed to it is not on its page either. */
  readonly persons: readonly CasePerson[];
}

export interface OpenCasePorts extends AuditPorts {
  readonly cases: MunicipalCaseStore;
  readonly notices: Pick<NoticeStore, 'open'>;
}

/**
 * Opens a case for an officer of its municipality. The look is recorded before anything is shown, also when there is nothing: null for a case that is
 * not there and for one of another municipality (I10).
 */
export const openCase = async ({ caseId, party, municipality, account }: AskedCase, ports: OpenCasePorts): Promise<OpenedCase | null> => {
  const at = ports.clock.now();
  const found = await ports.cases.open(municipality, caseId, at);
  const own = found === null ? null : await ports.notices.open(party, caseId, at);
  const history = await ports.history();
  const access = consultation('open', { account, function: 'municipality-officer', purpose: 'zaakbehandeling', controller: party }, ports);
  return ports.audit.consult(access, async (log) => {
    if (found === null) return { value: null, question: { case: caseId }, objects: [] };
    const rows = await log.entriesAt(found.entries, party);
    const value = { ...found, lines: rows.map((row) => lineOf(row, history)), persons: personsIn(own === null ? [] : fieldsOf(own)) };
    return { value, question: { case: caseId }, objects: rows.map(({ leaf }) => leaf.id) };
  });
};

const fieldsOf = ({ notices, sent }: StoredCase): readonly FieldValues[] => [
  ...sent.filter(({ state }) => state === 'applied').map(({ fields }) => fields),
  ...notices.flatMap(({ disclosure, isReplaced }) => {
    const document = disclosure === null || isReplaced ? null : rereadDisclosure(disclosure.twin);
    return document === null ? [] : [document.fields];
  }),
];
