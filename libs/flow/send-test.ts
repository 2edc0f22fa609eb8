import { plainEntry } from './entry.js';
import type { TestStore } from './own-ports.js';
import { evidenceOf, type DeliveryOutcome, type PartyAdapter, type SentRequest } from './party-adapter.js';
import type { Clock, Ids } from './ports.js';
import type { TestResult, TestWish } from './test-wish.js';

export interface SendTestPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tests: TestStore;
  readonly adapterOf: (party: string) => Promise<PartyAdapter | null>;
}

/** As `TestResult`, with all that is known of the try. */
export type TestVerdict = { readonly kind: 'tried'; readonly outcome: DeliveryOutcome; readonly request: SentRequest | null } | { readonly kind: 'no-channel' } | { readonly kind: 'later' };

/**
 * Makes one try to bring a test to a party through its own channel, and says how that ended. It is about nobody, belongs to no case and is marked as a test;
 * that it left stands in the log and is sealed before it does, as for everything that leaves (I1).
 */
export const sendTest = async ({ id, party, example }: TestWish, ports: SendTestPorts): Promise<TestVerdict> => {
  const adapter = await ports.adapterOf(party);
  if (adapter?.test === undefined) return { kind: 'no-channel' };
  const at = ports.clock.now();
  const entryId = ports.ids.next(at);
  await ports.tests.record(plainEntry({ id: entryId, kind: 'policy', at: at.toISOString(), code: 'test.sent', schema: `test/${id}` }, { party }));
  if (!(await ports.tests.awaitRelease(entryId, at))) return { kind: 'later' };
  const sent: SentRequest[] = [];
  const outcome = await adapter.test(id, ports.clock.now(), { example, told: (request) => void sent.push(request) });
  return { kind: 'tried', outcome, request: sent[0] ?? null };
};

/** A verdict as it is kept. */
export const testResultOf = (verdict: TestVerdict): TestResult => {
  if (verdict.kind !== 'tried') return verdict;
  const { outcome, request } = verdict;
  const evidence = evidenceOf(outcome);
  return {
    kind: 'tried', outcome: outcome.kind, code: outcomeCode(outcome), durationMs: evidence?.durationMs ?? null,
    tls: evidence?.tls == null ? null : { version: evidence.tls.version, cipher: evidence.tls.cipher },
    request: request === null ? null : { url: request.url, headers: request.headers, body: Buffer.from(request.body).toString('utf8') },
  };
};

/** Of an outcome the answer or the cause, as a code; null when there is neither. */
export const outcomeCode = (outcome: DeliveryOutcome): string | null => {
  switch (outcome.kind) {
    case 'delivered': return String(outcome.receipt.code);
    case 'announced': return outcome.receipt === null ? null : String(outcome.receipt.code);
    case 'deferred': return outcome.code === null ? outcome.cause : String(outcome.code);
    case 'rejected': return String(outcome.code);
    case 'unknown': return outcome.cause;
    case 'unusable': return outcome.code;
  }
};
