const parts = new Intl.DateTimeFormat('nl-NL', { timeZone: 'Europe/Amsterdam', day: '2-digit', month: '2-digit', year: 'numeric' });

/** The day on which a moment falls in the Netherlands, `dd-mm-yyyy` as the forms ask for it. A day in UTC is another one for an hour or two a night. */
export const dutchDay = (at: Date, days = 0): string => parts.format(new Date(at.getTime() + days * 86_400_000));
