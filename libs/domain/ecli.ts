/** An ECLI in its written form with the court in it. */
export interface Ecli {
  readonly ecli: string;
  readonly court: string;
}

/** Reads an ECLI as people write it, in capitals or not; null when it is none (Council conclusions 2011/C 127/01: country, court, year, ordinal). */
export const parseEcli = (text: string): Ecli | null => {
  const ecli = text.trim().toUpperCase();
  const court = /^ECLI:[A-Z]{2}:([A-Z][A-Z0-9]{0,6}):[0-9]{4}:[A-Z0-9.]{1,25}$/.exec(ecli)?.[1];
  return court === undefined ? null : { ecli, court };
};

const separators = /[\s_/.\-]+/g;

/**
 * A case number of a court so that two ways of writing it are equal: `AWB - 26 _ 1001` is `AWB 26/1001`. What separates stays a separator: `26/11` never
 * becomes `261/1`. Null when it cannot be a case number: words, which could name somebody, or no digit.
 */
export const caseNumberKey = (text: string): string | null => {
  const key = text.trim().toUpperCase().replace(separators, '/').replace(/^\/|\/$/g, '');
  return key.length <= 60 && /\d/.test(key) && /^(?:[A-Z]{1,6}|[A-Z]{0,3}\d{1,12}[A-Z]{0,3})(?:\/(?:[A-Z]{1,6}|[A-Z]{0,3}\d{1,12}[A-Z]{0,3})){0,7}$/.test(key) ? key : null;
};

/** A ruling the hub holds, as the court that gave it names it. */
export interface HeldRuling {
  readonly messageId: string;
  readonly caseId: string;
}

/** What a published ruling is to us: `none`, the one ruling it is, or several, which a person must look at. */
export type RulingMatch = { readonly kind: 'none' } | { readonly kind: 'one'; readonly ruling: HeldRuling } | { readonly kind: 'several'; readonly count: number };

/** Two found is not one: only a case number of its court that stands for a single ruling links it, and nothing else ever does. */
export const matchRuling = (held: readonly HeldRuling[]): RulingMatch => {
  const [ruling, ...others] = held;
  if (ruling === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', ruling } : { kind: 'several', count: held.length };
};
