import type { RouteEvidence } from '@ketensluis/domain';
import { parseLeaf, type Leaf } from '@ketensluis/tlog';
import { isUuid } from '../ids.js';
import type { Queryable } from '../pool.js';
import { everyDelivery, listDeliveries, type DeskDelivery } from './deliveries.js';

/** Everything around one delivery but what it says. */
export interface DeskDeliveryDetail extends DeskDelivery {
  readonly entryId: string;
  readonly caseId: string;
  readonly attachments: number;
  readonly message: { readonly id: string; readonly sender: string; readonly receivedAt: Date; readonly channel: string; readonly signerSha256: string };
  /** What the log holds of it; no personal data (I7). */
  readonly leaf: Leaf;
  /** Its number in the log; null until it is in the tree. */
  readonly logNumber: number | null;
  /** Of the bytes that go out, encrypted; hexadecimal. */
  readonly sealedSha256: string | null;
  /** The order in which the case tells this party; what went before goes first. */
  readonly place: number;
  readonly tries: readonly { readonly number: number; readonly startedAt: Date; readonly finishedAt: Date | null; readonly outcome: string | null; readonly code: string | null; readonly reply: string | null }[];
  /** By which way the last try went that was looked up, or why by none; null: its server was named, or it was not mail. */
  readonly route: RouteEvidence | null;
  readonly receipts: readonly { readonly kind: string; readonly at: Date }[];
  /** Receipt that is waited for. */
  readonly awaits: string | null;
  /** What people did about it, as the log says. */
  readonly acts: readonly { readonly at: Date; readonly code: string; readonly logNumber: number | null }[];
  /** True when a person gave it up. */
  readonly isGivenUp: boolean;
}

interface DetailRow {
  readonly entryId: string;
  readonly caseId: string;
  readonly attachments: number;
  readonly messageId: string;
  readonly sender: string;
  readonly received_at: Date;
  readonly channel: string;
  readonly signer: string;
  readonly leaf: Buffer;
  readonly seq: string | null;
  readonly sealed: string | null;
  readonly place: number;
  readonly awaits: string | null;
  readonly is_given_up: boolean;
}

/** One delivery; null when there is none with this id. */
export const findDelivery = async (client: Queryable, mid: string): Promise<DeskDeliveryDetail | null> => {
  if (!isUuid(mid)) return null;
  const [listed] = await listDeliveries(client, { ...everyDelivery, ids: [mid] }, { after: null, limit: 1 });
  const { rows: [row] } = await client.query<DetailRow>(
    `select d.entry_id as "entryId", d.case_id as "caseId", cardinality(d.attachments) as attachments, d.message_id as "messageId", message.sender, message.received_at, message.channel,
       encode(message.signer_sha256, 'hex') as signer, outbox.leaf, tlog_leaf.seq, encode(outbox.sealed_sha256, 'hex') as sealed, d.number as place, d.awaits,
       exists (select from task where kind = 'undelivered' and ref = d.mid::text) as is_given_up
     from delivery d join outbox using (mid) join message on message.id = d.message_id left join tlog_leaf on tlog_leaf.id = d.entry_id where d.mid = $1`, [mid],
  );
  if (listed === undefined || row === undefined) return null;
  const parsed = parseLeaf(row.leaf);
  if (parsed.kind === 'refused') throw new Error('bug: a stored leaf does not pass');
  const [tries, route, receipts, acts] = await Promise.all([triesOf(client, mid), routeOf(client, mid), receiptsOf(client, mid), actsOf(client, row.entryId, mid)]);
  return {
    ...listed, entryId: row.entryId, caseId: row.caseId, attachments: row.attachments, leaf: parsed.leaf, logNumber: row.seq === null ? null : Number(row.seq), sealedSha256: row.sealed,
    message: { id: row.messageId, sender: row.sender, receivedAt: row.received_at, channel: row.channel, signerSha256: row.signer },
    place: row.place, awaits: row.awaits, isGivenUp: row.is_given_up, tries, route, receipts, acts,
  };
};

/** More tries than this are not shown one by one; five days hold some twenty. */
const triesMax = 60;

const triesOf = async (client: Queryable, mid: string): Promise<DeskDeliveryDetail['tries']> => {
  const { rows } = await client.query<DeskDeliveryDetail['tries'][number]>(
    `select * from (select number, started_at as "startedAt", finished_at as "finishedAt", outcome, code, reply from attempt where mid = $1 order by number desc limit $2) last order by number`,
    [mid, triesMax],
  );
  return rows;
};

const routeOf = async (client: Queryable, mid: string): Promise<RouteEvidence | null> => {
  const { rows: [row] } = await client.query<{ route: RouteEvidence }>("select evidence -> 'route' as route from attempt where mid = $1 and evidence ? 'route' order by number desc limit 1", [mid]);
  return row?.route ?? null;
};

const receiptsOf = async (client: Queryable, mid: string): Promise<DeskDeliveryDetail['receipts']> => {
  const { rows } = await client.query<{ kind: string; at: Date }>('select kind, at from receipt where mid = $1 order by at, kind', [mid]);
  return rows;
};

const actCodes = ['replay', 'replay-refused', 'given-up', 'confirmed', 'confirmed-by-hand'];

// `entry_outcome` names what became of an entry; what people asked for after that is found by the same reference in the entries of its recipient.
const actsOf = async (client: Queryable, entryId: string, mid: string): Promise<DeskDeliveryDetail['acts']> => {
  const { rows } = await client.query<{ at: Date; leaf: Buffer; seq: string | null }>(
    `select entry.at, entry.leaf, tlog_leaf.seq from entry left join tlog_leaf on tlog_leaf.id = entry.id
     where entry.kind = 'outcome' and entry.ref = $1 and entry.recipient = (select recipient from delivery where mid = $2)
       and entry.at >= (select created_at from delivery where mid = $2) order by entry.at limit 50`, [entryId, mid],
  );
  return rows.flatMap(({ at, leaf, seq }) => {
    const parsed = parseLeaf(leaf);
    const code = parsed.kind === 'leaf' ? (parsed.leaf.code ?? '') : '';
    return actCodes.includes(code) ? [{ at, code, logNumber: seq === null ? null : Number(seq) }] : [];
  });
};
