import type { Seat, WorkerSeat } from '@ketensluis/flow';
import type pg from 'pg';
import { heldSession } from './held-session.js';

/**
 * Who is there is read from the locks of their sessions: whoever ends, is cut off or hangs is out of it without a clock of ours. Two that read it at the
 * moment somebody comes or goes may both think a share is theirs: a claim in PostgreSQL holds whatever they think.
 */
export const workerSeat = (pool: pg.Pool): WorkerSeat => {
  let isSeated = false;
  const { open, leave } = heldSession(pool, () => (isSeated = false));
  return {
    leave,
    take: async () => {
      const session = await open();
      try {
        if (!isSeated) await session.query(`select pg_advisory_lock_shared(${lockClass}, pg_backend_pid())`);
        isSeated = true;
        const { rows: [seat] } = await session.query<Seat>(seated);
        if (seat === undefined) throw new Error('bug: a seat nobody has');
        return seat;
      } catch (fault) {
        leave();
        throw fault;
      }
    },
  };
};

const lockClass = "hashtext('ketensluis.decide')";

// The number of a session is nobody else's while it lasts, so the order of those that are there is the same for whoever asks.
const seated = `select (count(*) filter (where pid < pg_backend_pid()))::int as place, count(*)::int as of from pg_locks
  where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) and classid = (${lockClass}::bigint & 4294967295)::oid and objsubid = 2 and granted`;
