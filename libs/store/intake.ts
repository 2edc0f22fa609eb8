import type { CaseReference, MessageBody } from '@ketensluis/domain';
import type { AcceptedMail, PostedRequest, Saved } from '@ketensluis/flow';
import type pg from 'pg';
import { ringSoon } from './bell.js';
import { uuidV7 } from './ids.js';
import { evidencePart } from './mail-evidence.js';
import { inTransaction, type Queryable } from './pool.js';
import { bringInParts, inPartsFromBytes } from './sealed-parts.js';
import { oneStatement, prepared, type Part } from './statement.js';
import { encrypt, type DataKey, type Vault } from './vault.js';

/**
 * Keeps a proven message: once this resolves with `saved`, case, message, raw mail, attachments and queue row are durable together (I5).
 * `replayed` when this signature, or this id of this sender, was accepted before; then nothing was written (smime.md rule 9).
 */
export const saveAccepted = async (pool: pg.Pool, vault: Vault, mail: AcceptedMail): Promise<Saved> => {
  // A key of its own: the signed mail has a shorter term than the file it belongs to.
  const rawKey = vault.newKey();
  for (;;) {
    const file = { ...((await findCase(pool, vault, mail.message.case)) ?? newCase(vault, mail)), rawKey };
    const taken = await keep(pool, file, mail).then(() => null, takenTable);
    if (taken === null) {
      ringSoon(pool, 'disclose');
      return { kind: 'saved' };
    }
    if (taken === 'message') return earlier(pool, mail);
    // Another message made the same case in between: now it is found.
  }
};

/** All of it is kept or nothing. For a small mail one statement is one transaction; of a large one the mail and each file go in parts. */
const keep = async (pool: pg.Pool, file: KeepingCase, mail: AcceptedMail): Promise<void> => {
  if (mail.raw.length < inPartsFromBytes) {
    await pool.query(oneStatement([...partsOf(file, mail, mail.raw), ...mail.attachments.map((content, place) => attachmentPart(file, { mail, content, place }))]));
    return;
  }
  await inTransaction(pool, async (client) => {
    await client.query(oneStatement(partsOf(file, mail, noBytes)));
    for (const [place, plain] of mail.attachments.entries()) {
      await bringInParts(client, { key: file.key, plain, place: attachmentPlace(mail.id, place) }, (object) =>
        client.query('insert into attachment (message_id, place, body) values ($2, $3, lo_get($1))', [object, mail.id, place]));
    }
    await bringInParts(client, { key: file.rawKey.key, plain: mail.raw, place: rawPlace(mail.id) }, (object) =>
      client.query('update message set raw = lo_get($1) where id = $2', [object, mail.id]));
  });
};

const noBytes = new Uint8Array(0);

/** Posted messages are known by the name of their request; any other message of the same id is another one. */
const earlierPosted = async (pool: pg.Pool, { message }: AcceptedMail, posted: PostedRequest): Promise<Saved> => {
  const { rows } = await pool.query<{ id: string; same: boolean }>(
    'select message_id as id, body_sha256 = $4 as same from taken_request where party = $1 and way = $2 and key = $3',
    [message.sender.oin, posted.way, posted.key, Buffer.from(posted.bodySha256, 'hex')],
  );
  const [row] = rows;
  return row?.same === true ? { kind: 'repeated', id: row.id } : { kind: 'replayed' };
};

/** Whose 250 may not have arrived is told again; everything else that comes twice is a replay. */
const earlier = async (pool: pg.Pool, mail: AcceptedMail): Promise<Saved> => {
  if (mail.posted !== undefined) return earlierPosted(pool, mail, mail.posted);
  const { rows } = await pool.query<{ id: string }>(
    'select id from message where signature_sha256 = $1 and sender = $2 and sender_id = $3 and answered_at is null',
    [Buffer.from(mail.signatureSha256, 'hex'), mail.message.sender.oin, mail.message.id],
  );
  const [row] = rows;
  return row === undefined ? { kind: 'replayed' } : { kind: 'repeated', id: row.id };
};

/** Marks messages whose sender has had its 250. */
export const confirmAnswered = async (pool: pg.Pool, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await pool.query(prepared('update message set answered_at = now() where id = any($1) and answered_at is null', [ids]));
};

/** Which of these tables already had such a row; any other fault is thrown on. */
const takenTable = (fault: unknown): 'message' | 'case_file' => {
  const isTaken = fault instanceof Error && 'code' in fault && fault.code === uniqueViolation && 'table' in fault;
  if (isTaken && (fault.table === 'message' || fault.table === 'taken_request')) return 'message';
  if (isTaken && fault.table === 'case_file') return 'case_file';
  throw fault;
};

const uniqueViolation = '23505';

interface FoundCase {
  readonly id: string;
  readonly key: DataKey;
  /** Makes the case, when this is its first message. */
  readonly make: readonly Part[];
}

/** A case with the key of the mail that is kept in it. */
interface KeepingCase extends FoundCase {
  readonly rawKey: ReturnType<Vault['newKey']>;
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

const partsOf = (file: KeepingCase, mail: AcceptedMail, raw: Uint8Array): readonly Part[] => [
  ...file.make,
  {
    sql: `insert into message (id, case_id, sender, sender_id, type, received_at, signature_sha256, signer_sha256, body, raw, raw_key, channel)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      mail.id, file.id, mail.message.sender.oin, mail.message.id, mail.message.type, mail.receivedAt,
      Buffer.from(mail.signatureSha256, 'hex'), Buffer.from(mail.signerSha256, 'hex'),
      encrypt(file.key, Buffer.from(JSON.stringify(mail.message)), messagePlace(mail.id)), encrypt(file.rawKey.key, raw, rawPlace(mail.id)),
      file.rawKey.wrapped, mail.posted?.way ?? 'mail',
    ],
  },
  ...(mail.evidence === undefined ? [] : [evidencePart(mail.id, mail.evidence)]),
  ...(mail.posted === undefined ? [] : [requestPart(mail, mail.posted)]),
  { sql: "insert into queue (kind, ref, lane, due_at) values ('disclose', $1, $2, $3)", values: [mail.id, file.id, mail.receivedAt] },
  ...(mail.answer === undefined ? [] : [{
    sql: 'insert into receipt_due (message_id, kind, party, mail, to_address, due_at) values ($1, $2, $3, $4, $5, $6)',
    values: [mail.id, mail.answer.kind, mail.message.sender.oin, mail.answer.mail, mail.answer.to, mail.receivedAt],
  }]),
];

const requestPart = (mail: AcceptedMail, { way, key, bodySha256 }: PostedRequest): Part => ({
  sql: 'insert into taken_request (party, way, key, body_sha256, message_id, taken_at) values ($1, $2, $3, $4, $5, $6)',
  values: [mail.message.sender.oin, way, key, Buffer.from(bodySha256, 'hex'), mail.id, mail.receivedAt],
});

/** How long a request is remembered: longer than our own senders try again, five days and twelve hours, as no other does longer (Standard Webhooks). */
const requestMemoryHours = 5 * 24 + 24;

/** Forgets requests nobody repeats any more; bounded, so that one look does not take long. */
export const pruneRequests = async (client: Queryable, at: Date): Promise<void> => {
  await client.query(
    'delete from taken_request where ctid = any(array(select ctid from taken_request where taken_at < $1::timestamptz - make_interval(hours => $2) limit 1000))',
    [at, requestMemoryHours],
  );
};

// A part each: in an array the bytes would go over the line in hexadecimal.
const attachmentPart = (file: FoundCase, { mail, content, place }: { readonly mail: AcceptedMail; readonly content: Uint8Array; readonly place: number }): Part => ({
  sql: 'insert into attachment (message_id, place, body) values ($1, $2, $3)',
  values: [mail.id, place, encrypt(file.key, content, attachmentPlace(mail.id, place))],
});

/** Names the row an encrypted attachment belongs to; `place` counts from 0 in the order of the message. */
export const attachmentPlace = (messageId: string, place: number): string => `attachment:${messageId}:${place}`;

/** Names the row an encrypted mail, as it came in, belongs to. */
export const rawPlace = (messageId: string): string => `raw:${messageId}`;

/** Names the row an encrypted message belongs to. */
export const messagePlace = (messageId: string): string => `message:${messageId}`;

/** What `saveAccepted` kept of the message, as it was. */
export const messageFrom = (json: Buffer): MessageBody => {
  const stored = JSON.parse(json.toString('utf8')) as Omit<MessageBody, 'sentAt'> & { readonly sentAt: string };
  return { ...stored, sentAt: new Date(stored.sentAt) };
};
