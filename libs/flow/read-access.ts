import type { Asker, AuditPorts } from './audit-ports.js';
import type { AccessFilter, AccessLine, AccessMark } from './audit-rows.js';
import { consultation } from './consultation.js';
import { holidaysIn } from './filter-asked.js';

/** Which looks are asked for; `outsideHours` is reckoned over the last years the access log is kept. */
export interface AccessAsked extends Omit<AccessFilter, 'outsideHours'> {
  readonly outsideHours: boolean;
}

/** Every look. */
export const everyLook: AccessAsked = { kind: null, actions: null, countMin: null, outsideHours: false };

const yearsKept = 6;

/** Reads who looked into the log, newest first; this look is itself recorded, and stands in the next answer. `before` is the last line shown. */
export const readAccess = async (request: { readonly before: AccessMark | null; readonly limit: number; readonly asked?: AccessAsked }, asker: Asker, ports: AuditPorts): Promise<readonly AccessLine[]> => {
  const { before, limit, asked = everyLook } = request;
  const access = consultation('read-access', asker, ports);
  const since = new Date(Date.UTC(access.at.getUTCFullYear() - yearsKept, 0));
  const filter: AccessFilter = { ...asked, outsideHours: asked.outsideHours ? { holidays: holidaysIn({ from: since, to: access.at }, await ports.history()) } : null };
  return ports.audit.consult(access, async (log) => {
    const rows = await log.access({ before, limit, filter, controller: asker.controller });
    const question = { before: before === null ? null : `${before.kind}-${before.seq}`, limit, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== false)) };
    return { value: rows, question, objects: rows.flatMap(({ entryId }) => (entryId === null ? [] : [entryId])) };
  });
};
