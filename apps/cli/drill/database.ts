import { startEmbeddedPostgres, type EmbeddedPostgres } from '@ketensluis/platform';
import { openGate, type Gate } from './gate.js';

/** The database of the hub under drill, behind a gate: it may be killed, and comes back under the same address. */
export interface DrillDatabase {
  /** By way of the gate, for the parts of the hub. */
  readonly connectionString: string;
  readonly gate: Gate;
  /** Ends every process of it as a power cut would, and starts it again; resolves when it takes connections. */
  readonly killAndStart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a database of its own in this folder. */
export const openDrillDatabase = async (directory: string): Promise<DrillDatabase> => {
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ directory, log: () => undefined });
  let server = await start();
  const gate = await openGate(() => [server.port]);
  const url = new URL(server.connectionString);
  url.port = String(gate.port);
  return {
    connectionString: url.toString(), gate,
    killAndStart: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
      await server.stop();
      server = await start();
    },
    stop: async () => {
      await gate.close();
      await server.stop();
    },
  };
};
