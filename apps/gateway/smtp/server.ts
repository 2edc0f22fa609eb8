import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { collect, heldBytes, heldPerAddress, type HeldBytes } from './collect.js';
import { type IntakeLimits, intakeLimits, intakeTls } from './limits.js';
import { type Link, links, type Links } from './links.js';
import { type IntakeRefusal, type IntakeReply, type NegativeReply, type RefusalReason, replies, replyError, startTlsFirst } from './replies.js';

/** One mail as it came over the line. `raw` is unchanged except for dot-stuffing; no trace header is added, the log keeps the trace. */
export interface IncomingMail {
  readonly raw: Buffer;
  /** Envelope sender; empty for a bounce. Not proven in any way. */
  readonly from: string;
  readonly to: readonly string[];
  /** `helo` is the name the peer gives itself; not proven either. */
  readonly remote: { readonly address: string; readonly helo: string | null; readonly tlsVersion: string; readonly cipher: string };
}

/** What the intake needs from outside. */
export interface SmtpIntakeOptions extends Partial<IntakeLimits> {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** PEM. */
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** The name in the greeting. */
  readonly name: string;
  /** Must resolve `accepted` only when the mail is stored (I5). It may be called twice for one mail: a sender that missed our 250 tries again. */
  readonly receive: (mail: IncomingMail) => Promise<IntakeReply>;
  readonly isForUs: (address: string) => boolean;
  /** The 250 of this mail went to a peer that was still there. Without it the peer may not know, and sends the same mail again. */
  readonly onAnswered: (id: string) => void;
  readonly onRefused: (event: IntakeRefusal) => void;
  /** A fault in `receive`, or in the server itself; the sender was asked to try again. */
  readonly onFault: (error: unknown) => void;
}

/** A listening intake. */
export interface SmtpIntake {
  readonly port: number;
  /** Connections from now on get this certificate; those that are open keep theirs. */
  readonly renewTls: (tls: SmtpIntakeOptions['tls']) => void;
  /** Takes no new mail, finishes those under way within `drainMs`, and resolves when no socket and no `receive` is left. */
  readonly close: () => Promise<void>;
}

interface Intake {
  readonly options: SmtpIntakeOptions;
  readonly limits: IntakeLimits;
  readonly links: Links;
  readonly heldBy: (address: string) => HeldBytes;
  readonly receiving: Set<Promise<unknown>>;
  /** Ends when the last large mail was answered. */
  lastLarge: Promise<unknown>;
}

type Done = (error?: Error | null, message?: string) => void;

/** Listens for mail. Nothing is taken without TLS, from a peer with bare line ends, or beyond the limits; a 250 means stored (I5). */
export async function startSmtpIntake(options: SmtpIntakeOptions): Promise<SmtpIntake> {
  const limits: IntakeLimits = { ...intakeLimits, ...options };
  const intake: Intake = { options, limits, links: links(limits, options.onRefused), heldBy: heldPerAddress(heldBytes(limits.heldMaxBytes), limits.heldPerAddressMaxBytes), receiving: new Set(), lastLarge: Promise.resolve() };
  const smtp = new SMTPServer(serverOptions(intake));
  smtp.on('error', (error) => onServerError(intake, error));
  const serve = smtp.connect.bind(smtp);
  smtp.connect = (socket, socketOptions) => {
    const id = socketOptions?.id;
    if (id === undefined) throw new Error('bug: smtp-server gave a connection without an id');
    if (intake.links.admit(id, socket) !== null) serve(socket, socketOptions);
  };
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(options.port, options.host, () => {
      smtp.server.off('error', reject);
      resolve();
    });
  });
  return {
    port: portOf(smtp.server.address()),
    renewTls: ({ key, cert }) => smtp.updateSecureContext({ key, cert }),
    close: () => closeIntake(smtp, intake),
  };
}

/** Every option that decides what a peer may do is said here, also where it equals the default. */
function serverOptions(intake: Intake): SMTPServerOptions {
  const { options, limits } = intake;
  return {
    ...intakeTls,
    key: options.tls.key,
    cert: options.tls.cert,
    name: options.name,
    banner: '',
    heloResponse: '%s',
    secure: false,
    lmtp: false,
    logger: false,
    disabledCommands: ['AUTH', 'XCLIENT', 'XFORWARD', 'HELP', 'VRFY', 'WIZ', 'SHELL', 'KILL'],
    useProxy: false,
    useXClient: false,
    useXForward: false,
    disableReverseLookup: true,
    lenientAddressParsing: false,
    // PIPELINING stays on: the parser takes one command at a time, and drops what was sent before TLS. There is no CHUNKING.
    hidePIPELINING: false,
    hideSMTPUTF8: true,
    hideDSN: true,
    hideREQUIRETLS: true,
    // Our own replies carry their RFC 3463 code in the text; the library's table has no 5.7.1 or 5.6.0.
    hideENHANCEDSTATUSCODES: true,
    size: limits.sizeMaxBytes,
    hideSize: false,
    rejectOversized: false,
    maxRecipients: limits.recipientsMax,
    maxCommandLength: limits.commandMaxBytes,
    socketTimeout: limits.idleMs,
    closeTimeout: limits.drainMs,
    onConnect: (session, done) => {
      intake.links.find(session.id)?.opened();
      done();
    },
    // smtp-server reads the socket only after this returns, so the watch sees every byte first.
    onSecure: (socket, session, done) => {
      if (socket instanceof TLSSocket) intake.links.find(session.id)?.upgraded(socket);
      done();
    },
    onMailFrom: (address, session, done) => onMailFrom(intake, { address: address.address, session, done }),
    onRcptTo: (address, session, done) => onRcptTo(intake, { address: address.address, session, done }),
    onData: (stream, session, done) => void onData(intake, { stream, session, done }),
    onClose: (session) => intake.links.forget(session.id),
  };
}

interface Step {
  readonly address: string;
  readonly session: SMTPServerSession;
  readonly done: Done;
}

function onMailFrom(intake: Intake, { address, session, done }: Step): void {
  const link = linkOf(intake, session);
  if (link.secured() === null) {
    link.refuse('not-secure');
    return done(startTlsFirst);
  }
  if (link.poisoned()) return refusePoisoned(link, done);
  // Without SMTPUTF8 an address is ASCII (RFC 6531 §3.1).
  if (!/^[\x20-\x7e]*$/.test(address)) return refuse({ link, reason: 'sender-address', reply: replies.senderAddress, done });
  done();
}

function onRcptTo(intake: Intake, { address, session, done }: Step): void {
  const link = linkOf(intake, session);
  if (link.poisoned()) return refusePoisoned(link, done);
  if (!intake.options.isForUs(address)) return refuse({ link, reason: 'not-for-us', reply: replies.notForUs, done });
  done();
}

async function onData(intake: Intake, { stream, session, done }: { stream: SMTPServerDataStream; session: SMTPServerSession; done: Done }): Promise<void> {
  const link = linkOf(intake, session);
  link.phase('mail');
  const mail = { from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((to) => to.address) };
  const collected = await collect(stream, { sizeMaxBytes: intake.limits.sizeMaxBytes, announcedBytes: announcedBytes(session), held: intake.heldBy(link.address) });
  const secured = link.secured();
  const leave = (reason: RefusalReason, reply: NegativeReply) => {
    refuse({ link, reason, reply, done });
    link.phase('commands');
  };
  if (collected.kind === 'cut-off') return leave('cut-off', replies.fault);
  if (collected.kind === 'too-large') return leave('too-large', replies.tooLarge);
  if (collected.kind === 'no-room') return leave('no-room', replies.noRoom);
  if (link.poisoned() || secured === null) {
    collected.release();
    refusePoisoned(link, done);
    return;
  }
  link.phase('receiving');
  const received = inItsTurn(intake, { ...mail, raw: collected.raw, remote: { address: link.address, helo: session.hostNameAppearsAs === '' ? null : session.hostNameAppearsAs, ...secured } }, link);
  intake.receiving.add(received);
  const reply = await received;
  intake.receiving.delete(received);
  collected.release();
  if (reply.kind === 'accepted') {
    done(null, `2.6.0 accepted ${reply.id}`);
    if (link.answers()) intake.options.onAnswered(reply.id);
  } else done(replyError(reply));
  link.phase('commands');
}

/** The SIZE of MAIL (RFC 1870 §3): what its sender says, and so no more than a hint. */
function announcedBytes(session: SMTPServerSession): number | null {
  const { mailFrom } = session.envelope;
  const size = mailFrom !== false && mailFrom.args !== false ? Number(mailFrom.args['SIZE']) : Number.NaN;
  return Number.isSafeInteger(size) && size > 0 ? size : null;
}

/** Large mails are received one after another. Each has its own `receiveMaxMs`, so that none waits for ever. */
function inItsTurn(intake: Intake, mail: IncomingMail, link: Link): Promise<IntakeReply> {
  if (mail.raw.length < intake.limits.largeFromBytes) return receive(intake, mail, link);
  const turn = intake.lastLarge.then(() => receive(intake, mail, link));
  intake.lastLarge = turn;
  return turn;
}

/** Never rejects: a fault of ours is the sender's cue to try again. */
async function receive(intake: Intake, mail: IncomingMail, link: Link): Promise<IntakeReply> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('receive took longer than receiveMaxMs')), intake.limits.receiveMaxMs);
  });
  try {
    return await Promise.race([intake.options.receive(mail), tooLong]);
  } catch (error) {
    link.refuse('fault');
    intake.options.onFault(error);
    return replies.fault;
  } finally {
    clearTimeout(timer);
  }
}

function refuse({ link, reason, reply, done }: { link: Link; reason: RefusalReason; reply: NegativeReply; done: Done }): void {
  link.refuse(reason);
  done(replyError(reply));
}

/** After a bare line end the two sides may disagree about where a mail ends: nothing more is read from this peer. */
function refusePoisoned(link: Link, done: Done): void {
  refuse({ link, reason: 'bare-newline', reply: replies.bareNewline, done });
  link.end(null);
}

function linkOf(intake: Intake, session: SMTPServerSession): Link {
  const link = intake.links.find(session.id);
  if (link === null) throw new Error('bug: a session without an admitted connection');
  return link;
}

/** Peers that break off or fail the handshake are their own business; anything else is a fault of ours. */
function onServerError(intake: Intake, error: Error): void {
  const remoteAddress = 'remoteAddress' in error && typeof error.remoteAddress === 'string' ? error.remoteAddress : null;
  if (remoteAddress === null) intake.options.onFault(error);
  else intake.options.onRefused({ reason: 'connection-error', remoteAddress });
}

async function closeIntake(smtp: SMTPServer, intake: Intake): Promise<void> {
  const closed = new Promise<void>((resolve) => smtp.close(resolve));
  intake.links.close();
  await closed;
  intake.links.destroy();
  await Promise.allSettled(intake.receiving);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('bug: the intake listens on no port');
  return address.port;
}
