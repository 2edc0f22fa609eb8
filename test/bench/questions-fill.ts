import { encodeLeaf, parseLeaf, type Leaf } from '@ketensluis/tlog';
import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { uuidV7 } from '../../libs/store/ids.js';
import { recordEntries, type NewEntry } from '../../libs/store/log/record-entries.js';
import { sequence } from '../../libs/store/log/sequence.js';
import { monthOf, yearOf, type PeriodKeys } from '../../libs/store/period-keys.js';
import { inTransaction } from '../../libs/store/pool.js';
import { pseudonymOf } from '../../libs/store/record.js';
import { encrypt } from '../../libs/store/vault.js';

/** Municipalities, recipients and senders of the filled log; every number is invented. */
export const crowd = { controllers: 60, recipients: 200, senders: 25 } as const;

/** OIN of the n-th organisation of a sort. */
export const oinOf = (sort: 1 | 2 | 3, n: number): string => `000000019${sort}${String(n).padStart(10, '0')}`;

/** Five years before `end`. */
export const startOf = (end: Date): Date => new Date(Date.UTC(end.getUTCFullYear() - 5, end.getUTCMonth(), end.getUTCDate()));

// A background of valid entries made inside the database. Of twenty entries ten are disclosures, seven their outcomes, two holds and one refusal; each
// decision is about three names of persons, of whom there is one for every twelve entries.
const functions = `
  create function bench_ms(i bigint, n bigint, from_ms bigint, to_ms bigint) returns bigint immutable language sql as $$ select from_ms + ((to_ms - from_ms)::numeric * i / n)::bigint $$;
  create function bench_id(i bigint, ms bigint) returns uuid immutable language sql as $$
    select (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid $$;
  create function bench_pick(i bigint, salt integer, choices integer) returns integer immutable language sql as $$ select abs(hashint8(i * 31 + salt)::bigint % choices)::integer $$;
  create function bench_oin(sort integer, n integer) returns text immutable language sql as $$ select '000000019' || sort || lpad(n::text, 10, '0') $$;
  create function bench_b64(t text) returns text immutable language sql as $$ select encode(sha256(convert_to(t, 'UTF8')), 'base64') $$;`;

const rows = `
  with made as (
    select i, m.ms, bench_id(i + $3 * 1000, m.ms) as id, timestamptz 'epoch' + m.ms * interval '1 millisecond' as at,
      case when i % 20 < 10 then 'disclosure' when i % 20 < 17 then 'outcome' when i % 20 < 19 then 'hold' else 'refusal' end as kind,
      bench_oin(1, bench_pick(i, 1, ${crowd.controllers})) as controller, bench_oin(2, least(bench_pick(i, 2, ${crowd.recipients}), bench_pick(i, 3, ${crowd.recipients}))) as recipient,
      bench_oin(3, bench_pick(i, 4, ${crowd.senders})) as sender, to_char(timestamptz 'epoch' + m.ms * interval '1 millisecond', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as moment,
      'WTH-' || lpad((1 + bench_pick(i, 5, 40))::text, 2, '0') as rule
    from generate_series($1::bigint, $2::bigint - 1) i cross join lateral (select bench_ms(i, $3, $4, $5) as ms) m),
  entries as (
    insert into entry (id, at, kind, sender, recipient, controller, purpose, message_id, ref, sealed_sha256, leaf)
    select id, at, kind, case when kind <> 'outcome' then sender end, case when kind = 'outcome' then bench_oin(2, least(bench_pick(i - 10, 2, ${crowd.recipients}), bench_pick(i - 10, 3, ${crowd.recipients}))) else recipient end,
      case when kind <> 'outcome' then controller end, case when kind <> 'outcome' then 'hulpverlening' end, id,
      case when kind = 'outcome' then bench_id(i - 10 + $3 * 1000, bench_ms(i - 10, $3, $4, $5)) end, case when kind = 'disclosure' then sha256(convert_to('s' || i, 'UTF8')) end,
      convert_to(case kind
        when 'disclosure' then format('{"agreement":"vwo@1","at":"%s","basis":"wth:2.8","c":{"payload":"%s","subject":["%s"]},"cat":["C-REF","C-ID","C-ADDR","C-%s"],"controller":"%s","decision":"permit","from":"%s","fromRole":"HOVJ","id":"%s","kind":"disclosure","law":"WTH","msg":"%s","policy":"%s","purpose":"hulpverlening","rule":"%s","schema":"huisverbod.opgelegd@1","sealed":"%s","to":"%s","toRole":"VT","v":1}',
          moment, bench_b64('p' || i), bench_b64('x' || i), case when i % 3 = 0 then 'GROUND' else 'HH' end, controller, sender, id, id, repeat('ab', 32), rule, bench_b64('s' || i), recipient)
        when 'outcome' then format('{"at":"%s","code":"%s","id":"%s","kind":"outcome","msg":"%s","ref":"%s","to":"%s","v":1}',
          moment, case when i % 97 = 0 then 'failed' else 'delivered' end, id, id, bench_id(i - 10 + $3 * 1000, bench_ms(i - 10, $3, $4, $5)), bench_oin(2, least(bench_pick(i - 10, 2, ${crowd.recipients}), bench_pick(i - 10, 3, ${crowd.recipients}))))
        else format('{"at":"%s","c":{"subject":["%s"]},"code":"%s","controller":"%s","decision":"%s","from":"%s","fromRole":"HOVJ","id":"%s","kind":"%s","law":"WTH","msg":"%s","policy":"%s","purpose":"hulpverlening","rule":"%s","schema":"huisverbod.opgelegd@1","to":"%s","toRole":"VT","v":1}',
          moment, bench_b64('x' || i), case when kind = 'hold' then 'no-agreement' else 'no-basis' end, controller, case when kind = 'hold' then 'hold' else 'refuse' end, sender, id, kind, id, repeat('ab', 32), rule, recipient)
      end, 'UTF8')
    from made order by i),
  subjects as (
    insert into entry_subject (pseudonym, at, id)
    select substr(sha256(convert_to('person' || (bench_pick(i, 6, ($3 / 12 + 1)::integer) * 3 + name), 'UTF8')), 1, 16), at, id
    from made cross join generate_series(0, 2) as name where kind <> 'outcome')
  insert into entry_detail (id, at, case_id, key_id, sealed)
  select id, at, bench_id(bench_pick(i, 6, ($3 / 12 + 1)::integer), 1), substr(moment, 1, 7), sha256(convert_to(i::text, 'UTF8')) from made`;

const batch = 20_000;

/**
 * Fills the log with `count` valid entries over five years before `end`, through the real triggers and into the real tree; what is there stays. `municipality`:
 * who is controller of one in sixty, in the place of an invented one.
 */
export const fillBackground = async (pool: pg.Pool, count: number, end: Date, municipality?: string): Promise<void> => {
  await pool.query("select ensure_partitions($1::date, 62)", [startOf(end)]);
  if ((await pool.query("select to_regproc('bench_ms') as found")).rows[0].found === null) {
    await pool.query(functions);
    if (municipality !== undefined) await pool.query(`create or replace function bench_oin(sort integer, n integer) returns text immutable language sql as $$
      select case when sort = 1 and n = 0 then '${municipality}' else '000000019' || sort || lpad(n::text, 10, '0') end $$`);
  }
  for (let from = 0; from < count; from += batch) {
    await pool.query({ name: `fill-${count}`, text: rows, values: [from, Math.min(count, from + batch), count, startOf(end).getTime(), end.getTime()] });
    while ((await sequence(pool)).added > 0);
  }
  const { rows: some } = await pool.query<{ leaf: Buffer }>('select leaf from entry order by id desc limit 200');
  for (const { leaf } of some) if (parseLeaf(leaf).kind === 'refused') throw new Error(`the filler makes leaves that are none: ${leaf.toString('utf8')}`);
};

/** Somebody to ask about. */
export interface Probe {
  readonly name: string;
  readonly birthDate: string;
  readonly identifier: string;
}

/** Records `people` persons with twelve disclosures each over the five years, as the hub does: commitments, encrypted part, pseudonyms and outcomes. */
export const fillProbes = async (pool: pg.Pool, keys: PeriodKeys, people: number, end: Date): Promise<readonly Probe[]> => {
  const probes = Array.from({ length: people }, (_, n): Probe => ({ name: `Proef Persoon ${n}`, birthDate: '1990-01-01', identifier: `person:proef persoon ${n}|1990-01-01` }));
  const spanMs = end.getTime() - startOf(end).getTime();
  for (const [n, { identifier }] of probes.entries()) {
    const entries: NewEntry[] = [];
    for (let i = 0; i < 12; i += 1) entries.push(...await disclosed(pool, keys, { identifier, at: new Date(startOf(end).getTime() + ((i + n / people) / 12.5) * spanMs), n }));
    await inTransaction(pool, (client) => recordEntries(client, entries));
  }
  while ((await sequence(pool)).added > 0);
  return probes;
};

const disclosed = async (pool: pg.Pool, keys: PeriodKeys, { identifier, at, n }: { readonly identifier: string; readonly at: Date; readonly n: number }): Promise<readonly NewEntry[]> => {
  const [month, year] = [await keys.of(monthOf(at), pool, at), await keys.of(yearOf(at), pool, at)];
  const salt = createHash('sha256').update(randomUUID()).digest();
  const commitment = createHash('sha256').update('ketensluis/commit/v1\0subject\0', 'utf8').update(salt).update(identifier).digest('base64');
  const [id, later] = [uuidV7(at), new Date(at.getTime() + 2_000)];
  const to = oinOf(2, n % crowd.recipients);
  const leaf: Leaf = {
    v: 1, id, kind: 'disclosure', at: at.toISOString(), from: oinOf(3, 1), to, controller: oinOf(1, n % crowd.controllers), fromRole: 'HOVJ', toRole: 'VT', law: 'WTH', purpose: 'hulpverlening',
    basis: 'wth:2.8', cat: ['C-REF', 'C-ID'], decision: 'permit', rule: 'WTH-08', policy: 'ab'.repeat(32), schema: 'huisverbod.opgelegd@1', msg: id,
    c: { payload: commitment, subject: [commitment] }, sealed: commitment,
  };
  const personal = { subjects: [{ salt: salt.toString('base64'), value: identifier }], reason: null, detail: {} };
  const outcome: Leaf = { v: 1, id: uuidV7(later), kind: 'outcome', at: later.toISOString(), to, ref: id, msg: id, code: 'delivered' };
  return [
    { leaf: encodeLeaf(leaf), detail: { caseId: id, keyId: monthOf(at), sealed: encrypt(month, Buffer.from(JSON.stringify(personal)), `detail:${id}`) }, pseudonyms: [pseudonymOf(year, identifier)], outbox: null },
    { leaf: encodeLeaf(outcome), detail: null, pseudonyms: [], outbox: null },
  ];
};
