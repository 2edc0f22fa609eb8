import { foldTile, hashBytes, placeOf, planConsistency, proofOf, tileWidth } from '@ketensluis/tlog';
import type { HashOf, ProofPlan } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';

/** Bytes of stored tiles by level and index; level 0 that is not full yet comes from the leaves. */
export const loadTiles = async (client: Queryable, wanted: readonly { readonly level: number; readonly index: number }[]): Promise<ReadonlyMap<string, Uint8Array>> => {
  const distinct = [...new Map(wanted.map((tile) => [keyOf(tile), tile])).values()];
  const { rows } = await client.query<{ level: number; idx: string; hashes: Buffer }>(
    `select tile.level, tile.idx, tile.hashes
       from unnest($1::smallint[], $2::bigint[]) as wanted (level, idx)
       join tlog_tile tile on tile.level = wanted.level and tile.idx = wanted.idx`,
    [distinct.map((tile) => tile.level), distinct.map((tile) => tile.index)],
  );
  const tiles = new Map<string, Uint8Array>(rows.map((row) => [keyOf({ level: row.level, index: Number(row.idx) }), row.hashes]));
  for (const { level, index } of distinct) {
    if (level !== 0 || tiles.has(keyOf({ level, index }))) continue;
    tiles.set(keyOf({ level, index }), await leafTile(client, index));
  }
  return tiles;
};

const keyOf = (tile: { readonly level: number; readonly index: number }): string => `${tile.level}/${tile.index}`;

/** Level-0 hashes straight from the leaves, up to the first one that is missing. */
const leafTile = async (client: Queryable, index: number): Promise<Uint8Array> => {
  const first = index * tileWidth;
  const { rows } = await client.query<{ seq: string; h: Buffer }>(
    'select seq, h from tlog_leaf where seq >= $1 and seq < $2 order by seq', [first, first + tileWidth],
  );
  const gap = rows.findIndex((row, i) => Number(row.seq) !== first + i);
  return Buffer.concat((gap < 0 ? rows : rows.slice(0, gap)).map((row) => row.h));
};

/** The bytes of one tile at exactly this width, or null when the database does not hold all of it. */
export const loadTile = async (client: Queryable, tile: { readonly level: number; readonly index: number; readonly width: number }): Promise<Uint8Array | null> => {
  const bytes = (await loadTiles(client, [tile])).get(keyOf(tile));
  return bytes === undefined || bytes.length < tile.width * hashBytes ? null : bytes.subarray(0, tile.width * hashBytes);
};

/** Fills a proof plan from the stored tiles; throws when the tree in the database has a hole. */
export const loadPlan = async (client: Queryable, plan: ProofPlan): Promise<readonly Uint8Array[]> => {
  const tiles = await loadTiles(client, plan.flat().map(placeOf));
  const hashOf: HashOf = (subtree) => {
    const place = placeOf(subtree);
    const bytes = tiles.get(keyOf(place));
    if (bytes === undefined) throw new Error(`tlog_tile: tile ${keyOf(place)} is missing`);
    return foldTile(bytes, place.from, place.count);
  };
  return proofOf(plan, hashOf);
};

/** The proof that the tree of `size` begins with the tree of `oldSize`; empty for size 0 and for equal sizes. */
export const loadConsistency = (client: Queryable, oldSize: number, size: number): Promise<readonly Uint8Array[]> =>
  oldSize === 0 ? Promise.resolve([]) : loadPlan(client, planConsistency(oldSize, size));
