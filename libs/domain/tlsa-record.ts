/** One TLSA record (RFC 6698 §2.1); `hex` is its association, lower case. */
export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly hex: string;
}

/** Of SHA-256 and SHA-512 in hexadecimal digits; a whole certificate or key has any length. */
const digestLength: Readonly<Record<number, number>> = { 1: 64, 2: 128 };

/**
 * The records mail can be judged by: DANE-TA(2) and DANE-EE(3) only (RFC 7672 §3.1.3), with parameters and a length that exist. Where a domain publishes
 * both digests for one usage and selector, only the stronger counts (RFC 7671 §9).
 */
export const usableTlsa = (records: readonly TlsaRecord[]): readonly TlsaRecord[] => {
  const known = records.filter(({ usage, selector, matching, hex }) =>
    (usage === 2 || usage === 3) && (selector === 0 || selector === 1) && (matching === 0 ? hex.length > 0 : hex.length === digestLength[matching]));
  return known.filter((one) => one.matching !== 1 || !known.some((other) => other.matching === 2 && other.usage === one.usage && other.selector === one.selector));
};

/** The record as it stands in a zone file. */
export const tlsaText = ({ usage, selector, matching, hex }: TlsaRecord): string => `${usage} ${selector} ${matching} ${hex}`;
