/** A W3C trace id: 32 hexadecimal digits, not all zero. */
export type TraceId = string;

/**
 * The trace of a message that came without one: its id without dashes, so that whoever knows the message id can compute it. All decisions,
 * deliveries and outcomes of the message carry it (Logboek dataverwerkingen, W3C Trace Context).
 */
export const traceOf = (messageId: string): TraceId => messageId.replaceAll('-', '').toLowerCase();

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The trace id of a `traceparent` header; null when it is none, and then a new trace begins. Versions after 00 may have more behind the flags. */
export const traceIn = (traceparent: string): TraceId | null => {
  const [, version, trace, parent, , more] = form.exec(traceparent) ?? [];
  if (trace === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null;
  return /^0+$/.test(trace) || parent === undefined || /^0+$/.test(parent) ? null : trace;
};
