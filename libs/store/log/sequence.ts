import { append, emptyRange, hashBytes, tileHeight, tileWidth } from '@ketensluis/tlog';
import type { CompactRange } from '@ketensluis/tlog';
import type pg from 'pg';
import { inTransaction } from '../pool.js';
import type { Queryable } from '../pool.js';
import { oneStatement, prepared, type Part } from '../statement.js';

/** Entries taken into the tree in one tick: bounds the transaction, and with it how long the head is locked. */
export const tickMax = 5_000;

/** The tree after a tick. */
export interface Sequenced {
  readonly size: number;
  readonly added: number;
}

/**
 * One tick: appends what waits to the tree, in the order it was recorded, in one transaction with the head locked. Afterwards each
 * entry has one index and no index is empty (I6). Any number of processes may call it at once; they take turns. Nothing is sealed
 * by this: sign only what is read back after it committed.
 */
export const sequence = async (pool: pg.Pool, options: { readonly max?: number } = {}): Promise<Sequenced> => {
  const waiting = await pool.query<{ size: string; waits: boolean }>(prepared('select size, exists (select from pending) as waits from tlog_head', []));
  const head = waiting.rows[0];
  if (head === undefined) throw new Error('bug: tlog_head has no row');
  if (!head.waits) return { size: Number(head.size), added: 0 };
  return inTransaction(pool, (client) => tick(client, options.max ?? tickMax));
};

interface PendingRow {
  readonly pid: string;
  readonly id: string;
  readonly at: Date;
  readonly h: Buffer;
}

const tick = async (client: Queryable, max: number): Promise<Sequenced> => {
  const range = await lockHead(client);
  const { rows } = await client.query<PendingRow>(prepared('select pid, id, at, h from pending order by pid limit $1', [max]));
  if (rows.length === 0) return { size: range.size, added: 0 };
  const grown = grow(range, await openTile(client, range.size), rows.map((row) => row.h));
  const leaves = {
    sql: `insert into tlog_leaf (seq, id, at, h)
     select $1::bigint + place - 1, id, at, h
       from unnest($2::uuid[], $3::timestamptz[], $4::bytea[]) with ordinality as leaf (id, at, h, place)`,
    values: [range.size, rows.map((row) => row.id), rows.map((row) => row.at), rows.map((row) => row.h)],
  };
  const taken = { sql: 'delete from pending where pid = any($1::bigint[])', values: [rows.map((row) => row.pid)] };
  const head = { sql: 'update tlog_head set size = $1, stack = $2', values: [grown.range.size, Buffer.concat(grown.range.hashes)] };
  await client.query(oneStatement([leaves, ...tileParts(grown.tiles), taken, head]));
  return { size: grown.range.size, added: rows.length };
};

/** The tree as one hash per complete subtree, locked until the transaction ends. */
const lockHead = async (client: Queryable): Promise<CompactRange> => {
  // What is signed later must survive a crash of the server, whatever the server's own setting is.
  const { rows } = await client.query<{ size: string; stack: Buffer }>(prepared(
    "select size, stack, set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '3s', true), set_config('synchronous_commit', 'on', true) from tlog_head for update", [],
  ));
  const head = rows[0];
  if (head === undefined) throw new Error('bug: tlog_head has no row');
  return rangeOf(Number(head.size), head.stack);
};

/** The compact range from its columns; throws when they do not fit each other. */
export const rangeOf = (size: number, stack: Uint8Array): CompactRange => {
  const hashes = Array.from({ length: stack.length / hashBytes }, (_, i) => stack.subarray(i * hashBytes, (i + 1) * hashBytes));
  const ones = size.toString(2).replaceAll('0', '').length;
  if (hashes.length !== ones) throw new Error('tlog_head: the stack does not fit the size');
  return size === 0 ? emptyRange : { size, hashes };
};

/** Hashes of the level-0 tile that is not yet full. */
const openTile = async (client: Queryable, size: number): Promise<readonly Buffer[]> => {
  const start = size - (size % tileWidth);
  const { rows } = await client.query<{ h: Buffer }>(prepared('select h from tlog_leaf where seq >= $1 and seq < $2 order by seq', [start, size]));
  if (rows.length !== size - start) throw new Error(`tlog_leaf: entries between ${start} and ${size} are missing`);
  return rows.map((row) => row.h);
};

/** Hashes to be put at the end of a stored tile. */
interface TileGrowth {
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array[];
}

const grow = (range: CompactRange, open: readonly Buffer[], leaves: readonly Buffer[]): { readonly range: CompactRange; readonly tiles: readonly TileGrowth[] } => {
  const tiles = new Map<string, TileGrowth>();
  let filling: Uint8Array[] = [...open];
  let grown = range;
  for (const leaf of leaves) {
    filling.push(leaf);
    grown = append(grown, leaf, ({ level, index }, hash) => {
      if (level === 0 || level % tileHeight !== 0) return;
      if (level === tileHeight) {
        tiles.set(`0/${index}`, { level: 0, index, hashes: filling });
        filling = [];
      }
      const place = { level: level / tileHeight, index: Math.floor(index / tileWidth) };
      const key = `${place.level}/${place.index}`;
      const tile = tiles.get(key) ?? { ...place, hashes: [] };
      tile.hashes.push(hash);
      tiles.set(key, tile);
    });
  }
  return { range: grown, tiles: [...tiles.values()] };
};

const tileParts = (tiles: readonly TileGrowth[]): readonly Part[] =>
  tiles.length === 0 ? [] : [{
    sql: `insert into tlog_tile (level, idx, hashes)
     select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])
     on conflict (level, idx) do update set hashes = tlog_tile.hashes || excluded.hashes`,
    values: [tiles.map((t) => t.level), tiles.map((t) => t.index), tiles.map((t) => Buffer.concat(t.hashes))],
  }];
