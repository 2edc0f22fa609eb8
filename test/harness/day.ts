import { Temporal } from 'temporal-polyfill';

const zone = 'Europe/Amsterdam';
const wall = (at: Date): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

/**
 * The day on which a moment falls in the Netherlands, or so many days later, `dd-mm-yyyy` as the forms ask for it. A day in UTC is another one for an hour
 * or two a night, and a day of 24 hours is not always one of the calendar.
 */
export const dutchDay = (at: Date, days = 0): string => {
  const { year, month, day } = wall(at).add({ days });
  return [day, month].map((number) => String(number).padStart(2, '0')).concat(String(year)).join('-');
};

/**
 * How long until it is noon in the Netherlands. A spec that is about days or mornings moves its clock there first: whatever the hour it runs at, no day ends
 * between two of its steps, what began three hours ago began today, and the next morning is a known number of hours away.
 */
export const untilNoon = (at: Date): number => {
  const now = wall(at);
  const noon = now.withPlainTime('12:00');
  return (Temporal.ZonedDateTime.compare(noon, now) > 0 ? noon : now.add({ days: 1 }).withPlainTime('12:00')).epochMilliseconds - at.getTime();
};
