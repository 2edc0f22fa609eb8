import { cloudEventMediaType, signWebhook, type WebhookSigner } from '@ketensluis/contract';
import type { DeliveryOutcome, OutgoingDisclosure, PartyAdapter, TestTrial, TransportEvidence } from '@ketensluis/flow';
import { fullEvent, fullSizeBytes, proofEvent, proofId, testEvent, thinEvent, type EventOrigin } from './event.js';
import { webhookLimits, type WebhookLimits } from './limits.js';
import { outcomeOf, type WebhookForm } from './outcome.js';
import { webhookClient, type Posted, type WebhookTarget } from './request.js';

/** What the adapter needs to reach one party by webhook. */
export interface WebhookOptions {
  readonly target: WebhookTarget;
  /** `full` brings the whole where the rule allows it; what it does not allow, or what is too large, goes thin: that is less, never more. */
  readonly form: WebhookForm;
  readonly origin: EventOrigin;
  /** The keys in force toward this party at a moment; both the old and the new one during a rotation. */
  readonly signers: (at: Date) => Promise<readonly WebhookSigner[]>;
  /** Whether the endpoint is switched off, and how it is switched off for all deliveries until an operator switches it on. */
  readonly endpoint: { readonly isOff: () => Promise<boolean>; readonly switchOff: (at: Date) => Promise<void> };
  readonly limits?: Partial<WebhookLimits>;
  /** Makes the `traceparent` of a request (W3C Trace Context); absent: none is sent. */
  readonly traceparent?: () => string;
}

/** Posts signed CloudEvents (Standard Webhooks). A repeat carries the same `webhook-id`, the id of the disclosure, so the receiver can drop it. */
export function webhookAdapter(options: WebhookOptions): PartyAdapter {
  const limits = { ...webhookLimits, ...options.limits };
  const client = webhookClient(options.target, limits);
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const post = async (at: Date, event: Event, told?: TestTrial['told']): Promise<DeliveryOutcome> => {
    const traceparent = options.traceparent?.();
    const evidence = startEvidence(options.target.url, at, traceparent);
    if (closed) return { kind: 'deferred', cause: 'adapter-closed', code: null, text: 'the adapter is closed', evidence: evidence(null) };
    // Asked together: both are known by one look.
    const [isOff, signers] = await Promise.all([options.endpoint.isOff(), options.signers(at)]);
    if (isOff) return unusable('endpoint-disabled', 'the endpoint is switched off until an operator switches it on');
    if (signers.length === 0) return unusable('no-key', 'the hub has no key in force to sign with for this party');
    const body = event.body();
    const headers = { ...signWebhook({ id: event.id, sentAt: at, body }, signers), ...fixedHeaders, ...(traceparent === undefined ? {} : { traceparent }) };
    told?.({ url: options.target.url, headers, body });
    const posted = await client.post(headers, body);
    const outcome = outcomeOf(posted, event.form, evidence(posted));
    if (outcome.kind === 'unusable' && outcome.code === 'endpoint-disabled') await options.endpoint.switchOff(at);
    return outcome;
  };
  const tracked = (trying: Promise<DeliveryOutcome>): Promise<DeliveryOutcome> => {
    underWay.add(trying);
    return trying.finally(() => underWay.delete(trying));
  };
  return {
    deliver: (disclosure, at) => tracked(post(at, eventOf(disclosure, options, limits))),
    prove: (proof, at) => tracked(post(at, { id: proofId(proof.id), form: 'full', body: () => proofEvent(proof, options.origin) })),
    test: (id, at, trial) => tracked(post(at, { id, form: 'full', body: () => testEvent(id, options.origin, trial?.example ?? null) }, trial?.told)),
    close: async () => {
      closed = true;
      await Promise.allSettled(underWay);
      client.close();
    },
  };
}

interface Event {
  readonly id: string;
  readonly form: WebhookForm;
  readonly body: () => Uint8Array;
}

/** No answer of ours is compressed, and none is asked for that is: a small one could become a large one. */
const fixedHeaders = { 'content-type': cloudEventMediaType, accept: 'application/json, application/problem+json', 'accept-encoding': 'identity', 'user-agent': 'ketensluis' } as const;

const eventOf = (disclosure: OutgoingDisclosure, { form, origin }: WebhookOptions, { bodyMaxBytes }: WebhookLimits): Event => {
  const isWhole = form === 'full' && disclosure.mayGoWhole === true && fullSizeBytes(disclosure) <= bodyMaxBytes;
  return isWhole ? { id: disclosure.id, form: 'full', body: () => fullEvent(disclosure, origin) } : { id: disclosure.id, form: 'thin', body: () => thinEvent(disclosure, origin) };
};

const unusable = (code: Extract<DeliveryOutcome, { kind: 'unusable' }>['code'], detail: string): DeliveryOutcome => ({ kind: 'unusable', code, detail, evidence: null });

/** Starts to measure one try; time is measured, the moment is given (I11). */
const startEvidence = (url: string, startedAt: Date, traceparent?: string): ((posted: Posted | null) => TransportEvidence) => {
  const { hostname, port } = new URL(url);
  const begun = performance.now();
  return (posted) => ({
    host: hostname, port: port === '' ? 443 : Number(port), remoteAddress: posted?.remoteAddress ?? null, tls: posted?.secure ?? null,
    reply: posted?.kind === 'answered' ? String(posted.status) : null, startedAt, durationMs: Math.round(performance.now() - begun),
    ...(posted === null || traceparent === undefined ? {} : { traceparent }),
  });
};
