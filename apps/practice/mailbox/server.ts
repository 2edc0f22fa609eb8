import { isReport } from '@ketensluis/mail';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { type Inbox, openInbox } from './inbox.js';
import type { MailCheck } from './proof-check.js';
import { reportKinds, reportOn, type ReportKind } from './report.js';

/**
 * How a practice party treats mail. `slow` waits before each answer; `4xx` and `5xx` refuse after the whole mail came;
 * `drop-after-data` keeps the mail and breaks the connection instead of answering; `no-tls` does not offer STARTTLS;
 * `expired-certificate` shows a TLS certificate that has ended; the last four take the mail and then report on it (`report.ts`).
 */
export const mailboxBehaviours = ['normal', 'slow', '4xx', '5xx', 'drop-after-data', 'no-tls', 'expired-certificate', ...reportKinds] as const;
export type MailboxBehaviour = (typeof mailboxBehaviours)[number];

/** Key and certificate chain, PEM. */
export interface MailboxTls {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

export interface MailboxOptions {
  readonly party: { readonly id: string; readonly address: string; readonly tls: MailboxTls };
  /** For `expired-certificate`; without it that behaviour is refused. */
  readonly expiredTls?: MailboxTls;
  readonly inboxDirectory: string;
  readonly host?: string;
  /** 0 or absent takes a free port. */
  readonly port?: number;
  readonly name?: string;
  readonly behaviour?: MailboxBehaviour;
  /** What `slow` waits before each answer. */
  readonly slowMs?: number;
  readonly sizeMaxBytes?: number;
  readonly now?: () => Date;
  /** Looks at each mail before it is kept; what it refuses is kept apart and answered so. Without it every mail is taken. */
  readonly check?: MailCheck;
  /** The same for mail to anybody else at the domain of the party; without it nobody else is known there. */
  readonly checkPeople?: MailCheck;
  /** A mail was kept; called before the answer goes out. */
  readonly onMail?: (mail: KeptMail) => void;
  /** Brings a report to whoever sent the mail; without it none is written. */
  readonly bring?: (report: Uint8Array, to: string) => Promise<void>;
  /** The signed receipt the mail asks for; null when it asks for none. */
  readonly signReceipt?: (raw: Uint8Array, at: Date) => Promise<Uint8Array | null>;
}

/** One mail in the inbox. `secure` is false when it came in clear, which the hub must never do. */
export interface KeptMail {
  readonly file: string;
  readonly secure: boolean;
  readonly from: string;
  readonly to: readonly string[];
}

/** The mail server of one practice party. */
export interface Mailbox {
  readonly party: string;
  readonly port: number;
  readonly inbox: Inbox;
  readonly behaviour: () => MailboxBehaviour;
  /** Holds from the next answer on. A change of TLS ends the open connections, so that it shows at once. */
  readonly setBehaviour: (behaviour: MailboxBehaviour) => void;
  readonly close: () => Promise<void>;
}

interface State {
  readonly options: MailboxOptions;
  /** Reports under way. */
  readonly reporting: Set<Promise<void>>;
  readonly inbox: Inbox;
  behaviour: MailboxBehaviour;
}

type Done = (error?: Error | null, message?: string) => void;

const tlsBehaviours: ReadonlySet<MailboxBehaviour> = new Set(['no-tls', 'expired-certificate']);
const slowMsDefault = 5_000;
const sizeMaxBytesDefault = 64 * 1024 * 1024;
const closeMs = 500;
const commandsOff = ['AUTH', 'XCLIENT', 'XFORWARD', 'HELP', 'VRFY', 'WIZ', 'SHELL', 'KILL'];

/** Starts the mail server of a practice party; a 250 means that the raw mail is a file in its inbox. It deduplicates nothing. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const state: State = { options, inbox: await openInbox(options.inboxDirectory), reporting: new Set(), behaviour: 'normal' };
  const smtp = new SMTPServer(serverOptions(state, (session) => breakOff(smtp, session)));
  // A peer that breaks off is part of the practice.
  smtp.on('error', () => {});
  const setBehaviour = (behaviour: MailboxBehaviour) => {
    const tls = behaviour === 'expired-certificate' ? options.expiredTls : options.party.tls;
    if (tls === undefined) throw new Error(`mailbox ${options.party.id} has no expired certificate`);
    const changesOffer = [behaviour, state.behaviour].some((one) => tlsBehaviours.has(one)) || isReporting(behaviour) !== isReporting(state.behaviour);
    state.behaviour = behaviour;
    // Who offers notifications must send them (RFC 3461 §5.2), so the others do not.
    smtp.options.hideDSN = !isReporting(behaviour);
    if (!changesOffer) return;
    smtp.updateSecureContext({ key: tls.key, cert: tls.cert });
    for (const connection of smtp.connections) connection.send(421, '4.3.2 changing, come back');
  };
  setBehaviour(options.behaviour ?? 'normal');
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      smtp.server.off('error', reject);
      resolve();
    });
  });
  const address = smtp.server.address();
  if (address === null || typeof address === 'string') throw new Error('bug: the mailbox listens on no port');
  return {
    party: options.party.id,
    port: address.port,
    inbox: state.inbox,
    behaviour: () => state.behaviour,
    setBehaviour,
    close: async () => {
      await new Promise<void>((resolve) => smtp.close(resolve));
      await Promise.all(state.reporting);
    },
  };
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
const isOwn = ({ party }: MailboxOptions, address: string): boolean => address.toLowerCase() === party.address.toLowerCase();

/** Ends the connection without a word. */
function breakOff(smtp: SMTPServer, session: SMTPServerSession): void {
  for (const connection of smtp.connections) if (connection.id === session.id) connection._socket.destroy();
}

function serverOptions(state: State, breakOffFrom: (session: SMTPServerSession) => void): SMTPServerOptions {
  const { options } = state;
  return {
    key: options.party.tls.key,
    cert: options.party.tls.cert,
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    name: options.name ?? `${options.party.id}.example`,
    secure: false,
    logger: false,
    heloResponse: '%s',
    disabledCommands: commandsOff,
    disableReverseLookup: true,
    hideSMTPUTF8: true,
    size: options.sizeMaxBytes ?? sizeMaxBytesDefault,
    rejectOversized: true,
    closeTimeout: closeMs,
    onConnect: (session, done) => {
      // In clear it would take mail all the same: that is how it shows when somebody sends it.
      session.disabledCommands = state.behaviour === 'no-tls' ? [...commandsOff, 'STARTTLS'] : commandsOff;
      void slowly(state, done);
    },
    onMailFrom: (_address, _session, done) => void slowly(state, done),
    onRcptTo: (to, _session, done) => {
      const known = isOwn(options, to.address) || (options.checkPeople !== undefined && domainOf(to.address) === domainOf(options.party.address));
      void slowly(state, () => (known ? done() : done(smtpError(550, '5.1.1 no such address here'))));
    },
    onData: (stream, session, done) => void onData(state, { stream, session, done, breakOff: () => breakOffFrom(session) }),
  };
}

async function slowly(state: State, done: () => void): Promise<void> {
  if (state.behaviour === 'slow') await pause(state.options.slowMs ?? slowMsDefault, undefined, { ref: false });
  done();
}

interface Delivery {
  readonly stream: SMTPServerDataStream;
  readonly session: SMTPServerSession;
  readonly done: Done;
  readonly breakOff: () => void;
}

async function onData(state: State, { stream, session, done, breakOff }: Delivery): Promise<void> {
  const raw = await wholeMail(stream);
  if (raw === null) return done(smtpError(451, '4.4.2 cut off'));
  if (stream.sizeExceeded) return done(smtpError(552, '5.3.4 too large'));
  switch (state.behaviour) {
    case '4xx':
      return done(smtpError(451, '4.3.0 not now'));
    case '5xx':
      return done(smtpError(554, '5.7.1 not accepted'));
    case 'drop-after-data':
      await take(state, session, raw);
      return breakOff();
    case 'normal':
    case 'slow':
    case 'no-tls':
    case 'expired-certificate':
    case 'dsn':
    case 'bounce':
    case 'mdn':
    case 'false-dsn':
    case 'signed': {
      const answer = await take(state, session, raw).catch(() => smtpError(451, '4.3.0 could not be kept'));
      const reports = typeof answer === 'string' ? await reportsOn(state, session, raw) : [];
      return void slowly(state, () => {
        if (typeof answer !== 'string') return done(answer);
        done(null, `2.0.0 kept as ${answer}`);
        for (const { report, to } of reports) track(state, state.options.bring?.(report, to));
      });
    }
  }
}

const isReporting = (behaviour: MailboxBehaviour): behaviour is ReportKind => reportKinds.some((kind) => kind === behaviour);

/** Read off before the session goes on to another mail. */
async function reportsOn({ behaviour, options }: State, { envelope }: SMTPServerSession, raw: Buffer): Promise<readonly { readonly report: Uint8Array; readonly to: string }[]> {
  const { now = () => new Date() } = options;
  if (!isReporting(behaviour) || envelope.mailFrom === false) return [];
  const [rcpt] = envelope.rcptTo;
  const asked = { envelopeId: envelope.dsn?.envid ?? null, originalRecipient: rcpt?.dsn?.orcpt ?? null, notify: rcpt?.dsn?.notify ?? [] };
  const report = behaviour === 'signed' ? ((await options.signReceipt?.(raw, now())) ?? null) : reportOn(behaviour, { raw, recipient: options.party.address, ...asked }, now());
  return report === null ? [] : [{ report, to: envelope.mailFrom.address }];
}

function track({ reporting }: State, report: Promise<void> | undefined): void {
  if (report === undefined) return;
  // A hub that is gone gets no report: in practice nobody tries for days.
  const one = report.catch(() => undefined).finally(() => reporting.delete(one));
  reporting.add(one);
}

/** The file it is kept as, or the refusal to answer with. */
async function take(state: State, session: SMTPServerSession, raw: Buffer): Promise<string | Error> {
  const { now = () => new Date(), onMail, check, checkPeople } = state.options;
  const at = now();
  if (session.envelope.mailFrom !== false && session.envelope.mailFrom.address === '' && isReport(raw)) return state.inbox.keepReport(raw, at);
  const isForPeople = !session.envelope.rcptTo.some(({ address }) => isOwn(state.options, address));
  const looks = isForPeople ? checkPeople : check;
  const taken = looks === undefined ? null : await looks(raw, at);
  if (taken?.kind === 'refused') {
    if (taken.code === 554) await state.inbox.keepApart(raw, at, taken.text);
    return smtpError(taken.code, taken.text);
  }
  if (taken?.kind === 'tested') return state.inbox.keepTest(raw, at);
  if (taken?.kind === 'noticed') return state.inbox.keepForPeople(raw, at);
  if (taken?.kind === 'proven-later') return state.inbox.keepLater(raw, at, taken.proof);
  const file = await state.inbox.keep(raw, at, taken?.proof ?? null);
  const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
  onMail?.({ file, secure: session.secure, from, to: session.envelope.rcptTo.map((to) => to.address) });
  return file;
}

/** Null when the sender left before the final dot. What is too large is read to its end and not held. */
function wholeMail(stream: SMTPServerDataStream): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      if (stream.sizeExceeded) chunks.length = 0;
      else chunks.push(chunk);
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', () => resolve(null));
    stream.once('close', () => resolve(null));
  });
}

function smtpError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
