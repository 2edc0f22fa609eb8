import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';

/**
 * Records that somebody writes the log out: every entry there is, so it is about every controller. Resolves when that is durable; nothing is written
 * before (Wpg art. 32a).
 */
export const recordLogExport = (asker: Omit<Asker, 'controller'>, ports: AuditPorts): Promise<{ readonly trace: string }> => {
  const access = consultation('export', { ...asker, controller: null }, ports);
  return ports.audit.consult(access, async () => ({ value: { trace: access.trace }, question: { what: 'log', entries: 'all' }, objects: [] }));
};
