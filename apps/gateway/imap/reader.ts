import type { Clock } from '@ketensluis/flow';
import type { EventLog, MailboxStore } from '@ketensluis/platform';
import { mailboxFaultOf, mailboxFaults } from './faults.js';
import { mailboxLimits, openMailbox, type ListedMail, type MailboxLimits, type OpenMailbox } from './mailbox.js';
import type { MailboxSettings } from './settings.js';

/** What reading a mailbox takes. */
export interface ReaderParts {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly marks: MailboxStore;
  /** Takes one mail as the SMTP intake does; throws when nothing could be decided. */
  readonly take: (raw: Uint8Array) => Promise<{ readonly kind: 'accepted'; readonly id: string } | { readonly kind: 'refused' | 'later' }>;
  /** A mail that is larger than the hub takes is refused, and recorded as one. */
  readonly refuseTooLarge: () => Promise<void>;
  /** The hub will not be asked about this message again: what comes under it later is a replay. */
  readonly answered: (messageId: string) => void;
  readonly limits?: Partial<MailboxLimits>;
  /** How long to wait for the next look where the server says nothing, and after a fault at first. */
  readonly idleMs?: number;
}

/** One mailbox that is read until it is stopped. */
export interface MailboxReader {
  /** Resolves when the mail under way is done. */
  readonly stop: () => Promise<void>;
}

const idleMs = 30_000;
const faultMaxMs = 10 * 60_000;
/** A mail that fails this often has a person look; it is never passed over. */
const failuresMax = 5;

/**
 * Reads a mailbox for good: each mail once and in its order. The mark moves only after a mail is stored or its refusal is recorded; a crash before that
 * brings the same mail again, which the intake knows by its signature. A fault waits and begins anew, longer each time.
 */
export const startMailboxReader = (settings: MailboxSettings, parts: ReaderParts): MailboxReader => {
  const state: ReaderState = { stopping: false, failures: 0, isStuck: false, open: null };
  const running = run(settings, parts, state);
  return {
    stop: async () => {
      state.stopping = true;
      state.wake?.();
      await running;
    },
  };
};

interface ReaderState {
  stopping: boolean;
  failures: number;
  isStuck: boolean;
  open: OpenMailbox | null;
  wake?: () => void;
}

const run = async (settings: MailboxSettings, parts: ReaderParts, state: ReaderState): Promise<void> => {
  while (!state.stopping) {
    try {
      state.open ??= await openMailbox(settings, { ...mailboxLimits, ...parts.limits });
      await readAll(settings, parts, { state, open: state.open });
      await recovered(settings, parts, state);
      await pause(state, (ms) => (state.open ?? never).wait(ms), parts.idleMs ?? idleMs);
    } catch (fault) {
      await failed(settings, parts, { state, fault });
      await pause(state, sleep, Math.min(faultMaxMs, (parts.idleMs ?? idleMs) * 2 ** Math.min(state.failures - 1, 10)));
    }
  }
  await state.open?.close();
};

const never = { wait: sleep };

interface Reading {
  readonly state: ReaderState;
  readonly open: OpenMailbox;
}

const readAll = async (settings: MailboxSettings, parts: ReaderParts, { state, open }: Reading): Promise<void> => {
  const mark = await parts.marks.find(settings.name);
  // Another validity: the server numbered its mails anew. All are read again, and what was taken before is known by its signature.
  let uid = mark?.uidValidity === open.uidValidity ? mark.uid : 0;
  for (;;) {
    const mails = await open.listAfter(uid);
    if (mails.length === 0) return;
    for (const mail of mails) {
      if (state.stopping) return;
      await takeOne(parts, open, mail);
      uid = mail.uid;
      await parts.marks.move(settings.name, { uidValidity: open.uidValidity, uid }, parts.clock.now());
    }
  }
};

const takeOne = async (parts: ReaderParts, open: OpenMailbox, { uid, sizeBytes }: ListedMail): Promise<void> => {
  const { sizeMaxBytes } = { ...mailboxLimits, ...parts.limits };
  if (sizeBytes > sizeMaxBytes) return parts.refuseTooLarge();
  const raw = await open.read(uid);
  // Somebody removed it meanwhile: it is not ours to take any more.
  if (raw === null) return;
  if (raw.length > sizeMaxBytes) return parts.refuseTooLarge();
  const verdict = await parts.take(raw);
  if (verdict.kind === 'later') throw new Error('it cannot be decided now');
  if (verdict.kind === 'accepted') parts.answered(verdict.id);
};

const recovered = async ({ name }: MailboxSettings, { marks, clock, events }: ReaderParts, state: ReaderState): Promise<void> => {
  if (state.isStuck) {
    await marks.goesOn(name, clock.now());
    events.tell('mailbox.read', { key: name });
  }
  state.isStuck = false;
  state.failures = 0;
};

const failed = async ({ name }: MailboxSettings, { marks, clock, events }: ReaderParts, { state, fault }: { readonly state: ReaderState; readonly fault: unknown }): Promise<void> => {
  await state.open?.close();
  state.open = null;
  state.failures += 1;
  const reason = mailboxFaultOf(fault);
  events.fault('mailbox.failed', fault, { key: name, reason });
  if (state.failures !== failuresMax) return;
  state.isStuck = true;
  // The database may be what is away; the next round finds the task unopened and says it again.
  await marks.stuck(name, mailboxFaults[reason], clock.now()).catch(() => {
    state.failures -= 1;
  });
};

function sleep(ms: number): Promise<void> {
  // Whoever stops does not wait for it.
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

/** Waits, and no longer than until it is stopped. */
const pause = async (state: ReaderState, wait: (ms: number) => Promise<void>, ms: number): Promise<void> => {
  if (state.stopping) return;
  const stopped = new Promise<void>((resolve) => {
    state.wake = resolve;
  });
  await Promise.race([wait(ms), stopped]);
};
