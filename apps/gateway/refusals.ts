import { plainEntry, type Clock, type EntryDraft, type Ids, type IntakeStore } from '@ketensluis/flow';
import type { EventLog, Hub } from '@ketensluis/platform';
import { append, emptyRange, leafHash, rootOf, type CompactRange } from '@ketensluis/tlog';

/** Whose refusal it is: something on the line, a mail nobody proved, or a mail of a proven party. */
export type RefusalSource = 'line' | 'stranger' | 'party';

/**
 * Entries of their own per minute and source; what comes above is counted in one summary entry (log.md 5, flooding). A source of its own for
 * each, so that a stranger cannot use up what a party's refusal needs; a party that floods is known by name.
 */
export const ownEntriesMax: Readonly<Record<RefusalSource, number>> = { line: 20, stranger: 60, party: 600 };
const periodMs = 60_000;

/** Brings refusals into the log (I3) without letting a flood of them grow it. */
export interface RefusalRecorder {
  readonly record: (draft: EntryDraft) => Promise<void>;
  /** A refusal before there was a mail to look into; never throws. */
  readonly recordLine: (reason: string) => void;
  /** Writes the summary of the running period, if there is one. */
  readonly close: () => Promise<void>;
}

/** What the recorder needs. */
export interface RefusalPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly intake: Pick<IntakeStore, 'recordRefusal'>;
  readonly events: EventLog;
}

/** Starts recording; the first period begins now. */
export const startRefusalRecorder = (ports: RefusalPorts): RefusalRecorder => {
  let own: Record<RefusalSource, number> = { line: 0, stranger: 0, party: 0 };
  let above: CompactRange = emptyRange;
  /** Summaries that are not in the log yet. */
  const owed: { readonly count: number; readonly root: string }[] = [];
  let writing: Promise<void> = Promise.resolve();

  const closePeriod = (): void => {
    own = { line: 0, stranger: 0, party: 0 };
    if (above.size === 0) return;
    owed.push({ count: above.size, root: Buffer.from(rootOf(above)).toString('base64') });
    above = emptyRange;
  };
  // One after another. What cannot be written stays owed: these senders were answered, and nothing but the summary tells of it (I3).
  const writeOwed = async (): Promise<void> => {
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      const at = ports.clock.now();
      await ports.intake.recordRefusal(plainEntry({ id: ports.ids.next(at), kind: 'refusal-summary', at: at.toISOString(), ...next }));
      owed.shift();
    }
  };
  const summarise = (): Promise<void> => {
    closePeriod();
    writing = writing.catch(() => undefined).then(writeOwed);
    return writing;
  };
  const failed = (error: unknown): void => ports.events.fault('refusal.failed', error);
  const timer = setInterval(() => void summarise().catch(failed), periodMs).unref();

  const recordFrom = async (source: RefusalSource, draft: EntryDraft): Promise<void> => {
    own[source] += 1;
    if (own[source] <= ownEntriesMax[source]) return ports.intake.recordRefusal(draft);
    above = append(above, leafHash(Buffer.from(JSON.stringify(draft.facts))));
  };
  return {
    record: (draft) => recordFrom(draft.facts.from === undefined ? 'stranger' : 'party', draft),
    recordLine: (reason) => {
      const at = ports.clock.now();
      void recordFrom('line', plainEntry({ id: ports.ids.next(at), kind: 'refusal', at: at.toISOString(), code: reason })).catch(failed);
    },
    close: async () => {
      clearInterval(timer);
      await summarise();
    },
  };
};

const recorders = new WeakMap<Hub, RefusalRecorder>();

/** The one recorder of this process for the hub, so that all its doors share one bound; whoever closes the doors closes it. */
export const refusalRecorderOf = (hub: Hub): RefusalRecorder => {
  const known = recorders.get(hub);
  if (known !== undefined) return known;
  const started = startRefusalRecorder({ clock: hub.clock, ids: hub.ids, intake: hub.store.intake, events: hub.events });
  const recorder = {
    ...started,
    close: async () => {
      recorders.delete(hub);
      await started.close();
    },
  };
  recorders.set(hub, recorder);
  return recorder;
};
