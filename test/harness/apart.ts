import { embeddedWork, hubRoles, openHub, type Hub, type HubOptions, type HubRole, type Ring, type WorkSource } from '@ketensluis/platform';
import { startWorker, workerRoles, type Worker } from '../../apps/worker/worker.js';
import { openTestRoles, type TestDatabase } from './database.js';

/** The parts of one hub, each on the database account of its role alone. */
export interface ApartHub {
  readonly of: (role: HubRole) => Hub;
  readonly urlOf: (role: string) => string;
  /** Hubs are closed; the accounts go with `drop`, once the database is gone. */
  readonly close: () => Promise<void>;
  readonly drop: () => Promise<void>;
}

/** Opens a part for each role over a database that a whole hub has used before; all of it in this process. */
export const openApart = async (database: TestDatabase, roles: readonly HubRole[], options: Omit<HubOptions, 'connectionString' | 'roles'>): Promise<ApartHub> => {
  const accounts = await openTestRoles(database);
  const hubs = new Map<HubRole, Hub>();
  for (const role of roles) hubs.set(role, await openHub({ ...options, connectionString: accounts.urlOf(role), roles: [role] }));
  return {
    urlOf: accounts.urlOf,
    of: (role) => {
      const hub = hubs.get(role);
      if (hub === undefined) throw new Error(`bug: the test opened no ${role}`);
      return hub;
    },
    close: async () => void (await Promise.all([...hubs.values()].map((hub) => hub.close()))),
    drop: accounts.close,
  };
};

/** True when each role is a hub of its own: where the test asks for it, and everywhere when the run does. */
export const isApart = ({ apart }: { readonly apart?: boolean }): boolean => apart ?? process.env['KETENSLUIS_TEST_APART'] === '1';

/** How the workers of a test hub differ from one worker that does everything. */
interface WorkerOptions {
  readonly workers?: number;
  readonly work?: (hub: Hub) => Promise<WorkSource>;
}

/** Starts the workers of a test hub: side by side, or one for each part. */
export const startWorkers = async (hub: Hub, apart: ApartHub | null, { workers = 1, work = async () => embeddedWork }: WorkerOptions): Promise<{ readonly wake: (what: Ring) => void; readonly stop: () => Promise<void> }> => {
  const works = apart === null ? await Promise.all(Array.from({ length: workers }, () => work(hub))) : [];
  const running: readonly Worker[] = apart === null
    ? works.map((one) => startWorker(hub, undefined, one))
    : hubRoles.map((role) => startWorker(apart.of(role), workerRoles.filter((one) => one === role)));
  return {
    wake: (what) => running.forEach((worker) => worker.wake(what)),
    stop: async () => {
      await Promise.all(running.map((worker) => worker.stop()));
      await Promise.all(works.map(({ broker }) => broker?.close()));
    },
  };
};
