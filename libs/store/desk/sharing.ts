import { proposalLimits, type ChangeProposal, type Necessity, type PastMessage, type ProposalState } from '@ketensluis/domain';
import type { NewProposal, ProposalClaim, ProposalEnd, ProposalStore, RegisterStore, TrafficStore } from '@ketensluis/flow';
import type pg from 'pg';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { casePlace, fileFrom } from '../cases.js';
import { asOnward } from '../event-word.js';
import { messageFrom, messagePlace } from '../intake.js';
import { periodKeys } from '../period-keys.js';
import { inTransaction, type Queryable } from '../pool.js';
import { findRegister, writeChanges } from '../register.js';
import { decrypt, type Vault } from '../vault.js';
import { saveDocument, tidyDocuments } from './agreements.js';

/** A proposal somebody else decided about, or that ended, before this person did. */
export class ProposalTaken extends Error {
  constructor() {
    super('the proposal is not open any more');
    this.name = 'ProposalTaken';
  }
}

const columns = `id, party, kind, key, base_version as "baseVersion", body, reason, trial, checks, document_id as "documentId", proposed_by as "proposedBy",
  proposed_name as "proposedName", proposed_at as "proposedAt", expires_at as "expiresAt",
  decided_by as "decidedBy", decided_name as "decidedName", decided_at as "decidedAt", decision_reason as "decisionReason"`;
// An offer that ran out is over also before somebody says so.
const stateAt = (at: string): string => `case when state in ('draft', 'offered') and expires_at <= ${at} then 'expired' else state end as state`;

/** One proposal of this party, or null. */
export const findProposal = async (client: Queryable, id: string, { party, at }: { readonly party: string; readonly at: Date }): Promise<ChangeProposal | null> => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return null;
  const { rows } = await client.query<ChangeProposal>(`select ${columns}, ${stateAt('$3')} from change_proposal where id = $1 and party = $2`, [id, party, at]);
  return rows[0] ?? null;
};

/** A proposal in a list: without its document and the rows of its trial. */
export type ProposalLine = Pick<ChangeProposal, 'id' | 'kind' | 'key' | 'body' | 'reason' | 'proposedBy' | 'proposedName' | 'proposedAt' | 'expiresAt' | 'state' | 'decidedName' | 'decidedAt' | 'decisionReason'>;

/** Proposals of this party that wait: those that were offered, and drafts of this account. Few, because a document has one offer at a time. */
export const openProposals = async (client: Queryable, { party, account, at }: { readonly party: string; readonly account: string; readonly at: Date }): Promise<readonly ProposalLine[]> => {
  const { rows } = await client.query<ProposalLine>(
    `select ${columns}, state from change_proposal where party = $1 and expires_at > $3 and (state = 'offered' or (state = 'draft' and lower(proposed_by) = lower($2)))
     order by proposed_at desc limit 100`,
    [party, account, at],
  );
  return rows;
};

/** How many offers of this party wait for somebody else than their proposer. */
export const countForApproval = async (client: Queryable, { party, account, at }: { readonly party: string; readonly account: string; readonly at: Date }): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int from change_proposal where party = $1 and state = 'offered' and expires_at > $3 and lower(proposed_by) <> lower($2)", [party, account, at],
  );
  return rows[0]?.count ?? 0;
};

/** Proposals that ended, newest first; `after` is the id of the last one on the page before. */
export const endedProposals = async (client: Queryable, { party, after, most, at }: { readonly party: string; readonly after: string | null; readonly most: number; readonly at: Date }): Promise<readonly ProposalLine[]> => {
  const { rows } = await client.query<ProposalLine>(
    `select ${columns}, ${stateAt('$4')} from change_proposal
     where party = $1 and (state not in ('draft', 'offered') or (state = 'offered' and expires_at <= $4))
       and ($2::text is null or (proposed_at, id) < (select proposed_at, id from change_proposal where id::text = $2 and party = $1))
     order by proposed_at desc, id desc limit $3`,
    [party, after, most, at],
  );
  return rows;
};

/** Every version of one document, oldest first; few. */
export interface DocumentVersion {
  readonly version: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly appliedAt: Date;
}

/** The history of one document of a register. */
export const documentVersions = async (client: Queryable, kind: string, key: string): Promise<readonly DocumentVersion[]> => {
  const { rows } = await client.query<DocumentVersion>(
    'select version, body, applied_at as "appliedAt" from register_version where kind = $1 and key = $2 order by version', [kind, key],
  );
  return rows;
};

/** Proposals and what they were tried on. */
export const createSharing = (pool: pg.Pool, vault: Vault) => ({
  proposals: { save: (made: NewProposal) => save(pool, vault, made) } satisfies ProposalStore,
  traffic: trafficStore(pool, vault),
  /** Offers a draft to the second person; `other-waits` while another change of the same document does, `gone` when it is no draft of this account. */
  offer: (claim: ProposalClaim) => offer(pool, claim),
  /** True when it was still open and has ended now. */
  end: (end: ProposalEnd) => endProposal(pool, end),
  /** Closes an offer that was made on a version that is no longer current. */
  overtake: async ({ id, party, at }: Pick<ProposalClaim, 'id' | 'party' | 'at'>): Promise<void> => {
    await pool.query("update change_proposal set state = 'overtaken', decided_at = $3 where id = $1 and party = $2 and state = 'offered'", [id, party, at]);
  },
  /** A register that takes changes only together with the approval of this proposal: both hold or neither. Throws `ProposalTaken` when it is not open. */
  approving: (claim: ProposalClaim): RegisterStore => ({
    find: (kind, key) => findRegister(pool, kind, key),
    apply: (changes) => inTransaction(pool, async (client) => {
      // First: of two who approve at once the second waits here, and finds it decided.
      if (!(await decided(client, { ...claim, state: 'approved', reason: null }))) throw new ProposalTaken();
      await writeChanges(client, periodKeys(vault), changes);
    }),
  }),
});

/** What `createSharing` gives. */
export type Sharing = ReturnType<typeof createSharing>;

const save = (pool: pg.Pool, vault: Vault, { proposal, document }: NewProposal): Promise<void> =>
  inTransaction(pool, async (client) => {
    await tidy(client, proposal.proposedAt);
    if (document !== null) await saveDocument(client, vault, document);
    const { id, party, kind, key, baseVersion, body, reason, trial, checks, documentId, proposedBy, proposedName, proposedAt, expiresAt } = proposal;
    await client.query(
      `insert into change_proposal (id, party, kind, key, base_version, body, reason, trial, checks, document_id, proposed_by, proposed_name, proposed_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [id, party, kind, key, baseVersion, JSON.stringify(body), reason, JSON.stringify(trial), checks, documentId, proposedBy, proposedName, proposedAt, expiresAt],
    );
  });

// What was decided is in the register; how it came about is kept for a year. A draft nobody offered goes after a day.
const tidy = async (client: Queryable, at: Date): Promise<void> => {
  const kept = new Date(at.getTime() - proposalLimits.keepMs);
  await client.query("delete from change_proposal where (state = 'draft' and expires_at <= $1) or (state <> 'draft' and coalesce(decided_at, expires_at) <= $2)", [at, kept]);
  await tidyDocuments(client, kept);
};

const offer = (pool: pg.Pool, { id, party, by, at }: ProposalClaim): Promise<'offered' | 'other-waits' | 'gone'> =>
  inTransaction(pool, async (client) => {
    await client.query("update change_proposal set state = 'expired', decided_at = $2 where party = $1 and state = 'offered' and expires_at <= $2", [party, at]);
    const { rows: [draft] } = await client.query<{ kind: string; key: string }>(
      "select kind, key from change_proposal where id = $1 and party = $2 and state = 'draft' and lower(proposed_by) = lower($3) and expires_at > $4 for update", [id, party, by, at],
    );
    if (draft === undefined) return 'gone';
    // One offer per document; the index refuses a second one that comes in the same instant.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`change_proposal ${draft.kind}/${draft.key}`]);
    const { rowCount } = await client.query(
      `update change_proposal set state = 'offered', expires_at = $2
       where id = $1 and not exists (select from change_proposal other where other.kind = $3 and other.key = $4 and other.state = 'offered')`,
      [id, new Date(at.getTime() + proposalLimits.offerMs), draft.kind, draft.key],
    );
    return rowCount === 1 ? 'offered' : 'other-waits';
  });

const decided = async (client: Queryable, { id, party, by, name, at, state, reason }: ProposalClaim & { readonly state: ProposalState; readonly reason: string | null }): Promise<boolean> => {
  const { rowCount } = await client.query(
    `update change_proposal set state = $3, decided_by = $4, decided_name = $5, decided_at = $6, decision_reason = $7
     where id = $1 and party = $2 and state = 'offered' and expires_at > $6 and lower(proposed_by) <> lower($4)`,
    [id, party, state, by, name, at, reason],
  );
  return rowCount === 1;
};

const endProposal = async (pool: pg.Pool, end: ProposalEnd): Promise<boolean> => {
  if (end.state === 'refused') return decided(pool, end);
  const { id, party, by, name, at } = end;
  const { rowCount: drafts } = await pool.query("delete from change_proposal where id = $1 and party = $2 and state = 'draft' and lower(proposed_by) = lower($3)", [id, party, by]);
  if (drafts === 1) return true;
  const { rowCount } = await pool.query(
    `update change_proposal set state = 'withdrawn', decided_by = $3, decided_name = $4, decided_at = $5
     where id = $1 and party = $2 and state = 'offered' and lower(proposed_by) = lower($3)`,
    [id, party, by, name, at],
  );
  return rowCount === 1;
};

interface PastRow {
  readonly id: string;
  readonly body: Buffer;
  readonly received_at: Date;
  readonly case_id: string;
  readonly wrapped_key: Buffer;
  readonly file: Buffer;
  readonly events: readonly string[];
  readonly necessity: readonly Pick<Necessity, 'recipient' | 'categories' | 'by'>[] | null;
}

const pageSize = 50;

const trafficStore = (pool: pg.Pool, vault: Vault): TrafficStore => ({
  past: async function* (municipality, since, most) {
    const { rows: found } = await pool.query<{ id: string }>(
      `select message.id from case_file join message on message.case_id = case_file.id
       where law = 'WTH' and municipality = $1 and message.received_at >= $2 and message.state = 'applied' and message.replaced_by is null and case_file.body is not null
       order by message.received_at desc, message.id limit $3`,
      [municipality, since, most],
    );
    for (let from = 0; from < found.length; from += pageSize) {
      for (const row of await pageOf(pool, found.slice(from, from + pageSize).map(({ id }) => id))) {
        yield opened(vault, row);
        // A trial takes seconds where there was much: whoever waits for a page waits for one message, and not for all.
        await nextTurn();
      }
    }
  },
});

const pageOf = async (pool: pg.Pool, ids: readonly string[]): Promise<readonly PastRow[]> => {
  const { rows } = await pool.query<PastRow>(
    `select message.id, message.body, message.received_at, case_file.id as case_id, case_file.wrapped_key, case_file.body as file,
       array(select distinct event from decision where message_id = message.id) as events,
       (select json_agg(json_build_object('recipient', recipient, 'categories', categories, 'by', necessity.by)) from necessity where message_id = message.id) as necessity
     from message join case_file on case_file.id = message.case_id where message.id = any($1::uuid[]) and case_file.body is not null`,
    [ids],
  );
  return rows;
};

const opened = (vault: Vault, row: PastRow): PastMessage => {
  const key = vault.unwrap(row.wrapped_key);
  const message = { ...messageFrom(decrypt(key, row.body, messagePlace(row.id))), receivedAt: row.received_at };
  return {
    id: row.id, message, file: fileFrom(decrypt(key, row.file, casePlace(row.case_id))), events: row.events.map(asOnward),
    // Why it was necessary decides nothing, that somebody said so does.
    necessity: (row.necessity ?? []).map((one) => ({ ...one, messageId: message.id, reason: '', at: row.received_at })),
  };
};
