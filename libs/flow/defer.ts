import type { Asker, AuditPorts, AuditReader } from './audit-ports.js';
import { consultation } from './consultation.js';
import type { FilterRefusal } from './filter-asked.js';

/** What is withheld from a person's copy: one entry by its index, or a case with what is still to come. */
export type DeferTarget = { readonly kind: 'entry'; readonly index: number } | { readonly kind: 'case'; readonly municipality: string; readonly number: string };

/** Until when access is deferred and why (Wpg art. 27, UAVG art. 41); a moment that has passed ends an earlier deferral. */
export interface Deferral {
  readonly target: DeferTarget;
  readonly until: Date;
  readonly reason: string;
}

/** Withholds entries from the person's own copy until a moment. The reason is kept encrypted and destroyable; no leaf says that anything is withheld. */
export const defer = async (deferral: Deferral, asker: Asker, ports: AuditPorts): Promise<{ readonly kind: 'deferred'; readonly entries: number } | FilterRefusal> => {
  const access = consultation('defer', asker, ports);
  return ports.audit.consult<{ readonly kind: 'deferred'; readonly entries: number } | FilterRefusal>(access, async (log) => {
    const found = await targetOf(log, deferral.target, asker.controller);
    if (found === null) {
      const text = 'this controller has no such entry or case';
      return { value: { kind: 'refused', public: text, detail: text }, question: { found: false }, objects: [] };
    }
    const { until, reason } = deferral;
    return {
      value: { kind: 'deferred', entries: found.ids.length },
      question: { until: until.toISOString() },
      objects: found.ids,
      changes: [{ kind: 'deferral', target: found.target, until, reason, by: asker.function, at: access.at }],
    };
  });
};

const targetOf = async (log: AuditReader, target: DeferTarget, controller: string | null) => {
  if (target.kind === 'entry') {
    const row = await log.entryAt(target.index, controller);
    return row === null ? null : { target: { entryId: row.leaf.id }, ids: [row.leaf.id] };
  }
  const found = await log.caseEntries(target.municipality, target.number, controller);
  return found === null ? null : { target: { caseId: found.caseId }, ids: found.ids };
};
