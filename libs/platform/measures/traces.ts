import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as traces, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { traceOf } from '@ketensluis/domain';
import { setTimeout as pause } from 'node:timers/promises';
import type { Hearer } from '../logging.js';
import { parentOf, spanId, spansOf, type FoundDelivery, type SpanOrder } from './spans.js';

/** Spans that wait to be sent; what comes beyond that is dropped, for the hub waits for nobody who only watches. */
const waitingMax = 4_096;
const sendEveryMs = 2_000;
const sendMaxMs = 5_000;
/** Deliveries whose message is being looked up at the same time; of those beyond it there is no span. */
const lookupsMax = 256;

/** What sends traces. */
export interface Traces {
  readonly hearer: Hearer;
  /** Looks up deliveries from now on; before, what is known by its delivery alone has no span. */
  readonly findDelivery: (find: (deliveryId: string) => Promise<FoundDelivery | null>) => void;
  /** Called when spans could not be sent. */
  readonly onFailure: (failed: () => void) => void;
  /** Resolves when what waits was sent, or could not be within a few seconds. */
  readonly close: () => Promise<void>;
}

/**
 * Sends spans to an address that takes OTLP over HTTP, in batches, beside the work. Trace and spans that others hang from follow from ids every process knows, so one
 * trace spans all processes and nothing of it is stored. Nobody outside chooses an id here.
 */
export const openTraces = (url: string): Traces => {
  let failed = (): void => undefined;
  let find: ((deliveryId: string) => Promise<FoundDelivery | null>) | null = null;
  let lookups = 0;
  const underWay = new Set<Promise<void>>();
  const ids = new RandomIdGenerator();
  let begun: { readonly trace: string; readonly span: string | null } | null = null;
  const exporter = telling(new OTLPTraceExporter({ url, timeoutMillis: sendMaxMs }), () => failed());
  const provider = new BasicTracerProvider({
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({ 'service.name': 'ketensluis' }),
    idGenerator: {
      // Asked for within `startSpan`, which does not wait: `begun` is the span just begun.
      generateTraceId: () => begun?.trace ?? ids.generateTraceId(),
      generateSpanId: () => begun?.span ?? ids.generateSpanId(),
    },
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: waitingMax, maxExportBatchSize: 512, scheduledDelayMillis: sendEveryMs, exportTimeoutMillis: sendMaxMs })],
  });
  const tracer = provider.getTracer('ketensluis');
  const send = (span: SpanOrder, trace: string, endedAtMs: number): void => {
    const parent = traces.setSpanContext(ROOT_CONTEXT, { traceId: trace, spanId: spanId(trace, span.parent), traceFlags: TraceFlags.SAMPLED, isRemote: true });
    begun = { trace, span: span.isRoot || span.key !== null ? spanId(trace, span.key) : null };
    const one = tracer.startSpan(span.name, {
      kind: kinds[span.kind], startTime: endedAtMs - span.durationMs, attributes: { ...span.attributes },
      ...(span.link === null ? {} : { links: [{ context: { ...span.link, traceFlags: TraceFlags.NONE, isRemote: true } }] }),
    }, span.isRoot ? ROOT_CONTEXT : parent);
    begun = null;
    if (span.isFailed) one.setStatus({ code: SpanStatusCode.ERROR });
    one.end(endedAtMs);
  };
  const sendLater = (span: SpanOrder, deliveryId: string, endedAtMs: number): void => {
    if (find === null || lookups >= lookupsMax) return;
    lookups += 1;
    const one = find(deliveryId).then((found) => (found === null ? undefined : send({ ...span, parent: parentOf(deliveryId, found) }, traceOf(found.messageId), endedAtMs)), () => undefined);
    underWay.add(one);
    void one.finally(() => {
      lookups -= 1;
      underWay.delete(one);
    });
  };
  return {
    findDelivery: (by) => void (find = by),
    onFailure: (tell) => void (failed = tell),
    hearer: {
      hearsDetails: true,
      hear: (event) => {
        const nowMs = Date.now();
        for (const span of spansOf(event)) {
          const endedAtMs = nowMs - span.endedAgoMs;
          if ('trace' in span.of) send(span, span.of.trace, endedAtMs);
          else sendLater(span, span.of.deliveryId, endedAtMs);
        }
      },
    },
    close: async () => {
      await Promise.all(underWay);
      // A receiver that is away must not keep a process from stopping.
      const [ended, giveUp] = [provider.shutdown().catch(() => failed()), new AbortController()];
      await Promise.race([ended, pause(sendMaxMs, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
      giveUp.abort();
    },
  };
};

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

const telling = (exporter: SpanExporter, failed: () => void): SpanExporter => ({
  export: (spans, done) => exporter.export(spans, (result) => {
    if (result.code !== 0) failed();
    done(result);
  }),
  shutdown: () => exporter.shutdown(),
  forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
});
