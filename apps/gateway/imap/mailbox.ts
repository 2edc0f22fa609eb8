import { mailTls } from '@ketensluis/mail';
import type { ImapFlow } from 'imapflow';
import type { MailboxSettings } from './settings.js';

/** Everything that bounds what a mail server can make us hold or wait for. */
export interface MailboxLimits {
  /** Largest mail that is read; the same as that of the SMTP intake. */
  readonly sizeMaxBytes: number;
  readonly connectMs: number;
  /** Silence after which a connection is given up. */
  readonly silenceMs: number;
  /** Mails looked at in one go: a mailbox may hold any number. */
  readonly listMax: number;
}

/** The limits of a mailbox in use. */
export const mailboxLimits: MailboxLimits = { sizeMaxBytes: 56 * 1024 * 1024, connectMs: 20_000, silenceMs: 60_000, listMax: 500 };

/** A mail in a mailbox, before its bytes are asked for. */
export interface ListedMail {
  readonly uid: number;
  readonly sizeBytes: number;
}

/** An open folder. It is opened to read only: nothing in it is changed, marked or removed. */
export interface OpenMailbox {
  readonly uidValidity: bigint;
  /** The first mails with a higher number, lowest first, at most `listMax`. */
  readonly listAfter: (uid: number) => Promise<readonly ListedMail[]>;
  /** The bytes of one mail; null when it is gone meanwhile. Never more than `sizeMaxBytes`. */
  readonly read: (uid: number) => Promise<Uint8Array | null>;
  /** Resolves when something may have come, the connection ended, or after `waitMs`. */
  readonly wait: (waitMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Connects over TLS, signs in and opens the folder to read. Rejects when any of it fails; nothing is said before the line is encrypted and its certificate checked. */
export const openMailbox = async (settings: MailboxSettings, limits: MailboxLimits): Promise<OpenMailbox> => {
  // Most hubs read no mailbox, and it brings a mail reader of its own along.
  const imap = await import('imapflow');
  const client = new imap.ImapFlow({
    host: settings.host,
    port: settings.port,
    secure: settings.tls === 'implicit',
    ...(settings.tls === 'starttls' ? { doSTARTTLS: true } : {}),
    auth: { user: settings.user, pass: settings.password },
    tls: { ...mailTls, rejectUnauthorized: true, servername: settings.host, ...(settings.ca === null ? {} : { ca: settings.ca }) },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    socketTimeout: limits.silenceMs,
    disableAutoIdle: true,
    disableCompression: true,
    maxIdleTime: limits.silenceMs / 2,
    logger: false,
    emitLogs: false,
  });
  // A line that breaks is heard of by whatever was asked over it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const folder = await client.mailboxOpen(settings.folder, { readOnly: true });
    return folderOf(client, folder.uidValidity, limits);
  } catch (fault) {
    client.close();
    throw fault;
  }
};

const folderOf = (client: ImapFlow, uidValidity: bigint, limits: MailboxLimits): OpenMailbox => ({
  uidValidity,
  listAfter: async (uid) => {
    const numbers = (await client.search({ uid: `${uid + 1}:*` }, { uid: true })) || [];
    // A range that lies beyond the last mail still gives that one (RFC 9051 §9).
    const next = numbers.filter((number) => number > uid).sort((one, other) => one - other).slice(0, limits.listMax);
    if (next.length === 0) return [];
    const mails: ListedMail[] = [];
    for await (const mail of client.fetch(next.join(','), { uid: true, size: true }, { uid: true })) mails.push({ uid: mail.uid, sizeBytes: mail.size ?? 0 });
    return mails.sort((one, other) => one.uid - other.uid);
  },
  read: async (uid) => {
    // One byte more than is taken: what says that it is small and is not, is seen.
    const found = await client.fetchOne(String(uid), { uid: true, source: { start: 0, maxLength: limits.sizeMaxBytes + 1 } }, { uid: true });
    return found === false || found === undefined ? null : (found.source ?? null);
  },
  wait: (waitMs) =>
    new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        client.off('exists', settle).off('close', settle);
        resolve();
      };
      const timer = setTimeout(settle, waitMs);
      client.once('exists', settle).once('close', settle);
      client.idle().then(() => undefined, settle);
    }),
  close: async () => {
    await client.logout().catch(() => client.close());
  },
});
