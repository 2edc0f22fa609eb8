import type { AccessAction } from '@ketensluis/domain';
import type { AccessDraft, Asker, AuditPorts } from './audit-ports.js';

/**
 * What is recorded of a look that begins now. The entry names purpose, function, controller and action in clear; whom it was about only as commitment
 * and pseudonym, so that the person can be told of it as well (CJEU C-579/21).
 */
export const consultation = (action: AccessAction, asker: Asker, ports: Pick<AuditPorts, 'clock' | 'ids' | 'trace'>, subjects: readonly string[] = []): AccessDraft => {
  const at = ports.clock.now();
  const trace = ports.trace();
  return {
    asker,
    action,
    at,
    trace,
    entry: {
      facts: {
        id: ports.ids.next(at), kind: 'consultation', at: at.toISOString(), purpose: asker.purpose, role: asker.function, code: action, trace,
        controller: asker.controller ?? undefined,
      },
      subjects: subjects.map((name) => [name]),
      reason: null,
      payload: null,
      detail: { account: asker.account },
    },
  };
};
