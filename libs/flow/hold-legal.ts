import { functionCodeSchema, newHoldSchema, type NewHold } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { HoldTarget, RetentionPorts } from './retention-ports.js';

/** A hold that cannot be: what is wrong with it, or nothing it could be on. */
export type HoldRefusal = { readonly kind: 'refused'; readonly detail: string };

/**
 * Stops destruction of a case, or of what the log holds of one person in a period, until the hold ends or is lifted. The entry is of kind `policy`:
 * in the log `hold` is a decision that waits, and a legal hold changes what the rules of retention apply to.
 */
export const addLegalHold = async (
  hold: Omit<NewHold, 'fromAt'>,
  target: HoldTarget,
  { clock, ids, holds }: Pick<RetentionPorts, 'clock' | 'ids' | 'holds'>,
): Promise<{ readonly kind: 'held'; readonly id: string; readonly cases: number; readonly entries: number } | HoldRefusal> => {
  const at = clock.now();
  const read = newHoldSchema.safeParse({ ...hold, fromAt: at });
  if (!read.success) return { kind: 'refused', detail: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  if (target.kind === 'person' && hold.controller === null) return { kind: 'refused', detail: 'a hold on a person is of one controller (I10)' };
  const id = ids.next(at);
  const law = target.kind === 'case' ? target.law : undefined;
  const added = await holds.add({ ...read.data, id }, target, entryOf({ id, hold, law, code: 'legal-hold.added', by: hold.byFunction }, ids.next(at), at));
  if (added === null) return { kind: 'refused', detail: target.kind === 'case' ? 'there is no such case' : 'the log holds nothing about this person in this period' };
  return { kind: 'held', id, ...added };
};

/** Ends a hold before its time: what it kept follows its own clock again. False when no hold with this id runs. */
export const liftLegalHold = async (id: string, by: string, { clock, ids, holds }: Pick<RetentionPorts, 'clock' | 'ids' | 'holds'>): Promise<boolean> => {
  const at = clock.now();
  const hold = (await holds.all()).find((one) => one.id === id);
  if (hold === undefined || !functionCodeSchema.safeParse(by).success) return false;
  return holds.lift(id, by, entryOf({ id, hold, law: undefined, code: 'legal-hold.lifted', by }, ids.next(at), at));
};

interface Told {
  readonly id: string;
  readonly hold: Pick<NewHold, 'controller' | 'reason' | 'untilAt'>;
  readonly law: string | undefined;
  readonly code: string;
  readonly by: string;
}

const entryOf = ({ id, hold, law, code, by }: Told, entryId: string, at: Date): EntryDraft =>
  plainEntry(
    { id: entryId, kind: 'policy', at: at.toISOString(), code, schema: `legal-hold/${id}`, reasons: [hold.reason], role: by, controller: hold.controller ?? undefined, law },
    { until: hold.untilAt.toISOString() },
  );
