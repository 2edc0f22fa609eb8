import type { RetentionRules } from '@ketensluis/domain';
import type { DestructionStore, FinishedRun, StoredProposal } from '@ketensluis/flow';
import { periodKeys } from '../period-keys.js';
import { inTransaction, type Queryable } from '../pool.js';
import { recordDrafts } from '../record.js';
import { findCandidates } from './candidates.js';
import { eraseObject } from './erase.js';
import type { ErasePlace } from './erase-place.js';

/** Where destruction happens; `publish` puts a certificate on disk, and may be repeated. */
export interface DestructionPlace extends ErasePlace {
  readonly rules: RetentionRules;
  readonly publish: (proposalId: string, certificate: Uint8Array) => Promise<void>;
}

/** Destruction in PostgreSQL, in the folder of keys and in the list beside the database. */
export const destructionStore = (place: DestructionPlace): DestructionStore => {
  const { pool, rules } = place;
  return {
    candidates: ({ before, ...question }) => findCandidates(pool, rules, question, { before }),
    candidate: async (item, at) => {
      const [found] = await findCandidates(pool, rules, { object: item.object, law: item.law, at }, { ref: item.ref });
      // A part of a month whose hold ended meanwhile is still no more than was approved.
      return found === undefined ? null : item.kind === 'month-part' && found.kind === 'month' ? { ...found, kind: 'month-part', shares: [] } : found;
    },
    nextStart: async ({ object, law }, from) => {
      const [next] = await findCandidates(pool, rules, { object, law, at: from }, { before: farAway, from, most: 1 });
      return next?.startedAt ?? null;
    },
    saveProposal: async ({ id, controller, body, refs, madeAt, madeBy, expiresAt }) => {
      const { rows } = await pool.query<{ sha256: Buffer }>(
        'insert into destruction_proposal (id, controller, body, refs, made_at, made_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7) returning sha256',
        [id, controller, body, refs, madeAt, madeBy, expiresAt],
      );
      return rows[0]?.sha256.toString('hex') ?? '';
    },
    findProposal: async (id) => (await proposalsOf(pool, id))[0] ?? null,
    proposals: () => proposalsOf(pool, null),
    approve: async ({ proposalId, person, function: code, sha256, at }) => {
      const { rowCount } = await pool.query(
        'insert into destruction_approval (proposal_id, person, function, sha256, approved_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [proposalId, person, code, Buffer.from(sha256, 'hex'), at],
      );
      return rowCount === 1;
    },
    start: async (id, at) => void (await pool.query('update destruction_proposal set started_at = $2 where id = $1 and started_at is null', [id, at])),
    destroy: async (object, proposalId, at) => {
      const { kind, ref, shares, excepted } = object;
      const isErased = await eraseObject(place, { at, kind, ref, shares, excepted }, { kind: 'proposal', id: proposalId });
      return !isErased ? null : (await place.list.find(kind, ref))?.shares ?? [];
    },
    hasBegun: async ({ kind, ref }) => kind !== 'month-part' && (await place.list.find(kind, ref)) !== null,
    finish: async (run) => {
      await finish(place, run);
      await place.publish(run.proposalId, run.certificate);
    },
    publish: ({ id, certificate }) => (certificate === null ? Promise.resolve() : place.publish(id, certificate)),
  };
};

const farAway = new Date('9000-01-01T00:00:00Z');

interface ProposalRow {
  readonly id: string;
  readonly controller: string | null;
  readonly body: Buffer;
  readonly sha256: Buffer;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly started_at: Date | null;
  readonly done_at: Date | null;
  readonly certificate: Buffer | null;
  readonly approvers: readonly string[];
}

const proposalsOf = async (client: Queryable, id: string | null): Promise<readonly StoredProposal[]> => {
  const { rows } = await client.query<ProposalRow>(
    `select p.*, array(select function from destruction_approval a where a.proposal_id = p.id and a.sha256 = p.sha256 order by approved_at, function) as approvers
     from destruction_proposal p where $1::text is null or id::text = $1 order by made_at, id`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id, controller: row.controller, body: row.body, sha256: row.sha256.toString('hex'), madeAt: row.made_at, expiresAt: row.expires_at,
    startedAt: row.started_at, doneAt: row.done_at, certificate: row.certificate, approvers: row.approvers,
  }));
};

const finish = ({ pool, vault }: DestructionPlace, { proposalId, at, certificate, entries }: FinishedRun): Promise<void> =>
  inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('update destruction_proposal set done_at = $2, certificate = $3 where id = $1 and done_at is null', [proposalId, at, certificate]);
    // Another run of the same proposal was first: its entries stand.
    if (rowCount === 0) return;
    // What a replay finished for this run is told by its entries as well.
    await recordDrafts(client, periodKeys(vault), entries.map(({ draft }) => ({ draft, caseId: null, outgoing: null })));
    for (const { draft, refs } of entries) {
      await client.query("update erased set entry_id = $1 where kind || ':' || ref = any($2) and (proposal_id = $3 or source = 'replay') and entry_id is null", [draft.facts.id, refs, proposalId]);
    }
  });
