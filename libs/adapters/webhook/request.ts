import { parseCertificate } from '@ketensluis/mail';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import type { BlockList, Socket } from 'node:net';
import { checkServerIdentity, createSecureContext, TLSSocket, type PeerCertificate, type SecureContext } from 'node:tls';
import { createHash } from 'node:crypto';
import { mayCall } from '../egress.js';
import { AddressNotAllowed, guardedLookup, isHostAllowed, systemNames, type NameLookup } from '../egress-address.js';
import { webhookTls, type WebhookLimits } from './limits.js';

/** Where webhooks go, and how the other side must prove itself. */
export interface WebhookTarget {
  readonly url: string;
  /** PEM; absent: the roots that came with Node.js. */
  readonly ca?: readonly string[];
  /** The certificate of the other side must carry this OIN, and the hub shows its own, that of the moment. */
  readonly pinned?: () => { readonly oin: string; readonly key: string; readonly cert: string };
  /** Networks of our own that may be called all the same. */
  readonly allowed?: BlockList;
  /** In place of the resolver of this computer. */
  readonly names?: NameLookup;
}

/** What is known of the connection; never present before the certificate was checked. */
export interface SecureConnection {
  readonly version: string;
  readonly cipher: string;
  readonly peerCertificateSha256: string;
}

/** How one request ended, before it is judged. `sent`: the last byte has left our process, so it may have arrived. */
export type Posted = { readonly secure: SecureConnection | null; readonly remoteAddress: string | null } & (
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  | Failed
);

/** `reused`: over a connection that was kept, which ended before any answer came. */
interface Failed {
  readonly kind: 'failed';
  readonly code: string;
  readonly sent: boolean;
  readonly reused?: boolean;
}

/** A bounded client for one endpoint. Connections are kept; nothing is followed, nothing decompressed, and of the answer only the status is used. */
export interface WebhookClient {
  /** Never rejects. */
  readonly post: (headers: Readonly<Record<string, string>>, body: Uint8Array) => Promise<Posted>;
  /** Cuts every connection. */
  readonly close: () => void;
}

/** Our own codes beside those of Node.js. */
export const ownCodes = { timeout: 'ETIMEDOUT', address: 'ADDRESS_NOT_ALLOWED', oin: 'OIN_NOT_PINNED', cut: 'ANSWER_CUT', unproven: 'NOT_SECURE' } as const;

/** A client for this endpoint; its connections are its own, so that no other party's certificate or name gets near them. */
export const webhookClient = (target: WebhookTarget, limits: WebhookLimits): WebhookClient => {
  const url = new URL(target.url);
  const agent = new Agent({ keepAlive: true, maxSockets: limits.socketsMax, maxFreeSockets: limits.socketsMax, timeout: limits.idleMs, maxCachedSessions: 0, scheduling: 'lifo' });
  const contextOf = contexts(target);
  return {
    post: async (headers, body) => {
      if (!isHostAllowed(url.hostname, target.allowed ?? null)) return { kind: 'failed', code: ownCodes.address, sent: false, secure: null, remoteAddress: null };
      const options = { ...optionsOf(target, limits), secureContext: contextOf(), headers: { ...headers, 'content-length': body.length } };
      const posted = await exchange(() => request(url, { ...options, agent }), { body, target, limits });
      if (posted.kind !== 'failed' || posted.reused !== true) return posted;
      // The other side may have closed it while it was idle: that says nothing about the party, and waiting would let a later disclosure of the case go
      // first. The same id once more, over a connection of its own (Node.js, `request.reusedSocket`).
      return exchange(() => request(url, { ...options, agent: false }), { body, target, limits });
    },
    close: () => agent.destroy(),
  };
};

/** Made once and kept, also because Node.js tells connections apart by the text of every authority it is given. Another certificate of ours is another context. */
const contexts = ({ ca, pinned }: WebhookTarget): (() => SecureContext) => {
  let made: { readonly cert: string | undefined; readonly context: SecureContext } | null = null;
  return () => {
    const own = pinned?.();
    if (made === null || made.cert !== own?.cert) {
      made = { cert: own?.cert, context: createSecureContext({ ...webhookTls, ...(ca === undefined ? {} : { ca: [...ca] }), ...(own === undefined ? {} : { key: own.key, cert: own.cert }) }) };
    }
    return made.context;
  };
};

const optionsOf = ({ pinned, allowed, names }: WebhookTarget, { replyHeadersMaxBytes }: WebhookLimits): RequestOptions => ({
  rejectUnauthorized: true,
  method: 'POST',
  maxHeaderSize: replyHeadersMaxBytes,
  insecureHTTPParser: false,
  lookup: guardedLookup(names ?? systemNames, allowed ?? null),
  checkServerIdentity: (host, certificate) => checkServerIdentity(host, certificate) ?? (pinned === undefined ? undefined : pinFault(certificate, pinned().oin)),
});

/** PKIoverheid puts the OIN of an organisation in the serialNumber of the subject. Read by our own reader: what Node.js makes of a subject is text for people. */
const pinFault = ({ raw }: PeerCertificate, oin: string): Error | undefined =>
  carriesOin(raw, oin) ? undefined : Object.assign(new Error('the certificate is not of the party'), { code: ownCodes.oin });

const carriesOin = (raw: Uint8Array, oin: string): boolean => {
  try {
    return parseCertificate(raw).subject.serialNumber === oin;
  } catch {
    return false;
  }
};

interface Exchange {
  readonly body: Uint8Array;
  readonly target: WebhookTarget;
  readonly limits: WebhookLimits;
}

const exchange = (open: () => ClientRequest, { body, target, limits }: Exchange): Promise<Posted> =>
  new Promise((resolve) => {
    const sending = open();
    let connection: Pick<Posted, 'secure' | 'remoteAddress'> = { secure: null, remoteAddress: null };
    let answer: { readonly status: number; readonly retryAfter: string | null } | null = null;
    let sent = false;
    const settle = (posted: Ending): void => {
      clearTimeout(deadline);
      resolve({ ...connection, ...posted });
    };
    const fail = (code: string): void => {
      // A no is a no as soon as it is said; a yes only when the whole answer came.
      settle(answer !== null && !isYes(answer.status) ? { kind: 'answered', ...answer } : { kind: 'failed', code, sent, reused: answer === null && sending.reusedSocket && closed.has(code) });
      sending.destroy();
    };
    const deadline = setTimeout(() => fail(ownCodes.timeout), limits.tryMaxMs);
    sending.on('error', (fault) => fail(codeOf(fault)));
    sending.once('finish', () => {
      sent = true;
    });
    sending.on('socket', (socket) => whenSecure(socket, {
      allowed: target.allowed ?? null,
      use: (known) => {
        connection = known;
        // Not a byte of it before the connection was proven, whatever Node.js would buffer.
        sending.end(body);
      },
      refuse: fail,
    }));
    sending.on('response', (response) => {
      answer = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null };
      const { status, retryAfter } = answer;
      readAnswer(response, limits, (isWhole) => (isWhole ? settle({ kind: 'answered', status, retryAfter }) : fail(ownCodes.cut)));
    });
  });

type Ending = { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null } | Failed;

/** How Node.js says that the other side closed the connection. */
const closed: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Only 2xx says that the other side took it (Standard Webhooks). */
export const isYes = (status: number): boolean => status >= 200 && status < 300;

interface SocketUse {
  readonly allowed: BlockList | null;
  readonly use: (known: Pick<Posted, 'secure' | 'remoteAddress'>) => void;
  readonly refuse: (code: string) => void;
}

/** Once the socket is connected to an address that may be called and its certificate is proven; at once for a connection that was kept. */
const whenSecure = (socket: Socket, { allowed, use, refuse }: SocketUse): void => {
  if (!(socket instanceof TLSSocket)) return refuse(ownCodes.unproven);
  const known = proven.get(socket);
  if (known !== undefined) return use(known);
  // The last look, at the very address that was connected to, before the first byte of TLS.
  socket.once('connect', () => {
    // Without an address it is closed already.
    if (socket.remoteAddress === undefined) refuse('ECONNRESET');
    else if (!mayCall(socket.remoteAddress, allowed)) refuse(ownCodes.address);
  });
  socket.once('secureConnect', () => {
    const connection = { secure: secureOf(socket), remoteAddress: socket.remoteAddress ?? null };
    if (connection.secure === null || connection.remoteAddress === null) return refuse(ownCodes.unproven);
    proven.set(socket, connection);
    use(connection);
  });
};

const proven = new WeakMap<TLSSocket, Pick<Posted, 'secure' | 'remoteAddress'>>();

/** The proof, not the flag: the very socket that will carry the event. */
const secureOf = (socket: TLSSocket): SecureConnection | null => {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return null;
  return {
    version: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().name,
    peerCertificateSha256: createHash('sha256').update(certificate.raw).digest('hex'),
  };
};

/** Reads the answer to its end and keeps nothing of it: it could repeat what we sent (I13). What is too long is read no further; its status stands. */
const readAnswer = (response: IncomingMessage, { replyMaxBytes }: WebhookLimits, done: (isWhole: boolean) => void): void => {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= replyMaxBytes) return;
    done(true);
    response.destroy();
  });
  response.once('error', () => done(false));
  response.once('close', () => done(response.complete));
};

const codeOf = (fault: Error): string => {
  if (fault instanceof AddressNotAllowed) return ownCodes.address;
  const code: unknown = Reflect.get(fault, 'code');
  return typeof code === 'string' ? code : 'ECONNRESET';
};
