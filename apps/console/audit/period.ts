import { periodOf, type Period } from '@ketensluis/domain';
import { Temporal } from 'temporal-polyfill';
import type { Language } from '../shell/language.js';
import { matrixWords } from './room-words.js';

const zone = 'Europe/Amsterdam';
/** How many of each are offered. */
const offered = { quarters: 8, months: 13, years: 3 } as const;

const monthOf = (now: Date): Temporal.PlainYearMonth => Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate().toPlainYearMonth();
const quarterOf = (month: Temporal.PlainYearMonth): number => Math.ceil(month.month / 3);

/** The quarter of now, as `periodOf` reads it. */
export const thisQuarter = (now: Date): string => quarters(now)[0] ?? '';

/** Quarters, newest first, this one included. */
export const quarters = (now: Date): readonly string[] => quartersUpTo(monthOf(now));

const quartersUpTo = (last: Temporal.PlainYearMonth): readonly string[] =>
  Array.from({ length: offered.quarters }, (_, back) => last.subtract({ months: back * 3 })).map((month) => `${month.year}-Q${quarterOf(month)}`);
const monthsUpTo = (last: Temporal.PlainYearMonth): readonly string[] => Array.from({ length: offered.months }, (_, back) => last.subtract({ months: back }).toString());

/** Every period that is offered: quarters, months, years. */
export const periods = (now: Date, language: Language): readonly (readonly [string, string])[] => {
  const last = monthOf(now);
  const years = Array.from({ length: offered.years }, (_, back) => String(last.year - back));
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
  return period === null ? null : { period, first: monthOf(period.from).toString(), last: monthOf(new Date(period.to.getTime() - 1)).toString() };
};
