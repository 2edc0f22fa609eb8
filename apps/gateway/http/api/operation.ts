import type { ApiScope } from '@ketensluis/domain';
import type { HttpReply, Hub } from '@ketensluis/platform';
import { z } from 'zod';
import type { Caller } from '../caller.js';
import { idempotencyKeyOf, idempotencyHeader, noIdempotencyKey } from '../idempotency-key.js';
import { apiProblem, type FieldProblem } from '../problem.js';
import { bodyOf, mediaTypeOf, type HttpRequest } from '../request.js';

/** Names of an address or a query, each a text that its schema reads. */
export type Parameters = z.ZodObject<Record<string, z.ZodType>>;

/** What is sent or answered, by the name it has in the document. */
export interface Content {
  readonly name: string;
  /** JSON Schema, or what makes one. */
  readonly schema: z.ZodType | Readonly<Record<string, unknown>>;
  readonly example: unknown;
}

/** One operation of the API: what the document says of it, and what a request is held against. */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`; names of `path` stand in braces. */
  readonly address: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** What a token must be for; null when everybody may ask. */
  readonly scope: ApiScope | null;
  readonly path: Parameters;
  readonly query: Parameters;
  /** By media type; empty for an operation without a body. */
  readonly body: Readonly<Record<string, Content>>;
  readonly headers: Readonly<Record<string, { readonly description: string; readonly schema: Readonly<Record<string, unknown>>; readonly example: string }>>;
  readonly answer: { readonly status: 200 | 202; readonly description: string; readonly content: Content };
  /** Statuses of refusals beside those every operation has. */
  readonly refusals: readonly number[];
  /** Values of the names in the address, for an example that can be sent. */
  readonly example: Readonly<Record<string, string>>;
}

/** A request that fits, from a caller that may. */
export interface Asked<P, Q> {
  readonly path: P;
  readonly query: Q;
  readonly caller: Caller | null;
  readonly request: HttpRequest;
  readonly hub: Hub;
}

/** A request before it is held against its operation. */
export interface Raw {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly caller: Caller | null;
  readonly request: HttpRequest;
  readonly hub: Hub;
}

/** An operation that is answered by the dispatcher. */
export interface ServedOperation extends Operation {
  readonly serve: (raw: Raw) => Promise<HttpReply>;
}

/** No names. */
export const nothing = z.strictObject({});

/** What an operation that the dispatcher answers is defined by. One with an `exampleKey` takes an `Idempotency-Key`. */
type Definition<P, Q> = Omit<Operation, 'path' | 'query' | 'body' | 'headers' | 'refusals'> & { readonly path: P; readonly query: Q; readonly body?: JsonBody; readonly exampleKey?: string };

/**
 * Joins a definition with what answers it: a request that does not fit never gets there and is told all that is wrong with it at once, and null is answered as what
 * is not there.
 */
export const served = <P extends Parameters, Q extends Parameters>(
  { body, exampleKey, ...definition }: Definition<P, Q>,
  answer: (asked: Asked<z.output<P>, z.output<Q>>) => Promise<unknown>,
  refusals: readonly number[] = [],
): ServedOperation => ({
  ...definition, body: body === undefined ? {} : { 'application/json': body }, headers: exampleKey === undefined ? {} : idempotencyHeader(exampleKey),
  refusals: [...(Object.keys(definition.path.shape).length > 0 ? [404] : []), ...refusals],
  serve: async ({ path, query, ...rest }) => {
    const repeated = [...new Set(query.keys())].filter((name) => query.getAll(name).length > 1);
    const [place, fields] = [definition.path.safeParse(path), definition.query.safeParse(Object.fromEntries(query))];
    const errors = [...repeated.map((): FieldProblem => ({ parameter: 'query', detail: 'A name stands there more than once.' })), ...errorsOf(fields.error, definition.query)];
    // An address that nothing can have is answered as one that nothing has.
    if (!place.success) return apiProblem(404);
    if (body !== undefined && mediaTypeOf(rest.request) !== 'application/json') return apiProblem(415, { detail: 'The body has the media type application/json.' });
    if (exampleKey !== undefined && idempotencyKeyOf(rest.request) === null) errors.push(noIdempotencyKey);
    if (body !== undefined) errors.push(...bodyErrors(rest.request, body));
    if (!fields.success || errors.length > 0) return apiProblem(400, { errors });
    const value = await answer({ path: place.data, query: fields.data, ...rest });
    return value === null ? apiProblem(404) : isReply(value) ? value : { ...jsonReply(value), status: definition.answer.status };
  },
});

/** A body that its schema reads. */
export type JsonBody = Content & { readonly schema: z.ZodType };

const isReply = (value: unknown): value is HttpReply => typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'body' in value;

/** Of a long list that is wrong everywhere, an answer does not name more. */
const bodyErrorsMax = 100;

// Only words that a schema of ours chose: what zod says by itself may hold what was sent.
const bodyErrors = (request: HttpRequest, { schema }: JsonBody): readonly FieldProblem[] =>
  (schema.safeParse(jsonOf(bodyOf(request))).error?.issues ?? []).slice(0, bodyErrorsMax).map(({ path, code, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''), detail: code === 'custom' ? message : 'The body does not fit its schema in the API document.',
  }));

/** The body as JSON; null when it is none. */
export const jsonOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
};

/** All that is wrong with a query. Names of ours are named; what the caller made up is not repeated. */
const errorsOf = (error: z.ZodError | undefined, { shape }: Parameters): readonly FieldProblem[] =>
  (error?.issues ?? []).map(({ path, code }) => {
    const name = String(path[0] ?? '');
    if (code === 'unrecognized_keys' || !Object.hasOwn(shape, name)) return { parameter: 'query', detail: `The query takes ${Object.keys(shape).join(', ') || 'no names'}.` };
    return { parameter: name, detail: `Expected ${shape[name]?.meta()?.description ?? 'another value'}` };
  });

/** An answer in JSON that no cache keeps. */
const jsonReply = (value: unknown, headers: HttpReply['headers'] = {}): HttpReply => ({
  status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers }, body: Buffer.from(JSON.stringify(value)),
});

/** A moment in an answer: always UTC. */
export const instantField = (description: string) => z.iso.datetime().meta({ description });
/** An identifier. */
export const idField = (description: string) => z.uuid().meta({ description });

const pageMost = 100;
/** How many items of a page. */
export const limitField = z.string().regex(/^[1-9][0-9]{0,2}$/).transform(Number).pipe(z.number().int().min(1).max(pageMost)).default(20)
  .meta({ description: `a number from 1 to ${pageMost}; 20 when absent.` });
