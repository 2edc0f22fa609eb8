import type { CaseReference, MessageBody } from '@ketensluis/domain';
import type { AcceptedMail } from '@ketensluis/flow';
import type pg from 'pg';
import { ring } from './bell.js';
import { uuidV7 } from './ids.js';
import { inTransaction } from './pool.js';
import { encrypt, type DataKey, type Vault } from './vault.js';

/** Aborts a transaction whose message turned out to be known already. */
const replayed = Symbol('replayed');

/**
 * Keeps a proven message: once this resolves with `saved`, case, message, raw mail, attachments and queue row are durable together (I5).
 * `replayed` when this signature, or this id of this sender, was accepted before; then nothing was written (smime.md rule 9).
 */
export const saveAccepted = async (pool: pg.Pool, vault: Vault, mail: AcceptedMail): Promise<'saved' | 'replayed'> => {
  try {
    await inTransaction(pool, (client) => save(client, vault, mail));
    return 'saved';
  } catch (error) {
    if (error === replayed) return 'replayed';
    throw error;
  }
};

const save = async (client: pg.PoolClient, vault: Vault, mail: AcceptedMail): Promise<void> => {
  const file = await caseOf(client, vault, mail.message.case, mail.receivedAt);
  const body = encrypt(file.key, Buffer.from(JSON.stringify(mail.message)), messagePlace(mail.id));
  const { rowCount } = await client.query(
    `insert into message (id, case_id, sender, sender_id, type, received_at, signature_sha256, signer_sha256, body, raw)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      mail.id, file.id, mail.message.sender.oin, mail.message.id, mail.message.type, mail.receivedAt,
      Buffer.from(mail.signatureSha256, 'hex'), Buffer.from(mail.signerSha256, 'hex'),
      body, encrypt(file.key, mail.raw, `raw:${mail.id}`),
    ],
  );
  if (rowCount !== 1) throw replayed;
  for (const [place, content] of mail.attachments.entries()) {
    await client.query('insert into attachment (message_id, place, body) values ($1, $2, $3)', [
      mail.id, place, encrypt(file.key, content, attachmentPlace(mail.id, place)),
    ]);
  }
  await client.query("insert into queue (kind, ref, lane, due_at) values ('disclose', $1, $2, $3)", [mail.id, file.id, mail.receivedAt]);
  await ring(client, 'disclose');
};

/** The case a message is about, made with a key of its own when this is its first message. */
const caseOf = async (client: pg.PoolClient, vault: Vault, reference: CaseReference, at: Date): Promise<{ id: string; key: DataKey }> => {
  const find = async () => {
    const { rows } = await client.query<{ id: string; wrapped_key: Buffer }>(
      'select id, wrapped_key from case_file where law = $1 and municipality = $2 and number = $3',
      [reference.law, reference.municipality, reference.number],
    );
    return rows[0];
  };
  const insert = () =>
    client.query(
      `insert into case_file (id, law, municipality, number, wrapped_key, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (law, municipality, number) do nothing`,
      [uuidV7(at), reference.law, reference.municipality, reference.number, vault.newKey().wrapped, at],
    );
  const row = (await find()) ?? (await insert(), await find());
  if (row === undefined) throw new Error('bug: the case just made is not there');
  return { id: row.id, key: vault.unwrap(row.wrapped_key) };
};

/** Names the row an encrypted attachment belongs to; `place` counts from 0 in the order of the message. */
export const attachmentPlace = (messageId: string, place: number): string => `attachment:${messageId}:${place}`;

/** Names the row an encrypted message belongs to. */
export const messagePlace = (messageId: string): string => `message:${messageId}`;

/** What `saveAccepted` kept of the message, as it was. */
export const messageFrom = (json: Buffer): MessageBody => {
  const stored = JSON.parse(json.toString('utf8')) as Omit<MessageBody, 'sentAt'> & { readonly sentAt: string };
  return { ...stored, sentAt: new Date(stored.sentAt) };
};
