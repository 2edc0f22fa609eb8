import type { DecidedJob, DisclosureJob, DisclosurePlan, LoadedMessage } from '@ketensluis/flow';
import type pg from 'pg';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ringSoon } from './bell.js';
import { beginUnderRegisters, lockCases, openLocked } from './cases.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { savePlans, type PlannedCase } from './save-plan.js';
import type { Vault } from './vault.js';

/** What decisions are written with. */
export interface Deciding {
  readonly pool: pg.Pool;
  readonly vault: Vault;
  readonly keys: PeriodKeys;
}

type MakePlan = (loaded: LoadedMessage, mark: string) => Promise<DisclosurePlan>;

/**
 * Decides several messages in one transaction, each of another case, which costs little more than one. A plan that cannot be made leaves the others as they
 * are; when they cannot be written together, each is tried by itself (I14).
 */
export const decideJobs = async (deciding: Deciding, jobs: readonly DisclosureJob[], at: Date, plan: MakePlan): Promise<readonly DecidedJob[]> => {
  const together = await decideTogether(deciding, jobs, at, plan).catch((fault: unknown) => ({ fault }));
  if (!('fault' in together)) {
    if (together.some(({ result }) => result?.kind === 'planned')) ringSoon(deciding.pool, 'seal');
    return together;
  }
  const [only, ...more] = jobs;
  if (only === undefined) return [];
  if (more.length === 0) return [{ job: only, result: { kind: 'fault', fault: together.fault } }];
  const alone: DecidedJob[] = [];
  for (const job of jobs) alone.push(...(await decideJobs(deciding, [job], at, plan)));
  return alone;
};

const decideTogether = ({ pool, vault, keys }: Deciding, jobs: readonly DisclosureJob[], at: Date, plan: MakePlan): Promise<readonly DecidedJob[]> =>
  inTransaction(pool, async (client) => {
    const { rows, mark } = await lockCases(client, jobs);
    const planned: PlannedCase[] = [];
    const faults = new Map<string, unknown>();
    for (const row of rows) {
      try {
        const locked = await openLocked(client, vault, row);
        planned.push({ locked, plan: await plan(locked.loaded, mark) });
      } catch (fault) {
        faults.set(row.job.job, fault);
      }
      // A plan is a few milliseconds of work: whoever waits for an answer waits for one, and not for all of them.
      await nextTurn();
    }
    if (planned.length > 0) await savePlans(client, { keys, at }, planned);
    return jobs.map((job): DecidedJob => {
      const found = planned.find(({ locked }) => locked.job === job);
      if (found !== undefined) return { job, result: { kind: 'planned', plan: found.plan } };
      return { job, result: faults.has(job.job) ? { kind: 'fault', fault: faults.get(job.job) } : null };
    });
  }, beginUnderRegisters);
