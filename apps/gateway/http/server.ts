import 'reflect-metadata';
import { serveHttp, type Hub, type HttpServer } from '@ketensluis/platform';
import { HealthController } from './health.controller.js';

/** Opens the HTTP port for parties and for whoever runs the hub: today the health of the process. */
export const startHttp = (hub: Hub, options: { readonly host: string; readonly port: number }): Promise<HttpServer> =>
  serveHttp({ hub, controllers: [HealthController], ...options });
