import type { Hub } from '@ketensluis/platform';
import { createMailboxStore } from '@ketensluis/platform';
import type { RefusalRecorder } from '../refusals.js';
import { mailTaker } from '../take-mail.js';
import { startMailboxReader } from './reader.js';
import { readMailboxes } from './settings.js';

/** Starts reading every mailbox the file names; the intake is that of SMTP. Throws `MailboxesNotUsable` before anything is read. */
export const startMailboxes = async (hub: Hub, refusals: RefusalRecorder, file: string | null): Promise<{ readonly close: () => Promise<void> }> => {
  const mailboxes = file === null ? [] : await readMailboxes(file);
  if (mailboxes.length === 0) return { close: async () => undefined };
  const taker = mailTaker(hub, refusals);
  const parts = {
    clock: hub.clock,
    events: hub.events,
    marks: createMailboxStore(hub.pool),
    take: (raw: Uint8Array) => taker.take({ raw, from: envelopeSender(raw), remoteAddress: null, helo: null }),
    refuseTooLarge: async () => refusals.recordLine('too-large'),
    answered: taker.answered,
  };
  const readers = mailboxes.map((one) => startMailboxReader(one, parts));
  return {
    close: async () => {
      await Promise.all(readers.map((reader) => reader.stop()));
      await taker.close();
    },
  };
};

const headMaxBytes = 4_096;

/** What the mail system that took the mail in wrote on top (RFC 5321 §4.4): empty for a report, which comes from nobody. */
const envelopeSender = (raw: Uint8Array): string => {
  const head = Buffer.from(raw.subarray(0, headMaxBytes)).toString('latin1');
  return /^return-path:[ \t]*<([^<>\r\n]*)>[ \t]*\r?$/im.exec(head.split(/\r?\n\r?\n/, 1)[0] ?? '')?.[1] ?? 'unknown';
};
