import type { ErasedKind } from '@ketensluis/flow';
import { inTransaction, type Queryable } from '../pool.js';
import type { Vault } from '../vault.js';
import type { ErasePlace } from './erase-place.js';
import type { ErasedLine } from './erased-list.js';
import { eraseSubject } from './erase-subject.js';
import { timeOf } from '../ids.js';

/** On whose word something goes: an approved proposal, or the list, after a restore. */
export type EraseSource = { readonly kind: 'proposal'; readonly id: string } | { readonly kind: 'replay' };

/**
 * Erases one object. The order is the promise: its line in the list, its keys, then rows and `erased` together; so what the database calls
 * erased opens nowhere, and what a crash leaves half is named by the list. Safe to repeat. False, and nothing done, for a case that a mail came in for
 * at this very moment.
 */
export const eraseObject = (place: ErasePlace, line: ErasedLine, source: EraseSource): Promise<boolean> =>
  inTransaction(place.pool, async (client) => {
    const begun = await place.list.find(line.kind, line.ref);
    if (line.kind === 'case' && begun === null && (await isBusy(client, line.ref))) return false;
    if (source.kind === 'proposal') await place.list.add(line);
    const { shares } = (await place.list.find(line.kind, line.ref)) ?? line;
    place.vault.destroy(shares);
    await markErased(client, line, source);
    await removals[line.kind](client, line, place.vault);
    return true;
  });

/** Whoever stores a mail in the case waits until we are done, and finds it gone; whoever did so before us is seen by what waits. */
const isBusy = async (client: Queryable, caseId: string): Promise<boolean> => {
  await client.query('select from case_file where id = $1 for update', [caseId]);
  const { rowCount } = await client.query('select from queue where lane = $1 limit 1', [caseId]);
  return rowCount !== 0;
};

/** Says in the database what goes; its rows may go from now on, in this transaction or a later one. */
const markErased = async (client: Queryable, line: ErasedLine, source: EraseSource): Promise<void> => {
  const proposal = source.kind === 'proposal' ? source.id : null;
  await client.query(
    `insert into erased (kind, ref, source, proposal_id, shares, excepted, erased_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (kind, ref) do nothing`,
    [line.kind, line.ref, source.kind, proposal, line.shares, line.excepted, line.at],
  );
  // What a hold kept of a month may go later, by a later proposal.
  if (line.kind === 'month-part') {
    await client.query(
      "update erased set excepted = $2, proposal_id = $3, source = $4, erased_at = $5, entry_id = null where kind = 'month-part' and ref = $1 and excepted <> $2",
      [line.ref, line.excepted, proposal, source.kind, line.at],
    );
  }
};

type Removal = (client: Queryable, line: ErasedLine, vault: Vault) => Promise<void>;

const run = (sql: string): Removal => async (client, { ref }) => void (await client.query(sql, [ref]));

const removals: Readonly<Record<ErasedKind | 'entry' | 'subject', Removal>> = {
  case: run('select destroy_case($1::uuid)'),
  raw: run('update message set raw = null, raw_key = null where id = $1::uuid and raw_key is not null'),
  outgoing: run('update outbox set sealed = null, twin = null where mid = $1::uuid and sealed is not null'),
  month: async (client, { ref }) => {
    await client.query('update data_key set wrapped = null where id = $1 and wrapped is not null', [ref]);
    await client.query("select destroy_month($1, '{}')", [ref]);
  },
  'month-part': async (client, { ref, excepted }) => void (await client.query('select destroy_month($1, $2)', [ref, excepted])),
  year: run('update data_key set wrapped = null where id = $1 and wrapped is not null'),
  access: async (client, { ref }) => {
    const month = "at >= ($1 || '-01')::timestamp at time zone 'UTC' and at < (($1 || '-01')::timestamp + interval '1 month') at time zone 'UTC'";
    for (const table of ['access', 'program_read']) await client.query(`delete from ${table} where ${month}`, [ref]);
  },
  deferral: run('delete from deferral where trace = $1'),
  entry: async (client, { ref }) => {
    // An entry's id holds its moment: each delete looks in one partition.
    await client.query('delete from entry_subject where id = $1 and at = $2', [ref, timeOf(ref)]);
    await client.query('delete from entry_detail where id = $1 and at = $2', [ref, timeOf(ref)]);
  },
  subject: async (client, { ref }, vault) => eraseSubject(client, vault, ref),
};
