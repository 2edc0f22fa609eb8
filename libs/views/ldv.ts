import { isProcessing, periodOf, type ViewedEntry } from './entry.js';
import { spanOf, traceOfEntry } from './identifiers.js';
import { activityOf, nameOf, personTypeOf, type ViewSettings } from './settings.js';

/** One line of Logboek dataverwerkingen, working version 0.8: an action, about one person or none. Never who acted: that stands in the access log. */
export interface LdvLine {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly status: 'Unset' | 'Ok' | 'Error';
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start_time: number;
  readonly end_time: number;
  readonly resource: { readonly attributes: Readonly<Record<string, string | number>> };
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * The lines of one entry: the action itself, and under it one for each person concerned. Nothing is left out (no sampling); an entry that is no
 * processing of data on persons has no lines.
 */
export const ldvLines = (entry: ViewedEntry, settings: ViewSettings): readonly LdvLine[] => {
  if (!isProcessing(entry)) return [];
  const action = actionLine(entry, settings);
  return [action, ...(entry.persons ?? []).map((person, place) => ({
    ...action,
    span_id: spanOf(entry.leaf.id, place),
    parent_span_id: action.span_id,
    attributes: { ...action.attributes, 'dpl.core.data_subject_id': person.pseudonym, 'dpl.core.data_subject_id_type': personTypeOf(settings, 'ldv', person) },
  }))];
};

/** The line of the action, without persons. */
export const actionLine = (entry: ViewedEntry, settings: ViewSettings): LdvLine => {
  const { leaf, index } = entry;
  const { startMs, endMs } = periodOf(entry);
  return {
    trace_id: traceOfEntry(leaf),
    span_id: spanOf(leaf.id),
    status: statusOf(entry),
    name: nameOf(settings, leaf),
    start_time: startMs,
    end_time: endMs,
    resource: { attributes: { 'service.name': settings.system.name, 'service.version': settings.system.version, 'ketensluis.entry.id': leaf.id, 'ketensluis.entry.index': index } },
    attributes: { 'dpl.core.processing_activity_id': leaf.activity ?? activityOf(settings, leaf).uri },
  };
};

/** A refusal is no error: the processing did what it should. An error is what was to arrive and did not. */
const statusOf = ({ outcome }: ViewedEntry): LdvLine['status'] => {
  switch (outcome?.code) {
    case 'delivered': case 'fetched': case 'done-outside-hub': return 'Ok';
    case 'failed': case 'expired': return 'Error';
    default: return 'Unset';
  }
};
