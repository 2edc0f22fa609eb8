import { deskStore } from '@ketensluis/platform';

/** Periods one can choose; in the address as they stand here. */
export const periods = ['24u', '7d', '30d', 'alles'] as const;
/** One of `periods`. */
export type Period = (typeof periods)[number];

const hourMs = 3_600_000;
const lengths: Readonly<Record<Period, number | null>> = { '24u': 24 * hourMs, '7d': 168 * hourMs, '30d': 720 * hourMs, alles: null };

/** States as the address writes them. */
export const stateNames: Readonly<Record<deskStore.DeskState, string>> = { delivered: 'afgeleverd', announced: 'aangekondigd', queued: 'wachtrij', again: 'opnieuw', stuck: 'vastgelopen', ended: 'gesloten' };

/** What the address asks for. */
export interface AskedDeliveries {
  readonly filter: deskStore.DeskFilter;
  readonly period: Period;
}

const uuidForm = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const uuidOf = (text: string | null): string | null => (text !== null && uuidForm.test(text) ? text : null);
const uuidsOf = (texts: readonly string[]): readonly string[] | null => {
  const found = texts.flatMap((text) => text.split(',')).filter((text) => uuidForm.test(text)).slice(0, 50);
  return found.length === 0 ? null : found;
};

/** Parts of a run as addresses write them. */
const partNames: Readonly<Record<deskStore.RunPart, string>> = { arrived: 'aangekomen', busy: 'onderweg', failed: 'mislukt', 'not-yet': 'niet' };

const runOf = (query: URLSearchParams): deskStore.DeskFilter['run'] => {
  const id = uuidOf(query.get('reeks'));
  return id === null ? null : { id, part: deskStore.runParts.find((one) => partNames[one] === query.get('gegaan')) ?? null };
};

/** The period of an address; one case, message or run is shown whole unless something else is asked for. */
export const periodOf = (query: URLSearchParams): Period =>
  periods.find((one) => one === query.get('periode')) ?? (['zaak', 'bericht', 'reeks', 'id'].some((name) => query.has(name)) ? 'alles' : '24u');

/** First moment of a period. */
export const periodStart = (period: Period, now: Date): Date | null => {
  const length = lengths[period];
  return length === null ? null : new Date(now.getTime() - length);
};

/** Reads the filter of an address; what it does not know it leaves out. */
export const readDeliveryFilter = (query: URLSearchParams, now: Date): AskedDeliveries => {
  const period = periodOf(query);
  const state = deskStore.deskStates.find((one) => stateNames[one] === query.get('status')) ?? null;
  const party = query.get('partij');
  const cause = query.get('oorzaak');
  return {
    period,
    filter: {
      state, from: periodStart(period, now), party: party !== null && /^\d{20}$/.test(party) ? party : null,
      cases: uuidsOf(query.getAll('zaak')), message: uuidOf(query.get('bericht')), run: runOf(query), ids: uuidsOf(query.getAll('id')),
      cause: cause === null || cause === '' ? null : cause.slice(0, 100),
    },
  };
};

/** Where a place in a list is, as the address writes it. */
export const placeOf = (query: URLSearchParams): string | null => uuidOf(query.get('na'));
