import { leafTime, parseLeaf } from '@ketensluis/tlog';
import type { Leaf } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { insertRows, oneStatement, type Column, type Part } from '../statement.js';

/** Length of a subject's pseudonym: the first 16 bytes of an HMAC under the key of the year. */
export const pseudonymBytes = 16;

/** One entry as the caller made it: leaf bytes of `encodeLeaf`, and what may be destroyed later, already encrypted. */
export interface NewEntry {
  readonly leaf: Uint8Array;
  /** Salts and personal data, encrypted under the key `keyId` (a month's). */
  readonly detail: { readonly caseId: string | null; readonly keyId: string; readonly sealed: Uint8Array } | null;
  readonly pseudonyms: readonly Uint8Array[];
  /** Ciphertext of payload salt and payload; only a disclosure has one, and its leaf must carry the hash. `twin`: the payload as JSON, encrypted. */
  readonly outbox: { readonly mid: string; readonly sealed: Uint8Array; readonly twin: Uint8Array } | null;
}

/** An entry that is in the transaction, not yet in the tree. */
export interface RecordedEntry {
  readonly id: string;
  readonly at: Date;
}

/** Columns of `entry` that are an index over its leaf. */
export interface EntryColumns {
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly sender: string | null;
  readonly recipient: string | null;
  readonly controller: string | null;
  readonly purpose: string | null;
  readonly messageId: string | null;
  readonly ref: string | null;
  readonly sealedSha256: Uint8Array | null;
}

/** The one place that says which column repeats which key of the leaf; `checkColumns` compares by it. */
export const columnsOf = (leaf: Leaf): EntryColumns => ({
  id: leaf.id,
  at: leafTime(leaf),
  kind: leaf.kind,
  sender: leaf.from ?? null,
  recipient: leaf.to ?? null,
  controller: leaf.controller ?? null,
  purpose: leaf.purpose ?? null,
  messageId: leaf.msg ?? null,
  ref: leaf.ref ?? null,
  sealedSha256: leaf.sealed === undefined ? null : Buffer.from(leaf.sealed, 'base64'),
});

/**
 * Records entries inside the caller's transaction: when it commits, every entry is kept and waits for the tree, and no outgoing
 * body exists without its entry (foreign key). Throws, and nothing is kept, when a leaf is not canonical or a body does not
 * have the hash its leaf names. The order given is the order in the tree.
 */
export const recordEntries = async (client: Queryable, entries: readonly NewEntry[]): Promise<readonly RecordedEntry[]> => {
  if (entries.length === 0) return [];
  const rows = rowsOf(entries);
  await client.query(oneStatement(partsOf(rows)));
  return rows.map(({ columns }) => ({ id: columns.id, at: columns.at }));
};

/** The same as parts of a larger statement. */
export const entryParts = (entries: readonly NewEntry[]): readonly Part[] => partsOf(rowsOf(entries));

const rowsOf = (entries: readonly NewEntry[]): readonly Row[] => entries.map((entry) => ({ entry, columns: columnsOf(leafOf(entry)) }));

/** One insert per table that has rows. */
const partsOf = (rows: readonly Row[]): readonly Part[] =>
  [entryRows(rows), detailRows(rows), subjectRows(rows), outboxRows(rows)]
    .filter(({ columns: [first] }) => first !== undefined && first.values.length > 0)
    .map(({ table, columns }) => insertRows(table, columns));

interface Row {
  readonly entry: NewEntry;
  readonly columns: EntryColumns;
}

const leafOf = (entry: NewEntry): Leaf => {
  const parsed = parseLeaf(entry.leaf);
  if (parsed.kind === 'refused') throw new Error(`bug: leaf refused: ${parsed.problem}`);
  return parsed.leaf;
};

/** Rows for one table, column by column. */
interface TableRows {
  readonly table: string;
  readonly columns: readonly Column[];
}

const entryRows = (rows: readonly Row[]): TableRows => {
  const column = (name: string, type: string, key: keyof EntryColumns) => ({ name, type, values: rows.map((row) => row.columns[key]) });
  return {
    table: 'entry',
    columns: [
      column('id', 'uuid', 'id'), column('at', 'timestamptz', 'at'), column('kind', 'text', 'kind'), column('sender', 'text', 'sender'),
      column('recipient', 'text', 'recipient'), column('controller', 'text', 'controller'), column('purpose', 'text', 'purpose'),
      column('message_id', 'uuid', 'messageId'), column('ref', 'uuid', 'ref'), column('sealed_sha256', 'bytea', 'sealedSha256'),
      { name: 'leaf', type: 'bytea', values: rows.map((row) => row.entry.leaf) },
    ],
  };
};

const detailRows = (rows: readonly Row[]): TableRows => {
  const details = rows.flatMap(({ entry, columns }) => (entry.detail === null ? [] : [{ ...entry.detail, columns }]));
  return {
    table: 'entry_detail',
    columns: [
      { name: 'id', type: 'uuid', values: details.map((d) => d.columns.id) },
      { name: 'at', type: 'timestamptz', values: details.map((d) => d.columns.at) },
      { name: 'case_id', type: 'uuid', values: details.map((d) => d.caseId) },
      { name: 'key_id', type: 'text', values: details.map((d) => d.keyId) },
      { name: 'sealed', type: 'bytea', values: details.map((d) => d.sealed) },
    ],
  };
};

const subjectRows = (rows: readonly Row[]): TableRows => {
  const subjects = rows.flatMap(({ entry, columns }) => distinct(entry.pseudonyms).map((pseudonym) => ({ pseudonym, columns })));
  return {
    table: 'entry_subject',
    columns: [
      { name: 'pseudonym', type: 'bytea', values: subjects.map((s) => s.pseudonym) },
      { name: 'at', type: 'timestamptz', values: subjects.map((s) => s.columns.at) },
      { name: 'id', type: 'uuid', values: subjects.map((s) => s.columns.id) },
    ],
  };
};

const outboxRows = (rows: readonly Row[]): TableRows => {
  const bodies = rows.flatMap(({ entry: { leaf, outbox }, columns }) => (outbox === null ? [] : [{ ...outbox, leaf, columns }]));
  return {
    table: 'outbox',
    columns: [
      { name: 'mid', type: 'uuid', values: bodies.map(({ mid }) => mid) },
      { name: 'entry_id', type: 'uuid', values: bodies.map(({ columns }) => columns.id) },
      { name: 'entry_at', type: 'timestamptz', values: bodies.map(({ columns }) => columns.at) },
      { name: 'leaf', type: 'bytea', values: bodies.map(({ leaf }) => leaf) },
      { name: 'sealed', type: 'bytea', values: bodies.map(({ sealed }) => sealed) },
      { name: 'twin', type: 'bytea', values: bodies.map(({ twin }) => twin) },
    ],
  };
};

/** The same person twice in one entry is one row. */
const distinct = (pseudonyms: readonly Uint8Array[]): readonly Uint8Array[] =>
  [...new Map(pseudonyms.map((pseudonym) => [Buffer.from(pseudonym).toString('hex'), pseudonym])).values()];
