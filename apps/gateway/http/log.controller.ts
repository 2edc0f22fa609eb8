import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { traceIn } from '@ketensluis/domain';
import { readLog, type LogAccess, type LogCaller } from '@ketensluis/flow';
import { HUB, type Hub } from '@ketensluis/platform';
import { answerOf, problem, type Acceptance, type HttpAnswer } from './log-answer.js';
import { logRoute } from './log-route.js';
import { readLimiter } from '@ketensluis/platform';

/** What is used of a request. */
interface Request {
  readonly url: string;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What is used of a reply. */
interface Reply {
  readonly status: (code: number) => { readonly headers: (values: HttpAnswer['headers']) => { readonly send: (body: Buffer) => unknown } };
}

const prefix = '/log/';

/** The log for known readers: C2SP tlog-tiles, and for a party or municipality its own entries with their proofs. */
@Controller('log')
export class LogController {
  private readonly take;

  constructor(@Inject(HUB) private readonly hub: Hub) {
    this.take = readLimiter(hub.clock);
  }

  /** Every address below `/log/`; a fault is told to us and to nobody else. */
  @Get('*')
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { status, headers, body } = await this.answer(request).catch((fault: unknown) => {
      this.hub.events.fault('log.unreadable', fault);
      return problem(503);
    });
    reply.status(status).headers({ ...headers, 'x-content-type-options': 'nosniff' }).send(Buffer.from(body));
  }

  private async answer(request: Request): Promise<HttpAnswer> {
    const [path = '', query = ''] = split(request.url.slice(prefix.length), '?');
    const route = logRoute(path, query);
    if (route.kind === 'absent') return problem(404);
    if (route.kind === 'malformed') return problem(400, `The parameter does not fit: ${route.parameter}`);
    const { clock, store, logReads } = this.hub;
    const reply = await readLog(route.question, callerOf(request), { clock, readers: store.readers, log: logReads, take: this.take, record: (access) => this.record(access) });
    return answerOf(reply, acceptanceOf(request));
  }

  private async record(access: LogAccess): Promise<void> {
    const { reader, question, outcome, count, trace } = access;
    // Strangers are told of and not kept: nobody without a token can fill a table.
    if (reader !== null) await this.hub.store.readers.recordRead({ ...access, reader });
    this.hub.events.tell('log.read', {
      key: reader?.id ?? null, oin: reader?.oin ?? null, role: reader?.role ?? null, kind: question.kind, outcome, count,
      ...(question.kind === 'entry' ? { entryId: question.id } : {}), ...(trace === null ? {} : { step: trace }),
    });
  }
}

const split = (text: string, mark: string): readonly string[] => {
  const place = text.indexOf(mark);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
};

const header = ({ headers }: Request, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

const callerOf = (request: Request): LogCaller => ({
  // RFC 6750 §2.1.
  token: /^Bearer +([A-Za-z0-9._~+/-]{1,200}=*)$/i.exec(header(request, 'authorization') ?? '')?.[1] ?? null,
  address: request.ip,
  trace: traceIn(header(request, 'traceparent') ?? ''),
});

const acceptanceOf = (request: Request): Acceptance => ({
  ifNoneMatch: header(request, 'if-none-match'),
  takesGzip: /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[0-9.]+\s*)?(,|$)/i.test(header(request, 'accept-encoding') ?? ''),
});
