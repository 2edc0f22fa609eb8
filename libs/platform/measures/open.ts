import { deliveryTold } from '@ketensluis/store';
import type { Configuration } from '../config.js';
import type { Hub } from '../hub.js';
import type { Hearer } from '../logging.js';
import type { HubRole } from '../roles.js';
import { figuresOf } from './figures.js';

/** What watches one process of the hub from outside: metrics and traces, each only where a setting asks for it. */
export interface Measures {
  /** To be given to `openEventLog`: they make both of what is told anyway. */
  readonly hearers: readonly Hearer[];
  /** Serves the metrics and lets traces look up what they need; throws when the port is taken. The figures of the hub are told by the process that watches. */
  readonly begin: (hub: Hub, roles: readonly HubRole[]) => Promise<void>;
  /** Resolves when nothing listens and what waits was sent. */
  readonly close: () => Promise<void>;
}

/** A receiver of traces that is away is told of once in this time. */
const tellEveryMs = 60_000;

/** Opens what is asked for; loads nothing of it otherwise. */
export const openMeasures = async ({ host, metricsPort, tracesUrl }: Pick<Configuration, 'host' | 'metricsPort' | 'tracesUrl'>): Promise<Measures> => {
  // Both libraries take longer to load than a command takes to run.
  const metrics = metricsPort === null ? null : (await import('./metrics.js')).openMetrics();
  const traces = tracesUrl === null ? null : (await import('./traces.js')).openTraces(tracesUrl);
  const closes: (() => Promise<void>)[] = traces === null ? [] : [traces.close];
  return {
    hearers: [...(metrics === null ? [] : [metrics.hearer]), ...(traces === null ? [] : [traces.hearer])],
    begin: async (hub, roles) => {
      let toldAt = -Infinity;
      traces?.findDelivery((deliveryId) => deliveryTold(hub.pool, deliveryId));
      traces?.onFailure(() => {
        if (performance.now() - toldAt < tellEveryMs) return;
        toldAt = performance.now();
        hub.events.tell('traces.failed');
      });
      if (metrics === null || metricsPort === null) return;
      const { serveMetrics } = await import('./server.js');
      const server = await serveMetrics({ host, port: metricsPort }, metrics, roles.includes('watch') ? figuresOf(hub) : async () => []);
      closes.unshift(server.close);
    },
    close: async () => {
      for (const one of closes.splice(0)) await one();
    },
  };
};
