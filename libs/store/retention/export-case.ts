import type { ExportFile } from '@ketensluis/flow';
import { formatOpening, saltBytes } from '@ketensluis/tlog';
import type pg from 'pg';
import { casePlace } from '../cases.js';
import { attachmentPlace, messageFrom, messagePlace, rawPlace } from '../intake.js';
import { outboxPlace, twinPlace } from '../record.js';
import { decrypt, KeyDestroyed, type DataKey, type Vault } from '../vault.js';
import { necessityFiles } from './export-necessity.js';

/** A case to export, and the folder it goes to. */
export interface ExportedCase {
  readonly id: string;
  readonly law: string;
  readonly municipality: string;
  readonly number: string;
  readonly wrapped_key: Buffer;
}

interface MessageRow {
  readonly id: string;
  readonly sender: string;
  readonly sender_id: string;
  readonly type: string;
  readonly received_at: Date;
  readonly state: string;
  readonly signer_sha256: Buffer;
  readonly channel: string;
  /** What its signature was believed by. */
  readonly evidence: unknown;
}

interface Opening {
  readonly pool: pg.Pool;
  readonly vault: Vault;
  readonly upTo: Date;
}

/**
 * The files of one case, opened; `index.json` comes last and tells of all of them. One message or document stands in memory at a time. What was
 * destroyed is not there, and said to be.
 */
export async function* caseFiles(place: Opening, found: ExportedCase): AsyncIterable<ExportFile> {
  const folder = folderOf(found);
  const key = place.vault.unwrap(found.wrapped_key);
  const { rows: [row] } = await place.pool.query<{ body: Buffer | null }>('select body from case_file where id = $1', [found.id]);
  const messages: unknown[] = [];
  for (const [count, message] of (await messagesOf(place, found.id)).entries()) {
    const within = `${folder}/messages/${String(count + 1).padStart(4, '0')}-${message.type}`;
    const told = yield* messageFiles(place, key, within, message);
    messages.push(told);
  }
  const disclosures: unknown[] = [];
  for (const delivery of await deliveriesOf(place, found.id)) disclosures.push(yield* disclosureFiles(place, key, folder, delivery));
  const necessities = yield* necessityFiles(place, key, { caseId: found.id, folder });
  const { rows: duties } = await place.pool.query('select key, rule, article, bearer, toward, authority, opened_at, due_at, closed_at, closed_by from duty where case_id = $1 order by key', [found.id]);
  const { rows: decisions } = await place.pool.query(
    'select message_id, event, recipient, kind, reason, entry_id, decided_at from decision where message_id in (select id from message where case_id = $1) order by decided_at, message_id, recipient',
    [found.id],
  );
  yield json(`${folder}/index.json`, {
    id: found.id, law: found.law, municipality: found.municipality, number: found.number,
    state: row?.body === null || row === undefined ? null : (JSON.parse(decrypt(key, row.body, casePlace(found.id)).toString('utf8')) as unknown),
    messages, disclosures, necessities, decisions, duties,
  });
}

/** Letters, digits and dashes of the number; the id keeps two of one name apart. */
const folderOf = ({ id, law, municipality, number }: ExportedCase): string =>
  `cases/${municipality}/${law}-${number.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')}-${id.slice(-8)}`;

const json = (path: string, value: unknown): ExportFile => ({ path, bytes: Buffer.from(`${JSON.stringify(value, null, 2)}\n`) });

const messagesOf = async ({ pool, upTo }: Opening, caseId: string): Promise<readonly MessageRow[]> => {
  const { rows } = await pool.query<MessageRow>(
    `select id, sender, sender_id, type, received_at, state, signer_sha256, channel,
       (select to_jsonb(e) - 'message_id' from mail_evidence e where e.message_id = message.id) as evidence
     from message where case_id = $1 and received_at <= $2 order by received_at, id`,
    [caseId, upTo],
  );
  return rows;
};

async function* messageFiles({ pool, vault }: Opening, key: DataKey, folder: string, message: MessageRow): AsyncGenerator<ExportFile, unknown> {
  const { rows: [stored] } = await pool.query<{ body: Buffer; raw: Buffer | null; raw_key: Buffer | null }>('select body, raw, raw_key from message where id = $1', [message.id]);
  if (stored === undefined) return { id: message.id, destroyed: true };
  const body = messageFrom(decrypt(key, stored.body, messagePlace(message.id)));
  yield json(`${folder}/message.json`, body);
  const rawKey = aliveKey(vault, stored.raw_key);
  const mail = stored.raw === null || rawKey === null ? null : `${folder}/${message.channel === 'mail' ? 'mail.eml' : 'request.http'}`;
  if (mail !== null && stored.raw !== null && rawKey !== null) yield { path: mail, bytes: decrypt(rawKey, stored.raw, rawPlace(message.id)) };
  const attachments: unknown[] = [];
  for (const [place, { name, mediaType }] of body.attachments.entries()) {
    const { rows: [file] } = await pool.query<{ body: Buffer }>('select body from attachment where message_id = $1 and place = $2', [message.id, place]);
    const path = `${folder}/attachment-${place + 1}${extensionOf(mediaType)}`;
    if (file !== undefined) yield { path, bytes: decrypt(key, file.body, attachmentPlace(message.id, place)) };
    attachments.push({ path, name, mediaType });
  }
  return {
    id: message.id, senderId: message.sender_id, sender: message.sender, type: message.type, receivedAt: message.received_at, state: message.state,
    signerSha256: message.signer_sha256.toString('hex'), evidence: message.evidence, path: `${folder}/message.json`, mail, attachments,
  };
}

const aliveKey = (vault: Vault, wrapped: Buffer | null): DataKey | null => {
  try {
    return wrapped === null ? null : vault.unwrap(wrapped);
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};

const extensionOf = (mediaType: string): string => {
  const known: Readonly<Record<string, string>> = {
    'application/pdf': '.pdf', 'application/xml': '.xml', 'application/json': '.json', 'image/png': '.png', 'image/jpeg': '.jpg', 'text/plain': '.txt',
  };
  return known[mediaType] ?? '.bin';
};

interface DeliveryRow {
  readonly mid: string;
  readonly entry_id: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly number: number;
  readonly state: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

const deliveriesOf = async ({ pool, upTo }: Opening, caseId: string): Promise<readonly DeliveryRow[]> => {
  const { rows } = await pool.query<DeliveryRow>(
    'select mid, entry_id, message_id, recipient, number, state, created_at, finished_at from delivery where case_id = $1 and created_at <= $2 order by created_at, mid',
    [caseId, upTo],
  );
  return rows;
};

/** What went out, what opens its commitment in the log, and every try with its receipt. */
async function* disclosureFiles({ pool }: Opening, key: DataKey, folder: string, delivery: DeliveryRow): AsyncGenerator<ExportFile, unknown> {
  const within = `${folder}/disclosures/${delivery.mid}`;
  const { rows: [body] } = await pool.query<{ sealed: Buffer | null; twin: Buffer | null }>('select sealed, twin from outbox where mid = $1', [delivery.mid]);
  const { rows: attempts } = await pool.query('select number, started_at, finished_at, outcome, code, reply, evidence from attempt where mid = $1 order by number', [delivery.mid]);
  const { sealed, twin } = body ?? { sealed: null, twin: null };
  const isThere = sealed !== null && twin !== null;
  if (isThere) {
    const payload = decrypt(key, sealed, outboxPlace(delivery.mid));
    yield { path: `${within}/document.xml`, bytes: payload.subarray(saltBytes) };
    yield { path: `${within}/document.json`, bytes: decrypt(key, twin, twinPlace(delivery.mid)) };
    yield { path: `${within}/payload.opening.json`, bytes: formatOpening({ label: 'payload', salt: payload.subarray(0, saltBytes), text: null }) };
  }
  yield json(`${within}/receipts.json`, { mid: delivery.mid, recipient: delivery.recipient, attempts });
  return {
    mid: delivery.mid, entry: delivery.entry_id, message: delivery.message_id, recipient: delivery.recipient, number: delivery.number, state: delivery.state,
    createdAt: delivery.created_at, finishedAt: delivery.finished_at, path: isThere ? `${within}/document.xml` : null,
  };
}
