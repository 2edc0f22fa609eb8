import { readCertificate } from '@ketensluis/flow';
import { loadFigures, type Figures } from '@ketensluis/store';
import type { Hub } from '../hub.js';
import { derOf } from '../identity.js';
import { inUseOf } from '../trust-upkeep.js';
import type { Sample } from './metrics.js';

const dayMs = 86_400_000;
/** However many ask, the database is asked once in this time. */
const freshMs = 10_000;

/** Tasks of which something stands still until a person acts. */
const stuckKinds = ['dead-letter', 'certificate', 'stopped', 'parked-case', 'undelivered', 'undelivered-privacy', 'not-fetched', 'log'];

/** Asks what costs a query: at most once in ten seconds, and together for whoever asks meanwhile. Never rejects: without a database it says so. */
export const figuresOf = (hub: Pick<Hub, 'pool' | 'clock' | 'keyring' | 'registers' | 'isReady'>): (() => Promise<readonly Sample[]>) => {
  let last: { readonly askedAt: number; readonly samples: Promise<readonly Sample[]> } | null = null;
  return () => {
    const at = performance.now();
    if (last === null || at - last.askedAt >= freshMs) last = { askedAt: at, samples: ask(hub).catch(() => [sample('ketensluis_database_up', 0)]) };
    return last.samples;
  };
};

const ask = async (hub: Parameters<typeof figuresOf>[0]): Promise<readonly Sample[]> => {
  const at = hub.clock.now();
  const [figures, certificates, isReady] = await Promise.all([loadFigures(hub.pool, at), certificatesOf(hub, at), hub.isReady()]);
  return [sample('ketensluis_database_up', 1), sample('ketensluis_ready', isReady ? 1 : 0), ...workOf(figures, at), ...logOf(figures, at), ...certificates];
};

const sample = (name: Sample['name'], value: number, labels: Sample['labels'] = {}): Sample => ({ name, labels, value });

const secondsSince = (moment: Date | null, at: Date): number => (moment === null ? 0 : Math.max(0, (at.getTime() - moment.getTime()) / 1_000));

const workOf = ({ queues, tasks, duties }: Figures, at: Date): readonly Sample[] => [
  ...queues.flatMap(({ queue, length, dueSince }) => [sample('ketensluis_queue_length', length, { queue }), sample('ketensluis_queue_age_seconds', secondsSince(dueSince, at), { queue })]),
  ...tasks.map(({ kind, count }) => sample('ketensluis_tasks', count, { kind })),
  // Also those of which there are none: an alarm on a number that is not there stays silent.
  ...stuckKinds.map((kind) => sample('ketensluis_stuck', tasks.find((task) => task.kind === kind)?.count ?? 0, { kind })),
  ...Object.entries(duties).map(([when, count]) => sample('ketensluis_duties_due', count, { when })),
];

const logOf = ({ log, witnesses, needsQuorum, verified }: Figures, at: Date): readonly Sample[] => [
  sample('ketensluis_log_size', log.size), sample('ketensluis_log_released', log.released),
  sample('ketensluis_log_waiting_seconds', secondsSince(log.oldestWaitingAt, at)), sample('ketensluis_log_contradicted', log.isContradicted ? 1 : 0),
  ...(verified === null ? [] : [sample('ketensluis_log_verified', verified.isUnchanged ? 1 : 0), sample('ketensluis_log_verified_timestamp_seconds', verified.at.getTime() / 1_000)]),
  ...(needsQuorum ? [sample('ketensluis_quorum', log.quorumLostAt === null ? 1 : 0)] : []),
  ...witnesses.map(({ name, problem }) => sample('ketensluis_witness_up', problem === null ? 1 : 0, { witness: name })),
];

/** Of several for one use the first to end counts: that is the one somebody must act upon. */
const certificatesOf = async (hub: Parameters<typeof figuresOf>[0], at: Date): Promise<readonly Sample[]> => {
  const { sign, encrypt, tls } = hub.keyring.identity;
  const own = [['sign', sign.certificate], ['encrypt', encrypt.certificate], ...derOf(tls.cert).slice(0, 1).map((der) => ['tls', der] as const)] as const;
  const { parties } = await inUseOf(hub);
  const ends = [
    ...own.map(([use, der]) => ({ party: 'hub', use, certificate: readCertificate(der) })),
    ...parties.map(({ party, certificate }) => ({ party, use: 'encrypt', certificate })),
  ].flatMap(({ party, use, certificate }) => (certificate === null ? [] : [{ party, use, days: (certificate.notAfter.getTime() - at.getTime()) / dayMs }]));
  const firsts = new Map<string, (typeof ends)[number]>();
  for (const one of ends) {
    const known = firsts.get(`${one.party} ${one.use}`);
    if (known === undefined || one.days < known.days) firsts.set(`${one.party} ${one.use}`, one);
  }
  return [...firsts.values()].map(({ party, use, days }) => sample('ketensluis_certificate_days', days, { party, use }));
};
