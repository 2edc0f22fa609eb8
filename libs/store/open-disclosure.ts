import type { OutgoingAttachment, SealedDisclosure } from '@ketensluis/flow';
import { formatOpening, leafHash, opens, parseLeaf, saltBytes, sameBytes, type DisclosureProof } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { attachmentPlace, messageFrom, messagePlace } from './intake.js';
import type { EntryProof } from './log/load-proof.js';
import { outboxPlace, twinPlace } from './record.js';
import { decryptParts, inPartsFromBytes } from './sealed-parts.js';
import { prepared } from './statement.js';
import { decrypt, type DataKey, type Vault } from './vault.js';

/** A disclosure that is not what its entry in the log says: somebody changed the database. It must not leave. */
export class NotAsLogged extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'NotAsLogged';
  }
}

/** A claimed disclosure as it is stored, with the leaf of its entry and the leaf hash that stands in the tree. */
export interface AttemptRow {
  readonly mid: string;
  readonly entry_id: string;
  readonly case_id: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly sequence: number;
  readonly places: readonly number[];
  readonly type: string;
  /** The message, when attachments go along: it names them. */
  readonly body: Buffer | null;
  readonly wrapped_key: Buffer;
  readonly sealed: Buffer;
  readonly twin: Buffer;
  readonly attempt: number;
  readonly first_at: Date;
  readonly leaf: Buffer;
  readonly in_tree: Buffer;
  /** Index of the entry. */
  readonly seq: string;
  /** It was claimed on the signature of the log alone. */
  readonly uncosigned: boolean;
}

/**
 * Opens a claimed disclosure and holds it against its entry: recipient, message id and the commitment to its bytes (I1). Whoever can write to
 * the database alone can therefore not send it elsewhere. Throws `NotAsLogged` when it differs, or when `proof` is null: its entry does not lead
 * to the signed head.
 */
export const openDisclosure = async (pool: pg.Pool, vault: Pick<Vault, 'unwrap'>, row: AttemptRow, proof: EntryProof | null): Promise<SealedDisclosure> => {
  const key = vault.unwrap(row.wrapped_key);
  const payload = openPayload(key, row, proof);
  const disclosure: Omit<SealedDisclosure, '__sealed'> = {
    id: row.mid,
    caseId: row.case_id,
    number: row.sequence,
    messageType: row.type,
    document: payload.subarray(saltBytes),
    mediaType: 'application/xml',
    twin: opened(key, row.twin, twinPlace(row.mid)),
    attachments: await attachmentsOf(pool, key, row),
    proof: proofOf(row, payload, proof),
    recipient: row.recipient,
    messageId: row.message_id,
    entryId: row.entry_id,
    isUncosigned: row.uncosigned,
    attempt: row.attempt,
    firstTriedAt: row.first_at,
  };
  // Claimed as released and held against the leaf: this is the one place that may say so (I1).
  return disclosure as SealedDisclosure;
};

/** What of a stored disclosure its proof is made of. */
export type ProvenRow = Pick<AttemptRow, 'mid' | 'recipient' | 'wrapped_key' | 'sealed' | 'leaf' | 'in_tree'>;

/** The proof of a disclosure and nothing of its content, after the same checks; throws as `openDisclosure` does. */
export const openProof = (vault: Vault, row: ProvenRow, proof: EntryProof | null): DisclosureProof =>
  proofOf(row, openPayload(vault.unwrap(row.wrapped_key), row, proof), proof);

const openPayload = (key: DataKey, row: ProvenRow, proof: EntryProof | null): Buffer => {
  if (proof === null) throw notLed();
  const payload = opened(key, row.sealed, outboxPlace(row.mid));
  demandAsLogged(row, payload);
  return payload;
};

const proofOf = ({ leaf }: ProvenRow, payload: Buffer, proof: EntryProof | null): DisclosureProof => {
  if (proof === null) throw notLed();
  return { leaf, proof: proof.file, opening: formatOpening({ label: 'payload', salt: payload.subarray(0, saltBytes), text: null }) };
};

const notLed = (): NotAsLogged => new NotAsLogged('the entry does not lead to the signed head of the log');

const opened = (key: DataKey, sealed: Buffer, place: string): Buffer => {
  try {
    return decrypt(key, sealed, place);
  } catch {
    return notOpen();
  }
};

/** Other bytes, another row or another key: AES-GCM does not say which. */
const notOpen = (): never => {
  throw new NotAsLogged('the stored body does not open');
};

const demandAsLogged = (row: ProvenRow, payload: Buffer): void => {
  const parsed = parseLeaf(row.leaf);
  if (!sameBytes(leafHash(row.leaf), row.in_tree) || parsed.kind === 'refused') throw new NotAsLogged('the entry is not the one in the tree');
  const { leaf } = parsed;
  if (leaf.to !== row.recipient || leaf.msg !== row.mid) throw new NotAsLogged('the entry names another recipient or message');
  const opening = { label: 'payload', salt: payload.subarray(0, saltBytes), bytes: payload.subarray(saltBytes) } as const;
  if (!opens(opening, leaf.c?.payload ?? '')) throw new NotAsLogged('the body is not the one the entry commits to');
};

const attachmentsOf = async (pool: pg.Pool, key: DataKey, row: AttemptRow): Promise<SealedDisclosure['attachments']> => {
  if (row.body === null) return [];
  const { attachments } = messageFrom(decrypt(key, row.body, messagePlace(row.message_id)));
  const { rows } = await pool.query<StoredFile>(
    `select place, octet_length(body) as size, case when octet_length(body) < $3 then body end as body
     from attachment where message_id = $1 and place = any($2) order by place`,
    [row.message_id, row.places, inPartsFromBytes],
  );
  const files: OutgoingAttachment[] = [];
  for (const file of rows) {
    const named = attachments[file.place];
    if (named === undefined) throw new NotAsLogged('a stored attachment the message does not name');
    const content = await openedFile(pool, key, { ...file, messageId: row.message_id });
    files.push({ name: named.name, contentType: named.mediaType, content, sha256: createHash('sha256').update(content).digest('hex') });
  }
  return files;
};

interface StoredFile {
  readonly place: number;
  readonly size: number;
  /** Null when it is large. */
  readonly body: Buffer | null;
}

const openedFile = async (pool: pg.Pool, key: DataKey, { messageId, place, size, body }: StoredFile & { readonly messageId: string }): Promise<Buffer> => {
  const name = attachmentPlace(messageId, place);
  if (body !== null) return opened(key, body, name);
  const read = async (start: number, bytes: number): Promise<Buffer> => {
    const { rows } = await pool.query<{ part: Buffer }>(
      prepared('select substring(body from $3::integer for $4::integer) as part from attachment where message_id = $1 and place = $2', [messageId, place, start + 1, bytes]),
    );
    const [row] = rows;
    return row?.part ?? Buffer.alloc(0);
  };
  return (await decryptParts(key, { sizeBytes: size, read }, name)) ?? notOpen();
};
