import { Temporal } from 'temporal-polyfill';
import type { DeskRole } from './person.js';
import { zone } from './terms.js';

/** What somebody can hear of by mail: a case their party was told of, a term that is near its end, something that waits for a person. */
export const noticeEvents = ['new-notice', 'term-near', 'task-opened'] as const;
/** One of `noticeEvents`. */
export type NoticeEvent = (typeof noticeEvents)[number];

/** How often at most. */
export const noticePaces = ['hourly', 'daily'] as const;
/** One of `noticePaces`. */
export type NoticePace = (typeof noticePaces)[number];

const hourMs = 3_600_000;

/** When a term is near; how long somebody who does not sign in is still told; when a mail that was not taken is tried again. */
export const noticeLimits = { nearHours: 24, awayMs: 90 * 24 * hourMs, againMs: hourMs / 4 } as const;

/** Nobody hears of what he could not open. */
const eventsOfRole: Readonly<Record<DeskRole, readonly NoticeEvent[]>> = {
  'case-worker': ['new-notice', 'term-near'], 'municipality-officer': ['term-near', 'task-opened'], 'privacy-officer': ['task-opened'], operator: ['term-near', 'task-opened'],
  'court-clerk': [], integrator: [],
};

/** The events somebody in these roles can choose from. */
export const noticeEventsFor = (roles: readonly DeskRole[]): readonly NoticeEvent[] => noticeEvents.filter((event) => roles.some((role) => eventsOfRole[role].includes(event)));

/** Whether a role may be told of an event. */
export const hearsOf = (role: DeskRole, event: NoticeEvent): boolean => eventsOfRole[role].includes(event);

/** Before the working day, on the clock of Amsterdam (I11). */
const morning = Temporal.PlainTime.from('07:00');

/** When somebody is told again after `at`: an hour later, or the next morning. */
export const nextNoticeAt = (pace: NoticePace, at: Date): Date => {
  if (pace === 'hourly') return new Date(at.getTime() + hourMs);
  const now = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  const today = now.withPlainTime(morning);
  return new Date((Temporal.ZonedDateTime.compare(today, now) > 0 ? today : now.add({ days: 1 }).withPlainTime(morning)).epochMilliseconds);
};

/** The morning of the first day of the month after `at`. */
export const nextMonthAt = (at: Date): Date =>
  new Date(Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).add({ months: 1 }).with({ day: 1 }).withPlainTime(morning).epochMilliseconds);
