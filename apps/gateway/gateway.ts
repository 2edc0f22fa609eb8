import type { Hub } from '@ketensluis/platform';
import { startHttp } from './http/server.js';
import { startIntake } from './intake.js';
import { startRefusalRecorder } from './refusals.js';

/** What faces the parties: mail and HTTP. */
export interface Gateway {
  /** Resolves when nothing is under way any more. */
  readonly close: () => Promise<void>;
}

/** Opens both ports; throws when one is taken. */
export const startGateway = async (hub: Hub, { host, smtpPort, httpPort }: { readonly host: string; readonly smtpPort: number; readonly httpPort: number }): Promise<Gateway> => {
  const refusals = startRefusalRecorder({ clock: hub.clock, ids: hub.ids, intake: hub.store.intake, events: hub.events });
  const intake = await startIntake(hub, refusals, { host, port: smtpPort });
  const http = await startHttp(hub, { host, port: httpPort }).catch(async (fault: unknown) => {
    await intake.close();
    throw fault;
  });
  return {
    close: async () => {
      await intake.close();
      await http.close();
      await refusals.close();
    },
  };
};
