import { createHash, type X509Certificate } from 'node:crypto';
import { Readable } from 'node:stream';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { UnusableCode } from '@ketensluis/flow';
import { outgoingTls, type SmtpLimits } from './limits.js';

/** Where mail goes. `servername` is the name the certificate must carry; it defaults to the host. */
export interface SmtpTarget {
  readonly host: string;
  readonly port: number;
  readonly servername?: string;
  /** PEM; absent: the roots that came with Node. */
  readonly tlsCa?: string | Buffer;
  /** Takes the place of the check against name and CA, as DANE does (RFC 7672 §3.1). It is asked before anything of a mail is sent. */
  readonly verify?: VerifyServer;
}

/** Judges the certificates a server showed, its own first; `by` says what proved it. */
export type VerifyServer = (chain: readonly X509Certificate[], at: Date) => { readonly kind: 'proven'; readonly by: string } | { readonly kind: 'refused'; readonly code: UnusableCode };

/** How a mail server and the line to it failed us, before it is judged. */
export interface LineFailure {
  /** nodemailer's or Node's code, such as ETIMEDOUT; null when the line just ended. */
  readonly code: string | null;
  /** The code underneath, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
  readonly cause: string | null;
  /** The command the peer was answering, such as RCPT TO. */
  readonly command: string | null;
  readonly reply: { readonly code: number; readonly text: string } | null;
}

/** What is known of the encrypted line; never present before its certificate was checked. */
export interface SecureLine {
  readonly version: string;
  readonly cipher: string;
  readonly peerCertificateSha256: string;
}

/** How one mail over a line ended. `sent` says how far the content came: at `all` the final dot may have arrived. */
export type Transmission =
  | { readonly kind: 'answered'; readonly code: number; readonly text: string }
  | { readonly kind: 'failed'; readonly failure: LineFailure; readonly sent: 'nothing' | 'part' | 'all' };

/** An open, encrypted connection to a mail server whose certificate was checked. */
export interface Line {
  readonly secure: SecureLine;
  /** What `verify` said that proved the server; null where name and CA did. */
  readonly provenBy: string | null;
  readonly remoteAddress: string | null;
  /** The peer takes requests for status notifications. */
  readonly notifies: boolean;
  readonly alive: () => boolean;
  readonly send: (mail: OutgoingMail) => Promise<Transmission>;
  /** Says goodbye, and ends without an answer when the peer gives none. */
  readonly quit: () => Promise<void>;
}

/** Sealed bytes with their envelope. */
export interface OutgoingMail {
  readonly from: string;
  readonly to: string;
  readonly raw: Uint8Array;
  /** The id of this try on the envelope: with it the peer is asked to say what becomes of the mail, where it offers that (RFC 3461). */
  readonly envelopeId?: string;
  /** The moment certificates are judged by, where we judge them ourselves. */
  readonly at: Date;
}

export type Opening = { readonly kind: 'open'; readonly line: Line } | { readonly kind: 'failed'; readonly failure: LineFailure };

const goodbyeMs = 2_000;

const lineEnded: LineFailure = { code: null, cause: null, command: null, reply: null };
const timedOut: LineFailure = { code: 'ETIMEDOUT', cause: null, command: null, reply: null };
const notVerified = (cause: string): LineFailure => ({ code: 'ETLS', cause, command: null, reply: null });

/** To which server a line is opened, by whom, and when. */
export interface LineAsked {
  readonly target: SmtpTarget;
  readonly heloName: string;
  readonly limits: SmtpLimits;
  readonly at: Date;
}

/** Connects, with STARTTLS and a certificate check that cannot be skipped. Never rejects. */
export function openLine({ target, heloName, limits, at }: LineAsked): Promise<Opening> {
  const connection = new SMTPConnection({
    host: target.host,
    port: target.port,
    name: heloName,
    secure: false,
    requireTLS: true,
    ignoreTLS: false,
    opportunisticTLS: false,
    tls: tlsOptions(target),
    connectionTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.silenceMs,
    maxResponseSize: limits.replyMaxBytes,
    logger: false,
  });
  return new Promise((resolve) => {
    const settle = (opening: Opening) => {
      clearTimeout(deadline);
      // First the answer: closing says 'end', which would answer with less.
      resolve(opening);
      if (opening.kind === 'failed') connection.close();
    };
    // Each step of nodemailer has its own time; a peer that uses all of them up meets this one.
    const deadline = setTimeout(() => settle({ kind: 'failed', failure: timedOut }), limits.connectMs + limits.greetingMs);
    connection.on('error', (error: Error) => settle({ kind: 'failed', failure: failureOf(error) }));
    connection.once('end', () => settle({ kind: 'failed', failure: lineEnded }));
    connection.connect((error) => {
      if (error) return settle({ kind: 'failed', failure: failureOf(error) });
      const secure = secureLineOf(connection, target.verify, at);
      if (typeof secure === 'string') return settle({ kind: 'failed', failure: notVerified(secure) });
      settle({ kind: 'open', line: lineOver(connection, secure, limits) });
    });
  });
}

/** Who verifies the certificates himself is shown those of anybody: Node refuses what it cannot trace to a CA before we could look. */
function tlsOptions({ host, servername, tlsCa, verify }: SmtpTarget): ConnectionOptions {
  return { ...outgoingTls, rejectUnauthorized: verify === undefined, servername: servername ?? host, ...(tlsCa === undefined ? {} : { ca: tlsCa }) };
}

interface Verified {
  readonly secure: SecureLine;
  readonly provenBy: string | null;
}

const chainMax = 10;

/** The proof, not the flag: the very socket that will carry the mail, its certificate checked against name and CA, or by who was given to judge it. */
function secureLineOf(connection: SMTPConnection, verify: VerifyServer | undefined, at: Date): Verified | string {
  const socket = connection._socket;
  if (!(socket instanceof TLSSocket)) return 'NOT_SECURE';
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || (verify === undefined && !socket.authorized)) return 'NOT_SECURE';
  const verdict = verify?.(chainOf(certificate), at) ?? null;
  if (verdict?.kind === 'refused') return verdict.code;
  const secure: SecureLine = {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    peerCertificateSha256: createHash('sha256').update(certificate.raw).digest('hex'),
  };
  return { secure, provenBy: verdict?.by ?? null };
}

function chainOf(own: X509Certificate): readonly X509Certificate[] {
  const chain = [own];
  for (let next = own.issuerCertificate; next !== undefined && chain.length < chainMax; next = next.issuerCertificate) chain.push(next);
  return chain;
}

function lineOver(connection: SMTPConnection, { secure, provenBy }: Verified, limits: SmtpLimits): Line {
  let alive = true;
  const socket = connection._socket;
  const remoteAddress = socket instanceof TLSSocket ? (socket.remoteAddress ?? null) : null;
  connection.once('end', () => {
    alive = false;
  });
  const cut = () => {
    alive = false;
    connection.close();
    // A peer that stopped reading would keep a graceful end waiting.
    if (socket instanceof TLSSocket) socket.destroy();
  };
  return {
    secure,
    provenBy,
    remoteAddress,
    notifies: offersNotifications(connection),
    alive: () => alive,
    send: (mail) => transmit({ connection, mail, limits, cut }),
    quit: () =>
      new Promise((resolve) => {
        if (connection.destroyed) return resolve();
        alive = false;
        const deadline = setTimeout(cut, goodbyeMs);
        connection.once('end', () => {
          clearTimeout(deadline);
          resolve();
        });
        connection.quit();
      }),
  };
}

/** What EHLO said behind TLS. Headers are all we need back, and all we want to travel. */
function offersNotifications(connection: SMTPConnection): boolean {
  const extensions: unknown = Reflect.get(connection, '_supportedExtensions');
  return Array.isArray(extensions) && extensions.includes('DSN');
}

function envelopeOf({ from, to, raw, envelopeId }: OutgoingMail): SMTPConnection.Envelope {
  if (envelopeId === undefined) return { from, to: [to], size: raw.length };
  return { from, to: [to], size: raw.length, dsn: { id: envelopeId, return: 'headers', notify: ['success', 'failure', 'delay'], recipient: `rfc822;${to}` } };
}

interface Transmit {
  readonly connection: SMTPConnection;
  readonly mail: OutgoingMail;
  readonly limits: SmtpLimits;
  readonly cut: () => void;
}

function transmit({ connection, mail, limits, cut }: Transmit): Promise<Transmission> {
  const content = contentStream(mail.raw);
  const sent = () => (content.readableEnded ? 'all' : content.readableDidRead ? 'part' : 'nothing');
  return new Promise((resolve) => {
    const settle = (transmission: Transmission) => {
      clearTimeout(deadline);
      connection.off('end', onEnd);
      resolve(transmission);
    };
    const fail = (failure: LineFailure) => settle({ kind: 'failed', failure, sent: sent() });
    // nodemailer says 'end' before it hands over the error that ended the line; the error knows more.
    const onEnd = () => setImmediate(() => fail(lineEnded));
    const deadline = setTimeout(() => {
      fail(timedOut);
      cut();
    }, limits.tryMaxMs);
    connection.send(envelopeOf(mail), content, (error, info) => {
      if (error) return fail(failureOf(error));
      const reply = replyOf(info?.response);
      // A yes to half a mail is not a yes: it answers something else.
      if (reply === null || sent() !== 'all') {
        fail({ ...lineEnded, code: 'EPROTOCOL' });
        return cut();
      }
      settle({ kind: 'answered', ...reply });
    });
    connection.once('end', onEnd);
  });
}

const chunkBytes = 64 * 1024;

/** In chunks, so that the end of the stream means that all but the last chunk has left our process. */
function contentStream(raw: Uint8Array): Readable {
  let offset = 0;
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      const chunk = raw.subarray(offset, offset + chunkBytes);
      offset += chunk.length;
      this.push(chunk.length === 0 ? null : chunk);
    },
  });
}

function failureOf(error: Error): LineFailure {
  const field = (name: string): unknown => Reflect.get(error, name);
  const text = (name: string): string | null => {
    const value = field(name);
    return typeof value === 'string' ? value : null;
  };
  return { code: text('code'), cause: text('originalCode'), command: text('command'), reply: replyOf(field('response')) };
}

function replyOf(response: unknown): LineFailure['reply'] {
  if (typeof response !== 'string') return null;
  const match = /^([2-5]\d\d)[ -]?([\s\S]*)$/.exec(response);
  if (match === null) return null;
  return { code: Number(match[1]), text: boundedReply(match[2] ?? '') };
}

const replyTextMax = 500;

/** A peer's words fit for our records: one line, bounded, without control characters and without addresses (I13). */
export function boundedReply(text: string): string {
  return text
    .slice(0, 4 * replyTextMax)
    .replace(/[^\s<>]+@[^\s<>]+/g, '(address)')
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, replyTextMax);
}
