import { Temporal } from 'temporal-polyfill';
import { zone } from '../terms.js';

/** Pattern of a day; whether the day exists is for `isDay`. */
export const dayPattern = '(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
/** Pattern of a moment with offset: seconds required, no 24:00 and no leap second, so that every reader means the same moment. */
export const instantPattern = `${dayPattern}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?(Z|[+\\-](0[0-9]|1[0-3]):[0-5][0-9])`;

const day = new RegExp(`^${dayPattern}$`);
const instant = new RegExp(`^${instantPattern}$`);

/** True for a calendar day that exists, written `YYYY-MM-DD`, 1900 to 2199. */
export const isDay = (text: string): boolean => {
  if (!day.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

/** True for a moment on an existing day, with seconds and an offset. */
export const isInstant = (text: string): boolean => instant.test(text) && isDay(text.slice(0, 10));

/** Pattern of a citizen service number; the 11-check is for `isBsn`. */
export const bsnPattern = '[0-9]{9}';

/** True for nine digits that pass the 11-check (weights 9 to 2, then -1); all zeros is no number. */
export const isBsn = (text: string): boolean => {
  if (!/^[0-9]{9}$/.test(text) || text === '000000000') return false;
  const sum = [...text].reduce((total, digit, index) => total + Number(digit) * (index === 8 ? -1 : 9 - index), 0);
  return sum % 11 === 0;
};

/** Milliseconds since 1970 of a moment that passed `isInstant`. */
export const momentOf = (text: string): number => Date.parse(text);

/** True when somebody born on `birthDate` has turned eighteen by the Dutch calendar day of `moment` (BW 1:233). */
export const isAdultAt = (birthDate: string, moment: string): boolean => {
  const on = Temporal.Instant.from(moment).toZonedDateTimeISO(zone).toPlainDate();
  return Temporal.PlainDate.compare(Temporal.PlainDate.from(birthDate).add({ years: 18 }), on) <= 0;
};
