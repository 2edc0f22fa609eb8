import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebhookSigner } from '@ketensluis/contract';
import { daughter, partner } from '../cases/persons.js';
import { oin, senders, stepOf } from '../cases/steps.js';
import { postedOf, webhookOf } from '../harness/webhooks.js';

/** The whole body of the request. */
export const bodyBytes = 4 * 1024;
/** Only Veilig Thuis is consulted (Wth art. 2(3)), so one message is one disclosure. */
export const soort = 'overleg.gevraagd';

/** Connections of the sender at a time; a message that waits for one is waiting for its answer. */
const socketsMax = 16;

/** Whether each message finds a connection or makes one. */
export type Connections = 'kept' | 'fresh';

/** What is posted, ready before the clock runs. */
export interface Posting {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where to, and at which pace. */
export interface Posts {
  readonly port: number;
  readonly path: string;
  readonly ca: string;
  readonly perSecond: number;
  readonly connections: Connections;
}

/** Milliseconds from each request to the end of its 202. The pace does not wait for answers, so a slow server cannot hide behind a patient sender. */
export const post = async (postings: readonly Posting[], { port, path, ca, perSecond, connections }: Posts): Promise<readonly number[]> => {
  const agent = new Agent({ keepAlive: connections === 'kept', ca, maxSockets: socketsMax });
  const begun = performance.now();
  const one = async ({ body, headers }: Posting, place: number): Promise<number> => {
    await pause(Math.max(0, begun + (place * 1_000) / perSecond - performance.now()));
    const startedAt = performance.now();
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', servername: 'localhost', port, path, method: 'POST', agent, headers: { ...headers, 'content-length': body.length } }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      sent.once('error', reject);
      sent.end(body);
    });
    if (status !== 202) throw new Error(`answered ${status}`);
    return performance.now() - startedAt;
  };
  const latencies = await Promise.all(postings.map(one));
  agent.destroy();
  return latencies;
};

let made = 0;

/** A large family, because the occasion alone may not be as long as the message must be. */
const household = {
  huisgenoten: [partner, ...['Oma Proef', 'Opa Proef'].map((naam) => ({ ...partner, naam, relatie: 'ouder', geboortedatum: '1951-04-05' }))],
  minderjarigen: ['Noor', 'Sem', 'Liv', 'Bas', 'Tess', 'Guus'].map((naam, place) => ({ ...daughter, naam: `${naam} Kleinduim`, geboortedatum: `20${14 + place}-09-30` })),
};

/** Events of exactly the size, signed just before they go: a signature holds for five minutes. */
export const postingsOf = (signer: WebhookSigner, count: number): readonly Posting[] => {
  const at = new Date();
  const start = new Date(at.getTime() - 60 * 60_000);
  const of = (fill: number): Posting => {
    const zaak = { gemeente: '9901', nummer: `BENCH-${String(made).padStart(7, '0')}` };
    const step = stepOf(zaak, soort, senders.waterveen, { ...household, aanleiding: `${'Geweld in het bijzijn van het kind. '.repeat(bodyBytes / 30).slice(0, fill - 1)}.` });
    const { body, headers } = webhookOf({ oin: oin.waterveen, signer, at, data: { ...postedOf(step, start, at) } });
    return { body, headers };
  };
  const fill = bodyBytes - of(1).body.length + 1;
  return Array.from({ length: count }, () => {
    made += 1;
    return of(fill);
  });
};
