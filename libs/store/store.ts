import type { CaseStore, DeliveryStore, IntakeStore, LogStore, RegisterStore, TermStore } from '@ketensluis/flow';
import type pg from 'pg';
import { ring } from './bell.js';
import { claimMessage, lockCase, parkMessage, postponeMessage } from './cases.js';
import { claimSealed, finishAttempt } from './deliveries.js';
import { confirmAnswered, saveAccepted } from './intake.js';
import { sequence } from './log/sequence.js';
import { signHead } from './log/sign-head.js';
import type { LogSigner } from './log/signer.js';
import { periodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { recordDrafts } from './record.js';
import { applyChanges, findRegister, registerLock } from './register.js';
import { openTask, savePlan } from './save-plan.js';
import type { Vault } from './vault.js';
import { watchTerms } from './watch.js';

/** PostgreSQL behind every port of the flows. */
export interface Store {
  readonly intake: IntakeStore;
  readonly cases: CaseStore;
  readonly deliveries: DeliveryStore;
  readonly terms: TermStore;
  readonly register: RegisterStore;
}

/** The store over one pool; what it writes about persons is encrypted by `vault`. */
export const createStore = (pool: pg.Pool, vault: Vault): Store => {
  const keys = periodKeys(vault);
  return {
    intake: {
      saveAccepted: (mail) => saveAccepted(pool, vault, mail),
      confirmAnswered: (ids) => confirmAnswered(pool, ids),
      recordRefusal: (draft) => inTransaction(pool, (client) => recordDrafts(client, keys, [{ draft, caseId: null, outgoing: null }])),
    },
    cases: {
      claim: (at) => claimMessage(pool, at),
      disclose: (job, at, plan) =>
        inTransaction(pool, async (client) => {
          await client.query('select pg_advisory_xact_lock_shared($1)', [registerLock]);
          const locked = await lockCase(client, vault, job);
          if (locked === null) return null;
          const planned = await plan(locked.loaded);
          await savePlan(client, { keys, locked, job, at }, planned);
          return planned;
        }),
      park: (job, code, at) =>
        parkMessage(pool, job, code, (client) => openTask(client, { kind: 'parked-case', ref: job.messageId, party: null, cause: code }, at)),
      postpone: (job, at) => postponeMessage(pool, job, at),
    },
    terms: { watch: (at) => watchTerms(pool, at) },
    deliveries: {
      claimSealed: (at, most) => claimSealed(pool, vault, at, most),
      finish: (attempt) => finishAttempt(pool, keys, attempt),
    },
    register: {
      find: (kind, key) => findRegister(pool, kind, key),
      apply: (changes) => applyChanges(pool, keys, changes),
    },
  };
};

/** A head the signer does not sign: nothing leaves until someone has looked (I1). */
export class LogNotSigned extends Error {
  constructor(readonly code: string, detail: string) {
    super(`the log is not signed: ${detail}`);
    this.name = 'LogNotSigned';
  }
}

/** Sequencer and signer in one step; throws `LogNotSigned` when the signer refuses. */
export const createLogStore = (pool: pg.Pool, signer: LogSigner): LogStore => ({
  seal: async (at) => {
    await sequence(pool);
    const signed = await signHead(pool, signer, at);
    if (signed.kind === 'refused') throw new LogNotSigned(signed.code, signed.detail);
    if (signed.added > 0) await ring(pool, 'deliver');
    return signed.added;
  },
});
