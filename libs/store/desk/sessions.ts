import { personSchema, sessionLimits, type Person } from '@ketensluis/domain';
import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { prepared } from '../statement.js';
import { renewWishes } from './person-notices.js';

const tokenBytes = 32;
const tokenForm = /^[A-Za-z0-9_-]{43}$/;
/** How long the token before this one is still taken, for requests that were under way. */
const beforeMs = 30_000;
/** So often is enough to write down that somebody is there. */
const seenMs = 60_000;

/** Somebody who is signed in now. */
export interface Session {
  readonly person: Person;
  /** What forms of this session are made with; never leaves the server. */
  readonly formKey: Buffer;
  readonly beganAt: Date;
  /** Id of the row: nobody can come in with it. */
  readonly id: string;
}

/** A way in that was begun and waits for the provider's answer. */
export interface SignInTry {
  readonly nonce: string;
  readonly verifier: string;
  /** Where the person wanted to go: a path of ours. */
  readonly back: string;
}

interface SessionRow {
  readonly token_sha256: Buffer;
  readonly person: unknown;
  readonly form_key: Buffer;
  readonly began_at: Date;
  readonly seen_at: Date;
  readonly renewed_at: Date;
}

const sha256Of = (token: string): Buffer => createHash('sha256').update(token).digest();
const freshToken = (): string => randomBytes(tokenBytes).toString('base64url');

/** Sessions of people; of their tokens only the hash is kept. */
export const createSessions = (pool: pg.Pool) => ({
  ...sessionsIn(pool), ...triesIn(pool), ...formsIn(pool),
  /** Forgets what has ended: sessions, ways in that nobody finished, forms that were sent. The console calls it from time to time. */
  tidy: async (at: Date): Promise<void> => {
    await pool.query('delete from sent_form where at < $1', [new Date(at.getTime() - sessionLimits.wholeMs)]);
    await pool.query('delete from person_session where began_at < $1 or seen_at < $2', [new Date(at.getTime() - sessionLimits.wholeMs), new Date(at.getTime() - sessionLimits.idleMs)]);
    await pool.query('delete from sign_in_try where began_at < $1', [new Date(at.getTime() - sessionLimits.signInMs)]);
  },
});

/** What keeps people signed in. */
export type Sessions = ReturnType<typeof createSessions>;

const sessionsIn = (pool: pg.Pool) => ({
  /** Begins a session under a token nobody had before, so that one that was planted is worth nothing; the oldest of too many of one account end. */
  begin: async (person: Person, idToken: string | null, at: Date): Promise<string> => {
    const token = freshToken();
    await pool.query(
      'insert into person_session (token_sha256, account, person, form_key, id_token, began_at, seen_at, renewed_at) values ($1, $2, $3, $4, $5, $6, $6, $6)',
      [sha256Of(token), person.account, JSON.stringify(person), randomBytes(tokenBytes), idToken, at],
    );
    await pool.query(
      'delete from person_session where token_sha256 in (select token_sha256 from person_session where account = $1 order by seen_at desc, began_at desc offset $2)',
      [person.account, sessionLimits.perAccountMax],
    );
    await renewWishes(pool, person, at);
    return token;
  },

  /** The session a token opens, and a fresh token when this one is due for renewal; null when it ended or never was. */
  find: async (token: string, at: Date): Promise<{ readonly session: Session; readonly token: string | null } | null> => {
    if (!tokenForm.test(token)) return null;
    const hash = sha256Of(token);
    const { rows: [row] } = await pool.query<SessionRow>(prepared(
      `select token_sha256, person, form_key, began_at, seen_at, renewed_at from person_session
       where (token_sha256 = $1 or (before_sha256 = $1 and renewed_at > $4)) and began_at > $2 and seen_at > $3`,
      [hash, new Date(at.getTime() - sessionLimits.wholeMs), new Date(at.getTime() - sessionLimits.idleMs), new Date(at.getTime() - beforeMs)],
    ));
    if (row === undefined) return null;
    const session = { person: personSchema.parse(row.person), formKey: row.form_key, beganAt: row.began_at, id: row.form_key.toString('hex').slice(0, 12) };
    if (at.getTime() - row.renewed_at.getTime() < sessionLimits.renewMs || !hash.equals(row.token_sha256)) {
      if (at.getTime() - row.seen_at.getTime() > seenMs) await pool.query('update person_session set seen_at = $2 where token_sha256 = $1 and seen_at < $2', [row.token_sha256, at]);
      return { session, token: null };
    }
    const fresh = freshToken();
    const { rowCount } = await pool.query(
      'update person_session set token_sha256 = $2, before_sha256 = $1, seen_at = $3, renewed_at = $3 where token_sha256 = $1', [hash, sha256Of(fresh), at],
    );
    return { session, token: rowCount === 1 ? fresh : null };
  },

  /** Whether a session is still open; does not count as somebody being there, for pages that follow by themselves. */
  isOpen: async (token: string, at: Date): Promise<boolean> => {
    const { rowCount } = await pool.query(prepared(
      'select from person_session where (token_sha256 = $1 or before_sha256 = $1) and began_at > $2 and seen_at > $3',
      [sha256Of(token), new Date(at.getTime() - sessionLimits.wholeMs), new Date(at.getTime() - sessionLimits.idleMs)],
    ));
    return rowCount === 1;
  },

  /** Ends this session; gives what the provider wants to see when it is told. */
  end: async (token: string): Promise<string | null> => {
    const { rows } = await pool.query<{ id_token: string | null }>('delete from person_session where token_sha256 = $1 or before_sha256 = $1 returning id_token', [sha256Of(token)]);
    return rows[0]?.id_token ?? null;
  },

  /** For practice: whoever is signed in goes along when its clock is moved. */
  carryAlong: async (ms: number): Promise<void> => {
    await pool.query("update person_session set began_at = began_at + $1 * interval '1 millisecond', seen_at = seen_at + $1 * interval '1 millisecond', renewed_at = renewed_at + $1 * interval '1 millisecond'", [ms]);
  },

  /** Ends every session of an account, on every computer. */
  endAll: async (account: string): Promise<number> => (await pool.query('delete from person_session where account = $1', [account])).rowCount ?? 0,
});

const triesIn = (pool: pg.Pool) => ({
  /** Remembers a way in under a fresh state, which is returned. */
  beginTry: async ({ nonce, verifier, back }: SignInTry, at: Date): Promise<string> => {
    const state = freshToken();
    await pool.query('insert into sign_in_try (state_sha256, nonce, verifier, back, began_at) values ($1, $2, $3, $4, $5)', [sha256Of(state), nonce, verifier, back, at]);
    return state;
  },

  /** Takes what a state stands for, once. */
  takeTry: async (state: string, at: Date): Promise<SignInTry | null> => {
    const { rows } = await pool.query<SignInTry>(
      'delete from sign_in_try where state_sha256 = $1 and began_at > $2 returning nonce, verifier, back', [sha256Of(state), new Date(at.getTime() - sessionLimits.signInMs)],
    );
    return rows[0] ?? null;
  },
});

const formsIn = (pool: pg.Pool) => ({
  /** Claims a form for sending: null the first time, else where its first sending led, or an empty text while that is still under way. */
  claimForm: async (id: string, account: string, at: Date): Promise<string | null> => {
    const { rowCount } = await pool.query('insert into sent_form (id, account, at) values ($1, $2, $3) on conflict do nothing', [id, account, at]);
    if (rowCount === 1) return null;
    const { rows } = await pool.query<{ location: string | null }>('select location from sent_form where id = $1 and account = $2', [id, account]);
    return rows[0]?.location ?? '';
  },

  /** Says where a form that was claimed led; null gives it back, to be mended and sent again. */
  settleForm: async (id: string, account: string, location: string | null): Promise<void> => {
    await (location === null
      ? pool.query('delete from sent_form where id = $1 and account = $2 and location is null', [id, account])
      : pool.query('update sent_form set location = $3 where id = $1 and account = $2', [id, account, location]));
  },
});
