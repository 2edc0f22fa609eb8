import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createServer } from 'node:net';
import { traceOf } from '@ketensluis/domain';
import { openEventLog, type EventName } from '../logging.js';
import { countsOf } from './counts.js';
import { metricRows } from './metric-rows.js';
import { openMetrics } from './metrics.js';
import { openMeasures } from './open.js';
import { serveMetrics } from './server.js';
import { parentOf, spanId, spansOf } from './spans.js';
import { openTraces } from './traces.js';

const messageId = '01970000-0000-7000-8000-00000000abcd';
const closedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
const heard = (name: EventName, fields: Readonly<Record<string, unknown>> = {}, isFault = false) => ({ name, fields, isFault });

describe('what is counted of an event', () => {
  const rows: readonly (readonly [string, Parameters<typeof countsOf>[0], readonly unknown[]])[] = [
    ['a mail that was taken', heard('mail.accepted', { durationMs: 250 }), [['ketensluis_messages_total', { channel: 'mail', outcome: 'accepted' }, 1], ['ketensluis_step_seconds', { step: 'receive' }, 0.25]]],
    ['a webhook that nobody sent', heard('message.unproven', { channel: 'webhook' }), [['ketensluis_messages_total', { channel: 'webhook', outcome: 'unproven' }, 1]]],
    ['decisions, each with its rule or code', heard('message.decided', { reasons: ['permit:WTH-06', 'hold:no-agreement'], waitedMs: 40 }), [
      ['ketensluis_decisions_total', { outcome: 'permit', reason: 'WTH-06' }, 1], ['ketensluis_decisions_total', { outcome: 'hold', reason: 'no-agreement' }, 1], ['ketensluis_wait_seconds', {}, 0.04]]],
    ['a try', heard('delivery.attempted', { party: '00000001900000000201', channel: 'webhook', outcome: 'deferred', durationMs: 1_000, messageId }), [
      ['ketensluis_deliveries_total', { party: '00000001900000000201', channel: 'webhook', outcome: 'deferred' }, 1], ['ketensluis_delivery_seconds', { channel: 'webhook' }, 1]]],
    ['a fault, whatever its fields', heard('message.failed', { messageId }, true), [['ketensluis_faults_total', { event: 'message.failed' }, 1]]],
    ['what is no step', heard('party.tried', { oin: '00000001900000000201' }), []],
  ];
  test.each(rows)('%s', (_name, event, expected) => expect(countsOf(event).map(({ name, labels, value }) => [name, labels, value])).toEqual(expected));

  test('only ever has the labels its metric names, whatever is told', () => {
    const names = ['mail.accepted', 'message.decided', 'message.accepted', 'delivery.attempted', 'disclosure.fetched', 'disclosure.confirmed', 'report.taken', 'log.sealed'] as const;
    const metrics = openMetrics();
    fc.assert(fc.property(fc.constantFrom(...names), fc.dictionary(fc.constantFrom('channel', 'outcome', 'party', 'oin', 'reasons', 'durationMs', 'waitedMs'), fc.anything()), fc.boolean(), (name, fields, isFault) => {
      metrics.hearer.hear({ name, fields, isFault });
      return countsOf({ name, fields, isFault }).every((count) => Object.keys(count.labels).every((label) => metricRows[count.name].labels.some((one) => one === label)));
    }));
  });
});

describe('the spans of an event', () => {
  test('hang from one that follows from the message, whichever process tells of them', () => {
    const [first] = spansOf(heard('mail.accepted', { messageId, durationMs: 12 }));
    expect(first).toMatchObject({ name: 'message.receive', of: { trace: traceOf(messageId) }, isRoot: true, durationMs: 12, isFailed: false });
    const [wait, decide] = spansOf(heard('message.decided', { messageId, waitedMs: 30, durationMs: 5 }));
    expect([wait?.name, wait?.durationMs, wait?.endedAgoMs, decide?.name, decide?.isRoot]).toEqual(['message.wait', 30, 5, 'message.decide', false]);
    expect(spanId(traceOf(messageId), null)).toMatch(/^[0-9a-f]{16}$/);
    expect(spanId(traceOf(messageId), null)).not.toBe(spanId(traceOf(messageId.replace('d', 'e')), null));
  });

  test('hang from each other: queue, decision, seal, try and what comes back, by what each process knows of its own', () => {
    const [deliveryId, decidedAs, sealedAs] = ['01970000-0002-7000-8000-000000000001', '01970000-0001-7000-8000-000000000001', '01970000-0001-7aaa-8000-000000000002'];
    const [wait, decide] = spansOf(heard('message.decided', { messageId, entryId: decidedAs, waitedMs: 30, durationMs: 5 }));
    const [seal] = spansOf(heard('entry.sealed', { trace: traceOf(messageId), entryId: sealedAs, kind: 'decision' }));
    const [attempt] = spansOf(heard('delivery.attempted', { messageId, deliveryId, entryId: sealedAs, attempt: 2, outcome: 'announced' }));
    expect([wait?.parent, decide?.parent, seal?.parent, attempt?.parent, parentOf(deliveryId, { messageId, entryId: sealedAs, attempt: 2 })]).toEqual([null, wait?.key, decide?.key, seal?.key, attempt?.key]);
    expect(new Set([wait, decide, seal, attempt].map((span) => span?.key)).size).toBe(4);
    // Fetched before anything was tried; decided anew later; an outcome, which is no decision.
    expect(parentOf(deliveryId, { messageId, entryId: sealedAs, attempt: null })).toBe(seal?.key);
    expect(spansOf(heard('message.decided', { messageId, entryId: deliveryId }))[0]).toMatchObject({ parent: null, key: expect.not.stringMatching(decide?.key ?? '') });
    expect(spansOf(heard('entry.sealed', { trace: traceOf(messageId), entryId: sealedAs, kind: 'other' }))[0]).toMatchObject({ parent: null, key: null });
  });

  test('say that something went wrong', () => {
    const failed = (name: EventName, fields = {}) => spansOf(heard(name, { messageId, ...fields }))[0]?.isFailed;
    expect([failed('delivery.attempted', { outcome: 'deferred' }), failed('mail.refused'), failed('message.failed'), failed('delivery.attempted', { outcome: 'announced' })]).toEqual([true, true, true, false]);
  });

  test('are those of closed names with fields that were told, and none for anything else', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,9}\.[a-z]{1,9}$/), fc.dictionary(fc.string(), fc.anything()), (name, fields) => {
      const [noun, verb] = name.split('.');
      spansOf(heard(`${noun}.${verb}`, fields));
      return spansOf(heard('delivery.attempted', fields)).every((span) => !('trace' in span.of) || /^[0-9a-f]{32}$/.test(span.of.trace));
    }));
    expect(spansOf(heard('party.tried', { messageId }))).toEqual([]);
    expect(spansOf(heard('mail.accepted', { messageId: '00000000-0000-0000-0000-000000000000' }))).toEqual([]);
  });

  test('link to what a caller named, and to nothing that is all zero', () => {
    const linkOf = (traceparent: string) => spansOf(heard('message.accepted', { messageId, traceparent }))[0]?.link;
    expect(linkOf('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')).toEqual({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' });
    expect(linkOf('00-00000000000000000000000000000000-00f067aa0ba902b7-01')).toBeNull();
  });
});

describe('where metrics are scraped', () => {
  test('nothing else is served, and what is not known is not shown as nought', async () => {
    const metrics = openMetrics();
    openEventLog('info', { write: () => undefined }, [metrics.hearer]).tell('mail.accepted', { durationMs: 3 });
    let figures = [{ name: 'ketensluis_log_size', labels: {}, value: 7 }] as Parameters<typeof metrics.text>[0];
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics, async () => figures);
    const get = async (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    try {
      const text = await (await get('/metrics')).text();
      expect(text).toContain('ketensluis_log_size 7');
      expect(text).toContain('ketensluis_messages_total{channel="mail",outcome="accepted"} 1');
      figures = [];
      expect(await (await get('/metrics')).text()).not.toMatch(/^ketensluis_log_size/m);
      expect([(await get('/')).status, (await get('/metrics/x')).status, (await get('/metrics', 'POST')).status]).toEqual([404, 404, 405]);
    } finally {
      await server.close();
    }
  });

  test('while traces have nobody to go to: that is told, and keeps no process from stopping', async () => {
    const traces = openTraces(`http://127.0.0.1:${await closedPort()}/v1/traces`);
    let failures = 0;
    traces.onFailure(() => void (failures += 1));
    for (let count = 0; count < 20; count += 1) traces.hearer.hear(heard('mail.accepted', { messageId, durationMs: 1 }));
    await traces.close();
    expect(failures).toBeGreaterThan(0);
  }, 15_000);

  test('and traces: nobody listens where no setting asks for it', async () => {
    const measures = await openMeasures({ host: '127.0.0.1', metricsPort: null, tracesUrl: null });
    expect(measures.hearers).toEqual([]);
    await measures.close();
  });
});
