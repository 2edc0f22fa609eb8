import { Temporal } from 'temporal-polyfill';
import type { Language } from './language.js';

const zone = 'Europe/Amsterdam';
const months: Readonly<Record<Language, readonly string[]>> = {
  nl: ['jan', 'feb', 'mrt', 'apr', 'mei', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dec'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
};
const soon = { nl: { ago: 'geleden', in: 'over', today: 'vandaag', tomorrow: 'morgen', h: 'u', min: 'min', days: 'dagen', day: 'dag', now: 'nu' }, en: { ago: 'ago', in: 'in', today: 'today', tomorrow: 'tomorrow', h: 'h', min: 'min', days: 'days', day: 'day', now: 'now' } } as const;

// One format for all: asking Temporal costs ten times as much, and a page has a hundred moments.
const civil = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** `16:05`. */
  readonly clock: string;
}

// Every moment of a page is told against the same now.
let lastNow: { readonly at: number; readonly wall: Wall } | null = null;
const wallNow = (now: Date): Wall => {
  if (lastNow?.at !== now.getTime()) lastNow = { at: now.getTime(), wall: wall(now) };
  return lastNow.wall;
};

const wall = (at: Date): Wall => {
  const [, year, month, day, clock] = /^(\d+)-(\d\d)-(\d\d) (\d\d:\d\d)$/.exec(civil.format(at)) ?? [];
  if (clock === undefined) throw new Error('bug: a moment without year, month, day and time');
  return { year: Number(year), month: Number(month), day: Number(day), clock };
};

/** `23 okt 16:05`, in Dutch civil time; with the year when it is not this one. */
export const momentText = (at: Date, language: Language, now: Date): string => momentOf(wall(at), language, wallNow(now));

/** `23 okt`, or `23 okt 2025` when that is another year than now. */
export const dayText = (at: Date, language: Language, now: Date): string => dayOf(wall(at), language, wallNow(now));

/** `16:05`. */
export const clockText = (at: Date): string => wall(at).clock;

/** `vandaag 18:20`, `morgen 16:05`, else day and time. */
export const nearText = (at: Date, language: Language, now: Date): string => {
  const [then, today] = [wall(at), wallNow(now)];
  const days = dayNumber(then) - dayNumber(today);
  if (days === 0) return `${soon[language].today} ${then.clock}`;
  return days === 1 ? `${soon[language].tomorrow} ${then.clock}` : momentOf(then, language, today);
};

const momentOf = (then: Wall, language: Language, today: Wall): string => `${dayOf(then, language, today)} ${then.clock}`;
const dayOf = ({ day, month, year }: Wall, language: Language, today: Wall): string => `${day} ${months[language][month - 1] ?? ''}${year === today.year ? '' : ` ${year}`}`;
const dayNumber = ({ year, month, day }: Wall): number => Date.UTC(year, month - 1, day) / 86_400_000;

/** `over 2 u 15 min`, `3 dagen geleden`; what a person reckons with. */
export const awayText = (at: Date, language: Language, now: Date): string => {
  const words = soon[language];
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000);
  if (minutes === 0) return words.now;
  const size = Math.abs(minutes);
  const [days, hours] = [Math.floor(size / 1440), Math.floor(size / 60)];
  const length = days >= 2 ? `${days} ${words.days}` : hours >= 1 ? `${hours} ${words.h}${size % 60 === 0 ? '' : ` ${size % 60} ${words.min}`}` : `${size} ${words.min}`;
  return minutes > 0 ? `${words.in} ${length}` : `${length} ${words.ago}`;
};

/** The instant for machines and for the `title` of a time: UTC, to the second. */
export const exactText = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** Reads `dd-mm-jjjj`, with or without leading zeros; null when that is no day. Gives `jjjj-mm-dd`. */
export const readDay = (text: string): string | null => {
  const [, day, month, year] = /^\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})\s*$/.exec(text) ?? [];
  if (day === undefined || month === undefined || year === undefined) return null;
  try {
    return Temporal.PlainDate.from({ day: Number(day), month: Number(month), year: Number(year) }, { overflow: 'reject' }).toString();
  } catch {
    return null;
  }
};

/** First moment of a civil day `jjjj-mm-dd`. */
export const dayStart = (day: string): Date => new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds);
