import type { AuditReader, LogCheck, LogFilter, LogRow, ProvenEntry, RegisterEvent } from '@ketensluis/flow';
import { append, emptyRange, rootOf, sameBytes, type CompactRange } from '@ketensluis/tlog';
import { checkColumns } from '../log/check-columns.js';
import { findCheckpoint, findSignedCheckpoint, loadProofs } from '../log/load-proof.js';
import type { TileCache } from '../log/tree-hashes.js';
import type { PeriodKeys } from '../period-keys.js';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { accessOf, checksIn } from './access.js';
import { checkDetails } from './check-details.js';
import { openingsOf } from './openings.js';
import { personsOf, signedAtOf } from './persons.js';
import { drawSample, findSample, judgementsOf, samplesOf } from './samples.js';
import { countFigures, countRows, lastOutcome, rowOf, searchPage, unreleased, type FoundRow } from './search.js';

/** What reading takes besides the database; `pseudonymsOf` turns the persons of a filter into what the log knows them by. */
export interface ReaderTools {
  readonly keys: PeriodKeys;
  readonly tiles: TileCache;
  readonly pseudonymsOf: (filter: LogFilter) => Promise<readonly Uint8Array[] | null>;
}

/** Reads the log inside the caller's transaction. */
export const auditReader = (client: Queryable, { keys, tiles, pseudonymsOf }: ReaderTools): AuditReader => ({
  page: async (request) => searchPage(client, request, await pseudonymsOf(request.filter)),
  count: async (request) => countRows(client, request, await pseudonymsOf(request.filter)),
  figures: async (filter, by) => countFigures(client, { filter, pseudonyms: await pseudonymsOf(filter), by }),
  releasedUntil: async () => (await unreleased(client)).reduce<Date | null>((first, { at }) => (first === null || at < first ? at : first), null),
  deferred: (ids, at) => deferredOf(client, ids, at),
  entryAt: async (index, controller) => (await entriesAt(client, [index], controller))[0] ?? null,
  entriesAt: (indexes, controller) => entriesAt(client, indexes, controller),
  proofs: (ids) => proofsOf(client, tiles, ids),
  openings: (ids, names) => openingsOf(client, keys, { ids, names }),
  access: (request) => accessOf(client, request),
  checks: (from, to) => checksIn(client, { from, to }),
  persons: (ids) => personsOf(client, keys, ids),
  signedAt: (indexes) => signedAtOf(client, indexes),
  registerEvents: (from, to) => registerEvents(client, from, to),
  sampleOf: (draw) => drawSample(client, draw),
  samples: (controller, from, to) => samplesOf(client, keys, { controller, from, to }),
  judgements: (sampleId) => judgementsOf(client, keys, sampleId),
  findSample: (id, controller) => findSample(client, id, controller),
  caseEntries: (municipality, number, controller) => caseEntries(client, { municipality, number, controller }),
  check: () => checkInside(client, keys),
  vkey: async () => (await client.query<{ vkey: string }>('select vkey from hub_mark')).rows[0]?.vkey ?? null,
});

const proofsOf = async (client: Queryable, tiles: TileCache, ids: readonly string[]): Promise<ReadonlyMap<string, ProvenEntry>> => {
  const { rows } = await client.query<{ id: string; seq: string; leaf: Buffer }>(
    prepared('select l.id, l.seq, e.leaf from tlog_leaf l cross join lateral (select leaf from entry where id = l.id and at = l.at offset 0) e where l.id = any($1)', [ids]),
  );
  const checkpoint = await findCheckpoint(client);
  if (checkpoint === null) return new Map();
  const released = rows.map(({ id, seq, leaf }) => ({ id, index: Number(seq), leaf })).filter(({ index }) => index < checkpoint.size);
  const proofs = await loadProofs(client, released, checkpoint, tiles);
  return new Map(released.map(({ id, index, leaf }, place): readonly [string, ProvenEntry] => {
    const proof = proofs[place] ?? null;
    if (proof === null) throw new Error(`entry ${index} does not lead to the signed root`);
    return [id, { index, leaf, proof: proof.file }];
  }));
};

/** The last row about an entry counts, and the last one about its case; either withholds it. */
const deferredOf = async (client: Queryable, ids: readonly string[], at: Date): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ id: string }>(prepared(
    `select l.id from tlog_leaf l
     left join lateral (select case_id from entry_detail where id = l.id and at = l.at offset 0) d on true
     where l.id = any($1) and (
       coalesce((select until from deferral where entry_id = l.id order by seq desc limit 1), '-infinity') > $2
       or coalesce((select until from deferral where case_id = d.case_id order by seq desc limit 1), '-infinity') > $2)`,
    [ids, at],
  ));
  return new Set(rows.map(({ id }) => id));
};

const entriesAt = async (client: Queryable, indexes: readonly number[], controller: string | null): Promise<readonly LogRow[]> => {
  const { rows } = await client.query<FoundRow>(prepared(
    `select page.seq, e.leaf, o.leaf as outcome, o.at as outcome_at
     from tlog_leaf page cross join lateral (select leaf, controller from entry where id = page.id and at = page.at offset 0) e ${lastOutcome}
     where page.seq = any($1::bigint[]) and page.seq < (select released_size from tlog_head) and ($2::text is null or e.controller = $2) order by page.seq`,
    [indexes, controller],
  ));
  return rows.map(rowOf);
};

const registerEvents = async (client: Queryable, from: Date, to: Date): Promise<readonly RegisterEvent[]> => {
  const { rows } = await client.query<RegisterEvent>(
    `select entry_id as "entryId", applied_at as at, kind, key, version, applied_by as by, body from register_version
     where applied_at >= $1 and applied_at < $2 order by seq`,
    [from, to],
  );
  return rows;
};

const caseEntries = async (client: Queryable, { municipality, number, controller }: { readonly municipality: string; readonly number: string; readonly controller: string | null }) => {
  const { rows } = await client.query<{ case_id: string; ids: readonly string[] }>(
    `select c.id as case_id, array_agg(d.id order by d.id) as ids from case_file c join entry_detail d on d.case_id = c.id
     cross join lateral (select controller from entry where id = d.id and at = d.at offset 0) e
     where c.municipality = $1 and c.number = $2 and ($3::text is null or e.controller = $3) group by c.id`,
    [municipality, number, controller],
  );
  const [row] = rows;
  return row === undefined ? null : { caseId: row.case_id, ids: row.ids };
};

const pageSize = 20_000;

/**
 * Checks the log where it lies: every leaf against its hash, columns and personal part, and the hashes against the root that was signed. It shows a changed row; that
 * nobody rebuilt the whole log is shown outside, by whoever kept a checkpoint.
 */
const checkInside = async (client: Queryable, keys: PeriodKeys): Promise<LogCheck> => {
  const checkpoint = await findSignedCheckpoint(client);
  const size = checkpoint?.size ?? 0;
  const columns = await checkColumns(client);
  const problems = columns.findings.map(({ index, id, problem }) => `${index === null ? id : `entry ${index}`}: ${problem}`);
  problems.push(...(await checkDetails(client, keys)).map((index) => `entry ${index}: detail`));
  let range: CompactRange = emptyRange;
  while (range.size < size) {
    const { rows } = await client.query<{ seq: string; h: Buffer }>('select seq, h from tlog_leaf where seq >= $1 and seq < $2 order by seq', [
      range.size, Math.min(size, range.size + pageSize),
    ]);
    const gap = rows.findIndex(({ seq }, place) => Number(seq) !== range.size + place);
    if (rows.length === 0 || gap >= 0) {
      problems.push(`entry ${range.size + Math.max(0, gap)}: not in the tree`);
      break;
    }
    range = rows.reduce((grown, { h }) => append(grown, h, () => undefined), range);
  }
  if (checkpoint !== null && range.size === size && !sameBytes(rootOf(range), checkpoint.root)) problems.push('the entries do not hash to the root that was signed');
  return { verdict: problems.length === 0 ? 'unchanged' : 'changed', size, problems };
};
