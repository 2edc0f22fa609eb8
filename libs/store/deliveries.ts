import type { DeliveryRoom, SealedDisclosure } from '@ketensluis/flow';
import type pg from 'pg';
import { findSignedCheckpoint, loadProofs, releasedSql, type EntryProof, type StoredCheckpoint } from './log/load-proof.js';
import type { TileCache } from './log/tree-hashes.js';
import { NotAsLogged, openDisclosure, type AttemptRow } from './open-disclosure.js';
import { inTransaction } from './pool.js';
import { openTask } from './save-plan.js';
import { prepared } from './statement.js';
import type { Vault } from './vault.js';

/**
 * Bytes of attachments a worker has under way before it takes up another delivery with large ones: each stands in memory as a file and as a mail.
 * Deliveries without large attachments do not wait for those that have them.
 */
export const attachmentBytesMax = 32 * 1024 * 1024;

/** From this many bytes of attachments on a delivery is large. */
const largeFromBytes = 1024 * 1024;

/** Who has one under way says so much more often (`keepClaimed`); what a process had in hand when it was killed is taken up by another after this. */
const leaseSeconds = 20;

/** What claims are made with: the memory of tiles is shared by all. */
export interface Claiming {
  readonly pool: pg.Pool;
  readonly vault: Vault;
  readonly tiles: TileCache;
}

/**
 * Claims the disclosures there is room for that are released (`is_released`), and opens an attempt for each; none while other registers hold than those of `mark`; the database refuses an attempt on
 * anything else and marks what leaves uncosigned (I1). Disclosures of one case to one party are tried in their order; one that fails does not hold back the next. An
 * attempt that was open at a crash stays without outcome: it is claimed again with the same id. Each carries its proof under the head that releases it.
 */
export const claimSealed = async ({ pool, vault, tiles }: Claiming, at: Date, room: DeliveryRoom): Promise<readonly SealedDisclosure[]> => {
  const { most, perParty, underWay, attachmentBytes, mark, only } = room;
  const values = [at, most, perParty, leaseSeconds, [...underWay.keys()], [...underWay.values()], attachmentBytes, largeFromBytes, attachmentBytesMax, mark];
  const { rows } = await pool.query<ClaimedRow>(only === undefined ? prepared(claimAny, values) : prepared(claimAmong, [...values, only]));
  const proofs = proofsOf(pool, tiles, rows);
  const opened = await Promise.allSettled(rows.map(async (row) => openDisclosure(pool, vault, row, (await proofs).get(row.mid) ?? null)));
  const ready: SealedDisclosure[] = [];
  for (const [place, one] of opened.entries()) {
    if (one.status === 'fulfilled') ready.push(one.value);
    else await setAside(pool, rows[place]?.mid ?? '', one.reason, at);
  }
  return ready;
};

/** With the head that releases what is not uncosigned; null before the first. */
interface ClaimedRow extends AttemptRow {
  readonly head_size: string | null;
  readonly head_root: Buffer | null;
  readonly head_note: Buffer | null;
}

const releasedHead = ({ head_size: size, head_root: root, head_note: note }: ClaimedRow): StoredCheckpoint | null =>
  size === null || root === null || note === null ? null : { size: Number(size), root, note };

/** By delivery, for all of a claim together. What leaves uncosigned is proven under what the log signed by itself. */
const proofsOf = async (pool: pg.Pool, tiles: TileCache, rows: readonly ClaimedRow[]): Promise<ReadonlyMap<string, EntryProof>> => {
  const proofs = new Map<string, EntryProof>();
  for (const isUncosigned of [false, true]) {
    const under = rows.filter(({ uncosigned }) => uncosigned === isUncosigned);
    const [first] = under;
    if (first === undefined) continue;
    const checkpoint = isUncosigned ? await findSignedCheckpoint(pool) : releasedHead(first);
    if (checkpoint === null) continue;
    const found = await loadProofs(pool, under.map(({ seq, leaf }) => ({ index: Number(seq), leaf })), checkpoint, tiles);
    for (const [place, proof] of found.entries()) if (proof !== null) proofs.set(under[place]?.mid ?? '', proof);
  }
  return proofs;
};

/** What was claimed and is still under way stays with who has it, for as long as a claim lasts. */
export const keepClaimed = async (pool: pg.Pool, mids: readonly string[]): Promise<void> => {
  await pool.query(prepared("update queue set lease_until = now() + make_interval(secs => $2) where kind = 'deliver' and ref = any($1) and lease_until is not null", [mids, leaseSeconds]));
};

/** Frees what a process that is gone had claimed. Only for whoever has the database to itself: then every lease is of the dead. */
export const freeLeases = async (pool: pg.Pool): Promise<void> => {
  await pool.query('update queue set lease_until = null where lease_until is not null');
  await pool.query('update catch_up set lease_until = null where lease_until is not null');
};

/** One that cannot be opened holds nobody else up (I14): what differs from the log is held with a task, anything else is free again. */
export const setAside = (pool: pg.Pool, mid: string, reason: unknown, at: Date): Promise<void> =>
  inTransaction(pool, async (client) => {
    if (!(reason instanceof NotAsLogged)) {
      await client.query("update queue set lease_until = null, due_at = $2 where kind = 'deliver' and ref = $1", [mid, new Date(at.getTime() + againMs)]);
      return;
    }
    await client.query("delete from queue where kind = 'deliver' and ref = $1", [mid]);
    await client.query("update delivery set state = 'held', cause = 'not-as-logged', finished_at = $2 where mid = $1", [mid, at]);
    await openTask(client, { kind: 'log', ref: mid, party: null, cause: reason.message }, at);
  });

/** A fault of the database in between is over by then, or comes again. */
const againMs = 30_000;

// What `is_released` says, written out: called for every row that waits it costs more than twice as much, and in an outage many wait. The trigger on attempts
// calls it. Each lane (a party) gives its first few; what stands in brackets after an equals sign is looked up row by row, whatever the planner thinks
// of tables it has not seen yet.
// Whoever was told of some by a queue claims among those alone. What another is just claiming is passed over: waiting for its commit would only show that it is gone.
const claimFrom = (lanes: string, among: string): string => `with recursive ${lanes},
  sizes as (select * from release_sizes($1)),
  due as (
    select first.id, first.ref from lanes
    left join unnest($5::text[], $6::integer[]) as busy (lane, hands) on busy.lane = lanes.lane
    cross join lateral (
      select queue.id, queue.ref from queue
      where queue.kind = 'deliver' and queue.lane = lanes.lane${among} and queue.due_at <= $1 and (queue.lease_until is null or queue.lease_until < now())
        and (select leaf.seq < case when acute then (select if_acute from sizes) else (select always from sizes) end
          from delivery join tlog_leaf leaf on leaf.id = delivery.entry_id where delivery.mid = queue.ref)
        and not exists (
          select from delivery this
          join delivery earlier on earlier.case_id = this.case_id and earlier.recipient = this.recipient and earlier.number < this.number
          join queue before on before.kind = 'deliver' and before.ref = earlier.mid
          where this.mid = queue.ref and (before.due_at <= $1 or before.lease_until >= now()) and is_released(earlier.entry_id, earlier.acute, $1) offset 0)
      order by queue.due_at, queue.id limit greatest(0, $3 - coalesce(busy.hands, 0)) for no key update of queue skip locked) first
    order by first.id limit $2),
  sized as (
    select due.id, case when delivery.attachments = '{}' then 0
      else (select coalesce(sum(octet_length(body)), 0) from attachment where message_id = delivery.message_id and place = any(delivery.attachments)) end as bytes
    from due join delivery on delivery.mid = due.ref),
  fitting as (select id, bytes, sum(bytes) over (order by id) - bytes + $7::bigint as before from sized),
  claimed as (
    update queue set lease_until = now() + make_interval(secs => $4), attempts = attempts + 1
    where id = any(array(select id from fitting where bytes < $8::bigint or before < $9::bigint)) and (lease_until is null or lease_until < now())
    returning ref),
  opened as (
    insert into attempt (mid, number, started_at)
    select ref, coalesce((select max(number) from attempt earlier where earlier.mid = ref), 0) + 1, $1 from claimed returning mid, number, uncosigned),
  released as (${releasedSql})
  select delivery.mid, delivery.entry_id, delivery.case_id, delivery.message_id, delivery.recipient, delivery.number as sequence,
    delivery.attachments as places, message.type, case when delivery.attachments = '{}' then null else message.body end as body, case_file.wrapped_key,
    outbox.sealed, outbox.twin, outbox.leaf, tlog_leaf.h as in_tree, tlog_leaf.seq, opened.number as attempt, opened.uncosigned,
    coalesce((select min(started_at) from attempt first where first.mid = delivery.mid and first.started_at >= coalesce(delivery.since, first.started_at)), $1) as first_at,
    released.size as head_size, released.root as head_root, released.note as head_note
  from opened join delivery using (mid) join outbox using (mid) join tlog_leaf on tlog_leaf.id = delivery.entry_id
  join message on message.id = delivery.message_id join case_file on case_file.id = delivery.case_id left join released on true`;
const claimAny = claimFrom(`lanes (lane) as (
    (select lane from queue where kind = 'deliver' and (select registers from current_mark) = $10 order by lane limit 1)
    union all
    select (select next.lane from queue next where next.kind = 'deliver' and next.lane > lanes.lane order by next.lane limit 1)
    from lanes where lanes.lane is not null)`, '');
const claimAmong = claimFrom(`lanes (lane) as (
    select distinct lane from queue where kind = 'deliver' and ref = any($11::uuid[]) and (select registers from current_mark) = $10)`, ' and queue.ref = any($11::uuid[])');
