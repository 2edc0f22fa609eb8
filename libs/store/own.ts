import type { DeliveryFilter, DeliveryState, OwnAttempt, OwnDelivery, OwnStore } from '@ketensluis/flow';
import type pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { nameRequest } from './name-request.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { recordProgramRead } from './program-read.js';
import { recordDrafts } from './record.js';
import { prepared } from './statement.js';

/** How long somebody waits for the log; twenty-five seals. */
const releaseWaitMs = 5_000;
const lookMs = 25;

/** What parties see of their own; the recipient stands in every query, not in the page (I10). */
export const createOwnStore = (pool: pg.Pool, keys: PeriodKeys): OwnStore => ({
  record: (entry) => inTransaction(pool, (client) => recordDrafts(client, keys, [{ draft: entry, caseId: null, outgoing: null }])),
  awaitRelease: async (entryId, at) => {
    for (let waitedMs = 0; waitedMs < releaseWaitMs; waitedMs += lookMs) {
      const { rows: [row] } = await pool.query<{ released: boolean }>(prepared('select is_released($1, false, $2) as released', [entryId, at]));
      if (row?.released === true) return true;
      await pause(lookMs);
    }
    return false;
  },
  deliveries: (recipient, filter, at) => read(pool, { recipient, id: null, filter, at }),
  delivery: async (recipient, id, at) => (await read(pool, { recipient, id, filter: { ...everything, limit: 1 }, at }))[0] ?? null,
  recordLook: (look) => recordProgramRead(pool, { way: 'api', question: look.entryId === null ? 'own' : 'entry', ...look }),
  nameRequest: (request) => nameRequest(pool, request),
});

const everything: DeliveryFilter = { after: null, limit: 1, state: null, messageType: null, from: null, to: null };

interface Row {
  readonly id: string;
  readonly message_type: string;
  readonly number: number;
  readonly state: DeliveryState;
  readonly entry_id: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly attempts: readonly { readonly number: number; readonly started: string; readonly finished: string | null; readonly outcome: string | null; readonly code: string | null }[];
}

const read = async (pool: pg.Pool, question: { readonly recipient: string; readonly id: string | null; readonly filter: DeliveryFilter; readonly at: Date }): Promise<readonly OwnDelivery[]> => {
  const { recipient, id, filter, at } = question;
  const { rows } = await pool.query<Row>(prepared(
    `select d.mid as id, m.type as message_type, d.number, d.state, d.entry_id, d.created_at, d.finished_at,
            coalesce((select jsonb_agg(jsonb_build_object('number', a.number, 'started', a.started_at, 'finished', a.finished_at, 'outcome', a.outcome, 'code', a.code) order by a.number)
                        from attempt a where a.mid = d.mid), '[]') as attempts
       from delivery d join message m on m.id = d.message_id
      where d.recipient = $1 and is_released(d.entry_id, d.acute, $2)
        and not exists (select from task t where t.ref = d.mid::text and t.kind in ('stopped', 'log') and t.closed_at is null)
        and (d.cause is distinct from 'replaced' or exists (
          select from attempt a where a.mid = d.mid and (a.outcome is null or a.outcome in ('delivered', 'announced', 'unknown'))))
        and ($3::uuid is null or d.mid = $3) and ($4::uuid is null or d.mid ${filter.order === undefined ? '>' : '<'} $4)
        and ($5::text is null or d.state = $5) and ($6::text is null or m.type = $6)
        and ($7::timestamptz is null or d.created_at >= $7) and ($8::timestamptz is null or d.created_at < $8)
      order by d.mid ${filter.order === undefined ? '' : 'desc '}limit $9`,
    [recipient, at, id, filter.after, filter.state, filter.messageType, filter.from, filter.to, filter.limit],
  ));
  return rows.map((row) => ({
    id: row.id, messageType: row.message_type, number: row.number, state: row.state, entryId: row.entry_id, createdAt: row.created_at, finishedAt: row.finished_at,
    attempts: row.attempts.map(attemptFrom),
  }));
};

const attemptFrom = ({ number, started, finished, outcome, code }: Row['attempts'][number]): OwnAttempt =>
  ({ number, startedAt: new Date(started), finishedAt: finished === null ? null : new Date(finished), outcome, code });
