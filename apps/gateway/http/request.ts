import { traceIn } from '@ketensluis/domain';
import type { HttpReply } from '@ketensluis/platform';
import { TLSSocket } from 'node:tls';

/** What is used of a request. On the port of the parties `body` is the octets that were sent, and undefined when there were none. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly raw: { readonly socket: unknown };
}

/** What is used of a reply. */
export interface ReplyTarget {
  readonly status: (code: number) => { readonly headers: (values: HttpReply['headers']) => { readonly send: (body: Buffer) => unknown } };
}

/** Sends an answer. */
export const send = (reply: ReplyTarget, { status, headers, body }: HttpReply): void => void reply.status(status).headers(headers).send(Buffer.from(body));

/** False once the other side has closed the connection, and no answer reaches it. */
export const isThere = ({ raw: { socket } }: Pick<HttpRequest, 'raw'>): boolean => !(socket instanceof TLSSocket) || (!socket.destroyed && socket.writable);

/** A header that came once, or null; what came twice is nobody's word. */
export const headerOf = ({ headers }: Pick<HttpRequest, 'headers'>, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** What the caller calls its own trace (W3C Trace Context), as a field of an event: our trace gets a link to it. Absent when it names none. */
export const linkOf = (request: Pick<HttpRequest, 'headers'>): { readonly traceparent?: string } => {
  const traceparent = headerOf(request, 'traceparent');
  return traceparent === null || traceIn(traceparent) === null ? {} : { traceparent };
};

/** The media type of the body in lower case, without parameters; empty when none is named. */
export const mediaTypeOf = (request: Pick<HttpRequest, 'headers'>): string => (headerOf(request, 'content-type') ?? '').replace(/;.*$/s, '').trim().toLowerCase();

/** The octets of the body; empty when there was none. */
export const bodyOf = ({ body }: Pick<HttpRequest, 'body'>): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

/** Most certificates of a chain that are looked at. */
const chainMax = 10;

/** The certificates (DER) the other side of this connection showed, its own first; empty without TLS or without a certificate. They are claims, not yet proof. */
export const shownCertificates = ({ raw: { socket } }: Pick<HttpRequest, 'raw'>): readonly Uint8Array[] => {
  const shown: Uint8Array[] = [];
  let one = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  for (; one !== undefined && shown.length < chainMax; one = one.issuerCertificate) {
    // The last one of a chain may name itself as its issuer.
    if (shown.some((other) => Buffer.compare(other, one?.raw ?? new Uint8Array()) === 0)) break;
    shown.push(one.raw);
  }
  return shown;
};
