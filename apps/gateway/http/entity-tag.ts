/** Longest header that is looked at; a caller needs one name. */
const tagsMax = 4_000;

/** True when `If-None-Match` names this document, or whatever there is (RFC 9110 §13.1.2, weak comparison). What cannot be read names nothing. */
export const isNamed = (ifNoneMatch: string | null, name: string): boolean =>
  ifNoneMatch !== null && ifNoneMatch.length <= tagsMax
  && (ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === `"${name}"`));
