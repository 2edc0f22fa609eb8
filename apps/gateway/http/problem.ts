import { bodyPace, type HttpReply } from '@ketensluis/platform';

/** One fault in what was sent: where (a JSON Pointer into the body, or the name of a parameter or header) and what would do. Never the value that was sent. */
export interface FieldProblem {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
  readonly detail: string;
}

const usual = new Map<number, readonly [title: string, detail: string]>([
  [400, ['Malformed request', 'The request does not fit the description of the API.']],
  [401, ['Unknown caller', 'Bring an access token or a client certificate of a connected party.']],
  [403, ['Not for this caller', 'The party is not connected now, or its token is not for this.']],
  [404, ['Not found', 'There is nothing here for this caller.']],
  [405, ['Method not allowed', 'The header Allow names the methods of this address.']],
  [406, ['Not acceptable', 'The answer has no such media type.']],
  [408, ['Request timeout', `The request did not arrive in time: after ${bodyPace.graceSeconds} seconds a body has brought ${bodyPace.bytesPerSecondMin / 1024} KiB a second. Nothing was stored; send it again.`]],
  [409, ['Conflict', 'The request does not fit what was stored before.']],
  [413, ['Content too large', 'The body is larger than is taken here.']],
  [415, ['Unsupported media type', 'The body has another media type than is taken here.']],
  [429, ['Too many requests', 'Wait as long as Retry-After says.']],
  [503, ['Not available now', 'Try again later; nothing was stored.']],
]);

/** What differs from the usual answer to a status. */
export interface ProblemChange {
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  readonly headers?: HttpReply['headers'];
}

/** A refusal for a party as RFC 9457 has it, with all errors together. Its texts are ours, never the caller's; nothing in it tells what exists. */
export const apiProblem = (status: number, { detail, errors, headers = {} }: ProblemChange = {}): HttpReply => {
  const [title, words] = usual.get(status) ?? (status >= 500 ? ['Internal fault', 'Something failed here; nothing is said about why.'] : ['Refused', 'The request is not taken.']);
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail: detail ?? words, ...(errors === undefined ? {} : { errors }) })),
  };
};

/** The answer of the port where no controller gave one, with the methods an address has instead (RFC 9110 §15.5.6). */
export const portRefusal = (status: number, allowed: readonly string[] = []): HttpReply =>
  apiProblem(status, allowed.length > 0 ? { headers: { allow: allowed.join(', ') } } : {});
