import type { CaseReference, MessageBody } from '@ketensluis/domain';
import type { AcceptedMail, Saved } from '@ketensluis/flow';
import type pg from 'pg';
import { uuidV7 } from './ids.js';
import { oneStatement, prepared, type Part } from './statement.js';
import { encrypt, type DataKey, type Vault } from './vault.js';

/**
 * Keeps a proven message: once this resolves with `saved`, case, message, raw mail, attachments and queue row are durable together (I5).
 * `replayed` when this signature, or this id of this sender, was accepted before; then nothing was written (smime.md rule 9).
 */
export const saveAccepted = async (pool: pg.Pool, vault: Vault, mail: AcceptedMail): Promise<Saved> => {
  for (;;) {
    const file = (await findCase(pool, vault, mail.message.case)) ?? newCase(vault, mail);
    // One statement is one transaction: all of it is kept or nothing.
    const taken = await pool.query(oneStatement(partsOf(file, mail), ['disclose'])).then(() => null, takenTable);
    if (taken === null) return { kind: 'saved' };
    if (taken === 'message') return earlier(pool, mail);
    // Another message made the same case in between: now it is found.
  }
};

/** Whose 250 may not have arrived is told again; everything else that comes twice is a replay. */
const earlier = async (pool: pg.Pool, mail: AcceptedMail): Promise<Saved> => {
  const { rows } = await pool.query<{ id: string }>(
    'select id from message where signature_sha256 = $1 and sender = $2 and sender_id = $3 and answered_at is null',
    [Buffer.from(mail.signatureSha256, 'hex'), mail.message.sender.oin, mail.message.id],
  );
  const [row] = rows;
  return row === undefined ? { kind: 'replayed' } : { kind: 'repeated', id: row.id };
};

/** Marks messages whose sender has had its 250. */
export const confirmAnswered = async (pool: pg.Pool, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await pool.query('update message set answered_at = now() where id = any($1) and answered_at is null', [ids]);
};

/** Which of the two tables already had such a row; any other fault is thrown on. */
const takenTable = (fault: unknown): 'message' | 'case_file' => {
  const isTaken = fault instanceof Error && 'code' in fault && fault.code === uniqueViolation && 'table' in fault;
  if (isTaken && (fault.table === 'message' || fault.table === 'case_file')) return fault.table;
  throw fault;
};

const uniqueViolation = '23505';

interface FoundCase {
  readonly id: string;
  readonly key: DataKey;
  /** Makes the case, when this is its first message. */
  readonly make: readonly Part[];
}

const findCase = async (pool: pg.Pool, vault: Vault, reference: CaseReference): Promise<FoundCase | null> => {
  const { rows } = await pool.query<{ id: string; wrapped_key: Buffer }>(
    prepared('select id, wrapped_key from case_file where law = $1 and municipality = $2 and number = $3', [reference.law, reference.municipality, reference.number]),
  );
  const [row] = rows;
  return row === undefined ? null : { id: row.id, key: vault.unwrap(row.wrapped_key), make: [] };
};

/** A case with a key of its own. */
const newCase = (vault: Vault, { message: { case: reference }, receivedAt }: AcceptedMail): FoundCase => {
  const id = uuidV7(receivedAt);
  const { key, wrapped } = vault.newKey();
  const make = {
    sql: 'insert into case_file (id, law, municipality, number, wrapped_key, created_at) values ($1, $2, $3, $4, $5, $6)',
    values: [id, reference.law, reference.municipality, reference.number, wrapped, receivedAt],
  };
  return { id, key, make: [make] };
};

const partsOf = (file: FoundCase, mail: AcceptedMail): readonly Part[] => [
  ...file.make,
  {
    sql: `insert into message (id, case_id, sender, sender_id, type, received_at, signature_sha256, signer_sha256, body, raw)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      mail.id, file.id, mail.message.sender.oin, mail.message.id, mail.message.type, mail.receivedAt,
      Buffer.from(mail.signatureSha256, 'hex'), Buffer.from(mail.signerSha256, 'hex'),
      encrypt(file.key, Buffer.from(JSON.stringify(mail.message)), messagePlace(mail.id)), encrypt(file.key, mail.raw, `raw:${mail.id}`),
    ],
  },
  // A part each: in an array the bytes would go over the line in hexadecimal.
  ...mail.attachments.map((content, place) => ({
    sql: 'insert into attachment (message_id, place, body) values ($1, $2, $3)',
    values: [mail.id, place, encrypt(file.key, content, attachmentPlace(mail.id, place))],
  })),
  { sql: "insert into queue (kind, ref, lane, due_at) values ('disclose', $1, $2, $3)", values: [mail.id, file.id, mail.receivedAt] },
];

/** Names the row an encrypted attachment belongs to; `place` counts from 0 in the order of the message. */
export const attachmentPlace = (messageId: string, place: number): string => `attachment:${messageId}:${place}`;

/** Names the row an encrypted message belongs to. */
export const messagePlace = (messageId: string): string => `message:${messageId}`;

/** What `saveAccepted` kept of the message, as it was. */
export const messageFrom = (json: Buffer): MessageBody => {
  const stored = JSON.parse(json.toString('utf8')) as Omit<MessageBody, 'sentAt'> & { readonly sentAt: string };
  return { ...stored, sentAt: new Date(stored.sentAt) };
};
