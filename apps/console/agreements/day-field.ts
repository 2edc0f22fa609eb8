const parts = new Intl.DateTimeFormat('nl-NL', { timeZone: 'Europe/Amsterdam', day: '2-digit', month: '2-digit', year: 'numeric' });

/** An instant as the day somebody would fill in. */
export const dayField = (instant: string | null): string => (instant === null ? '' : parts.format(new Date(instant)));
