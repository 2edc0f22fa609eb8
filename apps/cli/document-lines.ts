/** A document as lines, `path: value` each. */
export const linesOf = (value: unknown, path = ''): readonly string[] => {
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [`${path}: ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, inner]) => linesOf(inner, path === '' ? name : `${path}.${name}`));
};
