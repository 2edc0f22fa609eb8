import { readListing, writeListing, type PublishedRuling } from '@ketensluis/contract';
import { matchRuling } from '@ketensluis/domain';
import type { CaseLawFailure, CaseLawSource, CaseLawStore, CaseLawWindow, Relist } from './case-law-ports.js';
import { plainEntry } from './entry.js';
import type { Clock, Ids } from './ports.js';

export interface LinkEcliPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly source: CaseLawSource;
  readonly cases: CaseLawStore;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What bounds one reading of the public feed. */
export const caseLawLimits = {
  /** How far back the first reading looks. */
  firstMs: 7 * 24 * hourMs,
  /** How far back it looks for a ruling whose message came after it was published. Courts publish within weeks, and send within days. */
  lookBackMs: 30 * 24 * hourMs,
  /** Read anew each time: an hour of the wall clock comes twice in autumn, and what is changed shows up a little later than its moment. */
  overlapMs: 2 * hourMs,
  /** The last minute is left to the next reading: in it something may still appear. */
  settleMs: minuteMs,
  windowMs: 24 * hourMs,
  /** A window with more pages than this is not believed. */
  pagesMax: 200,
  /** How often a window whose total moved is begun again. */
  restartsMax: 3,
} as const;

/** How a reading ended. `read`: everything up to `seenTo` was seen. `failed`: nothing of the watermark moved, and the next reading begins where this one did. */
export type CaseLawReading =
  | { readonly kind: 'idle' }
  | { readonly kind: 'read'; readonly seenTo: Date; readonly seen: number; readonly linked: number }
  | { readonly kind: 'failed'; readonly code: CaseLawFailure | 'moving' | 'endless' };

/**
 * Reads the next window of the public case-law feed and links an ECLI to the one ruling the hub holds under that case number of that court; two are a task for a
 * person, and of none nothing is kept. The watermark moves only after the whole window: a crash reads it again, and what is linked twice is linked once. A ruling
 * the hub hears of later takes the watermark back to its own moment, so that what was published before is read again.
 */
export const linkEcli = async (ports: LinkEcliPorts): Promise<CaseLawReading> => {
  const { clock, cases } = ports;
  const at = clock.now();
  await cases.index(new Date(at.getTime() - caseLawLimits.lookBackMs));
  const seenTo = (await cases.seenTo()) ?? new Date(at.getTime() - caseLawLimits.firstMs);
  const to = new Date(Math.min(at.getTime() - caseLawLimits.settleMs, seenTo.getTime() + caseLawLimits.windowMs));
  // Also when the clock went back: what was seen is not seen again.
  if (to <= seenTo) return { kind: 'idle' };
  const reading = await readWindow({ from: new Date(seenTo.getTime() - caseLawLimits.overlapMs), to }, ports);
  if (reading.kind === 'failed') await cases.fail(reading.code, clock.now());
  if (reading.kind === 'read') await cases.advance(to, clock.now(), reading);
  return reading;
};

const readWindow = async (window: CaseLawWindow, ports: LinkEcliPorts): Promise<CaseLawReading> => {
  for (let time = 0; time <= caseLawLimits.restartsMax; time += 1) {
    const reading = await readPages(window, ports);
    if (reading.kind !== 'moved') return reading;
  }
  return { kind: 'failed', code: 'moving' };
};

const readPages = async (window: CaseLawWindow, ports: LinkEcliPorts): Promise<CaseLawReading | { readonly kind: 'moved' }> => {
  const done = new Set<string>();
  let [after, linked] = [0, 0];
  let total: number | null = null;
  for (let number = 0; number < caseLawLimits.pagesMax; number += 1) {
    const page = await ports.source.page(window, after);
    if (page.kind === 'failed') return page;
    // What changed meanwhile left the window, and everything after it moved up: the offset of the next page would skip an entry.
    if (number > 0 && page.total !== total) return { kind: 'moved' };
    total = page.total;
    for (const ruling of page.rulings) {
      if (done.has(ruling.ecli)) continue;
      done.add(ruling.ecli);
      if (await linkOne(ruling, ports)) linked += 1;
    }
    after += page.entries;
    // Not by the total: pages may overlap by an entry, and the last one would be left out.
    if (page.entries < ports.source.pageEntries) return { kind: 'read', seenTo: window.to, seen: done.size, linked };
  }
  return { kind: 'failed', code: 'endless' };
};

/** True when something was linked. */
const linkOne = async ({ ecli, court, numbers, deleted }: PublishedRuling, { clock, ids, cases }: LinkEcliPorts): Promise<boolean> => {
  const at = clock.now();
  if (deleted === 'ecli') {
    await cases.unlink(ecli, relistWith(null, 'ecli-unlinked', ids, at), at);
    return false;
  }
  const match = matchRuling(numbers.length === 0 ? [] : await cases.find(court, numbers));
  switch (match.kind) {
    case 'none': return false;
    case 'several':
      await cases.ask(ecli, `${match.count} rulings have this case number`, at);
      return false;
    case 'one': {
      const linked = await cases.link(ecli, match.ruling, relistWith(ecli, 'ecli-linked', ids, at), at);
      if (linked === 'taken') await cases.ask(ecli, 'the ruling with this case number has another ECLI', at);
      return linked === 'linked';
    }
  }
};

/** The ECLI is given to whoever may have the text of the ruling, and to nobody else (I2). */
const relistWith = (ecli: string | null, code: string, ids: Ids, at: Date): Relist => ({ listing, party, mid, entryId }) => {
  const listed = readListing(listing);
  if (!listed.mayHaveEcli || listed.ecli === ecli) return null;
  return {
    listing: writeListing({ ...listed, ecli }),
    entry: plainEntry({ id: ids.next(at), kind: 'outcome', at: at.toISOString(), to: party, ref: entryId, msg: mid, code }),
  };
};
