import type { EntryPage, LogReply, OwnEntry } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One answer on the HTTP port. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the caller already has and can take. */
export interface Acceptance {
  readonly ifNoneMatch: string | null;
  readonly takesGzip: boolean;
}

const compress = promisify(gzip);

// Never `public`: what only known readers may have is not for a cache that many share.
const forGood = 'private, max-age=31536000, immutable';
const askAgain = 'private, no-cache';

const titles = new Map<number, string>([
  [400, 'Malformed request'], [401, 'Unknown reader'], [403, 'Not for this reader'], [404, 'Not found'], [429, 'Too many requests'], [503, 'Not available now'],
]);

/** A refusal as RFC 9457 has it. `detail` is ours, never a text of the caller; nothing in it tells what exists. */
export const problem = (status: number, detail: string | null = null, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  body: Buffer.from(JSON.stringify({ type: 'about:blank', title: titles.get(status) ?? 'Refused', status, ...(detail === null ? {} : { detail }) })),
});

/** The answer to a reply of the log; types and caching as C2SP tlog-tiles says. */
export const answerOf = async (reply: LogReply, accepts: Acceptance): Promise<HttpAnswer> => {
  switch (reply.kind) {
    // RFC 6750 §3: how to become known, and nothing about why this token does not do.
    case 'unknown': return problem(401, null, { 'www-authenticate': 'Bearer' });
    case 'forbidden': return problem(403);
    case 'absent': return problem(404);
    // RFC 9110 §10.2.3.
    case 'busy': return problem(429, null, { 'retry-after': String(reply.waitSeconds) });
    case 'found': return foundAnswer(reply.content, accepts);
  }
};

const foundAnswer = async (content: Extract<LogReply, { kind: 'found' }>['content'], accepts: Acceptance): Promise<HttpAnswer> => {
  switch (content.kind) {
    case 'checkpoint': return checkpointAnswer(content.bytes, accepts);
    case 'key': return json({ vkey: content.vkey, policy: content.policy }, askAgain);
    case 'tile': return { status: 200, headers: { 'content-type': 'application/octet-stream', 'cache-control': forGood }, body: content.bytes };
    case 'bundle': return bundleAnswer(content.bytes, accepts);
    case 'own': return json(pageText(content.page), 'no-store');
    case 'entry': return json(entryText(content.entry), 'no-store');
  }
};

const json = (value: unknown, caching: string): HttpAnswer => ({
  status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': caching }, body: Buffer.from(JSON.stringify(value)),
});

const checkpointAnswer = (note: Uint8Array, { ifNoneMatch }: Acceptance): HttpAnswer => {
  const etag = `"${createHash('sha256').update(note).digest('base64url')}"`;
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': askAgain, etag };
  const isKnown = ifNoneMatch !== null && (ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag));
  return isKnown ? { status: 304, headers, body: new Uint8Array() } : { status: 200, headers, body: note };
};

const bundleAnswer = async (bytes: Uint8Array, { takesGzip }: Acceptance): Promise<HttpAnswer> => {
  const headers = { 'content-type': 'application/octet-stream', 'cache-control': forGood, vary: 'accept-encoding' };
  return takesGzip ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await compress(bytes) } : { status: 200, headers, body: bytes };
};

/** Leaf and proof are text byte for byte: canonical JSON and a note, both UTF-8. */
const entryText = ({ id, index, leaf, proof }: OwnEntry) => ({ id, index, leaf: Buffer.from(leaf).toString('utf8'), proof: Buffer.from(proof).toString('utf8') });

const pageText = ({ entries, next, isLast }: EntryPage) => ({ entries: entries.map(entryText), next, isLast });
