import { type LineFailure, type Line, openLine, type OutgoingMail, type SecureLine, type SmtpTarget, type Transmission } from './connection.js';
import type { SmtpLimits } from './limits.js';

/** One mail and what is known of the line it went over; `secure` is null when no line came to be. */
export interface Sending {
  readonly transmission: Transmission;
  readonly secure: SecureLine | null;
  readonly remoteAddress: string | null;
  /** A status notification was asked for. */
  readonly notifies: boolean;
  /** What proved the server where our own check did; null where name and CA did. */
  readonly provenBy: string | null;
  /** True when a line was opened for it, or could not be. */
  readonly isNewLine: boolean;
}

/** The connections to one mail server. A new TLS connection per mail costs twenty times as much as one that is kept. */
export interface SmtpPool {
  /** Never rejects. One mail is sent at most once, except over a kept connection that proves dead before the first byte. */
  readonly send: (mail: OutgoingMail) => Promise<Sending>;
  /** Waits for the mails under way, then says goodbye on every line. */
  readonly close: () => Promise<void>;
}

/** Returns a pool without connections; they are made when needed. nodemailer's own pool tells neither the certificate nor how far the content came. */
export function smtpPool(target: SmtpTarget, heloName: string, limits: SmtpLimits): SmtpPool {
  const idle: KeptLine[] = [];
  const turns = inTurn(limits.connectionsMax);
  const underWay = new Set<Promise<unknown>>();

  const keep = (line: Line, mails: number) => {
    if (!line.alive()) return;
    if (mails >= limits.mailsPerConnectionMax) return void line.quit();
    const kept: KeptLine = { line, mails, timer: setTimeout(() => void drop(kept), limits.idleMs).unref() };
    idle.push(kept);
  };
  const drop = (kept: KeptLine): Promise<void> => {
    clearTimeout(kept.timer);
    const place = idle.indexOf(kept);
    if (place >= 0) idle.splice(place, 1);
    return kept.line.quit();
  };
  const takeKept = (): KeptLine | null => {
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      clearTimeout(kept.timer);
      if (kept.line.alive()) return kept;
    }
    return null;
  };
  const over = async (line: Line, mails: number, mail: OutgoingMail): Promise<Sending> => {
    const transmission = await line.send(mail);
    // After any failure the state of the session is unsure: the next mail gets a new line.
    if (transmission.kind === 'answered') keep(line, mails + 1);
    else void line.quit();
    const notifies = line.notifies && mail.envelopeId !== undefined;
    return { transmission, secure: line.secure, remoteAddress: line.remoteAddress, notifies, provenBy: line.provenBy, isNewLine: mails === 0 };
  };
  const once = async (mail: OutgoingMail): Promise<Sending> => {
    const kept = takeKept();
    if (kept !== null) {
      const sending = await over(kept.line, kept.mails, mail);
      if (!diedUnused(sending.transmission)) return sending;
    }
    const opening = await openLine({ target, heloName, limits, at: mail.at });
    if (opening.kind === 'open') return over(opening.line, 0, mail);
    return { transmission: { kind: 'failed', failure: opening.failure, sent: 'nothing' }, secure: null, remoteAddress: null, notifies: false, provenBy: null, isNewLine: true };
  };
  return {
    send: (mail) => {
      const sending = turns(() => once(mail));
      underWay.add(sending);
      return sending.finally(() => underWay.delete(sending));
    },
    close: async () => {
      await Promise.allSettled(underWay);
      await Promise.all([...idle].map(drop));
    },
  };
}

interface KeptLine {
  readonly line: Line;
  readonly mails: number;
  readonly timer: NodeJS.Timeout;
}

/** The peer had closed a kept line: nothing was answered and nothing of the mail was read. */
function diedUnused(transmission: Transmission): boolean {
  if (transmission.kind === 'answered' || transmission.sent !== 'nothing') return false;
  const { reply, code }: LineFailure = transmission.failure;
  return reply?.code === 421 || (reply === null && code !== 'ETIMEDOUT' && code !== 'EMESSAGE' && code !== 'EENVELOPE');
}

/** Runs at most `most` tasks at a time, the others in the order in which they came. */
function inTurn(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place is handed over, so that a newcomer cannot take it in between.
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
