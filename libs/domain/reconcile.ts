import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { instantSchema } from './interval.js';
import { sha256Schema } from './identifier.js';
import { zone } from './terms.js';

/** Lines a list may have; a party that receives more in a day sends it in parts. */
export const receivedMax = 20_000;

/** What a party says it received: per disclosure its id, when, and where the party kept it the hash of the document. */
export const receivedListSchema = z
  .array(z.strictObject({ id: z.uuid().toLowerCase(), receivedAt: instantSchema, sha256: sha256Schema.optional() }))
  .max(receivedMax)
  .refine((lines) => new Set(lines.map(({ id }) => id)).size === lines.length, 'an id stands in the list twice');

/** One line of such a list. */
export type ReceivedLine = Readonly<z.output<typeof receivedListSchema>[number]>;

/** One delivery to that party as the hub knows it: it stands in the list, or was delivered in the period. */
export interface DeliveredLine {
  readonly id: string;
  readonly state: 'waiting' | 'announced' | 'delivered' | 'held' | 'dead';
  /** Null while it is not. */
  readonly deliveredAt: Date | null;
  /** Hexadecimal, of the document that went out; null where its body is gone. */
  readonly sha256: string | null;
  /** True when it stood in an earlier list. */
  readonly isReconciled: boolean;
}

/** What differs, for a person to look at. */
export type Difference = {
  readonly id: string;
  /**
   * `not-received`: we delivered it and they do not have it. `not-sent`: they have it and we never sent it to them. `not-delivered`: they have it
   * although our delivery stands still. `other-document`: the bytes they have are not those that went out.
   */
  readonly kind: 'not-received' | 'not-sent' | 'not-delivered' | 'other-document';
};

/** What came of comparing two lists. */
export interface Reconciliation {
  readonly differences: readonly Difference[];
  /** Ids that both sides have. */
  readonly matched: readonly string[];
}

/** A mail that was under way at midnight stands in the list of the other day. */
export const reconcileMarginMs = 15 * 60 * 1_000;

/**
 * Compares what a party received from `from` until just before `to` with our deliveries. What we delivered in the last quarter of an hour may stand in
 * its next list, and what stood in the one before is known; what is still being tried is no difference.
 */
export const reconcile = (theirs: readonly ReceivedLine[], ours: readonly DeliveredLine[], period: { readonly from: Date; readonly to: Date }): Reconciliation => {
  const known = new Map(ours.map((line) => [line.id, line]));
  const listed = new Set(theirs.map(({ id }) => id));
  const [from, to] = [period.from.getTime() - reconcileMarginMs, period.to.getTime() - reconcileMarginMs];
  const inTheirs = theirs.flatMap((line): readonly Difference[] => {
    const kind = differenceOf(line, known.get(line.id));
    return kind === null ? [] : [{ id: line.id, kind }];
  });
  const missing = ours.filter(({ id, state, deliveredAt, isReconciled }) =>
    !listed.has(id) && !isReconciled && state === 'delivered' && deliveredAt !== null && deliveredAt.getTime() >= from && deliveredAt.getTime() < to);
  const differing = new Set(inTheirs.filter(({ kind }) => kind === 'not-sent').map(({ id }) => id));
  return {
    differences: [...inTheirs, ...missing.map(({ id }) => ({ id, kind: 'not-received' }) as const)],
    matched: theirs.map(({ id }) => id).filter((id) => !differing.has(id)),
  };
};

const differenceOf = ({ sha256 }: ReceivedLine, line: DeliveredLine | undefined): Difference['kind'] | null => {
  if (line === undefined) return 'not-sent';
  if (sha256 !== undefined && line.sha256 !== null && sha256 !== line.sha256) return 'other-document';
  return line.state === 'dead' || line.state === 'held' ? 'not-delivered' : null;
};

/** A calendar day on the clock of Amsterdam, from its first moment until just before the next one; null when there is no such day. */
export const dayOf = (text: string): { readonly from: Date; readonly to: Date } | null => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    const day = Temporal.PlainDate.from(text);
    const start = (date: Temporal.PlainDate): Date => new Date(date.toZonedDateTime(zone).epochMilliseconds);
    return { from: start(day), to: start(day.add({ days: 1 })) };
  } catch (fault) {
    if (fault instanceof RangeError) return null;
    throw fault;
  }
};

/** The calendar day before this moment, as `dayOf` takes it. */
export const dayBefore = (at: Date): string => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().subtract({ days: 1 }).toString();
