import type { ExportFile, ExportScope, ExportSource, ExportUnit } from '@ketensluis/flow';
import type pg from 'pg';
import { exportLog } from '../log/export-log.js';
import { findCheckpoint, loadProofs } from '../log/load-proof.js';
import { createTileCache } from '../log/tree-hashes.js';
import { monthOf, periodKeys } from '../period-keys.js';
import type { Vault } from '../vault.js';
import { caseFiles, type ExportedCase } from './export-case.js';
import { openingStates } from './opening-state.js';
import { openPersonal } from './personal.js';

/** Entries in one file. */
const pageSize = 1_000;

/** Where an export comes from and where its log goes. */
export interface ExportPlace {
  readonly pool: pg.Pool;
  readonly vault: Vault;
  /** Folder of the export. */
  readonly directory: string;
  /** What explains the folder, in words. */
  readonly readme: (scope: ExportScope) => readonly ExportFile[];
  readonly writeVerifier: (directory: string) => Promise<void>;
}

/** Everything the hub holds, as files. Each unit asks for what is of its controller by itself, so that no page can forget to (I10). */
export const exportSource = (place: ExportPlace): ExportSource => ({
  size: async () => (await findCheckpoint(place.pool))?.size ?? 0,
  count: async (scope) => 3 + (await casesOf(place.pool, scope)).length + Math.ceil(scope.size / pageSize),
  units: (scope) => unitsOf(place, scope),
  writeLog: async (scope, progress) => {
    const { rows: [mark] } = await place.pool.query<{ vkey: string }>('select vkey from hub_mark');
    if (mark === undefined) throw new Error('no hub ever ran on this database: it has no log to export');
    const directory = `${place.directory}/log`;
    const outcome = await exportLog(place.pool, { directory, vkey: mark.vkey, progress, entries: scope.controller === null ? 'all' : 'none' });
    if (outcome.kind === 'refused') throw new Error(`the log is not exported: ${outcome.detail}`);
    if (outcome.missing.length > 0) throw new Error(`the log is not whole: ${outcome.missing.join(', ')}`);
    await place.writeVerifier(`${directory}/verifier`);
  },
});

async function* unitsOf(place: ExportPlace, scope: ExportScope): AsyncIterable<ExportUnit> {
  const { pool, vault } = place;
  yield { name: 'readme', files: () => listed(place.readme(scope)) };
  yield { name: 'rules', files: () => rules(pool, scope) };
  yield { name: 'registers', files: () => registers(pool, scope) };
  for (const found of await casesOf(pool, scope)) yield { name: `case/${found.id}`, files: () => caseFiles({ pool, vault, upTo: scope.upTo }, found) };
  for (let from = 0; from < scope.size; from += pageSize) yield { name: `entries/${from}`, files: () => entries(place, scope, from) };
}

async function* listed(files: readonly ExportFile[]): AsyncIterable<ExportFile> {
  yield* files;
}

const casesOf = async (pool: pg.Pool, { controller, municipality, upTo }: ExportScope): Promise<readonly ExportedCase[]> => {
  const { rows } = await pool.query<ExportedCase>(
    'select id, law, municipality, number, wrapped_key from case_file where created_at <= $1 and ($2 or municipality = $3) order by created_at, id',
    [upTo, controller === null, municipality],
  );
  return rows;
};

interface RegisterRow {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly body: unknown;
  readonly applied_at: Date;
  readonly applied_by: string;
  readonly entry_id: string;
}

/** Law packs and parties are everybody's; of the rest each controller has its own. */
const versionsOf = async (pool: pg.Pool, { controller, municipality, upTo }: ExportScope, kinds: readonly string[]): Promise<readonly RegisterRow[]> => {
  const { rows } = await pool.query<RegisterRow>(
    `select kind, key, version, body, applied_at, applied_by, entry_id from register_version
     where applied_at <= $1 and kind = any($2)
       and ($3::text is null or kind in ('law', 'party') or body ->> 'controller' in ($3, $4) or body ->> 'municipality' = $4)
     order by kind, key, version`,
    [upTo, kinds, controller, municipality],
  );
  return rows;
};

async function* rules(pool: pg.Pool, scope: ExportScope): AsyncIterable<ExportFile> {
  for (const { key, version, body } of await versionsOf(pool, scope, ['law'])) {
    const text = typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : '';
    yield { path: `rules/${key}@${version}.yaml`, bytes: Buffer.from(text) };
  }
}

async function* registers(pool: pg.Pool, scope: ExportScope): AsyncIterable<ExportFile> {
  for (const { kind, key, version, body, applied_at, applied_by, entry_id } of await versionsOf(pool, scope, ['party', 'agreement', 'setting', 'mandate', 'designation', 'consent'])) {
    yield { path: `registers/${kind}/${key}@${version}.json`, bytes: Buffer.from(`${JSON.stringify({ document: body, appliedAt: applied_at, appliedBy: applied_by, entry: entry_id }, null, 2)}\n`) };
  }
}

interface EntryRow {
  readonly seq: string;
  readonly id: string;
  readonly at: Date;
  readonly leaf: Buffer;
  readonly sealed: Buffer | null;
}

/** A line an entry: the leaf as it is, what opens its commitments, and for one controller its proof, for then the bundles of all are not there. */
async function* entries({ pool, vault }: ExportPlace, scope: ExportScope, from: number): AsyncIterable<ExportFile> {
  const { rows } = await pool.query<EntryRow>(
    `select l.seq, l.id, l.at, e.leaf, d.sealed from tlog_leaf l
     cross join lateral (select leaf, controller from entry where id = l.id and at = l.at offset 0) e
     left join lateral (select sealed from entry_detail where id = l.id and at = l.at offset 0) d on true
     where l.seq >= $1 and l.seq < $2 and ($3::text is null or e.controller = $3) order by l.seq`,
    [from, Math.min(from + pageSize, scope.size), scope.controller],
  );
  if (rows.length === 0) return;
  const states = await openingStates(pool, rows.map(({ id }) => id));
  const proofs = scope.controller === null ? [] : await proofsOf(pool, rows);
  const keys = periodKeys(vault);
  const lines: string[] = [];
  for (const [place, { seq, id, at, leaf, sealed }] of rows.entries()) {
    const key = sealed === null ? null : await keys.find(monthOf(at), pool);
    const personal = sealed === null || key === null ? null : openPersonal(key, sealed, id);
    const proof = proofs[place];
    lines.push(JSON.stringify({ index: Number(seq), id, leaf: leaf.toString('utf8'), state: states.get(id) ?? null, personal, ...(proof === undefined ? {} : { proof }) }));
  }
  yield { path: `entries/${String(from).padStart(12, '0')}.jsonl`, bytes: Buffer.from(`${lines.join('\n')}\n`) };
}

const proofsOf = async (pool: pg.Pool, rows: readonly EntryRow[]): Promise<readonly string[]> => {
  const checkpoint = await findCheckpoint(pool);
  if (checkpoint === null) throw new Error('bug: released entries without a checkpoint');
  const proofs = await loadProofs(pool, rows.map(({ seq, leaf }) => ({ index: Number(seq), leaf })), checkpoint, createTileCache());
  return proofs.map((proof, place) => {
    if (proof === null) throw new Error(`entry ${rows[place]?.seq ?? ''} does not lead to the signed root`);
    return Buffer.from(proof.file).toString('utf8');
  });
};
