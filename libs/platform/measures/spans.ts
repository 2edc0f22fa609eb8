import { traceOf } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import type { HeardEvent } from '../logging.js';

/** One span of a trace, as an event tells of it when it is over. */
export interface SpanOrder {
  /** `noun.verb`. */
  readonly name: string;
  /** Whose step it is; of a delivery only its id may be known. */
  readonly of: { readonly trace: string } | { readonly deliveryId: string };
  /** The first span of the trace, from which all others hang. */
  readonly isRoot: boolean;
  /** By which other processes know this span, within its trace; null when nothing hangs from it. */
  readonly key: string | null;
  /** The key of the span it hangs from; null: the first. Of a delivery it is known once that is looked up. */
  readonly parent: string | null;
  /** As in OpenTelemetry: `server` answers somebody outside, `client` calls somebody. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly durationMs: number;
  /** How long before the end of the event it ended. */
  readonly endedAgoMs: number;
  readonly isFailed: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean | string[]>>;
  /** What the other side calls its own trace; a link and nothing else, for anybody can write it there. */
  readonly link: { readonly traceId: string; readonly spanId: string } | null;
}

interface SpanForm {
  readonly name: string;
  readonly kind: SpanOrder['kind'];
  readonly by: 'message' | 'delivery' | 'trace';
  readonly isRoot?: true;
  /** Where it hangs; from the first span when absent. */
  readonly place?: (fields: HeardEvent['fields']) => Pick<SpanOrder, 'key' | 'parent'>;
  /** Outcomes that are none of a fault or refusal. */
  readonly good?: readonly string[];
}

const received: SpanForm = { name: 'message.receive', kind: 'server', by: 'message', isRoot: true };
const refused: SpanForm = { ...received, good: [] };
const fetching: SpanForm = { name: 'disclosure.fetch', kind: 'server', by: 'delivery' };

const hanging = { key: null, parent: null } as const;

/**
 * The decisions of one step have the moment of that step in the ids of their entries (RFC 9562 §5.7), and so who decides, seals and delivers finds the same word for
 * it. A message that is decided anew has another moment.
 */
const stepKey = (step: 'wait' | 'decide' | 'seal', entryId: unknown): string | null => (typeof entryId === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(entryId) ? `${step} ${entryId.slice(0, 13)}` : null);
const attemptKey = ({ deliveryId, attempt }: { readonly deliveryId: unknown; readonly attempt: unknown }): string | null =>
  typeof deliveryId === 'string' && typeof attempt === 'number' ? `attempt ${deliveryId} ${attempt}` : null;

/** What is known of a delivery by looking: its message, its entry, and the try after which something was fetched or said; null when there was none. */
export interface FoundDelivery {
  readonly messageId: string;
  readonly entryId: string;
  readonly attempt: number | null;
}

/** The span that what happens to a delivery hangs from: its last try, else the seal of its decision. */
export const parentOf = (deliveryId: string, { entryId, attempt }: FoundDelivery): string | null => attemptKey({ deliveryId, attempt }) ?? stepKey('seal', entryId);

/** Which event is the end of which span. What stands not here is in the log and in no trace. */
const forms: Readonly<Record<string, SpanForm>> = {
  'mail.accepted': received, 'message.accepted': received, 'mail.refused': refused, 'message.invalid': refused, 'message.unproven': refused, 'message.conflict': refused,
  'message.decided': { name: 'message.decide', kind: 'internal', by: 'message', place: ({ entryId }) => ({ key: stepKey('decide', entryId), parent: null }) },
  'message.failed': { name: 'message.decide', kind: 'internal', by: 'message', good: [] },
  'entry.sealed': { name: 'log.seal', kind: 'internal', by: 'trace', place: ({ entryId, kind }) => (kind === 'decision' ? { key: stepKey('seal', entryId), parent: stepKey('decide', entryId) } : hanging) },
  'delivery.attempted': {
    name: 'delivery.attempt', kind: 'client', by: 'message', good: ['delivered', 'announced'],
    place: ({ deliveryId, attempt, entryId }) => ({ key: attemptKey({ deliveryId, attempt }), parent: stepKey('seal', entryId) }),
  },
  'proof.attempted': { name: 'proof.attempt', kind: 'client', by: 'delivery' },
  'answer.attempted': { name: 'answer.attempt', kind: 'client', by: 'message' },
  'disclosure.fetched': fetching, 'disclosure.confirmed': { ...fetching, name: 'receipt.take' },
  'report.taken': { name: 'receipt.take', kind: 'server', by: 'delivery' },
};

/** The spans that end with an event; none for most. Pure: the same event gives the same spans in every process. */
export const spansOf = ({ name, fields }: HeardEvent): readonly SpanOrder[] => {
  const form = forms[name];
  const of = form === undefined ? null : placeOf(form.by, fields);
  if (form === undefined || of === null) return [];
  const durationMs = numberOf(fields['durationMs']);
  const outcome = fields['outcome'];
  const span: SpanOrder = {
    name: form.name, of, ...(form.place?.(fields) ?? hanging), isRoot: form.isRoot === true, kind: form.kind, durationMs, endedAgoMs: 0,
    isFailed: form.good !== undefined && !form.good.some((one) => one === outcome), attributes: attributesOf(name, fields), link: linkIn(fields['traceparent']),
  };
  const waitedMs = numberOf(fields['waitedMs']);
  if (name !== 'message.decided' || waitedMs === 0) return [span];
  const key = stepKey('wait', fields['entryId']);
  return [{ ...span, name: 'message.wait', key, parent: null, durationMs: waitedMs, endedAgoMs: durationMs, isFailed: false, attributes: {}, link: null }, { ...span, parent: key }];
};

/** A span by its key, and the first of the trace by null; known to every process without anything that travels along with the work. */
export const spanId = (trace: string, key: string | null): string =>
  createHash('sha256').update(`ketensluis span ${trace}${key === null ? '' : ` ${key}`}`).digest('hex').slice(0, 16);

const numberOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

const placeOf = (by: SpanForm['by'], { messageId, deliveryId, trace }: HeardEvent['fields']): SpanOrder['of'] | null => {
  if (by === 'trace') return typeof trace === 'string' && traceShape.test(trace) ? { trace } : null;
  if (by === 'delivery') return typeof deliveryId === 'string' ? { deliveryId } : null;
  const found = typeof messageId === 'string' ? traceOf(messageId) : '';
  return traceShape.test(found) ? { trace: found } : null;
};

const traceShape = /^(?!0{32})[0-9a-f]{32}$/;

const attributesOf = (event: string, fields: HeardEvent['fields']): SpanOrder['attributes'] =>
  Object.fromEntries([['ketensluis.event', event], ...Object.entries(fields).flatMap(([name, value]) => {
    const told = tellable(value);
    return told === null || name === 'traceparent' ? [] : [[`ketensluis.${name}`, told] as const];
  })]);

const tellable = (value: unknown): string | number | boolean | string[] | null => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
};

const linkIn = (traceparent: unknown): SpanOrder['link'] => {
  const [, traceId, spanId] = typeof traceparent === 'string' ? traceparent.split('-') : [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId };
};
