import { zone } from '@ketensluis/domain';

/** Languages a report is written in. */
export type Language = 'nl' | 'en';

const locales = { nl: 'nl-NL', en: 'en-GB' } as const;

/** A moment as people write it, on the clock of Amsterdam (I11). */
export const momentText = (at: Date, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], { timeZone: zone, day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(at);

/** A day as people write it, on the calendar of Amsterdam. */
export const dayText = (at: Date, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], { timeZone: zone, day: 'numeric', month: 'long', year: 'numeric' }).format(at);

/** The last day of a half-open period. */
export const lastDayText = (to: Date, language: Language): string => dayText(new Date(to.getTime() - 1), language);
