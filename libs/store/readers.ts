import type { Reader } from '@ketensluis/domain';
import type { ListedReader, LogQuestion, ReaderStore } from '@ketensluis/flow';
import { tileWidth } from '@ketensluis/tlog';
import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordProgramRead } from './program-read.js';
import { recordDrafts } from './record.js';
import { prepared } from './statement.js';

const tokenBytes = 32;
// Whoever finds one lying about, a secret scanner for one, sees what it is.
const tokenPrefix = 'klr_';
const tokenForm = /^klr_[A-Za-z0-9_-]{43}$/;

/** Readers of the log in the table `reader`; of their tokens only the hash is kept. */
export const createReaderStore = (pool: pg.Pool, keys: PeriodKeys): ReaderStore => ({
  find: (token) => (tokenForm.test(token) ? findReader(pool, sha256Of(token)) : Promise.resolve(null)),
  list: () => listReaders(pool),
  add: async (reader, by, entry) => {
    const token = `${tokenPrefix}${randomBytes(tokenBytes).toString('base64url')}`;
    await inTransaction(pool, async (client) => {
      await client.query(
        `insert into reader (id, name, role, oin, token_sha256, valid_from, valid_until, added_by, entry_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [reader.id, reader.name, reader.role, reader.oin, sha256Of(token), reader.validFrom, reader.validUntil, by, entry.facts.id],
      );
      await recordDrafts(client, keys, [{ draft: entry, caseId: null, outgoing: null }]);
    });
    return token;
  },
  revoke: (id, by, entry) =>
    inTransaction(pool, async (client) => {
      const { rowCount } = await client.query(
        'update reader set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null', [id, new Date(entry.facts.at), by],
      );
      if (rowCount !== 1) return false;
      await recordDrafts(client, keys, [{ draft: entry, caseId: null, outgoing: null }]);
      return true;
    }),
  recordRead: async ({ at, reader, question, outcome, count, trace }) => {
    if (question.kind !== 'bundle' && question.kind !== 'own' && question.kind !== 'entry') throw new Error('bug: a look at what shows no entry is not recorded');
    await recordProgramRead(pool, {
      at, way: 'reader', readerId: reader.id, question: question.kind, first: firstOf(question), entryId: question.kind === 'entry' ? question.id : null, outcome, count, trace,
    });
  },
});

// A bundle far beyond the log may have an index no column takes; it was absent anyway.
const firstOf = (question: LogQuestion): number | null => {
  if (question.kind === 'own') return (question.after ?? -1) + 1;
  const first = question.kind === 'bundle' ? question.index * tileWidth : null;
  return Number.isSafeInteger(first) ? first : null;
};

interface ReaderRow {
  readonly id: string;
  readonly name: string;
  readonly role: Reader['role'];
  readonly oin: string | null;
  readonly valid_from: Date;
  readonly valid_until: Date;
  readonly revoked_at: Date | null;
}

const columns = 'id, name, role, oin, valid_from, valid_until, revoked_at';

const readerFrom = (row: ReaderRow): Reader => ({
  id: row.id, name: row.name, role: row.role, oin: row.oin, validFrom: row.valid_from, validUntil: row.valid_until, revokedAt: row.revoked_at,
});

const listReaders = async (client: Queryable): Promise<readonly ListedReader[]> => {
  const { rows } = await client.query<ReaderRow & { readonly given: string; readonly refused: string; readonly last_at: Date | null }>(
    `select ${columns}, given, refused, last_at
       from reader left join lateral (
         select count(*) filter (where outcome = 'given') as given, count(*) filter (where outcome = 'refused') as refused, max(at) as last_at
           from program_read where reader_id = reader.id) looks on true
      order by id`,
  );
  return rows.map((row) => ({ ...readerFrom(row), reads: { given: Number(row.given), refused: Number(row.refused), lastAt: row.last_at } }));
};

// Found by the hash: how long the look-up takes tells nothing about a token.
const findReader = async (client: Queryable, sha256: Buffer): Promise<Reader | null> => {
  const { rows } = await client.query<ReaderRow>(prepared(`select ${columns} from reader where token_sha256 = $1`, [sha256]));
  return rows[0] === undefined ? null : readerFrom(rows[0]);
};

const sha256Of = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();
