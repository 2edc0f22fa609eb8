import type { SealedDisclosure } from '@ketensluis/flow';
import { opens, parseLeaf, saltBytes } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { attachmentPlace, messageFrom, messagePlace } from './intake.js';
import { outboxPlace } from './record.js';
import { decrypt, type DataKey, type Vault } from './vault.js';

/** A disclosure that is not what its entry in the log says: somebody changed the database. It must not leave. */
export class NotAsLogged extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'NotAsLogged';
  }
}

/** A claimed disclosure as it is stored, with the leaf of its entry. */
export interface AttemptRow {
  readonly mid: string;
  readonly entry_id: string;
  readonly case_id: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly sequence: number;
  readonly places: readonly number[];
  readonly type: string;
  readonly body: Buffer;
  readonly wrapped_key: Buffer;
  readonly sealed: Buffer;
  readonly twin: Buffer;
  readonly attempt: number;
  readonly first_at: Date;
  readonly leaf: Buffer;
  readonly in_tree: boolean;
}

/**
 * Opens a claimed disclosure and holds it against its entry: recipient, message id and the commitment to its bytes (I1). Whoever can write to
 * the database alone can therefore not send it elsewhere. Throws `NotAsLogged` when it differs.
 */
export const openDisclosure = async (pool: pg.Pool, vault: Vault, row: AttemptRow): Promise<SealedDisclosure> => {
  const key = vault.unwrap(row.wrapped_key);
  const payload = opened(key, row.sealed, outboxPlace(row.mid));
  demandAsLogged(row, payload);
  const disclosure: Omit<SealedDisclosure, '__sealed'> = {
    id: row.mid,
    caseId: row.case_id,
    number: row.sequence,
    messageType: row.type,
    document: payload.subarray(saltBytes),
    mediaType: 'application/xml',
    twin: opened(key, row.twin, twinPlace(row.mid)),
    attachments: await attachmentsOf(pool, key, row),
    recipient: row.recipient,
    entryId: row.entry_id,
    attempt: row.attempt,
    firstTriedAt: row.first_at,
  };
  // Claimed from below the signed size and held against the leaf: this is the one place that may say so (I1).
  return disclosure as SealedDisclosure;
};

/** Names the row a document's JSON twin belongs to. */
export const twinPlace = (mid: string): string => `twin:${mid}`;

const opened = (key: DataKey, sealed: Buffer, place: string): Buffer => {
  try {
    return decrypt(key, sealed, place);
  } catch {
    // Other bytes, another row or another key: AES-GCM does not say which.
    throw new NotAsLogged('the stored body does not open');
  }
};

const demandAsLogged = (row: AttemptRow, payload: Buffer): void => {
  const parsed = parseLeaf(row.leaf);
  if (!row.in_tree || parsed.kind === 'refused') throw new NotAsLogged('the entry is not the one in the tree');
  const { leaf } = parsed;
  if (leaf.to !== row.recipient || leaf.msg !== row.mid) throw new NotAsLogged('the entry names another recipient or message');
  const opening = { label: 'payload', salt: payload.subarray(0, saltBytes), bytes: payload.subarray(saltBytes) } as const;
  if (!opens(opening, leaf.c?.payload ?? '')) throw new NotAsLogged('the body is not the one the entry commits to');
};

const attachmentsOf = async (pool: pg.Pool, key: DataKey, row: AttemptRow): Promise<SealedDisclosure['attachments']> => {
  if (row.places.length === 0) return [];
  const { attachments } = messageFrom(decrypt(key, row.body, messagePlace(row.message_id)));
  const { rows } = await pool.query<{ place: number; body: Buffer }>(
    'select place, body from attachment where message_id = $1 and place = any($2) order by place',
    [row.message_id, row.places],
  );
  return rows.map(({ place, body }) => {
    const named = attachments[place];
    if (named === undefined) throw new NotAsLogged('a stored attachment the message does not name');
    const content = opened(key, body, attachmentPlace(row.message_id, place));
    return { name: named.name, contentType: named.mediaType, content, sha256: createHash('sha256').update(content).digest('hex') };
  });
};
