import { leafTime, parseLeaf } from '@ketensluis/tlog';
import type { Leaf } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';

/** Length of a subject's pseudonym: the first 16 bytes of an HMAC under the key of the year. */
export const pseudonymBytes = 16;

/** One entry as the caller made it: leaf bytes of `encodeLeaf`, and what may be destroyed later, already encrypted. */
export interface NewEntry {
  readonly leaf: Uint8Array;
  /** Salts and personal data, encrypted under the key `keyId` (a month's). */
  readonly detail: { readonly caseId: string | null; readonly keyId: string; readonly sealed: Uint8Array } | null;
  readonly pseudonyms: readonly Uint8Array[];
  /** Ciphertext of payload salt and payload; only a disclosure has one, and its leaf must carry the hash. */
  readonly outbox: { readonly mid: string; readonly sealed: Uint8Array } | null;
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
  const rows = entries.map((entry) => ({ entry, columns: columnsOf(leafOf(entry)) }));
  await insertEntries(client, rows);
  await insertDetails(client, rows);
  await insertSubjects(client, rows);
  await insertOutbox(client, rows);
  return rows.map(({ columns }) => ({ id: columns.id, at: columns.at }));
};

interface Row {
  readonly entry: NewEntry;
  readonly columns: EntryColumns;
}

const leafOf = (entry: NewEntry): Leaf => {
  const parsed = parseLeaf(entry.leaf);
  if (parsed.kind === 'refused') throw new Error(`bug: leaf refused: ${parsed.problem}`);
  return parsed.leaf;
};

const insertEntries = async (client: Queryable, rows: readonly Row[]): Promise<void> => {
  const column = <K extends keyof EntryColumns>(key: K): readonly EntryColumns[K][] => rows.map((row) => row.columns[key]);
  await client.query(
    `insert into entry (id, at, kind, sender, recipient, controller, purpose, message_id, ref, sealed_sha256, leaf)
     select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                          $8::uuid[], $9::uuid[], $10::bytea[], $11::bytea[])`,
    [
      column('id'), column('at'), column('kind'), column('sender'), column('recipient'), column('controller'), column('purpose'),
      column('messageId'), column('ref'), column('sealedSha256'), rows.map((row) => row.entry.leaf),
    ],
  );
};

const insertDetails = async (client: Queryable, rows: readonly Row[]): Promise<void> => {
  const details = rows.flatMap(({ entry, columns }) => (entry.detail === null ? [] : [{ ...entry.detail, columns }]));
  if (details.length === 0) return;
  await client.query(
    `insert into entry_detail (id, at, case_id, key_id, sealed)
     select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::bytea[])`,
    [
      details.map((d) => d.columns.id), details.map((d) => d.columns.at), details.map((d) => d.caseId),
      details.map((d) => d.keyId), details.map((d) => d.sealed),
    ],
  );
};

const insertSubjects = async (client: Queryable, rows: readonly Row[]): Promise<void> => {
  const subjects = rows.flatMap(({ entry, columns }) => entry.pseudonyms.map((pseudonym) => ({ pseudonym, columns })));
  if (subjects.length === 0) return;
  await client.query(
    `insert into entry_subject (pseudonym, at, id)
     select distinct * from unnest($1::bytea[], $2::timestamptz[], $3::uuid[])`,
    [subjects.map((s) => s.pseudonym), subjects.map((s) => s.columns.at), subjects.map((s) => s.columns.id)],
  );
};

const insertOutbox = async (client: Queryable, rows: readonly Row[]): Promise<void> => {
  const bodies = rows.flatMap(({ entry, columns }) => (entry.outbox === null ? [] : [{ ...entry.outbox, columns }]));
  if (bodies.length === 0) return;
  await client.query(
    `insert into outbox (mid, entry_id, entry_at, sealed)
     select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bytea[])`,
    [bodies.map((b) => b.mid), bodies.map((b) => b.columns.id), bodies.map((b) => b.columns.at), bodies.map((b) => b.sealed)],
  );
};
