import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { fetchDisclosure, type FetchVerdict } from '@ketensluis/flow';
import { HUB, type HttpReply, type Hub } from '@ketensluis/platform';
import { refusalRecorderOf } from '../refusals.js';
import { authenticate, type Caller } from './caller.js';
import { fetchedBody } from './fetched-body.js';
import { comeBack } from './message-answer.js';
import { apiProblem } from './problem.js';
import { proofSha256Of, proofWayOf } from './proof-name.js';
import { isThere, linkOf, send, type HttpRequest, type ReplyTarget } from './request.js';

/** When to ask again after the log could not be sealed in time. */
const comeBackSeconds = 10;
const place = /^\/api\/v1\/verstrekkingen\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Where a party fetches what a thin webhook told it of (`dataref`). The fetch is the disclosure, sealed in the log before the bytes leave (I1). */
@Controller('api/v1/verstrekkingen')
export class FetchController {
  constructor(@Inject(HUB) private readonly hub: Hub) {}

  /** One disclosure with its files and its proof, for its recipient. */
  @Get(':id')
  async fetch(@Req() request: HttpRequest, @Res() reply: ReplyTarget): Promise<void> {
    send(reply, await this.answer(request).catch((fault: unknown) => {
      this.hub.events.fault('fetch.failed', fault);
      return comeBack(comeBackSeconds);
    }));
  }

  private async answer(request: HttpRequest): Promise<HttpReply> {
    const known = await authenticate(request, this.hub, 'verstrekkingen');
    if (known.kind === 'refused') return known.reply;
    const id = place.exec(request.url)?.[1];
    // What no disclosure can be called is answered as one that is not there.
    if (id === undefined) return apiProblem(404);
    const verdict = await this.take(id, known.caller, request);
    this.hub.events.tell(`disclosure.${verdict.kind}`, { oin: known.caller.party.oin, ...(verdict.kind === 'fetched' ? { deliveryId: id } : {}), ...linkOf(request) });
    return replyTo(verdict);
  }

  private take(id: string, caller: Caller, request: HttpRequest): Promise<FetchVerdict> {
    const { clock, ids, registers, store } = this.hub;
    const fetcher = { oin: caller.party.oin, way: proofWayOf(caller), sha256: proofSha256Of(caller) };
    return fetchDisclosure(id, fetcher, { clock, ids, registers, fetches: store.fetches, intake: { recordRefusal: refusalRecorderOf(this.hub).record }, isThere: () => isThere(request) });
  }
}

const replyTo = (verdict: FetchVerdict): HttpReply => {
  switch (verdict.kind) {
    case 'fetched': return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }, body: fetchedBody(verdict.disclosure) };
    case 'absent': return apiProblem(404);
    case 'gone': return apiProblem(410, { detail: 'This may not be given any more. The party that sent it, or the operator, knows more.' });
    case 'later': return comeBack(comeBackSeconds);
  }
};
