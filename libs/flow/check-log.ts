import type { Asker, AuditPorts } from './audit-ports.js';
import type { LogCheck } from './audit-rows.js';
import { consultation } from './consultation.js';

/** Problems kept with the record of a check; a changed log has as many as it has rows. */
const problemsKept = 20;

/** Checks the whole log where it lies and records the result, so that the quarterly report can tell of it. */
export const checkLog = (asker: Asker, ports: AuditPorts): Promise<LogCheck> =>
  ports.audit.consult(consultation('verify', asker, ports), async (log) => {
    const check = await log.check();
    const { verdict, size, problems } = check;
    return { value: check, question: { verdict, size, problems: problems.slice(0, problemsKept), problemCount: problems.length }, objects: [] };
  });
