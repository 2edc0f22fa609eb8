import { agreementStatus, parseRegisterDocument, type Agreement, type AgreementStatus } from '@ketensluis/domain';
import type { Asker, AuditPorts } from './audit-ports.js';
import type { RegisterEvent } from './audit-rows.js';
import { consultation } from './consultation.js';

/** An agreement as the register of processing names it: what the hub does for this controller, and on whose authority. */
export interface ProcessingLine {
  readonly agreement: Agreement;
  readonly version: number;
  readonly status: AgreementStatus;
}

/** What the hub as processor does for one controller (AVG art. 30(2)). */
export interface ProcessingReport {
  readonly kind: 'report';
  readonly at: Date;
  readonly controller: string;
  readonly controllerName: string;
  readonly lines: readonly ProcessingLine[];
  readonly trace: string;
}

/** The register of processing for the asker's controller, from the agreements as they stand now. The look is recorded. */
export const reportProcessing = async (asker: Asker & { readonly controller: string }, ports: AuditPorts): Promise<ProcessingReport> => {
  const history = await ports.history();
  const access = consultation('report', asker, ports);
  const party = history.partyAt(asker.controller, access.at);
  return ports.audit.consult(access, async (log) => {
    const events = await log.registerEvents(new Date(0), access.at);
    const last = new Map(events.filter(({ kind }) => kind === 'agreement').map((event) => [event.key, event]));
    const lines = [...last.values()].flatMap((event) => {
      const agreement = agreementOf(event);
      const isOwn = agreement !== null && (agreement.controller === asker.controller || agreement.controller === party?.municipality);
      return isOwn ? [{ agreement, version: event.version, status: agreementStatus(agreement, access.at) }] : [];
    });
    return {
      value: { kind: 'report', at: access.at, controller: asker.controller, controllerName: party?.name ?? asker.controller, lines, trace: access.trace },
      question: { report: 'processing' }, objects: [],
    };
  });
};

const agreementOf = ({ body }: RegisterEvent): Agreement | null => {
  const read = parseRegisterDocument(body);
  return read.kind === 'read' && read.document.kind === 'agreement' ? read.document : null;
};
