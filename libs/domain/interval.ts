import { z } from 'zod';

/** A moment in JSON: ISO 8601 with offset. Register documents and case files hold moments as text, so that they stay plain JSON. */
export const instantSchema = z.iso.datetime({ offset: true });

/** A period that starts at `from` and ends just before `to`; `to` is null while no end is known. */
export interface Interval {
  readonly from: string;
  readonly to: string | null;
}

/** The two fields of an `Interval`, for use in a register schema. */
export const intervalShape = { from: instantSchema, to: instantSchema.nullable() } as const;

/** True from `from` on and before `to`: the end itself no longer counts, so two periods that meet never overlap. */
export const isWithin = (interval: Interval, at: Date): boolean =>
  Date.parse(interval.from) <= at.getTime() && (interval.to === null || at.getTime() < Date.parse(interval.to));

/** True when the interval has a moment in it; a period that ends before it starts is a typing error, not an empty right. */
export const isOrdered = (interval: Interval): boolean =>
  interval.to === null || Date.parse(interval.from) < Date.parse(interval.to);
