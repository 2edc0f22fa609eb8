import type { Clock } from '@ketensluis/flow';

/** How often something may be asked: a store of requests for each source, that fills up again by itself. */
export const readLimits = {
  /** Enough to mirror 300,000 entries a minute in bundles. */
  reader: { most: 200, perSecond: 20 },
  /** A party that uses the API: several times what a busy region sends, and far below what would stop the others. */
  party: { most: 600, perSecond: 120 },
  /** Per address, for whoever brings no valid token: nobody needs many tries. */
  stranger: { most: 20, perSecond: 0.2 },
  /** Per address, for who is about to sign in: a whole organisation may stand behind one address, at the beginning of its day. */
  'sign-in': { most: 120, perSecond: 2 },
  /** Sources remembered; the one not seen for longest is forgotten, and with that has a full store again. */
  sourcesMax: 10_000,
} as const;

/** Who asks: somebody known by name, or an address. */
export interface RequestSource {
  readonly kind: 'reader' | 'party' | 'stranger' | 'sign-in';
  readonly name: string;
}

interface Store {
  readonly left: number;
  readonly atMs: number;
}

/** Counts requests of this process by source; gives the seconds to wait, 0 when there is room. */
export const readLimiter = (clock: Clock): ((source: RequestSource) => number) => {
  const stores = new Map<string, Store>();
  return ({ kind, name }) => {
    const { most, perSecond } = readLimits[kind];
    const atMs = clock.now().getTime();
    const key = `${kind} ${name}`;
    const before = stores.get(key) ?? { left: most, atMs };
    // A clock that went back gives nothing.
    const left = Math.min(most, before.left + Math.max(0, (atMs - before.atMs) / 1000) * perSecond);
    const waits = left < 1;
    stores.delete(key);
    stores.set(key, { left: waits ? left : left - 1, atMs });
    const [oldest] = stores.keys();
    if (stores.size > readLimits.sourcesMax && oldest !== undefined) stores.delete(oldest);
    return waits ? Math.ceil((1 - left) / perSecond) : 0;
  };
};
