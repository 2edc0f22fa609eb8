import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';

/** Records that somebody takes a file of a report that was made. When this resolves it stands in both logs, and the file may be handed over. */
export const takeReport = (report: { readonly id: string; readonly path: string }, asker: Asker, ports: AuditPorts): Promise<void> =>
  ports.audit.consult(consultation('export', asker, ports), async () => ({ value: undefined, question: { report: report.id, file: report.path }, objects: [] }));
