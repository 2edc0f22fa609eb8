import { Temporal } from 'temporal-polyfill';
import { isDayOff } from './holidays.js';
import type { CalendarRules } from './law-pack.js';

/** Civil time of the law (I11). */
export const zone = 'Europe/Amsterdam';

/** A ban runs ten days, not extended for weekends or holidays (Wth art. 2(1), 13). */
const banDays = 10;
/** With its extension a ban runs at most four weeks from imposition (Wth art. 9(1), 13). */
const banDaysMax = 28;

const zoned = (at: Date): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
const toDate = (moment: Temporal.ZonedDateTime): Date => new Date(moment.epochMilliseconds);
// The last millisecond of a day: a term in days includes its last day to the end.
const endOfDay = (day: Temporal.PlainDate): Date => new Date(day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds - 1);

/**
 * The same hour on the wall clock, so many days later (ECLI:NL:RBMID:2011:BP2167: 27 March 20.00 to 6 April 20.00, 239 real hours).
 * An hour the clock skips becomes the hour after it; of an hour that comes twice, the first is meant: never longer than the law allows.
 */
export const sameHourLater = (at: Date, days: number): Date => toDate(zoned(at).add({ days }, { overflow: 'constrain' }));

/** When a ban imposed at `imposedAt` ends by law: the same hour ten days later (Wth art. 2(1), 13). */
export const banEnd = (imposedAt: Date): Date => sameHourLater(imposedAt, banDays);

/** The latest moment to which a ban imposed at `imposedAt` can be extended: the same hour 28 days later (Wth art. 9(1), 13). */
export const banLimit = (imposedAt: Date): Date => sameHourLater(imposedAt, banDaysMax);

/** So many real hours later; a term in hours is never extended (Atw art. 4(a)). */
export const hoursLater = (at: Date, hours: number): Date => new Date(at.getTime() + hours * 60 * 60 * 1_000);

/** So many minutes later; for service levels. */
export const minutesLater = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60 * 1_000);

/** The end of a term in days, weeks or months: when to raise the alarm, and until when the law gives time. */
export interface DayTerm {
  /** End of the last calendar day, without any extension: people act before this. */
  readonly alarmAt: Date;
  /** End of the last day after the Algemene termijnenwet. */
  readonly legalAt: Date;
}

/** A length in days, weeks or months, counted from the day after the event. */
export interface DayLength {
  readonly amount: number;
  readonly unit: 'days' | 'weeks' | 'months';
}

/**
 * A term of law in days, weeks or months from `at`. With `atw` the legal end moves past Saturday, Sunday and holidays (art. 1(1)), and a
 * term of at least three days holds at least two days that are none of these (art. 2). Whether this helps the court with the three days
 * of Wth art. 6(1)(a) is uncertain (law.md 10.4): the alarm stays on calendar days.
 */
export const dayTerm = (at: Date, length: DayLength, atw: CalendarRules | null): DayTerm => {
  const first = zoned(at).toPlainDate();
  const last = first.add({ [length.unit]: length.amount });
  const alarmAt = endOfDay(last);
  if (atw === null) return { alarmAt, legalAt: alarmAt };
  const atLeastThree = last.since(first, { largestUnit: 'days' }).days >= 3;
  return { alarmAt, legalAt: endOfDay(pastDaysOff(atLeastThree ? withTwoWorkingDays(first, last, atw) : last, atw)) };
};

// Each step moves one day on; no run of days off is longer than two weeks, so both walks end.
const pastDaysOff = (day: Temporal.PlainDate, calendar: CalendarRules): Temporal.PlainDate => {
  let end = day;
  while (isDayOff(end, calendar)) end = end.add({ days: 1 });
  return end;
};

const withTwoWorkingDays = (first: Temporal.PlainDate, last: Temporal.PlainDate, calendar: CalendarRules): Temporal.PlainDate => {
  let working = 0;
  let day = first;
  while (working < 2 || Temporal.PlainDate.compare(day, last) < 0) {
    day = day.add({ days: 1 });
    if (!isDayOff(day, calendar)) working += 1;
  }
  return day;
};

/** The day of a moment, `yyyy-mm-dd`: a day in UTC is another one for an hour or two a night, and ends of terms lie at midnight. */
export const civilDay = (at: Date): string => zoned(at).toPlainDate().toString();

/** Age on the day of `at` in whole years; a birth date in the future gives a negative number. */
export const ageAt = (birthDate: string, at: Date): number =>
  Temporal.PlainDate.from(birthDate).until(zoned(at).toPlainDate(), { largestUnit: 'years' }).years;

/** Day and hour on the wall clock, for people: `22-11-2026 14.05 uur` or `22 November 2026, 14:05`. */
export const showMoment = (at: Date, language: 'nl' | 'en'): string => {
  const t = zoned(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return language === 'nl'
    ? `${two(t.day)}-${two(t.month)}-${t.year} ${two(t.hour)}.${two(t.minute)} uur`
    : `${t.day} ${monthNames[t.month - 1] ?? ''} ${t.year}, ${two(t.hour)}:${two(t.minute)}`;
};

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
