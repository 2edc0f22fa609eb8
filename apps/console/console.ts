import type { Hub, HttpServer } from '@ketensluis/platform';
import { startReports } from './audit/runner.js';
import { openDesk, type DeskOptions } from './desk.js';
import { serveConsole } from './serve.js';

/** What the console is started with. */
export interface ConsoleOptions extends Omit<DeskOptions, 'url'> {
  readonly tls: { readonly key: string; readonly cert: string } | null;
}

/** Opens the port for people. Over TLS unless the console is found on this very computer. */
export const startConsole = async (hub: Hub, options: ConsoleOptions): Promise<HttpServer> => {
  const { configuration, tls } = options;
  const url = new URL(configuration.consoleUrl);
  const desk = await openDesk(hub, { ...options, url });
  const server = await serveConsole(desk, { host: configuration.host, port: configuration.consolePort, tls: url.protocol === 'https:' ? tls : null });
  const reports = startReports(desk);
  return {
    port: server.port,
    close: async () => {
      await server.close();
      await reports.stop();
    },
  };
};
