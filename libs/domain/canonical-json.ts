/**
 * JSON with sorted keys, so that equal documents have equal text whatever wrote or stored them between (RFC 8785, for values that came from JSON
 * or go into it: what JSON leaves out is left out).
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
