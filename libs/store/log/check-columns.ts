import { leafHash, parseLeaf, sameBytes } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { columnsOf } from './record-entries.js';
import type { EntryColumns } from './record-entries.js';

/** One row that is not what the tree says. */
export interface ColumnFinding {
  readonly index: number | null;
  readonly id: string;
  readonly problem: 'missing-entry' | 'hash' | 'leaf' | 'not-in-tree' | 'body' | keyof EntryColumns;
}

/** Outcome of the nightly check. */
export interface ColumnReport {
  readonly checked: number;
  /** The first `findingsMax`. */
  readonly findings: readonly ColumnFinding[];
}

const pageSize = 1_000;
const findingsMax = 100;

interface Row {
  readonly seq: string;
  readonly id: string;
  readonly tree_hash: Buffer;
  readonly at: Date | null;
  readonly kind: string;
  readonly sender: string | null;
  readonly recipient: string | null;
  readonly controller: string | null;
  readonly purpose: string | null;
  readonly message_id: string | null;
  readonly ref: string | null;
  readonly sealed_sha256: Buffer | null;
  readonly leaf: Buffer | null;
}

/**
 * Compares every entry's columns with its leaf and its leaf with the tree, and looks for entries that are in neither tree nor
 * queue and for outgoing bodies that are not the ones their entries name. Columns are an index over leaves; whoever changed one to hide an entry from a search is found here.
 */
export const checkColumns = async (client: Queryable): Promise<ColumnReport> => {
  const findings: ColumnFinding[] = [];
  let checked = 0;
  for (let next = 0; ;) {
    const rows = await page(client, next);
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) findings.push(...findingsOf(row).slice(0, findingsMax - findings.length));
    checked += rows.length;
    next = Number(last.seq) + 1;
  }
  const outside = [...await strays(client), ...await otherBodies(client)];
  return { checked, findings: [...findings, ...outside].slice(0, findingsMax) };
};

const page = async (client: Queryable, from: number): Promise<readonly Row[]> => {
  const { rows } = await client.query<Row>(
    `select l.seq, l.id, l.h as tree_hash, e.at, e.kind, e.sender, e.recipient, e.controller, e.purpose, e.message_id, e.ref,
            e.sealed_sha256, e.leaf
       from tlog_leaf l left join lateral (
              select at, kind, sender, recipient, controller, purpose, message_id, ref, sealed_sha256, leaf
                from entry where id = l.id and at = l.at offset 0) e on true
      where l.seq >= $1 order by l.seq limit $2`,
    [from, pageSize],
  );
  return rows;
};

const findingsOf = (row: Row): readonly ColumnFinding[] => {
  const found = (problem: ColumnFinding['problem']): ColumnFinding => ({ index: Number(row.seq), id: row.id, problem });
  if (row.leaf === null || row.at === null) return [found('missing-entry')];
  const hash = sameBytes(leafHash(row.leaf), row.tree_hash) ? [] : [found('hash')];
  const parsed = parseLeaf(row.leaf);
  if (parsed.kind === 'refused') return [...hash, found('leaf')];
  const columns: EntryColumns = {
    id: row.id, at: row.at, kind: row.kind, sender: row.sender, recipient: row.recipient, controller: row.controller,
    purpose: row.purpose, messageId: row.message_id, ref: row.ref, sealedSha256: row.sealed_sha256,
  };
  return [...hash, ...differences(columns, columnsOf(parsed.leaf)).map(found)];
};

const differences = (stored: EntryColumns, leaf: EntryColumns): readonly (keyof EntryColumns)[] => {
  const text = (value: EntryColumns[keyof EntryColumns]): string | null => {
    if (value instanceof Date) return value.toISOString();
    return value === null || typeof value === 'string' ? value : Buffer.from(value).toString('hex');
  };
  const keys: readonly (keyof EntryColumns)[] = [
    'id', 'at', 'kind', 'sender', 'recipient', 'controller', 'purpose', 'messageId', 'ref', 'sealedSha256',
  ];
  return keys.filter((key) => text(stored[key]) !== text(leaf[key]));
};

/** Entries someone took out of the queue before they were in the tree. */
const strays = async (client: Queryable): Promise<readonly ColumnFinding[]> => {
  const { rows } = await client.query<{ id: string }>(
    `select e.id from entry e
      where not exists (select from tlog_leaf l where l.id = e.id) and not exists (select from pending p where p.id = e.id)
      limit $1`,
    [findingsMax],
  );
  return rows.map((row) => ({ index: null, id: row.id, problem: 'not-in-tree' }));
};

/** Bodies that only stand there because someone switched the foreign key off, or went before their term. */
const otherBodies = async (client: Queryable): Promise<readonly ColumnFinding[]> => {
  const { rows } = await client.query<{ id: string }>(
    `select o.entry_id as id
       from outbox o left join lateral (select sealed_sha256 from entry where id = o.entry_id and at = o.entry_at offset 0) e on true
      where case when o.sealed is null then not is_erased('outgoing', o.mid::text) else e.sealed_sha256 is distinct from o.sealed_sha256 end
      limit $1`,
    [findingsMax],
  );
  return rows.map((row) => ({ index: null, id: row.id, problem: 'body' }));
};
