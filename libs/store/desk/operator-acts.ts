import type { EntryDraft } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type pg from 'pg';
import { isUuid, uuidV7 } from '../ids.js';
import { monthOf, periodKeys, type PeriodKeys } from '../period-keys.js';
import { inTransaction, type Queryable } from '../pool.js';
import { recordDrafts } from '../record.js';
import { openTask } from '../save-plan.js';
import { bringAgain } from '../upkeep.js';
import { decrypt, encrypt, type Vault } from '../vault.js';
import { stuckKinds } from './deliveries.js';

/** Who does something about a delivery, why, and when. */
export interface OperatorAct {
  readonly mid: string;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** Disclosures that somebody wants brought once more, and how far that is. */
export interface ReplayRun {
  readonly id: string;
  readonly at: Date;
  readonly by: string;
  readonly items: readonly { readonly mid: string; readonly place: number; readonly outcome: string | null; readonly state: string | null }[];
}

/** Names the row an encrypted reason belongs to. */
const reasonPlace = (run: string): string => `replay-run:${run}`;
/** A run is forgotten after this; what it did stands in the log. */
const runKeptMs = 30 * 86_400_000;

/** What the operator does beside the flows; each is one transaction with its entry in the log (I3). */
export const createOperatorActs = (pool: pg.Pool, vault: Vault) => {
  const keys = periodKeys(vault);
  return {
    /** Tries a delivery again that stands still, under the same id. False when it does not. */
    retry: (act: OperatorAct): Promise<boolean> =>
      inTransaction(pool, async (client) => {
        const of = await factsOf(client, act.mid);
        if (of === null || !(await bringAgain(client, act.mid, act.at))) return false;
        await recordDrafts(client, keys, [{ draft: entryOf(of, 'replay', act), caseId: of.caseId, outgoing: null }]);
        return true;
      }),

    /**
     * Gives a delivery up that stands still: nothing tries it again by itself, and its sender and the municipality are told by a task. What the law orders
     * stays open: somebody must tell the party in another way. False when it does not stand still, or was given up before.
     */
    giveUp: (act: OperatorAct): Promise<boolean> => inTransaction(pool, (client) => giveUp(client, keys, act)),

    /** Begins a run over these deliveries, in this order; nothing is brought yet. Returns its id. */
    beginRun: (mids: readonly string[], { by, reason, at }: Omit<OperatorAct, 'mid'>): Promise<string> =>
      inTransaction(pool, async (client) => {
        const [id, month] = [uuidV7(at), monthOf(at)];
        await client.query('delete from replay_run where at < $1', [new Date(at.getTime() - runKeptMs)]);
        const sealed = encrypt(await keys.of(month, client, at), Buffer.from(reason, 'utf8'), reasonPlace(id));
        await client.query('insert into replay_run (id, at, by, key_id, reason) values ($1, $2, $3, $4, $5)', [id, at, by, month, sealed]);
        await client.query('insert into replay_item (run_id, place, mid) select $1, place, mid from unnest($2::uuid[]) with ordinality as item (mid, place)', [id, mids]);
        return id;
      }),

    /** A run, or null when there is none with this id. */
    findRun: async (id: string): Promise<ReplayRun | null> => {
      if (!isUuid(id)) return null;
      const { rows: [run] } = await pool.query<Pick<ReplayRun, 'id' | 'at' | 'by'>>('select id, at, by from replay_run where id = $1', [id]);
      if (run === undefined) return null;
      const { rows: items } = await pool.query<ReplayRun['items'][number]>(
        'select item.mid, item.place, item.outcome, delivery.state from replay_item item left join delivery using (mid) where item.run_id = $1 order by item.place', [id],
      );
      return { ...run, items };
    },

    /** Why it was asked for. */
    reasonOf: async (id: string): Promise<string | null> => {
      const { rows: [row] } = await pool.query<{ key_id: string; reason: Buffer }>('select key_id, reason from replay_run where id = $1', [id]);
      const key = row === undefined ? null : await keys.find(row.key_id, pool);
      return row === undefined || key === null ? null : decrypt(key, row.reason, reasonPlace(id)).toString('utf8');
    },

    /** Takes the turn of one of a run, once: false when somebody else did. */
    takeTurn: async (run: string, place: number): Promise<boolean> =>
      (await pool.query("update replay_item set outcome = 'asked' where run_id = $1 and place = $2 and outcome is null", [run, place])).rowCount === 1,

    /** Notes what came of it. */
    endTurn: async (run: string, place: number, outcome: string): Promise<void> => {
      await pool.query('update replay_item set outcome = $3 where run_id = $1 and place = $2', [run, place, outcome]);
    },
  };
};

/** What the operator does beside the flows. */
export type OperatorActs = ReturnType<typeof createOperatorActs>;

const giveUp = async (client: Queryable, keys: PeriodKeys, act: OperatorAct): Promise<boolean> => {
  const of = await factsOf(client, act.mid);
  if (of === null) return false;
  const { rowCount } = await client.query(
    `with closed as (update task set closed_at = $2 where ref = $1::text and kind = any($3) and closed_at is null returning ref)
     update delivery set state = 'dead', finished_at = coalesce(finished_at, $2) where mid = $1::uuid and state in ('held', 'dead') and exists (select from closed)`,
    [act.mid, act.at, stuckKinds],
  );
  if (rowCount !== 1) return false;
  await openTask(client, { kind: 'undelivered', ref: act.mid, party: of.sender, cause: `given up toward ${of.recipient}` }, act.at);
  if (of.controller !== null) await openTask(client, { kind: 'undelivered-privacy', ref: act.mid, party: of.controller, cause: `given up toward ${of.recipient}` }, act.at);
  await recordDrafts(client, keys, [{ draft: entryOf(of, 'given-up', act), caseId: of.caseId, outgoing: null }]);
  return true;
};

interface ActFacts {
  readonly entryId: string;
  readonly caseId: string;
  readonly recipient: string;
  readonly sender: string;
  readonly controller: string | null;
  readonly trace: string | undefined;
}

const factsOf = async (client: Queryable, mid: string): Promise<ActFacts | null> => {
  if (!isUuid(mid)) return null;
  const { rows: [row] } = await client.query<Omit<ActFacts, 'controller' | 'trace'> & { readonly leaf: Buffer }>(
    `select d.entry_id as "entryId", d.case_id as "caseId", d.recipient, message.sender, outbox.leaf
     from delivery d join message on message.id = d.message_id join outbox using (mid) where d.mid = $1 for update of d`, [mid],
  );
  if (row === undefined) return null;
  const parsed = parseLeaf(row.leaf);
  if (parsed.kind === 'refused') throw new Error('bug: a stored leaf does not pass');
  const { leaf: _leaf, ...rest } = row;
  return { ...rest, controller: parsed.leaf.controller ?? null, trace: parsed.leaf.trace };
};

const entryOf = ({ entryId, recipient, trace }: ActFacts, code: string, { mid, by, reason, at }: OperatorAct): EntryDraft => ({
  facts: { id: uuidV7(at), kind: 'outcome', at: at.toISOString(), to: recipient, ref: entryId, msg: mid, trace, code },
  subjects: [], reason, payload: null, detail: { by },
});
