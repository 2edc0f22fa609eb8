import { opensLeaf, parseLeaf } from '@ketensluis/tlog';
import type { PeriodKeys } from '../period-keys.js';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { openPersonal, type Personal } from '../retention/personal.js';

const pageSize = 1_000;
const findingsMax = 100;

interface DetailRow {
  readonly seq: string;
  readonly id: string;
  readonly leaf: Buffer;
  readonly key_id: string | null;
  readonly sealed: Buffer | null;
}

/**
 * Opens every personal part that has a key and holds it against its entry: each person and the reason must open a commitment of the leaf (log.md 7.2). A part
 * that is destroyed opens nothing and is left aside; one person may have been taken out of it. Returns the indexes of those that differ, a hundred at most.
 */
export const checkDetails = async (client: Queryable, keys: PeriodKeys): Promise<readonly number[]> => {
  const found: number[] = [];
  for (let next = 0; found.length < findingsMax;) {
    const { rows } = await client.query<DetailRow>(prepared(
      `select l.seq, l.id, e.leaf, d.key_id, d.sealed from tlog_leaf l
       cross join lateral (select leaf from entry where id = l.id and at = l.at offset 0) e
       left join lateral (select key_id, sealed from entry_detail where id = l.id and at = l.at offset 0) d on true
       where l.seq >= $1 and l.seq < $2 order by l.seq`,
      [next, next + pageSize],
    ));
    for (const row of rows) if (!(await isAsCommitted(row, client, keys))) found.push(Number(row.seq));
    next += pageSize;
    if (rows.length === 0 && !(await isMore(client, next))) return found;
  }
  return found.slice(0, findingsMax);
};

/** Entries may be missing from the table; the tree goes on behind them. */
const isMore = async (client: Queryable, from: number): Promise<boolean> => ((await client.query('select from tlog_leaf where seq >= $1 limit 1', [from])).rowCount ?? 0) > 0;

const isAsCommitted = async ({ id, leaf, key_id, sealed }: DetailRow, client: Queryable, keys: PeriodKeys): Promise<boolean> => {
  const key = key_id === null ? null : await keys.find(key_id, client);
  if (key === null || sealed === null) return true;
  const personal = opened(() => openPersonal(key, sealed, id));
  const parsed = parseLeaf(leaf);
  // A leaf that is none is found by the check of columns.
  return personal !== null && (parsed.kind === 'refused' || openingsIn(personal).every((one) => opensLeaf(one, Buffer.from(one.text, 'utf8'), parsed.leaf.c)));
};

const opened = (open: () => Personal): Personal | null => {
  try {
    return open();
  } catch {
    // Other bytes, another row or another key: AES-GCM does not say which.
    return null;
  }
};

const openingsIn = ({ subjects, reason }: Personal) => {
  const openingOf = (label: 'subject' | 'reason') => ({ salt, value }: Personal['subjects'][number]) => ({ label, salt: Buffer.from(salt, 'base64'), text: value });
  return [...subjects.map(openingOf('subject')), ...(reason === null ? [] : [openingOf('reason')(reason)])];
};
