import { courtShows, messageDefinitions, type CourtShow } from '@ketensluis/domain';
import type { CourtFilter, CourtPage, RulingStore } from '@ketensluis/flow';
import { pageRows } from '../limits.js';
import { textIn } from './court.js';

/** Parts of the list as the address writes them. */
export const showNames: Readonly<Record<CourtShow, string>> = { new: 'nieuw', hearing: 'zitting', unsent: 'nog-niet-bezorgd', sent: 'bezorgd' };
/** Periods one can choose, in days. */
export const periods = [7, 30, 90, 365] as const;

const dictumField = messageDefinitions['uitspraak.voorziening'].fields.find(({ name }) => name === 'dictum');
/** Outcomes a ruling can have, as the contract lists them. */
export const outcomes: readonly string[] = dictumField?.kind === 'enum' ? dictumField.values : [];

/** What the address asks for. */
export interface AskedCourt {
  readonly filter: CourtFilter;
  readonly outcome: string | null;
  readonly days: number | null;
}

const dayMs = 24 * 60 * 60_000;

/** Reads the filters of an address; what is not known asks for nothing. */
export const readCourtFilter = (query: URLSearchParams, municipalities: ReadonlyMap<string, string>, now: Date): AskedCourt => {
  const outcome = outcomes.find((one) => one === query.get('uitkomst')) ?? null;
  const days = periods.find((one) => String(one) === query.get('periode')) ?? null;
  const municipality = query.get('gemeente');
  return {
    outcome, days,
    filter: {
      show: courtShows.find((one) => showNames[one] === query.get('toon')) ?? null,
      municipality: municipality !== null && municipalities.has(municipality) ? municipality : null,
      since: days === null ? null : new Date(now.getTime() - days * dayMs),
      onlyRulings: outcome !== null,
    },
  };
};

/** Rows of one page, and where the next begins; null when nothing follows. */
export interface CourtRows extends CourtPage {
  readonly next: string | null;
}

/** Rulings looked into for one page, when only one outcome is asked for: it stands in what is encrypted. */
const batch = 100;
const batchesMost = 4;

/** One page of the list. With an outcome the search stops after a bounded number of rulings, and `next` goes on from there. */
export const courtRows = async (rulings: RulingStore, party: string, { filter, outcome }: AskedCourt, place: { readonly after: string | null; readonly at: Date }): Promise<CourtRows> => {
  if (outcome === null) {
    const page = await rulings.page(party, filter, { ...place, limit: pageRows + 1 });
    return cut(page, page.messages.length > pageRows);
  }
  let after = place.after;
  let found: CourtPage = { messages: [], deliveries: [], duties: [] };
  for (let turn = 0; turn < batchesMost; turn += 1) {
    const page = await rulings.page(party, filter, { after, at: place.at, limit: batch });
    found = { messages: [...found.messages, ...page.messages.filter(({ fields }) => textIn(fields, 'dictum') === outcome)], deliveries: [...found.deliveries, ...page.deliveries], duties: [...found.duties, ...page.duties] };
    if (found.messages.length > pageRows) return cut(found, true);
    if (page.messages.length < batch) return { ...found, next: null };
    after = page.messages.at(-1)?.id ?? null;
  }
  return { ...found, next: after };
};

const cut = ({ messages, ...around }: CourtPage, isMore: boolean): CourtRows => {
  const shown = messages.slice(0, pageRows);
  return { messages: shown, ...around, next: isMore ? shown.at(-1)?.id ?? null : null };
};
