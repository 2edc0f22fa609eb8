import { expect, test } from '@jest/globals';
import { exampleBody } from '../../test/harness/examples.js';
import { law, messageOf, noon, oin, registers } from '../domain/case.fixture.js';
import { deliver } from './deliver.js';
import { planDisclosure } from './disclose.js';
import type { OutgoingDisclosure } from './party-adapter.js';
import type { FinishedAttempt, SealedDisclosure } from './delivery-ports.js';

/** What the police get of an order, as the log would hand it out. */
const sealed = (): { readonly disclosure: SealedDisclosure; readonly rule: string } => {
  const message = { ...messageOf('huisverbod.opgelegd', { from: 'BM' }), fields: exampleBody('huisverbod.opgelegd').fields };
  let counter = 0;
  const loaded = { id: message.id, message, file: null, event: null, held: null, settled: new Set<string>(), original: null, isReplaced: false, necessity: [] };
  const plan = planDisclosure(loaded, { registers, pack: law, at: noon, nextId: () => `0191e7a0-0000-7000-8000-${String(counter += 1).padStart(12, '0')}` });
  const permit = plan.decisions.find(({ outgoing }) => outgoing?.party === oin.police);
  if (permit?.outgoing == null || permit.entry.payload === null || permit.decision.kind !== 'permit') throw new Error('the police get nothing');
  const { mid, party, twin, attachments } = permit.outgoing;
  expect(attachments).toEqual([]);
  const disclosure = {
    id: mid, caseId: message.id, number: 1, messageType: message.type, document: permit.entry.payload, mediaType: 'application/xml', attachments: [], attempt: 1, recipient: party, entryId: permit.entry.facts.id,
    twin, isUncosigned: false, firstTriedAt: noon, proof: { leaf: Buffer.from('{}'), opening: Buffer.from('{}'), proof: Buffer.from('') },
  };
  return { disclosure: disclosure as unknown as SealedDisclosure, rule: permit.decision.ruleId };
};

test.each([[true], [false]])('goes by enforced TLS only as the rule says now: %p', async (enforcedTls) => {
  const { disclosure, rule } = sealed();
  const pack = { ...law, rules: law.rules.map((one) => (one.id === rule ? { ...one, enforcedTls } : { ...one, enforcedTls: !enforcedTls })) };
  const asked: OutgoingDisclosure[] = [];
  const finished: FinishedAttempt[] = [];
  await deliver(disclosure, {
    clock: { now: () => noon }, ids: { next: () => '0191e7a0-0000-7000-8000-000000009999' }, chance: () => 0, registers: { current: async () => ({ registers, pack, mark: '1' }) },
    deliveries: { claimSealed: async () => [], keep: async () => undefined, finish: async (attempt) => void finished.push(attempt) },
    adapterOf: async () => ({
      deliver: async (one) => (asked.push(one), { kind: 'announced', receipt: null }), prove: async () => ({ kind: 'announced', receipt: null }), close: async () => undefined,
    }),
  });
  expect(asked.map(({ mayGoByTls }) => mayGoByTls)).toEqual([enforcedTls]);
  expect(finished).toHaveLength(1);
});
