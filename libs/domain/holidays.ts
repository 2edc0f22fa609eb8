import { Temporal } from 'temporal-polyfill';
import type { CalendarRules } from './law-pack.js';

// Gregorian Easter by the anonymous computus (Meeus, Astronomical Algorithms, ch. 8); exact for every year from 1583.
const easterSunday = (year: number): Temporal.PlainDate => {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return new Temporal.PlainDate(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
};

const koningsdag = (year: number, rule: CalendarRules['koningsdag']): Temporal.PlainDate => {
  const day = new Temporal.PlainDate(year, rule.month, rule.day);
  return day.dayOfWeek === 7 && rule.ifSunday === 'day-before' ? day.subtract({ days: 1 }) : day;
};

/** The generally recognised holidays of one year, and Goede Vrijdag which is treated as one (Atw art. 3), as `YYYY-MM-DD` in order. */
export const holidaysOf = (year: number, calendar: CalendarRules): readonly string[] => {
  const easter = easterSunday(year);
  const moving = [-2, 1, 39, 50].map((days) => easter.add({ days }));
  const fixed = [[1, 1], [5, 5], [12, 25], [12, 26]].map(([month = 1, day = 1]) => new Temporal.PlainDate(year, month, day));
  const equated = calendar.equated.filter((day) => day.startsWith(`${year}-`));
  return [...new Set([...moving, ...fixed, koningsdag(year, calendar.koningsdag)].map(String).concat(equated))].sort();
};

/** True on Saturday, Sunday and the holidays of Atw art. 3: a day on which a term of law does not end (Atw art. 1(1)). */
export const isDayOff = (day: Temporal.PlainDate, calendar: CalendarRules): boolean =>
  day.dayOfWeek >= 6 || holidaysOf(day.year, calendar).includes(day.toString());
