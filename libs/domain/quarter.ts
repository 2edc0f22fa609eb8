import { Temporal } from 'temporal-polyfill';
import { zone } from './terms.js';

/** A stretch of civil time in Amsterdam as instants; half-open. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

const monthsOf = (start: Temporal.PlainYearMonth, months: number): Period => {
  const instant = (month: Temporal.PlainYearMonth): Date => new Date(month.toPlainDate({ day: 1 }).toZonedDateTime(zone).epochMilliseconds);
  return { from: instant(start), to: instant(start.add({ months })) };
};

/** The period that `2026`, `2026-Q4`, `2026-11` or `2026-11-22` names, on the calendar of Amsterdam (I11); null for any other text. */
export const periodOf = (text: string): Period | null => {
  const [, year, quarter, month, day] = /^(20\d\d)(?:-Q([1-4])|-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  if (day !== undefined) return dayOf(text);
  if (quarter !== undefined) return monthsOf(new Temporal.PlainYearMonth(Number(year), Number(quarter) * 3 - 2), 3);
  return month === undefined ? monthsOf(new Temporal.PlainYearMonth(Number(year), 1), 12) : monthsOf(new Temporal.PlainYearMonth(Number(year), Number(month)), 1);
};

const dayOf = (text: string): Period | null => {
  const [year = 0, month = 0, number = 0] = text.split('-').map(Number);
  if (number > new Temporal.PlainYearMonth(year, month).daysInMonth) return null;
  const day = new Temporal.PlainDate(year, month, number);
  const instant = (of: Temporal.PlainDate): Date => new Date(of.toZonedDateTime(zone).epochMilliseconds);
  return { from: instant(day), to: instant(day.add({ days: 1 })) };
};
