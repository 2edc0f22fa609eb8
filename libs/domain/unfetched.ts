/**
 * What happens when a party was told that there is something to fetch and does not fetch it. It is told again, so that a lost event costs hours and not days,
 * once more before the law's moment, and a person looks while something can still be done outside the hub.
 */
export const unfetchedTerms = {
  /** It is told again this long after the last time. */
  againHours: 4,
  /** And this long before the duty must be fulfilled, with a task beside it. */
  beforeDueHours: 1,
  /** A task without any duty that presses. */
  taskHours: 24,
  /** After this it is told no more; the task stays. */
  untilHours: 120,
} as const;
