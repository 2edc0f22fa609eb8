import { describe, expect, test } from '@jest/globals';
import { loadMigrations } from '../../libs/store/migrate.js';
import { holds } from './sources.js';

// libs/store/migrations/README.md: hubs of the release before a step work on the same database while it runs, and after it.

/** Steps before this one were released together, before there was a hub to upgrade. */
const firstHeld = '0029';

/** Tables with a row for each message, delivery, entry or call: what touches each of their rows takes minutes. */
const growing = new Set([
  'access', 'attachment', 'attempt', 'case_file', 'data_key', 'decision', 'delivery', 'duty', 'entry', 'entry_default', 'entry_detail', 'entry_outcome', 'entry_subject', 'feed_item', 'fetched',
  'mail_evidence', 'mail_report', 'message', 'message_verdict', 'outbox', 'program_read', 'receipt', 'replay_item', 'tlog_checkpoint', 'tlog_cosigned', 'tlog_leaf', 'tlog_tile', 'tls_session',
]);

interface Statement {
  readonly text: string;
  /** What stands in the same file: a table that was just made is empty, a constraint may come back. */
  readonly file: string;
}

type Danger = readonly [why: string, is: (statement: Statement) => boolean, mayContract: boolean];

const name = '(?:if (?:not )?exists )?(?:only )?([a-z_][a-z0-9_]*)';
const match = (pattern: string, text: string): RegExpExecArray | null => new RegExp(pattern.replaceAll('NAME', name), 'i').exec(text);
const isNew = (table: string, { file }: Statement): boolean => new RegExp(`create table (if not exists )?${table}\\b`).test(file);
const grows = (table: string | undefined, statement: Statement): boolean => table !== undefined && growing.has(table) && !isNew(table, statement);
/** An alteration of a table that was there before; the part of it after the name. */
const altered = (statement: Statement): { readonly table: string; readonly rest: string } | null => {
  const found = match('^alter table NAME (.*)$', statement.text);
  const [, table, rest] = found ?? [];
  return table === undefined || rest === undefined || isNew(table, statement) ? null : { table, rest };
};

const dangers: readonly Danger[] = [
  ['drops what the release before may use', ({ text }) => match('^drop (table|view|materialized view|function|type|schema|sequence)\\b', text) !== null, true],
  ['drops a column that the release before may use', (one) => /\bdrop (column )?(?!constraint|default|not null|expression|identity|column\b)[a-z_]/.test(altered(one)?.rest ?? ''), true],
  ['renames what the release before may use', ({ text }) => match('^alter (table|view|function|type|index|sequence) .*\\brename\\b', text) !== null, true],
  ['gives a column another type, for which every row is written', (one) => /\balter (column )?[a-z_0-9]+ (set data )?type\b/.test(altered(one)?.rest ?? ''), true],
  ['demands what the release before does not write', (one) => /\bset not null\b/.test(altered(one)?.rest ?? '') || newColumns(one).some((column) => /\bnot null\b/.test(column) && !/\b(default|generated)\b/.test(column)), true],
  ['empties a table', ({ text }) => match('^truncate\\b', text) !== null, true],
  ['locks a table', ({ text }) => match('^lock\\b', text) !== null, false],
  ['gives a new column a default that is written in every row', (one) => newColumns(one).some((column) => /\bdefault\s+(gen_random_uuid|clock_timestamp|random|nextval|uuid)/.test(column)), false],
  ['makes an index on a table that grows, without concurrently', (one) => { const found = match('^create (?:unique )?index (?!concurrently).*? on NAME', one.text); return grows(found?.[1], one); }, false],
  ['proves a constraint of a table that grows while nobody may write', (one) => { const change = altered(one); return grows(change?.table, one) && /\badd (constraint|check|foreign key|unique|primary key)\b/.test(change?.rest ?? '') && !/\bnot valid\b/.test(change?.rest ?? ''); }, false],
  ['goes over every row of a table that grows', (one) => { const found = match('^(?:with .*? )?(?:update|delete from) NAME', one.text); return grows(found?.[1], one); }, false],
];

const newColumns = (statement: Statement): readonly string[] => (altered(statement)?.rest ?? '').split(/,(?![^(]*\))/).filter((part) => /^\s*add (column|(?!constraint|check|foreign|unique|primary)[a-z_])/.test(part));

/** Why this step cannot run beside the release before it. */
const objections = (sql: string): readonly string[] => {
  const file = sql.replace(/--.*$/gm, '').replace(/\/\*[^]*?\*\//g, '').replace(/(\$[a-z_]*\$)[^]*?\1/gi, "''").replace(/\s+/g, ' ').toLowerCase();
  const isContract = /^-- contract of \d{4}: \S/.test(sql);
  return file.split(';').map((text) => text.trim()).flatMap((text) => dangers.filter(([, is, mayContract]) => !(isContract && mayContract) && is({ text, file })).map(([why]) => `${why}: ${text.slice(0, 80)}`));
};

describe('a step of the schema', () => {
  test('runs while hubs of the release before it work', async () => {
    const held = (await loadMigrations()).filter(({ name: step }) => step >= firstHeld);
    expect(held.length).toBeGreaterThan(0);
    holds('An upgrade replaces hubs one by one: see libs/store/migrations/README.md.', held.flatMap(({ name: step, sql }) => objections(sql).map((why) => `${step} ${why}`)));
  });

  test('takes away only in place of what an earlier one put there', async () => {
    const all = await loadMigrations();
    const wrong = all.flatMap(({ name: step, sql }) => {
      const of = /^-- contract of (\d{4})/.exec(sql)?.[1];
      return of === undefined || all.some((other) => other.name.startsWith(of) && other.name < step) ? [] : [`${step}: there is no earlier step ${of}`];
    });
    holds('What is taken away must have been replaced in an earlier release.', wrong);
  });

  const dangerous: readonly (readonly [string, RegExp])[] = [
    ['drop table party_note;', /drops what/], ['drop function f(int);', /drops what/],
    ['alter table task drop column cause;', /drops a column/], ['alter table task add column a int, drop cause;', /drops a column/],
    ['alter table task rename column cause to reason;', /renames/], ['alter table task rename to chore;', /renames/],
    ['alter table task alter column cause type integer using 0;', /another type/], ['alter table only task alter cause set data type text;', /another type/],
    ['alter table task alter column cause set not null;', /demands/], ['alter table task add column a int not null;', /demands/], ['alter table task add a text not null check (a in (\'x\', \'y\'));', /demands/],
    ['truncate task;', /empties/], ['lock table task;', /locks/],
    ['alter table task add column a uuid default gen_random_uuid();', /default that is written/],
    ['create index m on delivery (at);', /makes an index/], ['create unique index if not exists m on only delivery (at) where x;', /makes an index/],
    ['alter table delivery add constraint c check (a > 0);', /proves a constraint/], ['alter table message add check (a > 0);', /proves a constraint/],
    ['update message set a = 1;', /goes over every row/], ['delete from entry;', /goes over every row/], ['with x as (select 1) update message set a = 1 from x;', /goes over every row/],
  ];
  test.each(dangerous)('%s is refused', (sql, why) => expect(objections(sql).join()).toMatch(why));

  const harmless: readonly string[] = [
    'create table t (n int not null); create index t_n on t (n); alter table t add constraint c check (n > 0);',
    'alter table task add column a int; alter table task add column b int not null default 0; alter table delivery add column c timestamptz;',
    "alter table delivery drop constraint c; alter table delivery add constraint c check (a in ('x', 'y')) not valid; alter table delivery validate constraint c;",
    '-- one by one\ndrop index concurrently if exists m;\ncreate index concurrently m on delivery (at);\n',
    'create or replace function f() returns void language sql as $$ delete from entry; drop table x $$;',
    'create index queue_x on queue (id); -- drop table x;', 'alter table task alter column cause drop not null;', 'alter table task alter column cause drop default;',
    '-- contract of 0029: nothing reads it since\ndrop table saved_view;',
  ];
  test.each(harmless)('%s is not', (sql) => expect(objections(sql)).toEqual([]));

  test('that contracts may still not hold up the traffic', () => expect(objections('-- contract of 0029: old\nalter table delivery drop column x;\ncreate index m on delivery (at);')).toHaveLength(1));
});
