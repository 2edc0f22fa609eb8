import type { Hub, HttpServer } from '@ketensluis/platform';
import { serveHttp } from '@ketensluis/platform';
import { StateController } from './state.controller.js';

/** Opens the console port for people: today one page that says how the hub is doing. */
export const startConsole = (hub: Hub, options: { readonly host: string; readonly port: number }): Promise<HttpServer> =>
  serveHttp({ hub, controllers: [StateController], ...options });
