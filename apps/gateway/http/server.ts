import 'reflect-metadata';
import { serveHttp, type Hub, type HttpServer } from '@ketensluis/platform';
import { HealthController } from './health.controller.js';
import { LogController } from './log.controller.js';

/** Opens the HTTP port for parties and for whoever runs the hub: the health of the process, and the log for its readers. */
export const startHttp = (hub: Hub, options: { readonly host: string; readonly port: number }): Promise<HttpServer> =>
  serveHttp({ hub, controllers: [HealthController, LogController], ...options });

/** The health of a process that faces no party. */
export const startHealth = (hub: Hub, options: { readonly host: string; readonly port: number }): Promise<HttpServer> =>
  serveHttp({ hub, controllers: [HealthController], ...options });
