import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import { HUB, type HttpReply, type Hub } from '@ketensluis/platform';
import { authenticate, countStranger } from '../caller.js';
import { apiProblem } from '../problem.js';
import { headerOf, send, type HttpRequest, type ReplyTarget } from '../request.js';
import type { Operation } from './operation.js';
import { apiDocument, apiOperations, servedOperations } from './operations.js';

const prefix = '/api/v1';

/** The API of the parties: finds the operation, holds the request against it, and gives nothing to whom it does not know. */
@Controller('api/v1')
export class ApiController {
  private readonly document: Buffer;

  constructor(@Inject(HUB) private readonly hub: Hub) {
    this.document = Buffer.from(apiDocument(hub.publicUrl));
  }

  /** Every address of the API that no controller of its own answers. */
  @All('*')
  async any(@Req() request: HttpRequest, @Res() reply: ReplyTarget): Promise<void> {
    send(reply, await this.answer(request).catch((fault: unknown) => {
      this.hub.events.fault('api.failed', fault);
      return apiProblem(503, { headers: { 'retry-after': '30' } });
    }));
  }

  private async answer(request: HttpRequest): Promise<HttpReply> {
    const [address = '', query = ''] = request.url.slice(prefix.length).split(/\?(.*)/s, 2);
    if (address === '/openapi.json') return this.published(request, query);
    const there = apiOperations.map((operation) => ({ operation, path: matched(operation, address) })).filter(({ path }) => path !== null);
    if (there.length === 0) return apiProblem(404);
    if (!there.some(({ operation }) => operation.method === request.method)) return apiProblem(405, { headers: { allow: there.map(({ operation }) => operation.method).join(', ') } });
    const operation = servedOperations.find((one) => one.method === request.method && there.some((other) => other.operation === one));
    const path = there.find((one) => one.operation === operation)?.path ?? null;
    // A controller of its own answers it, unless its address is not quite written as it should be.
    if (operation === undefined || path === null) return apiProblem(404);
    if (!takesJson(headerOf(request, 'accept'))) return apiProblem(406);
    const known = operation.scope === null ? countStranger(request, this.hub) : await authenticate(request, this.hub, operation.scope);
    if (known.kind === 'refused') return known.reply;
    return operation.serve({ path, query: new URLSearchParams(query), caller: known.kind === 'known' ? known.caller : null, request, hub: this.hub });
  }

  /** For everybody, from everywhere: the one address that a page of somebody else may read (CORS). */
  private published(request: HttpRequest, query: string): HttpReply {
    if (request.method !== 'GET') return apiProblem(405, { headers: { allow: 'GET' } });
    if (query !== '') return apiProblem(400, { errors: [{ parameter: 'query', detail: 'The query takes no names.' }] });
    return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' }, body: this.document };
  }
}

/** The values of the names in an address, undecoded: nothing we name has a percent sign, so one resource has one address. Null when it is another one. */
const matched = ({ address }: Operation, asked: string): Readonly<Record<string, string>> | null => {
  const [parts, values] = [address.split('/'), asked.split('/')];
  if (parts.length !== values.length) return null;
  const named: Record<string, string> = {};
  for (const [place, part] of parts.entries()) {
    const value = values[place] ?? '';
    const name = /^\{([a-z]+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== value : value === '') return null;
    if (name !== undefined) named[name] = value;
  }
  return named;
};

/** True when the caller takes JSON (RFC 9110 §12.5.1); `q=0` says that it does not. */
const takesJson = (accept: string | null): boolean => {
  if (accept === null) return true;
  const ranges = accept.split(',').map((range) => range.trim().toLowerCase().split(';').map((part) => part.trim()));
  return ranges.some(([type = '', ...parts]) => ['application/json', 'application/*', '*/*'].includes(type) && !parts.some((part) => /^q=0(\.0*)?$/.test(part)));
};
