/** The languages of the console. */
export const languages = ['nl', 'en'] as const;
/** One of those. */
export type Language = (typeof languages)[number];

/** Words of a room in both languages, the same names in each; what one lacks or has too much does not compile. Texts, or sentences with gaps. */
export const bilingual = <T extends object>(nl: T, en: NoInfer<T>): ((language: Language) => T) => {
  const both: Readonly<Record<Language, T>> = { nl, en };
  return (language) => both[language];
};

/** The language of a request: what was chosen, else what the browser asks for first, else Dutch. */
export const languageOf = (chosen: string | undefined, accepted: string | undefined): Language => {
  if (chosen === 'nl' || chosen === 'en') return chosen;
  return /^\s*en\b/i.test(accepted ?? '') ? 'en' : 'nl';
};
