import { canonicalJson } from '@ketensluis/domain';
import type { EntryDraft, RegisterChange } from '@ketensluis/flow';
import { leafHash, parseLeaf, sameBytes } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { ring } from './bell.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';

/** Held shared while a decision is made, alone while a register changes. */
export const registerLock = 7_270_737;

/** One current version of a register document. */
export interface RegisterRow {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly body: unknown;
}

/** A register that is not what the log says: somebody changed the database. Nothing is decided by it, and nothing leaves (I4). */
export class RegisterNotAsLogged extends Error {
  readonly code = 'register-not-as-logged';
  /** Kind, key and version, as the log names it. */
  readonly document: string;

  constructor(document: string, what: string) {
    super(`${document}: ${what}`);
    this.name = 'RegisterNotAsLogged';
    this.document = document;
  }
}

interface LoggedRow extends RegisterRow {
  readonly kind: string;
  readonly sha256: Buffer | null;
  readonly leaf: Buffer | null;
  /** The leaf hash in the tree; null while the entry waits for it. */
  readonly in_tree: Buffer | null;
  readonly waits: boolean;
}

// One statement, so that documents and entries are of one moment.
const withEntries = `select current.kind, current.key, current.version, current.body, current.sha256, policy.leaf, tlog_leaf.h as in_tree,
    exists (select from pending where pending.id = policy.id) as waits
  from (select id, leaf from entry where kind = 'policy') policy
  full join (select distinct on (kind, key) * from register_version order by kind, key, version desc) current on current.entry_id = policy.id
  left join tlog_leaf on tlog_leaf.id = policy.id`;

/**
 * The current version of every document, each held against the entry of the log that made it current: neither its text nor its being the last
 * can be changed in the database alone. Throws `RegisterNotAsLogged` at the first that differs.
 */
export const currentRegister = async (client: Queryable): Promise<readonly RegisterRow[]> => {
  const { rows } = await client.query<LoggedRow | { readonly [K in keyof LoggedRow]: LoggedRow[K] | null }>(withEntries);
  const current = rows.filter((row): row is LoggedRow => row.kind !== null);
  for (const row of current) demandAsLogged(row);
  const versions = new Map(current.map((row) => [`${row.kind}/${row.key}`, row.version]));
  for (const { leaf } of rows) demandLatest(leaf, versions);
  return current.map(({ kind, key, version, body }) => ({ kind, key, version, body }));
};

const nameOf = ({ kind, key, version }: Pick<RegisterRow, 'kind' | 'key' | 'version'>): string => `${kind}/${key}@${version}`;

const demandAsLogged = (row: LoggedRow): void => {
  const differs = (what: string): RegisterNotAsLogged => new RegisterNotAsLogged(nameOf(row), what);
  if (row.leaf === null) throw differs('has no entry in the log');
  const inLog = row.in_tree === null ? row.waits : sameBytes(leafHash(row.leaf), row.in_tree);
  const parsed = parseLeaf(row.leaf);
  if (!inLog || parsed.kind === 'refused') throw differs('its entry is not the one in the tree');
  const sha256 = bodySha256(row);
  if (row.sha256 === null || !sameBytes(row.sha256, sha256)) throw differs('its text does not have the hash beside it');
  if (parsed.leaf.schema !== nameOf(row) || parsed.leaf.policy !== sha256.toString('hex')) throw differs('its entry is of another text');
};

// Whoever takes the last version away would bring back the one before it.
const demandLatest = (leaf: Buffer | null, versions: ReadonlyMap<string, number>): void => {
  const parsed = leaf === null ? null : parseLeaf(leaf);
  const named = parsed?.kind === 'leaf' ? /^((?:party|agreement|setting|mandate|designation|consent|law)\/.+)@(\d+)$/.exec(parsed.leaf.schema ?? '') : null;
  const [name, document, version] = named ?? [];
  if (name !== undefined && Number(version) > (versions.get(document ?? '') ?? 0)) throw new RegisterNotAsLogged(name, 'is in the log and not in the register');
};

/** A version of a register document with the time it was written. */
export interface RegisterVersion extends RegisterRow {
  readonly appliedAt: Date;
}

/** Every version there ever was, oldest first. */
export const registerVersions = async (client: Queryable): Promise<readonly RegisterVersion[]> => {
  const { rows } = await client.query<RegisterVersion>('select kind, key, version, body, applied_at as "appliedAt" from register_version order by seq');
  return rows;
};

/** The current version of one document, or null. */
export const findRegister = async (client: Queryable, kind: string, key: string): Promise<RegisterRow | null> => {
  const { rows } = await client.query<RegisterRow>(
    'select kind, key, version, body from register_version where kind = $1 and key = $2 order by version desc limit 1',
    [kind, key],
  );
  return rows[0] ?? null;
};

/**
 * Writes new versions, each with its policy entry, in one transaction (I4). Disclosures that were held for a reason these changes may
 * lift are queued to be decided anew (I9), and deliveries that lacked a usable certificate are tried again. Throws when another change
 * took the version meanwhile.
 */
export const applyChanges = (pool: pg.Pool, keys: PeriodKeys, changes: readonly RegisterChange[]): Promise<void> =>
  inTransaction(pool, (client) => writeChanges(client, keys, changes));

/** The same within a transaction of the caller, which decides about more than the register alone. */
export const writeChanges = async (client: Queryable, keys: PeriodKeys, changes: readonly RegisterChange[]): Promise<void> => {
  // Decisions under way end first, and those that come read what is written here: no hold is decided by a register that is gone (I9).
  await client.query('select pg_advisory_xact_lock($1)', [registerLock]);
  for (const change of changes) await insert(client, change);
  await recordDrafts(client, keys, changes.map((change) => ({ draft: policyEntry(change), caseId: null, outgoing: null })));
  const reasons = [...new Set(changes.flatMap(({ releases }) => releases))];
  const at = changes[0]?.appliedAt ?? new Date(0);
  if (reasons.length > 0) await queueAgain(client, reasons, at);
  await tryHeldAgain(client, at);
  await ring(client, 'register');
};

/** The log names the hash of what holds from now on; the text of an earlier version stays in its own row. */
const policyEntry = (change: RegisterChange): EntryDraft => ({
  facts: {
    id: change.entryId,
    kind: 'policy',
    at: change.appliedAt.toISOString(),
    policy: bodySha256(change).toString('hex'),
    code: `${change.kind}.${change.version === 1 ? 'new' : 'changed'}`,
    schema: `${change.kind}/${change.key}@${change.version}`,
  },
  subjects: [],
  reason: change.reason,
  payload: null,
  detail: { by: change.appliedBy },
});

// jsonb keeps no order of keys: the hash is over the text that can be made again from what is read.
const bodySha256 = ({ body }: Pick<RegisterRow, 'body'>): Buffer => createHash('sha256').update(canonicalJson(body)).digest();

const insert = async (client: Queryable, change: RegisterChange): Promise<void> => {
  await client.query(
    `insert into register_version (kind, key, version, body, sha256, applied_at, applied_by, entry_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [change.kind, change.key, change.version, JSON.stringify(change.body), bodySha256(change), change.appliedAt, change.appliedBy, change.entryId],
  );
};

/** Queues every message with a hold for one of these reasons to be decided anew. */
export const queueAgain = async (client: Queryable, reasons: readonly string[], at: Date): Promise<void> => {
  await client.query(
    `insert into queue (kind, ref, event, lane, due_at)
     select distinct 'disclose', decision.message_id, decision.event, message.case_id::text, $2::timestamptz
     from decision join message on message.id = decision.message_id
     where decision.kind = 'hold' and decision.reason = any($1)
     on conflict do nothing`,
    [reasons, at],
  );
  await ring(client, 'disclose');
};

const tryHeldAgain = async (client: Queryable, at: Date): Promise<void> => {
  // Opened again when the next try finds the same fault.
  await client.query(
    "update task set closed_at = $1 where kind in ('certificate', 'stopped') and closed_at is null and ref in (select mid::text from delivery where state = 'held')",
    [at],
  );
  await client.query("update delivery set state = 'waiting', since = $1 where state = 'held' and cause not in ('not-as-logged', 'replaced')", [at]);
  await client.query(
    `insert into queue (kind, ref, lane, due_at)
     select 'deliver', mid, recipient, $1 from delivery where state = 'waiting' on conflict do nothing`,
    [at],
  );
  await ring(client, 'deliver');
};
