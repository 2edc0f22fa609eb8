import type { AuditReader, Judgement, SampleDraw } from '@ketensluis/flow';
import type { PeriodKeys } from '../period-keys.js';
import type { Queryable } from '../pool.js';
import { decrypt } from '../vault.js';
import { remarkPlace } from './changes.js';
import { releasedSize } from './search.js';

type DrawRequest = Parameters<AuditReader['sampleOf']>[0];

/**
 * Draws entries: of the decisions of the period below the tree size, those whose SHA-256 over `seed:size:index` is smallest. Whoever has the log draws
 * the same again, and nobody who did not know the seed could tell beforehand which.
 */
export const drawSample = async (client: Queryable, { controller, from, to, seed, size, count }: DrawRequest): Promise<Pick<SampleDraw, 'size' | 'population' | 'indexes'>> => {
  const fixed = Math.min(size ?? Number.MAX_SAFE_INTEGER, await releasedSize(client));
  const { rows } = await client.query<{ population: string; indexes: readonly string[] | null }>(
    `with population as (
       select l.seq from entry e cross join lateral (select seq from tlog_leaf where id = e.id offset 0) l
       where e.at >= $1 and e.at < $2 and e.kind in ('disclosure', 'hold', 'refusal') and ($3::text is null or e.controller = $3) and l.seq < $4::bigint),
     drawn as (select seq from population order by sha256(convert_to($5::text || ':' || $4::bigint || ':' || seq, 'UTF8')), seq limit $6)
     select (select count(*) from population) as population, (select array_agg(seq order by seq) from drawn) as indexes`,
    [from, to, controller, fixed, seed, count],
  );
  const [row] = rows;
  return { size: fixed, population: Number(row?.population ?? 0), indexes: (row?.indexes ?? []).map(Number) };
};

const columns = `id, at, controller, from_at as "from", to_at as "to", seed, tree_size::float8 as size, population::float8 as population, indexes::float8[] as indexes`;

/** The sample with this id, or null when there is none or it is of another controller. */
export const findSample = async (client: Queryable, id: string, controller: string | null): Promise<SampleDraw | null> => {
  const { rows } = await client.query<SampleDraw>(`select ${columns} from sample where id = $1 and ($2::text is null or controller = $2)`, [id, controller]);
  return rows[0] ?? null;
};

/** Samples drawn from a part of this period, with the last judgement of each entry. */
export const samplesOf = async (client: Queryable, keys: PeriodKeys, { controller, from, to }: { readonly controller: string | null; readonly from: Date; readonly to: Date }): Promise<Awaited<ReturnType<AuditReader['samples']>>> => {
  const { rows } = await client.query<SampleDraw>(
    `select ${columns} from sample where from_at < $2 and to_at > $1 and ($3::text is null or controller = $3) order by at, id`,
    [from, to, controller],
  );
  const found: { readonly draw: SampleDraw; readonly judgements: readonly Judgement[] }[] = [];
  for (const draw of rows) found.push({ draw, judgements: await judgementsOf(client, keys, draw.id) });
  return found;
};

interface JudgementRow extends Omit<Judgement, 'remark'> {
  readonly remark: Buffer | null;
  readonly key_id: string;
}

/** The last judgement of each entry of a sample that was judged. */
export const judgementsOf = async (client: Queryable, keys: PeriodKeys, sampleId: string): Promise<readonly Judgement[]> => {
  const { rows } = await client.query<JudgementRow>(
    `select distinct on (tree_index) tree_index::float8 as index, verdict, at, by, remark, key_id
     from sample_judgement where sample_id = $1 order by tree_index, seq desc`,
    [sampleId],
  );
  // A remark whose key was destroyed with its month is gone; the verdict stays.
  const judgements: Judgement[] = [];
  for (const { key_id, remark, ...judgement } of rows) {
    const key = remark === null ? null : await keys.find(key_id, client);
    judgements.push({ ...judgement, remark: remark === null || key === null ? null : decrypt(key, remark, remarkPlace(sampleId, judgement.index)).toString('utf8') });
  }
  return judgements;
};
