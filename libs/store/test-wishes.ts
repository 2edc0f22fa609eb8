import type { AskedTest, TestResult, TestWish, TestWishes } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { ring } from './bell.js';
import { uuidV7 } from './ids.js';
import { inTransaction } from './pool.js';

/** Longer than a try may take; only a crash gets that far. */
const leaseSeconds = 120;
/** Whoever asked waits no longer, and a test out of the blue helps nobody. */
const countsMs = 5 * 60_000;
const keptMs = 60 * 60_000;
/** Longer than a try over a slow line. */
const waitMs = 45_000;
const lookMs = 200;

interface Row {
  readonly id: string;
  readonly askedAt: Date;
  readonly result: TestResult | null;
}

/** Tests that were asked for, over one pool. */
export const createTestWishes = (pool: pg.Pool): TestWishes => ({
  ask: ({ party, example }, at) =>
    inTransaction(pool, async (client) => {
      const id = uuidV7(at);
      await client.query('delete from test_wish where party = $1 and asked_at < $2', [party, new Date(at.getTime() - keptMs)]);
      await client.query('insert into test_wish (id, party, asked_at, example) values ($1, $2, $3, $4)', [id, party, at, example === null ? null : JSON.stringify(example)]);
      await ring(client, 'register');
      return id;
    }),
  find: (party, id, at) => findTest(pool, { party, id }, at),
  awaitResult: async (party, id, clock, gone) => {
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      const found = await findTest(pool, { party, id }, clock.now());
      if (found === null || found.result !== null || waitedMs >= waitMs || gone?.aborted === true) return found;
      await pause(lookMs);
    }
  },
  lastAskedAt: async (party) => (await pool.query<{ at: Date | null }>('select max(asked_at) as at from test_wish where party = $1', [party])).rows[0]?.at ?? null,
  claim: async (at, most) => {
    const { rows } = await pool.query<TestWish>(
      `update test_wish set lease_until = now() + make_interval(secs => $1) where id in (
         select id from test_wish where finished_at is null and asked_at > $2 and (lease_until is null or lease_until < now()) order by asked_at limit $3 for update skip locked)
       returning id, party, example`,
      [leaseSeconds, new Date(at.getTime() - countsMs), most],
    );
    return rows;
  },
  finish: (wish, result, channel, at) =>
    inTransaction(pool, async (client) => {
      const { rowCount } = await client.query('update test_wish set finished_at = $2, result = $3, lease_until = null where id = $1 and finished_at is null', [wish.id, at, JSON.stringify(result)]);
      if (rowCount === 1 && result.kind === 'tried') await saveLast(client, { wish, result, channel, at });
    }),
});

const findTest = async (pool: pg.Pool, { party, id }: Pick<TestWish, 'party' | 'id'>, at: Date): Promise<AskedTest | null> => {
  const { rows: [row] } = await pool.query<Row>('select id, asked_at as "askedAt", result from test_wish where party = $1 and id = $2', [party, id]);
  return row === undefined ? null : asked(row, at);
};

const asked = ({ id, askedAt, result }: Row, at: Date): AskedTest => ({
  id, askedAt, result: result ?? (at.getTime() - askedAt.getTime() > countsMs + leaseSeconds * 1_000 ? { kind: 'not-taken-up' } : null),
});

interface Tried {
  readonly wish: TestWish;
  readonly result: Extract<TestResult, { readonly kind: 'tried' }>;
  readonly channel: string;
  readonly at: Date;
}

/** Takes the place of the one before; that somebody confirmed a test along this very channel goes on to count. */
const saveLast = async (client: pg.ClientBase, { wish, result: { outcome, code, request }, channel, at }: Tried): Promise<void> => {
  await client.query(
    `insert into connection_test (party, id, channel, sent_at, outcome, code, signed_at, body_sha256) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (party) do update set id = excluded.id, channel = excluded.channel, sent_at = excluded.sent_at, outcome = excluded.outcome, code = excluded.code,
       signed_at = excluded.signed_at, body_sha256 = excluded.body_sha256,
       confirmed_at = case when connection_test.channel = excluded.channel then connection_test.confirmed_at end`,
    [
      wish.party, wish.id, channel, at, outcome, code,
      request === null ? null : Number(request.headers['webhook-timestamp']), request === null ? null : createHash('sha256').update(request.body).digest(),
    ],
  );
};
