import type { ViewedEntry } from './entry.js';
import { spanOf, traceOfEntry } from './identifiers.js';
import { activityOf, type ViewSettings } from './settings.js';

/** One record of the Authorization Decision Log (draft), with the AuthZEN question and answer inside. */
export interface AdlRecord {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly event_name: 'adl.access_evaluation';
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly status: 'Unset';
  readonly attributes: {
    readonly 'adl.core.policies': Readonly<Record<string, string>>;
    readonly 'adl.core.configuration': Readonly<Record<string, string>>;
  };
  readonly resource: Readonly<Record<string, string>>;
  readonly body: { readonly 'adl.core.request': AuthzenRequest; readonly 'adl.core.response': AuthzenResponse };
}

/** May this party have these categories of this message for this purpose? Persons are no part of the question: it is about a kind of recipient. */
export interface AuthzenRequest {
  readonly subject: { readonly type: 'party' | 'role'; readonly id: string; readonly properties: { readonly role?: string } };
  readonly action: { readonly name: 'receive'; readonly properties: Readonly<Record<string, string>> };
  readonly resource: { readonly type: 'message'; readonly id: string; readonly properties: Readonly<Record<string, unknown>> };
  readonly context: { readonly time: string; readonly traceparent: string };
}

/** `decision` is true for a permit only; a hold is false, with the reason that may still fall away. */
export interface AuthzenResponse {
  readonly decision: boolean;
  readonly context: { readonly reason_admin: Readonly<Record<string, string>>; readonly obligations: readonly Readonly<Record<string, unknown>>[] };
}

/** The decision of an entry; null for entries that record none for a recipient. Every source that affected it is named with its version. */
export const adlRecord = (entry: ViewedEntry, settings: ViewSettings): AdlRecord | null => {
  const { leaf } = entry;
  const recipient = leaf.to ?? leaf.toRole;
  if (leaf.decision === undefined || recipient === undefined) return null;
  const trace = traceOfEntry(leaf);
  return {
    trace_id: trace,
    span_id: spanOf(leaf.id, 'decision'),
    // The same span as that of the action in Logboek dataverwerkingen: from the one to the other.
    parent_span_id: spanOf(leaf.id),
    event_name: 'adl.access_evaluation',
    timestamp: Date.parse(leaf.at),
    status: 'Unset',
    attributes: {
      'adl.core.policies': known({ lawpack: leaf.policy, rule: leaf.rule, agreement: leaf.agreement, senderAgreement: leaf.senderAgreement, setting: leaf.setting, mandate: leaf.mandate }),
      'adl.core.configuration': { hub: settings.system.version },
    },
    resource: known({ 'service.name': settings.system.name, 'service.version': settings.system.version, controller: leaf.controller }),
    body: { 'adl.core.request': requestOf(entry, settings, recipient), 'adl.core.response': responseOf(entry) },
  };
};

const requestOf = ({ leaf }: ViewedEntry, settings: ViewSettings, recipient: string): AuthzenRequest => ({
  subject: { type: leaf.to === undefined ? 'role' : 'party', id: recipient, properties: leaf.toRole === undefined ? {} : { role: leaf.toRole } },
  action: {
    name: 'receive',
    properties: known({ processing_activity_id: leaf.activity ?? activityOf(settings, leaf).uri, purpose: leaf.purpose, basis: leaf.basis, law: leaf.law }),
  },
  resource: { type: 'message', id: leaf.msg ?? leaf.id, properties: { ...known({ schema: leaf.schema, sender: leaf.from, senderRole: leaf.fromRole }), categories: leaf.cat ?? [] } },
  context: { time: leaf.at, traceparent: `00-${traceOfEntry(leaf)}-${spanOf(leaf.id)}-00` },
});

const responseOf = ({ leaf }: ViewedEntry): AuthzenResponse => ({
  decision: leaf.decision === 'permit',
  context: {
    reason_admin: { code: leaf.decision ?? 'refuse', ...(leaf.reasons === undefined || leaf.reasons.length === 0 ? {} : { reasons: leaf.reasons.join(' ') }) },
    // Only these categories may be in what goes out (I2).
    obligations: leaf.decision === 'permit' ? [{ kind: 'filter-categories', categories: leaf.cat ?? [] }] : [],
  },
});

const known = (values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
