import { startBroker } from './broker.js';
import { openGate, type Gate } from './gate.js';

/** The broker of the hub under drill, behind a gate; PostgreSQL is the truth, so all of it may be lost (I8). */
export interface DrillBroker {
  readonly url: string;
  readonly gate: Gate;
  /** Ends it as a power cut would, and starts it again; resolves when it takes connections. */
  readonly killAndStart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a RabbitMQ of this drill alone; takes five to fifteen seconds. */
export const openDrillBroker = async (): Promise<DrillBroker> => {
  const server = await startBroker();
  const gate = await openGate(() => [server.port]);
  const url = new URL(server.url());
  url.port = String(gate.port);
  return {
    url: url.toString(), gate,
    killAndStart: async () => {
      await server.kill();
      await server.start();
    },
    stop: async () => {
      await gate.close();
      await server.stop();
    },
  };
};
