import { eventTypes, type WebhookVerifier } from '@ketensluis/contract';
import { setTimeout as pause } from 'node:timers/promises';
import { fetchReference } from '../../practice/receiver/fetched.js';
import { judgeDisclosure } from '../../practice/receiver/judge.js';
import { startReceiver } from '../../practice/receiver/server.js';
import type { Arrival, Listener, PartyPlace } from './arrivals.js';
import { openGate } from './gate.js';

/** So many at a time, as a system with a few workers does; all at once they would keep a hub that is slow from ever answering one. */
const fetchesAtOnce = 4;
const retryMs = 250;
const retryMaxMs = 4_000;

/** What it was told of and has not fetched yet. */
interface Told {
  readonly disclosure: string;
  readonly dataRef: string;
  readonly at: Date;
}

/** Starts the endpoint of a party that takes thin webhooks, honours their ids, and fetches each until it has it, with its own certificate. */
export const openWebhookParty = async ({ key, oin, client, ca, log, now }: PartyPlace, verifier: WebhookVerifier): Promise<Listener & { readonly port: number }> => {
  const [arrivals, wanted] = [new Array<Arrival>(), new Set<string>()];
  let [unproven, isOpen] = [0, true];
  // It said that it has the event, so nobody will tell it again: it asks until it has what the event points to.
  const fetchOne = async ({ disclosure, dataRef, at }: Told): Promise<void> => {
    for (let waitMs = retryMs; isOpen; waitMs = Math.min(retryMaxMs, waitMs * 2)) {
      const got = await fetchReference(dataRef, client, ca).catch(() => null);
      if (got !== null && typeof got !== 'number') {
        if (judgeDisclosure(disclosure, got, { oin, verifiers: [], log }).holds) arrivals.push({ party: key, way: 'webhook', disclosure, at });
        else unproven += 1;
        return;
      }
      await pause(waitMs);
    }
  };
  const told: Told[] = [];
  let fetching = 0;
  const fetchAll = async (): Promise<void> => {
    if (fetching >= fetchesAtOnce) return;
    fetching += 1;
    for (let next = told.shift(); next !== undefined; next = told.shift()) await fetchOne(next);
    fetching -= 1;
  };
  const receiver = await startReceiver({
    host: '127.0.0.1', port: 0, tls: client, trust: { oin, verifiers: [verifier], log }, now,
    say: () => undefined,
    // Signed before the clock moved and brought after it: not believed, as it should be, and brought again.
    onRefused: (code) => { if (code !== 'timestamp-too-old') unproven += 1; },
    onEvent: ({ id, type, dataRef }) => {
      if (type !== eventTypes.available || dataRef === null || wanted.has(id)) return;
      wanted.add(id);
      told.push({ disclosure: id, dataRef, at: new Date() });
      void fetchAll();
    },
  });
  const gate = await openGate(() => [receiver.port]);
  return {
    // In the order in which they were announced: in which order it fetches is a party's own affair.
    key, port: gate.port, arrivals: () => [...arrivals].sort((one, other) => one.at.getTime() - other.at.getTime()), unproven: () => unproven,
    leave: gate.cut,
    come: gate.open,
    close: async () => {
      isOpen = false;
      await gate.close();
      await receiver.close();
    },
  };
};
