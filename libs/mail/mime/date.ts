const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const pattern =
  /^(?:[A-Za-z]{3},\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?\s+([+-]\d{2})(\d{2})(?:\s*\([^()]*\))?$/;
const patternUtc = /\s+(?:GMT|UT|UTC|Z)(?:\s*\([^()]*\))?$/;

/** The instant of a Date header (RFC 5322 §3.3); null when it is not one. */
export const readDate = (value: string): Date | null => {
  const match = pattern.exec(value.length > 100 ? '' : value.replace(patternUtc, ' +0000'));
  if (match === null) return null;
  const [, day, monthName = '', year, hour, minute, second = '0', zoneHour = '', zoneMinute] = match;
  const month = months.findIndex((name) => name.toLowerCase() === monthName.toLowerCase());
  if (month === -1) return null;
  const sign = zoneHour.startsWith('-') ? -1 : 1;
  const offsetMinutes = Number(zoneHour) * 60 + sign * Number(zoneMinute);
  const time = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  return Number.isNaN(time) ? null : new Date(time - offsetMinutes * 60_000);
};

const two = (value: number): string => String(value).padStart(2, '0');

/** A Date header in UTC, to the second; the zone tells nothing about the place of the sender. */
export const formatDate = (date: Date): string =>
  `${days[date.getUTCDay()] ?? ''}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()} ` +
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
