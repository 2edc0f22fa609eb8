import { canonicalJson, isKeyInForce, keyStateAt, type KeyDirection } from '@ketensluis/domain';
import type { EntryDraft, WebhookKey, WebhookKeyChange, WebhookKeys, WebhookScheme } from '@ketensluis/flow';
import { leafHash, parseLeaf, sameBytes } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { markReader, type MarkReader } from './current-mark.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import { tryHeld } from './webhook-held.js';
import { decrypt, encrypt, shareOf, type Vault } from './vault.js';

/** A webhook key that is not what the log says: somebody changed the database. Nothing is signed or believed by it (I4). */
export class WebhookKeyNotAsLogged extends Error {
  readonly code = 'webhook-key-not-as-logged';

  constructor(readonly key: string, what: string) {
    super(`${key}: ${what}`);
    this.name = 'WebhookKeyNotAsLogged';
  }
}

/** A key with its secret as it is kept; null where there is none. */
interface KeptKey extends WebhookKey {
  readonly kept: { readonly wrapped: Uint8Array; readonly sealed: Uint8Array } | null;
}

/** The keys in the tables `webhook_key` and `webhook_secret`; read again only when something of webhooks changed. */
export const createWebhookKeys = (pool: pg.Pool, vault: Vault, keys: PeriodKeys, marks: MarkReader = markReader(pool)): WebhookKeys => {
  let cached: { readonly mark: string; readonly kept: readonly KeptKey[] } | null = null;
  const current = async (): Promise<readonly KeptKey[]> => {
    const { webhooks: mark } = await marks.look();
    if (cached?.mark !== mark) cached = { mark, kept: await loadKeys(pool) };
    return cached.kept;
  };
  // Opened once for each time they are read: what ends or is changed is read again before it signs or is believed.
  const opened = new WeakMap<KeptKey, Uint8Array>();
  const secret = (key: KeptKey): Uint8Array => {
    const known = opened.get(key) ?? secretOf(vault, key);
    opened.set(key, known);
    return known;
  };
  const inForce = async (party: string, direction: KeyDirection, at: Date): Promise<readonly KeptKey[]> =>
    (await current())
      .filter((key) => key.party === party && key.direction === direction && isKeyInForce(key, at))
      .sort((a, b) => Number(keyStateAt(a, at) === 'retiring') - Number(keyStateAt(b, at) === 'retiring') || b.activeFrom.getTime() - a.activeFrom.getTime());
  return {
    signers: async (party, at) =>
      (await inForce(party, 'to-party', at)).map((key) => (key.scheme === 'v1' ? { scheme: 'v1', secret: secret(key) } : { scheme: 'v1a', seed: secret(key) })),
    verifiers: async (party, at) =>
      (await inForce(party, 'from-party', at)).map((key) =>
        key.publicKey === null ? { scheme: 'v1', secret: secret(key) } : { scheme: 'v1a', publicKey: key.publicKey }),
    list: async (party) => (await current()).filter((key) => party === null || key.party === party).map(({ kept: _kept, ...key }) => key).sort((a, b) => (a.id < b.id ? -1 : 1)),
    save: async (changes) => {
      await inTransaction(pool, async (client) => {
        for (const change of changes) await insert(client, vault, change);
        await recordDrafts(client, keys, changes.map((change) => ({ draft: policyEntry(change), caseId: null, outgoing: null })));
        for (const { key } of changes) {
          if (key.version === 1 && key.direction === 'to-party') await tryHeld(client, { party: key.party, cause: 'no-key' }, key.changedAt);
        }
      });
      await destroyEnded(pool, vault, changes);
    },
  };
};

const secretPlace = (id: string): string => `webhook-key:${id}`;

const secretOf = (vault: Vault, { id, kept }: KeptKey): Uint8Array => {
  if (kept === null) throw new WebhookKeyNotAsLogged(`webhook-key/${id}`, 'its secret is not there');
  return decrypt(vault.unwrap(kept.wrapped), kept.sealed, secretPlace(id));
};

const insert = async (client: Queryable, vault: Vault, { key, entryId, secret }: WebhookKeyChange): Promise<void> => {
  await client.query(
    `insert into webhook_key (id, version, party, direction, scheme, public_key, active_from, retires_at, ends_at, sha256, changed_at, changed_by, entry_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [key.id, key.version, key.party, key.direction, key.scheme, key.publicKey, key.activeFrom, key.retiresAt, key.endsAt, sha256Of(key), key.changedAt, key.changedBy, entryId],
  );
  if (secret === null) return;
  const { key: sealing, wrapped } = vault.newKey();
  await client.query('insert into webhook_secret (key_id, wrapped, sealed) values ($1, $2, $3)', [key.id, wrapped, encrypt(sealing, secret, secretPlace(key.id))]);
};

/** What a version says, as the log knows it; not who changed it, which stands in the entry itself. */
const sha256Of = ({ id, version, party, direction, scheme, publicKey, activeFrom, retiresAt, endsAt }: WebhookKey): Buffer =>
  createHash('sha256').update(canonicalJson({
    id, version, party, direction, scheme, publicKey: publicKey === null ? null : Buffer.from(publicKey).toString('base64'),
    activeFrom: activeFrom.toISOString(), retiresAt: retiresAt?.toISOString() ?? null, endsAt: endsAt?.toISOString() ?? null,
  })).digest();

const nameOf = ({ id, version }: Pick<WebhookKey, 'id' | 'version'>): string => `webhook-key/${id}@${version}`;

const policyEntry = ({ key, entryId }: WebhookKeyChange): EntryDraft => ({
  facts: {
    id: entryId, kind: 'policy', at: key.changedAt.toISOString(), policy: sha256Of(key).toString('hex'),
    code: key.version === 1 ? 'webhook-key.new' : 'webhook-key.changed', schema: nameOf(key),
    ...(key.direction === 'to-party' ? { to: key.party } : { from: key.party }),
  },
  subjects: [], reason: null, payload: null,
  detail: { by: key.changedBy, scheme: key.scheme },
});

interface KeyRow {
  readonly id: string;
  readonly version: number;
  readonly party: string;
  readonly direction: KeyDirection;
  readonly scheme: WebhookScheme;
  readonly public_key: Buffer | null;
  readonly active_from: Date;
  readonly retires_at: Date | null;
  readonly ends_at: Date | null;
  readonly sha256: Buffer;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly wrapped: Buffer | null;
  readonly sealed: Buffer | null;
  readonly leaf: Buffer | null;
  readonly in_tree: Buffer | null;
  readonly waits: boolean;
}

// One statement, so that keys and entries are of one moment. An entry whose key is gone comes along with nulls.
const withEntries = `select latest.*, webhook_secret.wrapped, webhook_secret.sealed, policy.leaf, tlog_leaf.h as in_tree,
    exists (select from pending where pending.id = policy.id) as waits
  from (select id, leaf from entry where kind = 'policy' and position('"webhook-key/'::bytea in leaf) > 0) policy
  full join (select distinct on (id) * from webhook_key order by id, version desc) latest on latest.entry_id = policy.id
  left join tlog_leaf on tlog_leaf.id = policy.id
  left join webhook_secret on webhook_secret.key_id = latest.id
  order by latest.seq`;

/** The current version of every key, each held against its entry, and none of them behind what the log knows of it. */
const loadKeys = async (client: Queryable): Promise<readonly KeptKey[]> => {
  const { rows } = await client.query<KeyRow | { readonly [K in keyof KeyRow]: KeyRow[K] | null }>(withEntries);
  const known = rows.filter((row): row is KeyRow => row.id !== null);
  const versions = new Map(known.map(({ id, version }) => [id, version]));
  for (const { leaf } of rows) demandLatest(leaf, versions);
  return known.map((row) => {
    const key = keyOf(row);
    demandAsLogged(row, key);
    return key;
  });
};

const keyOf = (row: KeyRow): KeptKey => ({
  id: row.id, version: row.version, party: row.party, direction: row.direction, scheme: row.scheme, publicKey: row.public_key,
  activeFrom: row.active_from, retiresAt: row.retires_at, endsAt: row.ends_at, changedAt: row.changed_at, changedBy: row.changed_by,
  kept: row.wrapped === null || row.sealed === null ? null : { wrapped: row.wrapped, sealed: row.sealed },
});

const demandAsLogged = (row: KeyRow, key: WebhookKey): void => {
  const differs = (what: string): WebhookKeyNotAsLogged => new WebhookKeyNotAsLogged(nameOf(key), what);
  if (row.leaf === null) throw differs('has no entry in the log');
  const inLog = row.in_tree === null ? row.waits : sameBytes(leafHash(row.leaf), row.in_tree);
  const parsed = parseLeaf(row.leaf);
  if (!inLog || parsed.kind === 'refused') throw differs('its entry is not the one in the tree');
  if (parsed.leaf.schema !== nameOf(key) || parsed.leaf.policy !== sha256Of(key).toString('hex')) throw differs('its entry is of something else');
};

// Whoever takes the last version away would bring a key back that had ended.
const demandLatest = (leaf: Buffer | null, versions: ReadonlyMap<string, number>): void => {
  const parsed = leaf === null ? null : parseLeaf(leaf);
  const [name, id = '', version] = (parsed?.kind === 'leaf' ? /^webhook-key\/([0-9a-f-]+)@(\d+)$/.exec(parsed.leaf.schema ?? '') : null) ?? [];
  if (name !== undefined && Number(version) > (versions.get(id) ?? 0)) throw new WebhookKeyNotAsLogged(name, 'is in the log and not in the database');
};

/** After the commit: what has ended signs nothing again, from no copy of the database. */
const destroyEnded = async (client: Queryable, vault: Vault, changes: readonly WebhookKeyChange[]): Promise<void> => {
  const ended = changes.map(({ key }) => key).filter((key) => keyStateAt(key, key.changedAt) === 'ended').map(({ id }) => id);
  if (ended.length === 0) return;
  const { rows } = await client.query<{ wrapped: Buffer }>('select wrapped from webhook_secret where key_id = any($1::uuid[])', [ended]);
  vault.destroy(rows.map(({ wrapped }) => shareOf(wrapped)));
};
