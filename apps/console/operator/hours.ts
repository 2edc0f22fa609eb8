import type { deskStore } from '@ketensluis/platform';

const hourMs = 3_600_000;

/** In the order in which bars are stacked. */
export const attemptResultsOf = ['good', 'wait', 'bad', 'open'] as const satisfies readonly deskStore.AttemptResult[];

/** One hour of tries. */
export interface HourBar {
  readonly at: Date;
  readonly counts: Readonly<Record<deskStore.AttemptResult, number>>;
  readonly total: number;
}

/** The whole hour that began at most an hour before `at`. */
const hourOf = (at: Date): number => Math.floor(at.getTime() / hourMs) * hourMs;

/** First moment of the twenty-four hours that a day of bars shows, and the moment after them. */
export const dayOfHours = (now: Date): { readonly from: Date; readonly to: Date } => ({ from: new Date(hourOf(now) - 23 * hourMs), to: new Date(hourOf(now) + hourMs) });

/** Every hour between, also those without tries. */
export const hourBars = (counted: readonly deskStore.AttemptHour[], { from, to }: { readonly from: Date; readonly to: Date }): readonly HourBar[] => {
  const bars: HourBar[] = [];
  for (let start = from.getTime(); start < to.getTime(); start += hourMs) {
    const counts = { good: 0, wait: 0, bad: 0, open: 0 };
    for (const { at, result, count } of counted) if (hourOf(at) === start) counts[result] += count;
    bars.push({ at: new Date(start), counts, total: counts.good + counts.wait + counts.bad + counts.open });
  }
  return bars;
};

/** Where the tries of an hour are listed. */
export const hourHref = ({ at }: Pick<HourBar, 'at'>, result: deskStore.AttemptResult | null): string =>
  `/leveringen/pogingen?van=${at.toISOString()}&tot=${new Date(at.getTime() + hourMs).toISOString()}${result === null ? '' : `&uitkomst=${result}`}`;
