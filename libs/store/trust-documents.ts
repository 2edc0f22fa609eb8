import { canonicalJson, ownKeySchema, partyCertificateSchema } from '@ketensluis/domain';
import type { EntryDraft, TrustChange, TrustDocument } from '@ketensluis/flow';
import { leafHash, parseLeaf, sameBytes } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import type { Queryable } from './pool.js';

/** A key or certificate that is not what the log says: somebody changed the database. Nothing is signed, opened or encrypted by it (I4). */
export class TrustNotAsLogged extends Error {
  readonly code = 'trust-not-as-logged';

  constructor(readonly document: string, what: string) {
    super(`${document}: ${what}`);
    this.name = 'TrustNotAsLogged';
  }
}

interface DocumentRow {
  readonly seq: string;
  readonly kind: 'own-key' | 'certificate';
  readonly id: string;
  readonly version: number;
  readonly body: unknown;
  readonly sha256: Buffer;
  readonly leaf: Buffer | null;
  readonly in_tree: Buffer | null;
  readonly waits: boolean;
}

// One statement, so that documents and entries are of one moment. An entry whose document is gone comes along with nulls.
const withEntries = `select latest.seq, latest.kind, latest.id, latest.version, latest.body, latest.sha256, policy.leaf, tlog_leaf.h as in_tree,
    exists (select from pending where pending.id = policy.id) as waits
  from (select id, leaf from entry where kind = 'policy' and (position('"own-key/'::bytea in leaf) > 0 or position('"certificate/'::bytea in leaf) > 0)) policy
  full join (select distinct on (kind, id) * from trust_version order by kind, id, version desc) latest on latest.entry_id = policy.id
  left join tlog_leaf on tlog_leaf.id = policy.id
  order by latest.seq`;

/** The current version of every document, each held against its entry, and none behind what the log knows of it; `head` is the last of all. Throws `TrustNotAsLogged`. */
export const loadTrustDocuments = async (client: Queryable): Promise<{ readonly documents: readonly TrustDocument[]; readonly head: number }> => {
  const { rows } = await client.query<DocumentRow | { readonly [K in keyof DocumentRow]: DocumentRow[K] | null }>(withEntries);
  const known = rows.filter((row): row is DocumentRow => row.id !== null);
  const versions = new Map(known.map(({ kind, id, version }) => [`${kind}/${id}`, version]));
  for (const { leaf } of rows) demandLatest(leaf, versions);
  const documents = known.map((row) => {
    demandAsLogged(row);
    return { ...(row.kind === 'own-key' ? ownKeySchema : partyCertificateSchema).parse(row.body), version: row.version };
  });
  return { documents, head: Math.max(0, ...known.map(({ seq }) => Number(seq))) };
};

const nameOf = ({ kind, id, version }: Pick<DocumentRow, 'kind' | 'id' | 'version'>): string => `${kind}/${id}@${version}`;
const bodySha256 = (body: unknown): Buffer => createHash('sha256').update(canonicalJson(body)).digest();

const demandAsLogged = (row: DocumentRow): void => {
  const differs = (what: string): TrustNotAsLogged => new TrustNotAsLogged(nameOf(row), what);
  if (row.leaf === null) throw differs('has no entry in the log');
  const inLog = row.in_tree === null ? row.waits : sameBytes(leafHash(row.leaf), row.in_tree);
  const parsed = parseLeaf(row.leaf);
  if (!inLog || parsed.kind === 'refused') throw differs('its entry is not the one in the tree');
  if (parsed.leaf.schema !== nameOf(row) || parsed.leaf.policy !== bodySha256(row.body).toString('hex')) throw differs('its entry is of something else');
};

// Whoever takes the last version away would bring back a key that was destroyed, or a certificate that was revoked.
const demandLatest = (leaf: Buffer | null, versions: ReadonlyMap<string, number>): void => {
  const parsed = leaf === null ? null : parseLeaf(leaf);
  const [name, document = '', version] = (parsed?.kind === 'leaf' ? /^((?:own-key|certificate)\/[0-9a-f-]+)@(\d+)$/.exec(parsed.leaf.schema ?? '') : null) ?? [];
  if (name !== undefined && Number(version) > (versions.get(document) ?? 0)) throw new TrustNotAsLogged(name, 'is in the log and not in the database');
};

/** True while no document follows `head`; from then on nobody else adds one before the transaction ends. */
export const isLatestTrust = async (client: Queryable, head: number): Promise<boolean> => {
  await client.query("select pg_advisory_xact_lock(hashtext('ketensluis.trust_version'))");
  const { rows } = await client.query<{ seq: string }>('select coalesce(max(seq), 0) as seq from trust_version');
  return Number(rows[0]?.seq) === head;
};

/** Writes one version; its entry is recorded by the caller, in the same transaction. */
export const insertTrustDocument = async (client: Queryable, { document, version, at, by, entryId }: TrustChange): Promise<void> => {
  await client.query(
    'insert into trust_version (kind, id, version, body, sha256, changed_at, changed_by, entry_id) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [document.kind, document.id, version, JSON.stringify(document), bodySha256(document), at, by, entryId],
  );
};

/** The log names the hash of what holds from now on, and the party it is about; who did it stands in the part that can be destroyed. */
export const trustEntry = ({ document, version, code, at, by, entryId }: TrustChange): EntryDraft => ({
  facts: {
    id: entryId, kind: 'policy', at: at.toISOString(), policy: bodySha256(document).toString('hex'), code, schema: nameOf({ ...document, version }),
    ...(document.kind === 'certificate' ? { from: document.party } : {}),
  },
  subjects: [], reason: null, payload: null,
  detail: { by },
});
