import { plainEntry, type EntryDraft } from '@ketensluis/flow';
import type { Hub } from '@ketensluis/platform';
import { append, emptyRange, leafHash, rootOf, type CompactRange } from '@ketensluis/tlog';

/** Refusals that get an entry of their own per period; what comes above is counted in one summary entry (log.md 5, flooding). */
export const ownEntriesMax = 60;
const periodMs = 60_000;

/** Brings refusals into the log (I3) without letting a flood of them grow it: above `ownEntriesMax` a minute they become one summary. */
export interface RefusalRecorder {
  readonly record: (draft: EntryDraft) => Promise<void>;
  /** A refusal before there was a mail to look into; never throws. */
  readonly recordLine: (reason: string) => void;
  /** Writes the summary of the running period, if there is one. */
  readonly close: () => Promise<void>;
}

/** Starts recording; the first period begins now. */
export const startRefusalRecorder = (hub: Hub): RefusalRecorder => {
  let own = 0;
  let above: CompactRange = emptyRange;

  const summarise = async (): Promise<void> => {
    own = 0;
    if (above.size === 0) return;
    const { size: count } = above;
    const root = Buffer.from(rootOf(above)).toString('base64');
    above = emptyRange;
    const at = hub.clock.now();
    await hub.store.intake.recordRefusal(plainEntry({ id: hub.ids.next(at), kind: 'refusal-summary', at: at.toISOString(), count, root }));
  };
  const failed = (error: unknown): void => hub.events.fault('refusal.failed', error);
  const timer = setInterval(() => void summarise().catch(failed), periodMs).unref();

  const record = async (draft: EntryDraft): Promise<void> => {
    own += 1;
    if (own <= ownEntriesMax) return hub.store.intake.recordRefusal(draft);
    above = append(above, leafHash(Buffer.from(JSON.stringify(draft.facts))));
  };
  return {
    record,
    recordLine: (reason) => {
      const at = hub.clock.now();
      void record(plainEntry({ id: hub.ids.next(at), kind: 'refusal', at: at.toISOString(), code: reason })).catch(failed);
    },
    close: async () => {
      clearInterval(timer);
      await summarise();
    },
  };
};
