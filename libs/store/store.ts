import type { AcceptanceStore, AnswerStore, CaseLawStore, CaseStore, ClientStore, ConfirmationStore, DeliveryStore, FeedStore, FetchStore, IntakeStore, LogStore, NecessityStore, OwnStore, ProofStore, QueueStore, ReaderStore, ReconcileStore, RegisterStore, ReplayStore, ReportStore, TermStore, TestWishes, TrustStore, WebhookEndpoints, WebhookKeys } from '@ketensluis/flow';
import type pg from 'pg';
import { answerStore } from './answers.js';
import { ring } from './bell.js';
import { claimMessages, parkMessage, postponeMessage } from './cases.js';
import { createConfirmationStore } from './confirm.js';
import { claimSealed, keepClaimed } from './deliveries.js';
import { attemptFinisher } from './finish.js';
import { markReader, type MarkReader } from './current-mark.js';
import { decideJobs } from './decide.js';
import { createCaseLawStore } from './case-law.js';
import { createFeedStore } from './feed.js';
import { createFetchStore } from './fetch.js';
import { createClientStore } from './clients.js';
import { confirmAnswered, saveAccepted } from './intake.js';
import { claimOwed, finishProof } from './later-proofs.js';
import { followHead } from './log/follow.js';
import { sequence } from './log/sequence.js';
import { signerTask, signHead } from './log/sign-head.js';
import type { LogSigner } from './log/signer.js';
import { createTileCache } from './log/tree-hashes.js';
import { sealTurn } from './log/turn.js';
import { createOwnStore } from './own.js';
import { createQueueStore } from './offered.js';
import { periodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { createReaderStore } from './readers.js';
import { reconcileStore } from './reconcile.js';
import { recordDrafts } from './record.js';
import { applyChanges, findRegister } from './register.js';
import { createAcceptanceStore } from './acceptances.js';
import { createNecessityStore } from './necessity.js';
import { createReplayStore } from './replay.js';
import { keepVerdict } from './receipts.js';
import { applyReport } from './reports.js';
import { openTask } from './save-plan.js';
import type { Vault } from './vault.js';
import { createTestWishes } from './test-wishes.js';
import { createTrustStore } from './trust.js';
import { watchTerms } from './watch.js';
import { createWebhookEndpoints } from './webhook-endpoints.js';
import { tellingOperator } from './webhook-key-task.js';
import { createWebhookKeys } from './webhook-keys.js';

/** PostgreSQL behind every port of the flows. */
export interface Store {
  readonly intake: IntakeStore;
  readonly cases: CaseStore;
  readonly deliveries: DeliveryStore;
  readonly queue: QueueStore;
  readonly proofs: ProofStore;
  readonly fetches: FetchStore;
  readonly feeds: FeedStore;
  readonly caseLaw: CaseLawStore;
  readonly reports: ReportStore;
  readonly answers: AnswerStore;
  readonly reconciling: ReconcileStore;
  readonly terms: TermStore;
  readonly register: RegisterStore;
  readonly readers: ReaderStore;
  readonly clients: ClientStore;
  readonly own: OwnStore;
  readonly testWishes: TestWishes;
  readonly webhookKeys: WebhookKeys;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly necessities: NecessityStore;
  readonly replays: ReplayStore;
  readonly acceptances: AcceptanceStore;
  readonly confirmations: ConfirmationStore;
  readonly trust: TrustStore;
}

/** The store over one pool; what it writes about persons is encrypted by `vault`. Whoever shares `marks` shares the looks at what holds. */
export const createStore = (pool: pg.Pool, vault: Vault, marks: MarkReader = markReader(pool)): Store => {
  const keys = periodKeys(vault);
  const claiming = { pool, vault, tiles: createTileCache() };
  return {
    intake: {
      saveAccepted: (mail) => saveAccepted(pool, vault, mail),
      confirmAnswered: (ids) => confirmAnswered(pool, ids),
      keepVerdict: (messageId, verdict) => keepVerdict(pool, messageId, verdict),
      recordRefusal: (draft) => inTransaction(pool, (client) => recordDrafts(client, keys, [{ draft, caseId: null, outgoing: null }])),
    },
    cases: {
      claim: (at, terms) => claimMessages(pool, at, terms),
      disclose: (jobs, at, plan) => decideJobs({ pool, vault, keys }, jobs, at, plan),
      park: (job, code, at) =>
        parkMessage(pool, job, code, (client) => openTask(client, { kind: 'parked-case', ref: job.messageId, party: null, cause: code }, at)),
      postpone: (job, at) => postponeMessage(pool, job, at),
    },
    terms: { watch: (at) => watchTerms(pool, at) },
    deliveries: {
      claimSealed: (at, room) => claimSealed(claiming, at, room),
      keep: (mids) => keepClaimed(pool, mids),
      finish: attemptFinisher(pool, keys),
    },
    queue: createQueueStore(pool),
    proofs: {
      claimOwed: (at, most) => claimOwed(claiming, at, most),
      finish: (finished) => finishProof(pool, keys, finished),
    },
    fetches: createFetchStore(claiming, keys),
    feeds: createFeedStore(pool, vault, keys),
    caseLaw: createCaseLawStore(pool, vault, keys),
    answers: answerStore(pool),
    reports: { apply: (ref, sha256, plan) => applyReport(pool, keys, { ...ref, sha256 }, plan) },
    reconciling: reconcileStore(pool, vault),
    register: {
      find: (kind, key) => findRegister(pool, kind, key),
      apply: (changes) => applyChanges(pool, keys, changes),
    },
    readers: createReaderStore(pool, keys),
    clients: createClientStore(pool, keys),
    own: createOwnStore(pool, keys),
    testWishes: createTestWishes(pool),
    webhookKeys: tellingOperator(pool, createWebhookKeys(pool, vault, keys, marks)),
    webhookEndpoints: createWebhookEndpoints(pool, keys, marks),
    trust: createTrustStore(pool, keys),
    necessities: createNecessityStore(pool, vault),
    replays: createReplayStore(pool, vault),
    acceptances: createAcceptanceStore(pool, keys),
    confirmations: createConfirmationStore(pool, keys),
  };
};

/** A head the signer does not sign: nothing leaves until someone has looked (I1). */
export class LogNotSigned extends Error {
  constructor(readonly code: string, detail: string) {
    super(`the log is not signed: ${detail}`);
    this.name = 'LogNotSigned';
  }
}

/** Sequencer and signer in one step; throws when the signer refuses (`LogNotSigned`) or cannot do its work, and then has a person told: once, until it signs again. */
export const createLogStore = (pool: pg.Pool, signer: LogSigner): LogStore => {
  let isTold = false;
  const told = async (cause: string, at: Date): Promise<void> => {
    if (isTold) return;
    // A database that is away is a fault of its own; the next tick tells.
    await openTask(pool, { kind: 'log', ref: signerTask, party: null, cause: `the log is not signed, nothing leaves: ${cause}`.slice(0, 500) }, at).then(() => (isTold = true), () => undefined);
  };
  // What the signer throws is told apart from what the database does: its memory cannot be written, or is damaged.
  const failing = (at: Date) => async (fault: unknown): Promise<never> => {
    await told(codeOf(fault), at);
    throw fault;
  };
  const turn = sealTurn(pool);
  return {
    hold: async () => {
      const isOurs = await turn.take();
      if (!isOurs) await followHead(pool, signer);
      return isOurs;
    },
    leave: turn.leave,
    seal: async (at) => {
      await sequence(pool);
      const watched: LogSigner = { ...signer, last: () => signer.last().catch(failing(at)), sign: (request) => signer.sign(request).catch(failing(at)) };
      const signed = await signHead(pool, watched, at);
      if (signed.kind === 'refused') {
        await told(`${signed.code}, ${signed.detail}`, at);
        throw new LogNotSigned(signed.code, signed.detail);
      }
      isTold = false;
      if (signed.added > 0 && !signed.awaitsWitnesses) await ring(pool, 'deliver');
      return signed.added;
    },
  };
};

/** The code of a fault of the system, as ENOSPC; a message could name a path. */
const codeOf = (fault: unknown): string =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? `the signer cannot keep its memory (${fault.code})` : 'the signer failed; see the log of events';
