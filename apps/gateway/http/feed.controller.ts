import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { feedMediaType } from '@ketensluis/contract';
import { readFeed, type FeedVerdict } from '@ketensluis/flow';
import { HUB, type HttpReply, type Hub } from '@ketensluis/platform';
import { createHash } from 'node:crypto';
import { authenticate, type Caller } from './caller.js';
import { isNamed } from './entity-tag.js';
import { comeBack } from './message-answer.js';
import { apiProblem } from './problem.js';
import { proofSha256Of, proofWayOf } from './proof-name.js';
import { headerOf, send, type HttpRequest, type ReplyTarget } from './request.js';

/** When to ask again after the log could not be sealed in time. */
const comeBackSeconds = 10;
const place = /^\/feeds\/uitspraken(?:\/([1-9][0-9]{0,8}))?$/;

/**
 * The feed of a party (RFC 4287): its own, whoever it is, for there is no address of anybody else's. What it is shown for the first time is sealed in the log
 * before the bytes leave (I1).
 */
@Controller('feeds/uitspraken')
export class FeedController {
  constructor(@Inject(HUB) private readonly hub: Hub) {}

  /** The subscription document, and the pages of its archive by number (RFC 5005 §4). */
  @Get(['', ':archive'])
  async read(@Req() request: HttpRequest, @Res() reply: ReplyTarget): Promise<void> {
    send(reply, await this.answer(request).catch((fault: unknown) => {
      this.hub.events.fault('feed.failed', fault);
      return comeBack(comeBackSeconds);
    }));
  }

  private async answer(request: HttpRequest): Promise<HttpReply> {
    const known = await authenticate(request, this.hub, 'feeds');
    if (known.kind === 'refused') return known.reply;
    const asked = place.exec(request.url);
    // Nothing is taken from a query, least of all a token.
    if (asked === null) return apiProblem(404);
    const verdict = await this.take(asked[1] === undefined ? null : Number(asked[1]), known.caller, headerOf(request, 'if-none-match'));
    this.hub.events.tell(`feed.${verdict.kind}`, { oin: known.caller.party.oin, ...(verdict.kind === 'given' ? { count: verdict.fresh } : {}) });
    return replyTo(verdict);
  }

  private take(archive: number | null, caller: Caller, ifNoneMatch: string | null): Promise<FeedVerdict> {
    const { clock, ids, store, publicUrl } = this.hub;
    const reader = { oin: caller.party.oin, way: proofWayOf(caller), sha256: proofSha256Of(caller) };
    const question = {
      archive, address: `${publicUrl}/feeds/uitspraken`, fetchAddress: `${publicUrl}/api/v1/verstrekkingen`, isKnown: (name: string) => isNamed(ifNoneMatch, name),
    };
    return readFeed(question, reader, { clock, ids, feeds: store.feeds, nameOf: (text) => createHash('sha256').update(text, 'utf8').digest('base64url') });
  }
}

const replyTo = (verdict: FeedVerdict): HttpReply => {
  switch (verdict.kind) {
    case 'given': return { status: 200, headers: { 'content-type': `${feedMediaType}; charset=utf-8`, ...cachingOf(verdict) }, body: verdict.body };
    case 'same': return { status: 304, headers: cachingOf(verdict), body: new Uint8Array() };
    case 'absent': return apiProblem(404);
    case 'later': return comeBack(comeBackSeconds);
  }
};

// Asked each time, also of the archive: what is destroyed disappears, a token ends, and every look is written down.
const cachingOf = ({ name, updatedAt }: { readonly name: string; readonly updatedAt: Date }): HttpReply['headers'] =>
  ({ etag: `"${name}"`, 'last-modified': updatedAt.toUTCString(), 'cache-control': 'private, no-cache', vary: 'authorization' });
