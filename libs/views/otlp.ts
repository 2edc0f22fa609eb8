import type { ViewedEntry } from './entry.js';
import { ldvLines, type LdvLine } from './ldv.js';
import type { ViewSettings } from './settings.js';

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

/** An ExportTraceServiceRequest of OTLP/JSON: ids in hexadecimal, 64-bit numbers as text. */
export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string; readonly version: string }; readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** One span of it. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** SPAN_KIND_INTERNAL; Logboek dataverwerkingen does not use it. */
  readonly kind: 1;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code: 0 | 1 | 2 };
}

const statusCodes = { Unset: 0, Ok: 1, Error: 2 } as const;

/** The lines of Logboek dataverwerkingen of one entry as one request to an OpenTelemetry collector; null when it has none. */
export const otlpRequest = (entry: ViewedEntry, settings: ViewSettings): OtlpRequest | null => {
  const lines = ldvLines(entry, settings);
  const [first] = lines;
  if (first === undefined) return null;
  const scope = { name: 'ketensluis.views.ldv', version: settings.system.version };
  return { resourceSpans: [{ resource: { attributes: keyValues(first.resource.attributes) }, scopeSpans: [{ scope, spans: lines.map(spanFrom) }] }] };
};

const spanFrom = (line: LdvLine): OtlpSpan => ({
  traceId: line.trace_id,
  spanId: line.span_id,
  ...(line.parent_span_id === undefined ? {} : { parentSpanId: line.parent_span_id }),
  name: line.name,
  kind: 1,
  startTimeUnixNano: nanoseconds(line.start_time),
  endTimeUnixNano: nanoseconds(line.end_time),
  attributes: keyValues(line.attributes),
  status: { code: statusCodes[line.status] },
});

const nanoseconds = (milliseconds: number): string => `${milliseconds}000000`;

const keyValues = (values: Readonly<Record<string, unknown>>): readonly KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: String(value) } }));
