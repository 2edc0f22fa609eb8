import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  bundlePath, cosignedCountPath, cosignedPath, encodeBundle, openCheckpoint, parseVerifierKey, sameBytes, tilePath, tileWidth, tilesAt, tilesOf, verifyConsistency,
} from '@ketensluis/tlog';
import type { Tile } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { findCheckpoint } from './load-proof.js';
import type { StoredCheckpoint } from './load-proof.js';
import { loadConsistency, loadTile } from './tree-hashes.js';

/** What to export, and where to. */
export interface ExportRequest {
  readonly directory: string;
  /** The verifier key of the log; written beside it as log.vkey. An auditor should have it from elsewhere as well. */
  readonly vkey: string;
  readonly progress?: (done: number, total: number) => void;
  /** `none` leaves the bundles of entries out: hashes tell nothing of anybody, entries name parties. All of them when absent. */
  readonly entries?: 'all' | 'none';
}

/** `exported`: the directory holds the log up to `size`, except the files under `missing`, which the database does not hold. */
export type ExportOutcome =
  | { readonly kind: 'exported'; readonly size: number; readonly missing: readonly string[] }
  | { readonly kind: 'refused'; readonly code: 'nothing-signed' | 'bad-key' | 'bad-checkpoint' | 'shrunk' | 'fork'; readonly detail: string };

/** Names of files kept as missing: enough to look, few enough to hold. */
const missingMax = 1_000;

/**
 * Writes the log as C2SP tlog-tiles, up to the head that releases its entries; with witnesses also what they cosigned, one checkpoint a minute
 * (`checkpoints/`, laid out as bundles of entries). Resumable: full tiles and bundles that are there are kept, each file appears whole or
 * not at all, and the checkpoint is written last, so what it names is there. A directory that holds another history is left as it is:
 * an export kept elsewhere is what shows a rebuilt log.
 */
export const exportLog = async (client: Queryable, request: ExportRequest): Promise<ExportOutcome> => {
  const checkpoint = await findCheckpoint(client);
  if (checkpoint === null) return { kind: 'refused', code: 'nothing-signed', detail: 'no checkpoint was signed yet' };
  const objection = await objectionOf(client, request, checkpoint);
  if (objection !== null) return objection;
  const missing: string[] = [];
  const keep = async (path: string, isFull: boolean, load: () => Promise<Uint8Array | null>): Promise<void> => {
    if (isFull && await exists(join(request.directory, path))) return;
    const bytes = await load();
    if (bytes !== null) await writeWhole(join(request.directory, path), bytes);
    else if (missing.length < missingMax) missing.push(path);
  };
  for (const tile of request.entries === 'none' ? [] : tilesAt(0, checkpoint.size)) {
    await keep(bundlePath(tile.index, tile.width), tile.width === tileWidth, () => loadBundle(client, tile));
    request.progress?.(tile.index * tileWidth + tile.width, checkpoint.size);
  }
  for (const tile of tilesOf(checkpoint.size)) {
    await keep(tilePath(tile), tile.width === tileWidth, () => loadTile(client, tile));
  }
  await writeCosigned(client, { directory: request.directory, size: checkpoint.size }, keep);
  await writeWhole(join(request.directory, 'log.vkey'), Buffer.from(`${request.vkey}\n`));
  await writeWhole(join(request.directory, 'checkpoint'), checkpoint.note);
  await removeOldPartials(request.directory, 'tile', edgesOf(checkpoint.size));
  return { kind: 'exported', size: checkpoint.size, missing };
};

type Keep = (path: string, isFull: boolean, load: () => Promise<Uint8Array | null>) => Promise<void>;

/** The minute that runs is left out: its checkpoint may still be followed by a later one, and the last of all is `checkpoint` anyway. */
const writeCosigned = async (client: Queryable, { directory, size }: { readonly directory: string; readonly size: number }, keep: Keep): Promise<void> => {
  const { rows } = await client.query<{ count: string }>(
    'select count(*) as count from tlog_cosigned where minute < (select max(minute) from tlog_cosigned) and size <= $1',
    [size],
  );
  const count = Number(rows[0]?.count ?? 0);
  if (count === 0) return;
  for (const { index, width } of tilesAt(0, count)) {
    await keep(cosignedPath(index, width), width === tileWidth, () => loadCosigned(client, index, width));
  }
  await writeWhole(join(directory, cosignedCountPath), Buffer.from(`${count}\n`));
  const edge = count % tileWidth;
  await removeOldPartials(directory, 'checkpoints', edge === 0 ? [] : [cosignedPath(Math.floor(count / tileWidth), edge)]);
};

const loadCosigned = async (client: Queryable, index: number, width: number): Promise<Uint8Array | null> => {
  const { rows } = await client.query<{ note: Buffer }>(
    'select note from tlog_cosigned where minute >= (select minute from tlog_cosigned order by minute offset $1 limit 1) order by minute limit $2',
    [index * tileWidth, width],
  );
  return rows.length === width ? encodeBundle(rows.map(({ note }) => note)) : null;
};

/** Null when the directory is empty or holds the beginning of this log. */
const objectionOf = async (client: Queryable, request: ExportRequest, checkpoint: StoredCheckpoint): Promise<ExportOutcome | null> => {
  const key = parseVerifierKey(request.vkey);
  if ('kind' in key) return { kind: 'refused', code: 'bad-key', detail: key.detail };
  const path = join(request.directory, 'checkpoint');
  if (!(await exists(path))) return null;
  const held = openCheckpoint(await readFile(path), [key]);
  if (held.kind === 'refused') return { kind: 'refused', code: 'bad-checkpoint', detail: `checkpoint in the directory: ${held.detail}` };
  if (held.size > checkpoint.size) {
    return { kind: 'refused', code: 'shrunk', detail: `the directory holds ${held.size} entries, the database ${checkpoint.size}` };
  }
  if (held.size === 0) return null;
  const proof = await loadConsistency(client, held.size, checkpoint.size);
  const isSame = held.size === checkpoint.size
    ? sameBytes(held.root, checkpoint.root)
    : verifyConsistency({ oldSize: held.size, oldRoot: held.root, size: checkpoint.size, root: checkpoint.root, proof });
  return isSame ? null : { kind: 'refused', code: 'fork', detail: `the database does not continue the ${held.size} entries in the directory` };
};

/** Entries of one bundle; null when the table lacks any of them. */
export const loadBundle = async (client: Queryable, tile: Tile): Promise<Uint8Array | null> => {
  const first = tile.index * tileWidth;
  const { rows } = await client.query<{ leaf: Buffer | null }>(
    `select e.leaf
       from tlog_leaf l left join lateral (select leaf from entry where id = l.id and at = l.at offset 0) e on true
      where l.seq >= $1 and l.seq < $2 order by l.seq`,
    [first, first + tile.width],
  );
  const leaves = rows.flatMap((row) => (row.leaf === null ? [] : [row.leaf]));
  return leaves.length === tile.width ? encodeBundle(leaves) : null;
};

const writeWhole = async (path: string, bytes: Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
};

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

const edgesOf = (size: number): readonly string[] =>
  [...tilesOf(size)].filter((tile) => tile.width < tileWidth).flatMap((tile) => [tilePath(tile), ...(tile.level === 0 ? [bundlePath(tile.index, tile.width)] : [])]);

/** Widths that an earlier export wrote and this one does not ask for (tlog-tiles allows removing them). */
const removeOldPartials = async (directory: string, below: 'tile' | 'checkpoints', wanted: readonly string[]): Promise<void> => {
  const tree = join(directory, below);
  for (const found of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (!found.isFile() || !found.parentPath.endsWith('.p')) continue;
    const path = join(found.parentPath, found.name);
    if (!wanted.includes(`${below}${path.slice(tree.length).replaceAll('\\', '/')}`)) await rm(path);
  }
};
