import type { MessageType, Role } from '@ketensluis/domain';
import type { CaseDesk, SealedDisclosure, SentNotice, StoredCase, StoredNotice } from '@ketensluis/flow';
import type { Claiming } from '../deliveries.js';
import { messageFrom, messagePlace } from '../intake.js';
import { findCheckpoint, findSignedCheckpoint, loadProofs, type EntryProof } from '../log/load-proof.js';
import { NotAsLogged, openDisclosure, type AttemptRow } from '../open-disclosure.js';
import { prepared } from '../statement.js';
import { decrypt, KeyDestroyed, type DataKey } from '../vault.js';
import { deskColumns, dueSql, withinReach } from './notice-reach.js';

/** Most messages of one case on a page, each way; a case has some ten. */
const shownMax = 60;

interface Asked {
  readonly party: string;
  readonly caseId: string;
  readonly at: Date;
}

interface CaseRow extends AttemptRow {
  readonly number: string;
  readonly municipality: string;
  readonly sender: string;
  readonly roles: readonly Role[];
  readonly is_had: boolean;
  readonly is_destroyed: boolean;
  readonly is_replaced: boolean;
  readonly confirmed_at: Date | null;
  readonly due_at: Date | null;
  readonly channel: StoredNotice['proof']['channel'];
  readonly signed_at: Date | null;
  readonly trust_set: string | null;
  readonly at: Date;
}

// `body` stays away: it is read for attachments, and these are handed out one by one.
const caseSql = `
  select case_file.number, case_file.municipality, case_file.wrapped_key, delivery.mid, delivery.entry_id, delivery.case_id, delivery.message_id, delivery.recipient,
    delivery.number as sequence, delivery.attachments as places, delivery.roles, delivery.created_at as at, delivery.confirmed_at, delivery.state = 'delivered' as is_had,
    message.type, message.sender, message.channel, message.replaced_by is not null as is_replaced, mail_evidence.signed_at, mail_evidence.trust_set, null::bytea as body,
    outbox.sealed, outbox.twin, outbox.sealed is null as is_destroyed, outbox.leaf, tlog_leaf.h as in_tree, tlog_leaf.seq, 1 as attempt, $3::timestamptz as first_at,
    not is_released(delivery.entry_id, false, $3) as uncosigned, ${dueSql} as due_at
  from delivery join outbox using (mid) join tlog_leaf on tlog_leaf.id = delivery.entry_id join message on message.id = delivery.message_id
  join case_file on case_file.id = delivery.case_id left join mail_evidence on mail_evidence.message_id = message.id
  where delivery.case_id = $1 and delivery.recipient = $2 and ${withinReach('$3')} order by delivery.number desc limit ${shownMax}`;

/** A case as one party may see it: what it has is opened and held against the log, what it can fetch is only named; null when it was told nothing of it. */
export const openCase = async (claiming: Claiming, asked: Asked): Promise<StoredCase | null> => {
  const { pool, vault } = claiming;
  const { rows } = await pool.query<CaseRow>(prepared(caseSql, [asked.caseId, asked.party, asked.at]));
  const [first] = rows;
  if (first === undefined) return null;
  const proofs = await proofsOf(claiming, rows.filter(({ is_had, is_destroyed }) => is_had && !is_destroyed));
  // All rows are of one case: its key is opened once and not for each of them, as opening reads a share from disk.
  const key = keyOf(vault, first.wrapped_key);
  const notices = await Promise.all(rows.map((row) => noticeOf({ pool, vault: vaultOf(key) }, row, proofs.get(row.mid) ?? null)));
  const { rows: [desk] } = await pool.query<CaseDesk>(prepared(`select ${deskColumns} from case_desk where party = $1 and case_id = $2`, [asked.party, asked.caseId]));
  return {
    caseId: asked.caseId, number: first.number, municipality: first.municipality, notices, desk: desk ?? null,
    sent: await sentBy(claiming, asked, key),
  };
};

const keyOf = (vault: Claiming['vault'], wrapped: Buffer): DataKey | null => {
  try {
    return vault.unwrap(wrapped);
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};

/** What opens the rows of one case and nothing else. */
interface CaseVault extends Pick<Claiming, 'pool'> {
  readonly vault: Pick<Claiming['vault'], 'unwrap'>;
}

const vaultOf = (key: DataKey | null): CaseVault['vault'] => ({
  unwrap: () => {
    if (key === null) throw new KeyDestroyed();
    return key;
  },
});

/** What left uncosigned is proven under what the log signed by itself, as for any delivery. */
const proofsOf = async ({ pool, tiles }: Claiming, rows: readonly CaseRow[]): Promise<ReadonlyMap<string, EntryProof | null>> => {
  const found = new Map<string, EntryProof | null>();
  for (const isUncosigned of [false, true]) {
    const part = rows.filter(({ uncosigned }) => uncosigned === isUncosigned);
    const checkpoint = part.length === 0 ? null : await (isUncosigned ? findSignedCheckpoint(pool) : findCheckpoint(pool));
    if (checkpoint === null) continue;
    const proofs = await loadProofs(pool, part.map(({ seq, leaf }) => ({ index: Number(seq), leaf })), checkpoint, tiles);
    part.forEach(({ mid }, place) => found.set(mid, proofs[place] ?? null));
  }
  return found;
};

const noticeOf = async (opening: CaseVault, row: CaseRow, proof: EntryProof | null): Promise<StoredNotice> => {
  const disclosure = row.is_had && !row.is_destroyed ? await disclosureOf(opening, row, proof) : null;
  return {
    mid: row.mid, entryId: row.entry_id, type: asType(row.type), at: row.at, confirmedAt: row.confirmed_at, isReplaced: row.is_replaced, from: row.sender, roles: row.roles, dueAt: row.due_at,
    state: row.is_destroyed || (row.is_had && disclosure === null) ? 'gone' : row.is_had ? 'had' : 'fetchable',
    proof: { channel: row.channel, signedAt: row.signed_at, trustSet: row.trust_set }, disclosure,
  };
};

// The table of messages holds types the reader let through.
const asType = (type: string): MessageType => type as MessageType;

// Not what the log says, or destroyed: not shown. What stands in the log of it is the operator's to find, by `ketensluis check-log`.
const disclosureOf = async ({ pool, vault }: CaseVault, row: CaseRow, proof: EntryProof | null): Promise<SealedDisclosure | null> => {
  try {
    return await openDisclosure(pool, vault, row, proof);
  } catch (fault) {
    if (fault instanceof KeyDestroyed || fault instanceof NotAsLogged) return null;
    throw fault;
  }
};

interface SentRow {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly state: SentNotice['state'];
  readonly body: Buffer;
  readonly to: SentNotice['to'];
}

const sentSql = `
  select message.id, message.type, message.received_at as at, message.state, message.body, coalesce((
    select jsonb_agg(jsonb_build_object('recipient', decision.recipient, 'kind', decision.kind, 'reason', decision.reason,
      'isDelivered', exists (select from delivery where delivery.entry_id = decision.entry_id and delivery.state = 'delivered')) order by decision.recipient)
    from decision where decision.message_id = message.id and decision.event = ''), '[]') as to
  from message where message.case_id = $1 and message.sender = $2 order by message.received_at desc limit ${shownMax}`;

const sentBy = async ({ pool }: Claiming, { caseId, party }: Asked, key: DataKey | null): Promise<readonly SentNotice[]> => {
  if (key === null) return [];
  const { rows } = await pool.query<SentRow>(prepared(sentSql, [caseId, party]));
  return rows.map(({ id, type, at, state, body, to }) => {
    const { fields, attachments } = messageFrom(decrypt(key, body, messagePlace(id)));
    return { id, type: asType(type), at, state, to, fields, attachments };
  });
};
