import { hearsOf, noticeLimits, proposalLimits, type DeskRole, type NoticeEvent } from '@ketensluis/domain';
import type { DueNotice, NoticeScope, NoticeWish, PersonNoticeStore } from '@ketensluis/flow';
import type pg from 'pg';
import { uuidV7 } from '../ids.js';
import { prepared } from '../statement.js';
import { renewFigures } from './figures-mail.js';
import { dueSql, withinReach } from './notice-reach.js';

/** How long one mail may take before somebody else tries it. */
const leaseMs = 10 * 60_000;

const columns = 'account, party, roles, address, events, pace';

/** PostgreSQL behind what people want to hear by mail. */
export const createPersonNotices = (pool: pg.Pool): PersonNoticeStore => ({
  find: async (account) => (await pool.query<NoticeWish>(prepared(`select ${columns} from person_notice where account = $1`, [account]))).rows[0] ?? null,
  save: async ({ account, party, roles, address, events, pace }, at) => {
    await pool.query(
      `insert into person_notice (account, party, roles, address, events, pace, signed_in_at, told_to, due_at) values ($1, $2, $3, $4, $5, $6, $7, $7, $7)
       on conflict (account) do update set party = excluded.party, roles = excluded.roles, address = excluded.address, events = excluded.events, pace = excluded.pace,
         signed_in_at = excluded.signed_in_at, due_at = excluded.due_at`,
      [account, party, roles, address, events, pace, at]);
  },
  end: async (account) => void (await pool.query('delete from person_notice where account = $1', [account])),
  claim: async (at) => {
    await pool.query(prepared('delete from person_notice where signed_in_at < $1', [new Date(at.getTime() - noticeLimits.awayMs)]));
    const { rows } = await pool.query<DueNotice>(prepared(
      `update person_notice set due_at = $2 where account = (select account from person_notice where due_at <= $1 order by due_at limit 1 for update skip locked)
       returning ${columns}, told_to as "toldTo", left(encode(sha256(convert_to(account || ' ' || told_to, 'UTF8')), 'hex'), 32) as ref`,
      [at, new Date(at.getTime() + leaseMs)]));
    return rows[0] ?? null;
  },
  happened: (due, scope) => happened(pool, due, scope),
  settle: async ({ account, toldTo, address, events, pace }, next) => {
    await pool.query(prepared(
      'update person_notice set told_to = $5, due_at = $6 where account = $1 and told_to = $2 and address = $3 and events = $4 and pace = $7', [account, toldTo, address, events, next.toldTo, next.dueAt, pace]));
  },
});

/** Somebody signed in: who he works for, and as what, is what the provider says now. */
export const renewWishes = async (pool: pg.Pool, { account, party, roles }: { readonly account: string; readonly party: string | null; readonly roles: readonly DeskRole[] }, at: Date): Promise<void> => {
  await pool.query(prepared('update person_notice set party = $2, roles = $3, signed_in_at = $4 where account = $1', [account, party, roles, at]));
  await renewFigures(pool, { account, party: roles.includes('municipality-officer') ? party : null }, at);
};

interface Question extends NoticeScope {
  readonly account: string;
  readonly party: string | null;
  readonly since: Date;
}

const happened = async (pool: pg.Pool, due: DueNotice, scope: NoticeScope): ReturnType<PersonNoticeStore['happened']> => {
  const to = await knownTo(pool, due, scope.to);
  const asked: Question = { account: due.account, party: due.party, since: due.toldTo, municipality: scope.municipality, to };
  const events: NoticeEvent[] = [];
  for (const event of due.events) {
    for (const role of due.roles) {
      // As at its desk: a role of a party counts only for whoever belongs to one.
      const isOwn = hearsOf(role, event) && (role === 'operator' || due.party !== null);
      if (isOwn && !events.includes(event) && (await questions[`${role} ${event}`]?.(pool, asked)) === true) events.push(event);
    }
  }
  return { events, to };
};

/** An id is made some moments before its row. */
const idFrom = (since: Date): string => uuidV7(new Date(since.getTime() - 60_000));

// What the log has not released yet cannot be opened: it is told of the next time, with what comes after it.
const knownTo = async (pool: pg.Pool, { party, toldTo }: DueNotice, at: Date): Promise<Date> => {
  if (party === null) return at;
  const { rows: [row] } = await pool.query<{ to: Date }>(prepared(
    `select coalesce(min(created_at) - interval '1 millisecond', $3) as to from delivery
      where recipient = $1 and mid >= $4 and created_at > $2 and created_at <= $3 and state <> 'delivered' and not is_released(entry_id, acute, $3)`, [party, toldTo, at, idFrom(toldTo)]));
  return row?.to ?? at;
};

const isTrue = async (pool: pg.Pool, condition: string, values: readonly unknown[]): Promise<boolean> =>
  (await pool.query<{ yes: boolean }>(prepared(`select ${condition} as yes`, [...values]))).rows[0]?.yes === true;

const within = (moment: string): string => `${moment} > $2 and ${moment} <= $3`;
/** The moment a term came near: a day before it, or when it began where it is shorter than that. */
const near = (dueAt: string, beganAt: string): string => `${dueAt} > $3 and ${within(`greatest(${dueAt} - interval '${noticeLimits.nearHours} hours', ${beganAt})`)}`;

const newNotice = `exists (select from delivery join message on message.id = delivery.message_id
  where recipient = $1 and mid >= $4 and ${within('delivery.created_at')} and confirmed_at is null and message.replaced_by is null and ${withinReach('$3')})`;
const noticeNear = `exists (select from delivery join message on message.id = delivery.message_id cross join lateral (select ${dueSql} as due_at) term
  where delivery.recipient = $1 and mid >= $4 and confirmed_at is null and message.replaced_by is null and ${near('term.due_at', 'delivery.created_at')} and ${withinReach('$3')})`;

/** Deliveries older than this are on no list (`listNotices`). */
const listedMs = 90 * 24 * 3_600_000;

const questions: Readonly<Partial<Record<string, (pool: pg.Pool, asked: Question) => Promise<boolean>>>> = {
  'case-worker new-notice': (pool, { party, since, to }) => isTrue(pool, newNotice, [party, since, to, idFrom(since)]),
  'case-worker term-near': (pool, { party, since, to }) => isTrue(pool, noticeNear, [party, since, to, uuidV7(new Date(to.getTime() - listedMs))]),
  'municipality-officer term-near': async (pool, { municipality, since, to }) => municipality !== null && isTrue(
    pool, `exists (select from duty join case_file on case_file.id = duty.case_id where case_file.municipality = $1 and duty.closed_at is null and ${near('duty.due_at', 'duty.opened_at')})`, [municipality, since, to]),
  // An offer names the moment it ends, which is always as long after it was made.
  'municipality-officer task-opened': (pool, { party, account, since, to }) => isTrue(
    pool, `exists (select from change_proposal where party = $1 and state = 'offered' and lower(proposed_by) <> lower($4) and ${within(`(expires_at - interval '${proposalLimits.offerMs} milliseconds')`)})`, [party, since, to, account]),
  'privacy-officer task-opened': (pool, { party, since, to }) => isTrue(pool, `exists (select from task where kind = 'undelivered-privacy' and party = $1 and closed_at is null and ${within('opened_at')})`, [party, since, to]),
  'operator term-near': (pool, { since, to }) => isTrue(pool, `exists (select from duty where $1::text is null and closed_at is null and ${near('due_at', 'opened_at')})`, [null, since, to]),
  'operator task-opened': (pool, { since, to }) => isTrue(pool, `exists (select from task where $1::text is null and closed_at is null and ${within('opened_at')})`, [null, since, to]),
};
