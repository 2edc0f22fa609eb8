import { isReport } from '@ketensluis/mail';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { isOwn, isReporting, slowly, type MailboxState } from './behaviour.js';
import { reportOn } from './report.js';

type Done = (error?: Error | null, message?: string) => void;

/** One mail that comes in over the line. */
export interface BroughtMail {
  readonly stream: SMTPServerDataStream;
  readonly session: SMTPServerSession;
  readonly done: Done;
  /** Ends the connection without a word. */
  readonly breakOff: () => void;
}

/** Reads one mail to its end and answers it as the mailbox behaves now. What goes wrong here is answered too, and never stops the process. */
export async function takeMail(state: MailboxState, { stream, session, done, breakOff }: BroughtMail): Promise<void> {
  const raw = await wholeMail(stream);
  if (raw === null) return done(smtpError(451, '4.4.2 cut off'));
  if (stream.sizeExceeded) return done(smtpError(552, '5.3.4 too large'));
  if (state.behaviour === '4xx') return done(smtpError(451, '4.3.0 not now'));
  if (state.behaviour === '5xx') return done(smtpError(554, '5.7.1 not accepted'));
  const answer = await keep(state, session, raw).catch(() => smtpError(451, '4.3.0 could not be kept'));
  if (state.behaviour === 'drop-after-data') return breakOff();
  // Who cannot write a report writes none, as a mail system that is not asked for one.
  const reports = typeof answer === 'string' ? await reportsOn(state, session, raw).catch(() => []) : [];
  await slowly(state, () => {
    if (typeof answer !== 'string') return done(answer);
    done(null, `2.0.0 kept as ${answer}`);
    for (const { report, to } of reports) track(state, state.options.bring?.(report, to));
  });
}

interface Report {
  readonly report: Uint8Array;
  readonly to: string;
}

/** Read off before the session goes on to another mail. */
async function reportsOn({ behaviour, options }: MailboxState, { envelope }: SMTPServerSession, raw: Buffer): Promise<readonly Report[]> {
  const { now = () => new Date() } = options;
  if (!isReporting(behaviour) || envelope.mailFrom === false) return [];
  const [rcpt] = envelope.rcptTo;
  const asked = { envelopeId: envelope.dsn?.envid ?? null, originalRecipient: rcpt?.dsn?.orcpt ?? null, notify: rcpt?.dsn?.notify ?? [] };
  const report = behaviour === 'signed'
    ? ((await options.signReceipt?.(raw, now())) ?? null)
    : reportOn(behaviour, { raw, recipient: options.party.address, ...asked }, now());
  return report === null ? [] : [{ report, to: envelope.mailFrom.address }];
}

function track({ reporting }: MailboxState, report: Promise<void> | undefined): void {
  if (report === undefined) return;
  // A hub that is gone gets no report: in practice nobody tries for days.
  const one = report.catch(() => undefined).finally(() => reporting.delete(one));
  reporting.add(one);
}

/** The file it is kept as, or the refusal to answer with. */
async function keep(state: MailboxState, session: SMTPServerSession, raw: Buffer): Promise<string | Error> {
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

/** The error form smtp-server turns into a reply line. */
export function smtpError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
