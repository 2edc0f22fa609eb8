import { Temporal } from 'temporal-polyfill';
import { zone } from './terms.js';

/** A moment as a clock on a Dutch wall shows it, to the second and without a zone: `2026-11-22T11:00:00`. In the hour that comes twice two moments look the same. */
export const wallClock = (at: Date): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second', roundingMode: 'floor' });
