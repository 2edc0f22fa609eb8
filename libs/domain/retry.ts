const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after each try the next one starts; the last step repeats. */
const retryStepsMs: readonly number[] = [5 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour];

/** A delivery is not given up before this long after its first try; mail systems give five days as well (RFC 5321 §4.5.4.1). */
const retryForMs = 5 * 24 * hour;

/** Steps are stretched by at most this share, so that parties coming back are not met by everybody at once. */
const jitterShare = 0.2;

/**
 * The moment of the next try after try number `tries` (1 = the first) failed at `at`, or null when five days have passed.
 * `chance` is a random number in [0, 1).
 */
export const nextTry = (tries: number, firstTriedAt: Date, at: Date, chance: number): Date | null => {
  if (at.getTime() - firstTriedAt.getTime() >= retryForMs) return null;
  const step = retryStepsMs[Math.min(tries, retryStepsMs.length) - 1] ?? 12 * hour;
  return new Date(at.getTime() + Math.round(step * (1 + jitterShare * chance)));
};
