import { expandTile, hashBytes, hashesAt, nodeOf, placeOf, planConsistency, proofOf, tileWidth } from '@ketensluis/tlog';
import type { HashOf, ProofPlan, TileNodes } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';

/** Where a tile stands. */
interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/**
 * Full tiles in memory with all nodes within them, 16 KiB each. They never change (tlog-tiles), so nothing has to be thrown out but for room; and whoever
 * makes a proof with them holds it against a signed root, so the memory need not be trusted either.
 */
export interface TileCache {
  readonly find: (key: string) => TileNodes | null;
  readonly keep: (key: string, nodes: TileNodes) => void;
}

/** Full tiles kept: 8 MiB. The upper levels of a hundred million entries and the tiles of a busy day. */
const tilesMax = 512;

/** An empty cache; what was asked for longest ago goes first. */
export const createTileCache = (): TileCache => {
  const kept = new Map<string, TileNodes>();
  return {
    find: (key) => {
      const nodes = kept.get(key) ?? null;
      if (nodes !== null) {
        kept.delete(key);
        kept.set(key, nodes);
      }
      return nodes;
    },
    keep: (key, nodes) => {
      const [oldest] = kept.keys();
      if (kept.size >= tilesMax && oldest !== undefined) kept.delete(oldest);
      kept.set(key, nodes);
    },
  };
};

const keyOf = ({ level, index }: TilePlace): string => `${level}/${index}`;

// Level 0 is stored once it is full; until then its hashes stand in the leaves, and a gap among them makes it no tile at all. Only the last of level 0 can
// be like that, so one statement brings whatever is asked for.
const tilesSql = `
  select tile.level, tile.idx, tile.hashes
    from unnest($1::smallint[], $2::bigint[]) as wanted (level, idx)
    join tlog_tile tile on tile.level = wanted.level and tile.idx = wanted.idx
  union all
  select 0::smallint, $3::bigint, string_agg(h, ''::bytea order by seq)
    from tlog_leaf
   where seq >= $3::bigint * ${tileWidth} and seq < ($3::bigint + 1) * ${tileWidth} and not exists (select from tlog_tile where level = 0 and idx = $3::bigint)
  having count(*) = max(seq) - $3::bigint * ${tileWidth} + 1`;

const loadTiles = async (client: Queryable, wanted: readonly TilePlace[]): Promise<ReadonlyMap<string, Uint8Array>> => {
  const last = wanted.filter(({ level }) => level === 0).reduce<number | null>((most, { index }) => Math.max(most ?? 0, index), null);
  const { rows } = await client.query<{ level: number; idx: string; hashes: Buffer }>(
    prepared(tilesSql, [wanted.map((tile) => tile.level), wanted.map((tile) => tile.index), last]),
  );
  return new Map(rows.map((row) => [keyOf({ level: row.level, index: Number(row.idx) }), row.hashes]));
};

/** The bytes of one tile at exactly this width, or null when the database does not hold all of it. */
export const loadTile = async (client: Queryable, tile: TilePlace & { readonly width: number }): Promise<Uint8Array | null> => {
  const bytes = (await loadTiles(client, [tile])).get(keyOf(tile));
  return bytes === undefined || bytes.length < tile.width * hashBytes ? null : bytes.subarray(0, tile.width * hashBytes);
};

/** The hashes of a tree of `size` that these plans ask for, read in at most one statement; null for each plan that meets a hole in the stored tree. */
export const fillPlans = async (
  client: Queryable, plans: readonly ProofPlan[], tree: { readonly size: number; readonly cache: TileCache },
): Promise<readonly (readonly Uint8Array[] | null)[]> => {
  const wanted = new Map(plans.flat(2).map((subtree) => [keyOf(placeOf(subtree)), placeOf(subtree)] as const));
  const nodes = new Map<string, TileNodes>();
  for (const key of wanted.keys()) {
    const kept = tree.cache.find(key);
    if (kept !== null) nodes.set(key, kept);
  }
  const unknown = [...wanted.values()].filter((place) => !nodes.has(keyOf(place)));
  const loaded = unknown.length === 0 ? new Map<string, Uint8Array>() : await loadTiles(client, unknown);
  for (const place of unknown) {
    const [key, bytes] = [keyOf(place), loaded.get(keyOf(place))];
    if (bytes === undefined) continue;
    // The table may be ahead of the tree that is asked about; a partial tile is the beginning of the later one.
    const width = Math.min(tileWidth, hashesAt(place.level, tree.size) - place.index * tileWidth);
    nodes.set(key, expandTile(bytes.subarray(0, width * hashBytes)));
    if (width === tileWidth && bytes.length === tileWidth * hashBytes) tree.cache.keep(key, nodes.get(key) ?? expandTile(bytes));
  }
  return plans.map((plan) => fillPlan(plan, nodes));
};

const fillPlan = (plan: ProofPlan, tiles: ReadonlyMap<string, TileNodes>): readonly Uint8Array[] | null => {
  let isWhole = true;
  const hashOf: HashOf = (subtree) => {
    const place = placeOf(subtree);
    const tile = tiles.get(keyOf(place));
    const hash = tile === undefined ? null : nodeOf(tile, place.from, place.count);
    if (hash === null) isWhole = false;
    return hash ?? new Uint8Array(hashBytes);
  };
  const hashes = proofOf(plan, hashOf);
  return isWhole ? hashes : null;
};

/** The proof that the tree of `size` begins with the tree of `oldSize`; empty for size 0 and for equal sizes. Throws when the tree in the database has a hole. */
export const loadConsistency = async (client: Queryable, oldSize: number, size: number, cache = createTileCache()): Promise<readonly Uint8Array[]> => {
  if (oldSize === 0) return [];
  const [hashes] = await fillPlans(client, [planConsistency(oldSize, size)], { size, cache });
  if (hashes === undefined || hashes === null) throw new Error(`tlog_tile: tiles between ${oldSize} and ${size} are missing`);
  return hashes;
};
