import { civilDay, periodOf, type Period } from '@ketensluis/domain';
import type { Language } from '../shell/language.js';
import { matrixWords } from './room-words.js';

/** How many of each are offered. */
const offered = { quarters: 8, months: 13, years: 3 } as const;

/** A month as a number, one more for each next one: a page offers two dozen periods, and asking Temporal for each costs more than drawing them. */
const monthOf = (at: Date): number => {
  const [year = 0, month = 1] = civilDay(at).split('-').map(Number);
  return year * 12 + month - 1;
};
const yearOf = (month: number): number => Math.floor(month / 12);
const monthText = (month: number): string => `${yearOf(month)}-${String((month % 12) + 1).padStart(2, '0')}`;
const quarterText = (month: number): string => `${yearOf(month)}-Q${Math.floor((month % 12) / 3) + 1}`;

/** The quarter of now, as `periodOf` reads it. */
export const thisQuarter = (now: Date): string => quarterText(monthOf(now));

/** Quarters, newest first, this one included. */
export const quarters = (now: Date): readonly string[] => quartersUpTo(monthOf(now));

const quartersUpTo = (last: number): readonly string[] => Array.from({ length: offered.quarters }, (_, back) => quarterText(last - back * 3));
const monthsUpTo = (last: number): readonly string[] => Array.from({ length: offered.months }, (_, back) => monthText(last - back));

/** Every period that is offered: quarters, months, years. */
export const periods = (now: Date, language: Language): readonly (readonly [string, string])[] => {
  const last = monthOf(now);
  const years = Array.from({ length: offered.years }, (_, back) => String(yearOf(last) - back));
  return [...quartersUpTo(last), ...monthsUpTo(last), ...years].map((period) => [period, periodText(period, language)] as const);
};

const monthFormat = (locale: string): Intl.DateTimeFormat => new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const monthFormats: Readonly<Record<Language, Intl.DateTimeFormat>> = { nl: monthFormat('nl-NL'), en: monthFormat('en-GB') };

/** A period in words. */
export const periodText = (period: string, language: Language): string => {
  const [, year, quarter, month] = /^(\d{4})(?:-Q([1-4])|-(\d\d))?$/.exec(period) ?? [];
  if (quarter !== undefined) return matrixWords(language).quarter(Number(quarter), Number(year));
  return month === undefined ? (year ?? '') : monthFormats[language].format(new Date(Date.UTC(Number(year), Number(month) - 1)));
};

/** A period that was asked for, with the months it has; null when it is none of a year, a quarter or a month. */
export const readPeriod = (text: string): { readonly period: Period; readonly first: string; readonly last: string } | null => {
  const period = /^\d{4}-\d\d-/.test(text) ? null : periodOf(text);
  return period === null ? null : { period, first: monthText(monthOf(period.from)), last: monthText(monthOf(new Date(period.to.getTime() - 1))) };
};
