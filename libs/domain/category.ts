/**
 * Every kind of data the law tells apart, one label per field (disclosure matrix, section 3.1). The order here is the order in which
 * categories are reported. `C-ADVICE` is the advice of Veilig Thuis and of the designated instance (Wth art. 2(3), 9(1)).
 */
export const categories = [
  'C-REF', 'C-ID', 'C-BSN', 'C-ADDR', 'C-REACH', 'C-HH', 'C-HHREACH', 'C-MINOR', 'C-ORDER', 'C-GROUND', 'C-RIHG', 'C-POL', 'C-CRIM',
  'C-HEALTH', 'C-MEDDECL', 'C-CARE', 'C-HELP', 'C-HELPCONT', 'C-LAW', 'C-RULOUT', 'C-RULDOC', 'C-DR', 'C-RISK18B', 'C-COUNT',
  'C-TERM', 'C-SEC', 'C-ADVICE',
] as const;

/** One label; a field, an attachment and a sharing rule speak of the same labels. */
export type Category = (typeof categories)[number];

/** The given categories once each, in the order of `categories`, so that two sets are equal when their lists are. */
export const inOrder = (given: Iterable<Category>): readonly Category[] => {
  const present = new Set(given);
  return categories.filter((category) => present.has(category));
};
