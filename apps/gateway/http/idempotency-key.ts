import { createHash } from 'node:crypto';
import type { FieldProblem } from './problem.js';
import { bodyOf, headerOf, type HttpRequest } from './request.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The header as the document tells of it; each operation has an example of its own, as a name stands for one request. */
export const idempotencyHeader = (example: string) => ({
  'Idempotency-Key': { description: 'Een UUID van uzelf, dezelfde bij een herhaling.', schema: { type: 'string', format: 'uuid' }, example },
});

/** What a request is told that brings no such name. */
export const noIdempotencyKey: FieldProblem = { header: 'Idempotency-Key', detail: 'Give a UUID of your own for each request, and the same one when you repeat it.' };

/** The name a caller gave its request, in lower case; quotes around it are taken off. Null when there is none that can be one. */
export const idempotencyKeyOf = (request: Pick<HttpRequest, 'headers'>): string | null => {
  const key = headerOf(request, 'idempotency-key')?.replace(/^"(.*)"$/, '$1') ?? '';
  return uuid.test(key) ? key.toLowerCase() : null;
};

/** SHA-256 (hexadecimal) of what was asked where: the same name for another body, or at another address, is another request. */
export const requestSha256 = (request: Pick<HttpRequest, 'url' | 'body'>): string => createHash('sha256').update(`${request.url}\n`).update(bodyOf(request)).digest('hex');
