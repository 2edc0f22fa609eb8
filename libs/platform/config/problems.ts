/** Why one setting cannot be used; holds no value, which may be a password. */
export interface ConfigurationProblem {
  /** As it stands where it was written: the environment and the file have names of their own. */
  readonly key: string;
  /** File and line, where it does not stand in the environment. */
  readonly file: string | null;
  readonly line: number | null;
  readonly expected: string;
  /** A whole line that would do. */
  readonly example: string;
}

/** The problems as lines for a person at a terminal. */
export const describeProblems = (problems: readonly ConfigurationProblem[]): string =>
  ['The settings cannot be used:', ...problems.map(({ key, file, line, expected, example }) =>
    `  ${file === null ? '' : `${file}${line === null ? '' : `, line ${line}`}: `}${key}: expected ${expected} (for example ${example})`)].join('\n');

/** The one of `known` that `given` was most likely meant to be. */
export const nearestOf = (given: string, known: readonly string[]): string => {
  const wanted = given.toLowerCase().slice(0, 100);
  // A part of the name is nearer than a short name that happens to share a letter.
  const distances = known.map((one) => ({ one, distance: wanted.length > 2 && one.toLowerCase().startsWith(wanted) ? 0 : distanceOf(wanted, one.toLowerCase()) }));
  return distances.toSorted((a, b) => a.distance - b.distance)[0]?.one ?? '';
};

const distanceOf = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, its] of [...other].entries()) {
      next.push(Math.min((row[j] ?? 0) + (letter === its ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
