/** Texts by a code that comes from elsewhere: one that is not there gives nothing. */
export const byCode = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => texts;
