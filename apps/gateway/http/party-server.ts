import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { postedSizeMaxBytes } from '@ketensluis/contract';
import { servePartyHttp, type Hub, type HttpServer } from '@ketensluis/platform';
import { followTls } from '../follow-tls.js';
import { ApiController } from './api/api.controller.js';
import { apiVersion } from './api/operations.js';
import { FeedController } from './feed.controller.js';
import { FetchController } from './fetch.controller.js';
import { LogController } from './log.controller.js';
import { portRefusal } from './problem.js';
import { TokenController } from './token.controller.js';
import { intakePaths, WebhookIntakeController } from './webhook-intake.controller.js';

/** What the parties find on their port; one line for each controller. */
const controllers: readonly Type[] = [
  LogController,
  TokenController,
  ApiController,
  WebhookIntakeController,
  FetchController,
  FeedController,
];

/** On every answer (NL GOV API Design Rules 2.2, module transport security). */
const answerHeaders = {
  'api-version': apiVersion,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Opens the port of the parties: API, webhooks, feeds and the log, over TLS. A client certificate is asked for, and its path validated where it is used. */
export const startPartyHttp = async (hub: Hub, options: { readonly host: string; readonly port: number }): Promise<HttpServer> => {
  const { port, close, renewTls } = await servePartyHttp({
    hub, controllers, ...options, tls: hub.identity.tls, headers: answerHeaders, refusal: portRefusal,
    largeBodies: { paths: intakePaths, mostBytes: postedSizeMaxBytes },
  });
  const unfollow = followTls(hub, renewTls);
  return {
    port,
    close: () => {
      unfollow();
      return close();
    },
  };
};
