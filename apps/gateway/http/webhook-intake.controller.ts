import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { eventForm, type DocumentMediaType } from '@ketensluis/contract';
import { receiveEvent, type IncomingRequest } from '@ketensluis/flow';
import { HUB, type HttpReply, type Hub } from '@ketensluis/platform';
import { refusalRecorderOf } from '../refusals.js';
import { authenticate } from './caller.js';
import { idempotencyKeyOf, noIdempotencyKey } from './idempotency-key.js';
import { busy, comeBack, messageAnswer } from './message-answer.js';
import { apiProblem } from './problem.js';
import { proofSha256Of } from './proof-name.js';
import { readLimiter } from '@ketensluis/platform';
import { bodyOf, linkOf, mediaTypeOf, send, type HttpRequest, type ReplyTarget } from './request.js';

/** When a sender may come back after the database was away. */
const comeBackSeconds = 30;
const documentTypes: readonly DocumentMediaType[] = ['application/json', 'application/xml'];

const paths = { webhook: '/webhooks/in', message: '/api/v1/berichten' } as const;
/** Where a message with its attachments may be sent. */
export const intakePaths: readonly string[] = Object.values(paths);

/** Where messages of the parties come in over HTTP: signed webhooks, and requests of callers that proved themselves. */
@Controller()
export class WebhookIntakeController {
  private readonly take;

  constructor(@Inject(HUB) private readonly hub: Hub) {
    this.take = readLimiter(hub.clock);
  }

  /** A signed webhook (Standard Webhooks) with a CloudEvent as its body. */
  @Post(paths.webhook)
  webhook(@Req() request: HttpRequest, @Res() reply: ReplyTarget): Promise<void> {
    return this.answer(reply, async () => {
      const unfit = unfitBody(request, [eventForm.mediaType]);
      return unfit ?? this.receive(request, { way: 'webhook', path: paths.webhook, headers: request.headers, body: bodyOf(request) });
    });
  }

  /** The same message from a caller with an access token or a client certificate; `Idempotency-Key` names the request. */
  @Post(paths.message)
  message(@Req() request: HttpRequest, @Res() reply: ReplyTarget): Promise<void> {
    return this.answer(reply, async () => {
      const known = await authenticate(request, this.hub, 'berichten');
      if (known.kind === 'refused') return known.reply;
      const unfit = unfitBody(request, documentTypes);
      if (unfit !== null) return unfit;
      const key = idempotencyKeyOf(request);
      if (key === null) return apiProblem(400, { errors: [noIdempotencyKey] });
      const { party } = known.caller;
      const mediaType = mediaTypeOf(request) === 'application/xml' ? 'application/xml' : 'application/json';
      return this.receive(request, { way: 'api', path: paths.message, party, key, mediaType, proofSha256: proofSha256Of(known.caller), body: bodyOf(request) });
    });
  }

  private async receive(request: HttpRequest, incoming: IncomingRequest): Promise<HttpReply> {
    const { clock, ids, registers, store, events } = this.hub;
    const intake = { saveAccepted: store.intake.saveAccepted, recordRefusal: refusalRecorderOf(this.hub).record };
    // A caller of the API was counted when it proved itself; who signs is known only then.
    const take = (oin: string): number => (incoming.way === 'webhook' ? this.take({ kind: 'party', name: oin }) : 0);
    const beganMs = performance.now();
    const verdict = await receiveEvent(incoming, { clock, ids, registers, keys: store.webhookKeys, intake, take });
    events.tell(`message.${verdict.kind}`, { ...('id' in verdict ? { messageId: verdict.id } : {}), channel: incoming.way, bytes: incoming.body.length, durationMs: Math.round(performance.now() - beganMs), ...linkOf(request) });
    // Strangers are counted by their failures, and slow down nobody who signs well from the same address.
    const waits = verdict.kind === 'unproven' ? this.take({ kind: 'stranger', name: request.ip }) : 0;
    return waits > 0 ? busy(waits) : messageAnswer(verdict);
  }

  private async answer(reply: ReplyTarget, act: () => Promise<HttpReply>): Promise<void> {
    send(reply, await act().catch((fault: unknown) => {
      // Nothing was decided, so nothing is lost: the sender has it still.
      this.hub.events.fault('message.failed', fault);
      return comeBack(comeBackSeconds);
    }));
  }
}

/** A body that is packed is not unpacked: a small one could be a large one (RFC 9110 §15.5.16), and the signature is over what was sent. */
const unfitBody = (request: HttpRequest, types: readonly string[]): HttpReply | null => {
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') return apiProblem(415, { detail: 'Send the body as it is, without Content-Encoding.', headers: { 'accept-encoding': 'identity' } });
  return types.includes(mediaTypeOf(request)) ? null : apiProblem(415, { detail: `The body has one of these media types: ${types.join(', ')}.` });
};
