import { courtShows, courtTypes, draftKeptMs, hearingNearMs, rulingTypes, type CourtShow, type FieldValues, type MessageBody } from '@ketensluis/domain';
import type { CourtDelivery, CourtDuty, CourtFilter, CourtMessage, CourtPage, DraftRuling, LoadedMessage, RulingStore } from '@ketensluis/flow';
import type pg from 'pg';
import { casePlace, fileFrom } from '../cases.js';
import { isUuid } from '../ids.js';
import { attachmentPlace, messageFrom, messagePlace } from '../intake.js';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { decrypt, encrypt, KeyDestroyed, type Vault } from '../vault.js';
import { feedOf } from './ruling-feed.js';
import { findRuling } from './ruling-detail.js';

/** PostgreSQL behind what courts see and draw up at the console; `vault` opens what they sent themselves. */
export const createRulings = (pool: pg.Pool, vault: Vault): RulingStore => ({
  page: (party, filter, place) => pageOf(pool, vault, { party, filter, ...place }),
  counts: (party, at) => countsOf(pool, party, at),
  find: async (party, id) => {
    const [message] = isUuid(id) ? await messagesOf(pool, vault, { party, where: 'message.id = $3', values: [id] }) : [];
    return message === undefined ? null : findRuling(pool, { message, body: message.body, ...(await aroundOf(pool, [message])) });
  },
  saidIn: (party, caseId) => messagesOf(pool, vault, {
    party, values: [caseId], where: "message.case_id = $3 and message.state <> 'refused' and message.replaced_by is null", tail: 'order by message.id',
  }),
  file: (party, id, place) => fileOf(pool, vault, { party, id, place }),
  saveDraft: (party, draft, at) => saveDraft(pool, vault, { party, draft, at }),
  findDraft: async (party, id, at) => (isUuid(id) ? findDraft(pool, vault, { party, id, at }) : null),
  dropDraft: async (party, id) => void (await pool.query('delete from ruling_draft where party = $1 and id = $2', [party, id])),
  openDuty: async (party, id, key) => {
    if (!isUuid(id)) return null;
    const { rows } = await pool.query<{ municipality: string; number: string; name: string }>(
      `select municipality, number, name from duty join case_file on case_file.id = duty.case_id join message on message.id = duty.message_id
       where duty.case_id = message.case_id and message.id = $1 and message.sender = $2 and duty.name = $3 and ${owed} and duty.closed_at is null`, [id, party, key]);
    return rows[0] ?? null;
  },
  feed: (party) => feedOf(pool, party),
});

/** Duties of a court; those of its copies begin with E16 or E17, those of its telling with E18. */
const owed = "duty.bearer in ('RB', 'RVS') and duty.key ~ '^E1[678]:'";

/** A ruling is unsent while it is not decided, a copy by hand is not done, or what the griffier sends (and not what the burgemeester tells onward) did not arrive. */
const unsent = `(message.state in ('accepted', 'parked')
  or exists (select from duty where duty.case_id = message.case_id and duty.message_id = message.id and duty.bearer in ('RB', 'RVS') and duty.key ~ '^E1[67]:' and duty.closed_at is null)
  or exists (select from delivery where delivery.case_id = message.case_id and delivery.message_id = message.id and delivery.state <> 'delivered'
    and exists (select from duty where duty.case_id = message.case_id and duty.message_id = message.id and duty.bearer in ('RB', 'RVS') and duty.rule = any(delivery.rules))))`;

// A request has its hearing when there is a ruling within a day of it to wait for (E15, Wth art. 6(1)(b)), under the number of the request.
const unset = `exists (select from duty asked where asked.case_id = message.case_id and asked.message_id = message.id and asked.key like 'E13:%' and asked.closed_at is null
  and not exists (select from duty hearing where hearing.case_id = asked.case_id and hearing.key = replace(asked.key, 'E13', 'E15')))`;

// The ruling is due a day after the hearing: so the hearing itself is that much earlier. Of several messages on it the last one says when.
const near = `exists (select from duty where duty.case_id = message.case_id and duty.key like 'E15:%' and duty.closed_at is null
    and duty.due_at - interval '24 hours' >= $3::timestamptz and duty.due_at - interval '24 hours' < $3::timestamptz + make_interval(secs => ${hearingNearMs / 1000}))
  and not exists (select from message later where later.case_id = message.case_id and later.sender = message.sender and later.id > message.id
    and later.type in ('voorziening.verzocht', 'zitting.bepaald') and later.state = 'applied' and later.replaced_by is null)`;

const valid = 'message.replaced_by is null';
const isRuling = `message.type in (${rulingTypes.map((type) => `'${type}'`).join(', ')}) and message.state <> 'refused'`;

const shows: Readonly<Record<CourtShow, string>> = {
  new: `message.type = 'voorziening.verzocht' and message.state = 'applied' and ${valid} and ${unset}`,
  hearing: `message.type in ('voorziening.verzocht', 'zitting.bepaald') and message.state = 'applied' and ${valid} and ${near}`,
  unsent: `${isRuling} and ${valid} and ${unsent}`,
  sent: `${isRuling} and ${valid} and not ${unsent}`,
};

const countsOf = async (client: Queryable, party: string, at: Date): Promise<Readonly<Record<CourtShow, number>>> => {
  const counts = courtShows.map((show) => `count(*) filter (where ${shows[show]})::int as "${show}"`).join(', ');
  const { rows: [row] } = await client.query<Record<CourtShow, number>>(prepared(
    `select ${counts} from message where message.sender = $1 and message.type = any($2)`, [party, courtTypes, at]));
  return row ?? { new: 0, hearing: 0, unsent: 0, sent: 0 };
};

interface AskedPage {
  readonly party: string;
  readonly filter: CourtFilter;
  readonly after: string | null;
  readonly limit: number;
  readonly at: Date;
}

const pageOf = async (pool: pg.Pool, vault: Vault, { party, filter, after, limit, at }: AskedPage): Promise<CourtPage> => {
  const messages = await messagesOf(pool, vault, {
    party, types: filter.onlyRulings ? rulingTypes : courtTypes, values: [at, filter.municipality, filter.since, after !== null && isUuid(after) ? after : null, limit],
    where: `($4::text is null or case_file.municipality = $4) and ($5::timestamptz is null or message.received_at >= $5) and ($6::uuid is null or message.id < $6)
      and $3::timestamptz is not null and ${filter.show === null ? 'true' : shows[filter.show]}`,
    tail: 'order by message.id desc limit $7',
  });
  return { messages, ...(await aroundOf(pool, messages)) };
};

interface MessageRow extends Omit<CourtMessage, 'fields'> {
  readonly sealed: Buffer;
  readonly wrapped_key: Buffer;
}

/** A message with what it holds; the body is null once its key was destroyed. */
type OpenedMessage = CourtMessage & { readonly body: MessageBody | null };

const messagesOf = async (pool: pg.Pool, vault: Vault, { party, types = courtTypes, where, values, tail = '' }: {
  readonly party: string; readonly types?: readonly string[]; readonly where: string; readonly values: readonly unknown[]; readonly tail?: string;
}): Promise<readonly OpenedMessage[]> => {
  const { rows } = await pool.query<MessageRow>(prepared(
    `select message.id, message.case_id as "caseId", case_file.number, case_file.municipality, message.type, message.received_at as "receivedAt", message.state,
       message.replaced_by is not null as "isReplaced", message.body as sealed, case_file.wrapped_key
     from message join case_file on case_file.id = message.case_id where message.sender = $1 and message.type = any($2) and ${where} ${tail}`, [party, types, ...values]));
  return rows.map(({ sealed, wrapped_key: wrapped, ...row }) => {
    const body = bodyOf(vault, row.id, { sealed, wrapped });
    return { ...row, fields: body?.fields ?? noFields, body };
  });
};

const noFields: FieldValues = {};

const bodyOf = (vault: Vault, id: string, { sealed, wrapped }: { readonly sealed: Buffer; readonly wrapped: Buffer }): MessageBody | null => {
  try {
    return messageFrom(decrypt(vault.unwrap(wrapped), sealed, messagePlace(id)));
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};

/** Deliveries and duties of these messages, each by the index on its case. */
const aroundOf = async (pool: pg.Pool, messages: readonly CourtMessage[]): Promise<Pick<CourtPage, 'deliveries' | 'duties'>> => {
  if (messages.length === 0) return { deliveries: [], duties: [] };
  const values = [messages.map(({ caseId }) => caseId), messages.map(({ id }) => id)];
  const [deliveries, duties] = await Promise.all([
    pool.query<CourtDelivery>(prepared(
      `select message_id as "messageId", mid, entry_id as "entryId", recipient, rules, roles, state, finished_at as "finishedAt",
         (select min(at) from feed_item where feed_item.mid = delivery.mid and kind in ('entry', 'ecli') and feed_item.party = delivery.recipient) as "listedAt"
       from delivery where case_id = any($1::uuid[]) and message_id = any($2::uuid[]) order by number`, values)),
    pool.query<CourtDuty>(prepared(
      `select message_id as "messageId", name as key, rule, article, toward, nullif(recipient, '') as recipient, due_at as "dueAt", closed_at as "closedAt", closed_by as "closedBy"
       from duty where case_id = any($1::uuid[]) and message_id = any($2::uuid[]) and ${owed} order by key, recipient`, values)),
  ]);
  return { deliveries: deliveries.rows, duties: duties.rows };
};

const fileOf = async (pool: pg.Pool, vault: Vault, { party, id, place }: { readonly party: string; readonly id: string; readonly place: number }): Promise<Uint8Array | null> => {
  if (!isUuid(id)) return null;
  const { rows: [row] } = await pool.query<{ body: Buffer; wrapped_key: Buffer }>(
    `select attachment.body, wrapped_key from attachment join message on message.id = attachment.message_id join case_file on case_file.id = message.case_id
     where message.id = $1 and message.sender = $2 and attachment.place = $3 and message.type = any($4)`, [id, party, place, courtTypes]);
  return row === undefined ? null : decrypt(vault.unwrap(row.wrapped_key), row.body, attachmentPlace(id, place));
};

/** Names the rows of a draft: its message, and its file. */
const draftPlace = (id: string, part: 'body' | 'file'): string => `ruling-draft:${id}:${part}`;

const saveDraft = async (pool: pg.Pool, vault: Vault, { party, draft, at }: { readonly party: string; readonly draft: DraftRuling; readonly at: Date }): Promise<boolean> => {
  const { message, file, fromId } = draft;
  // Those that nobody sent go as the next one comes.
  await pool.query('delete from ruling_draft where made_at < $1', [new Date(at.getTime() - draftKeptMs)]);
  const { rows: [of] } = await pool.query<{ case_id: string; wrapped_key: Buffer }>(
    'select case_id, wrapped_key from message join case_file on case_file.id = message.case_id where message.id = $1 and message.sender = $2', [fromId, party]);
  if (of === undefined) return false;
  const key = vault.unwrap(of.wrapped_key);
  await pool.query(
    'insert into ruling_draft (id, party, from_id, case_id, body, file, made_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [message.id, party, fromId, of.case_id, encrypt(key, Buffer.from(JSON.stringify(message)), draftPlace(message.id, 'body')), encrypt(key, file, draftPlace(message.id, 'file')), at]);
  return true;
};

interface DraftRow {
  readonly from_id: string;
  readonly wrapped_key: Buffer;
  readonly body: Buffer;
  readonly file: Buffer;
  readonly case_id: string;
  readonly case_body: Buffer | null;
}

const findDraft = async (pool: pg.Pool, vault: Vault, { party, id, at }: { readonly party: string; readonly id: string; readonly at: Date }) => {
  const { rows: [row] } = await pool.query<DraftRow>(
    `select from_id, wrapped_key, ruling_draft.body, ruling_draft.file, case_file.id as case_id, case_file.body as case_body
     from ruling_draft join case_file on case_file.id = ruling_draft.case_id where ruling_draft.id = $1 and party = $2 and made_at >= $3`,
    [id, party, new Date(at.getTime() - draftKeptMs)]);
  if (row === undefined) return null;
  const key = vault.unwrap(row.wrapped_key);
  const message = messageFrom(decrypt(key, row.body, draftPlace(id, 'body')));
  const loaded: LoadedMessage = {
    id, message: { ...message, receivedAt: at }, file: row.case_body === null ? null : fileFrom(decrypt(key, row.case_body, casePlace(row.case_id))),
    event: null, held: null, settled: new Set(), original: null, isReplaced: false, necessity: [],
  };
  return { draft: { message, file: decrypt(key, row.file, draftPlace(id, 'file')), fromId: row.from_id }, loaded };
};
