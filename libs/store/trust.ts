import type { FetchedAnswer, FetchedList, KeptCertificate, SeenCapabilities, TrustDocument, TrustExtras, TrustStore } from '@ketensluis/flow';
import type pg from 'pg';
import { ring } from './bell.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import { openTask } from './save-plan.js';
import { insertTrustDocument, isLatestTrust, loadTrustDocuments, trustEntry } from './trust-documents.js';
import { closeTask } from './upkeep.js';
import { saveWarnings } from './warnings.js';

/** Keys and certificates in the tables of migration 0015. */
export const createTrustStore = (pool: pg.Pool, keys: PeriodKeys): TrustStore => ({
  mark: () => markOf(pool),
  load: async () => {
    const { documents, head } = await loadTrustDocuments(pool);
    const [certificates, lists, answers, capabilities] = await Promise.all([loadCertificates(pool, documents), loadLists(pool), loadAnswers(pool), loadCapabilities(pool)]);
    return { head, documents, certificates, lists, answers, capabilities };
  },
  save: (changes, extras, head) =>
    inTransaction(pool, async (client) => {
      if (!(await isLatestTrust(client, head))) return false;
      for (const certificate of extras.certificates) await insertCertificate(client, certificate, changes[0]?.at ?? new Date(0));
      for (const change of changes) await insertTrustDocument(client, change);
      await recordDrafts(client, keys, changes.map((change) => ({ draft: trustEntry(change), caseId: null, outgoing: null })));
      await saveExtras(client, extras, changes[0]?.at ?? new Date(0));
      await ring(client, 'register');
      return true;
    }),
  saveList: (list, at) => saveList(pool, list, at),
  saveAnswer: (answer, at) => saveAnswer(pool, answer, at),
  saveCapabilities: (seen, at) => saveCapabilities(pool, seen, at),
  retryHeld: (at) => retryHeld(pool, at),
  sources: () => loadSources(pool),
  saveTried: async (url, problem, at) => {
    await pool.query(
      'insert into revocation_source (url, tried_at, problem) values ($1, $2, $3) on conflict (url) do update set tried_at = excluded.tried_at, problem = excluded.problem',
      [url, at, problem],
    );
  },
  saveWarnings: (warnings, at) => saveWarnings(pool, warnings, at),
});

const markOf = async (client: Queryable): Promise<string> => {
  const { rows } = await client.query<{ mark: string }>(
    `select concat_ws('/', (select coalesce(max(seq), 0) || '-' || count(*) from trust_version), (select max(fetched_at) || '-' || count(*) from revocation_list),
       (select max(fetched_at) || '-' || count(*) from ocsp_answer), (select max(seen_at) || '-' || count(*) from capability)) as mark`,
  );
  return rows[0]?.mark ?? '';
};

interface CertificateRow extends Omit<KeptCertificate, 'sha256' | 'notBefore' | 'notAfter'> {
  readonly sha256: Buffer;
  readonly not_before: Date;
  readonly not_after: Date;
}

const loadCertificates = async (client: Queryable, documents: readonly TrustDocument[]): Promise<ReadonlyMap<string, KeptCertificate>> => {
  const named = documents.flatMap((document) =>
    document.kind === 'certificate' ? [document.sha256] : [...(document.certificate === null ? [] : [document.certificate]), ...document.chain]);
  if (named.length === 0) return new Map();
  const { rows } = await client.query<CertificateRow>(
    'select sha256, der, subject, issuer, serial, ski, not_before, not_after, usages, policies from certificate where sha256 = any($1)',
    [named.map((hex) => Buffer.from(hex, 'hex'))],
  );
  return new Map(rows.map(({ not_before: notBefore, not_after: notAfter, ...row }) => [row.sha256.toString('hex'), { ...row, sha256: row.sha256.toString('hex'), notBefore, notAfter }]));
};

const insertCertificate = async (client: Queryable, one: KeptCertificate, at: Date): Promise<void> => {
  await client.query(
    `insert into certificate (sha256, der, subject, issuer, serial, ski, not_before, not_after, usages, policies, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [Buffer.from(one.sha256, 'hex'), one.der, one.subject, one.issuer, one.serial, one.ski, one.notBefore, one.notAfter, one.usages, one.policies, at],
  );
};

const saveExtras = async (client: Queryable, { task, done }: TrustExtras, at: Date): Promise<void> => {
  for (const ref of done) await closeTask(client, 'proposal', ref, at);
  if (task !== null) await openTask(client, { kind: 'proposal', ...task }, at);
};

/** Opened as a task again when the next try finds the same fault. */
const retryHeld = (pool: pg.Pool, at: Date): Promise<number> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ mid: string; recipient: string }>(
      "update delivery set state = 'waiting', since = $1 where state = 'held' and cause in ('no-certificate', 'certificate-unusable') returning mid, recipient", [at],
    );
    for (const { mid, recipient } of rows) {
      await closeTask(client, 'certificate', mid, at);
      await client.query("insert into queue (kind, ref, lane, due_at) values ('deliver', $1, $2, $3) on conflict do nothing", [mid, recipient, at]);
    }
    if (rows.length > 0) await ring(client, 'deliver');
    return rows.length;
  });

const loadLists = async (client: Queryable): Promise<readonly FetchedList[]> => {
  const { rows } = await client.query<{ url: string; issuer: string; number: string | null; this_update: Date; next_update: Date; der: Buffer }>(
    'select url, issuer, number, this_update, next_update, der from revocation_list order by url',
  );
  return rows.map(({ number, this_update: thisUpdate, next_update: nextUpdate, ...row }) => ({ ...row, number: number === null ? null : BigInt(number), thisUpdate, nextUpdate }));
};

// A list of another issuer at the same address is a new beginning: authorities are followed by others.
const saveList = async (client: Queryable, { url, issuer, number, thisUpdate, nextUpdate, der }: FetchedList, at: Date): Promise<boolean> => {
  const { rowCount } = await client.query(
    `insert into revocation_list (url, issuer, number, this_update, next_update, der, fetched_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (url) do update set issuer = excluded.issuer, number = excluded.number, this_update = excluded.this_update, next_update = excluded.next_update,
       der = excluded.der, fetched_at = excluded.fetched_at
     where revocation_list.issuer <> excluded.issuer
       or (revocation_list.this_update <= excluded.this_update and coalesce(revocation_list.number, 0) <= coalesce(excluded.number, 0))`,
    [url, issuer, number === null ? null : String(number), thisUpdate, nextUpdate, der, at],
  );
  return rowCount === 1;
};

const loadAnswers = async (client: Queryable): Promise<readonly FetchedAnswer[]> => {
  const { rows } = await client.query<{ certificate: Buffer; this_update: Date; next_update: Date; der: Buffer }>(
    'select certificate, this_update, next_update, der from ocsp_answer order by certificate',
  );
  return rows.map((row) => ({ certificate: row.certificate.toString('hex'), thisUpdate: row.this_update, nextUpdate: row.next_update, der: row.der }));
};

const saveAnswer = async (client: Queryable, { certificate, thisUpdate, nextUpdate, der }: FetchedAnswer, at: Date): Promise<boolean> => {
  const { rowCount } = await client.query(
    `insert into ocsp_answer (certificate, this_update, next_update, der, fetched_at) values ($1, $2, $3, $4, $5)
     on conflict (certificate) do update set this_update = excluded.this_update, next_update = excluded.next_update, der = excluded.der, fetched_at = excluded.fetched_at
     where ocsp_answer.this_update <= excluded.this_update`,
    [Buffer.from(certificate, 'hex'), thisUpdate, nextUpdate, der, at],
  );
  return rowCount === 1;
};

const loadCapabilities = async (client: Queryable): Promise<ReadonlyMap<string, SeenCapabilities>> => {
  const { rows } = await client.query<{ address: string; algorithms: string[]; signed_at: Date }>('select address, algorithms, signed_at from capability');
  return new Map(rows.map(({ address, algorithms, signed_at: signedAt }) => [address, { address, algorithms, signedAt }]));
};

const saveCapabilities = async (client: Queryable, { address, algorithms, signedAt }: SeenCapabilities, at: Date): Promise<void> => {
  await client.query(
    `insert into capability (address, algorithms, signed_at, seen_at) values ($1, $2, $3, $4)
     on conflict (address) do update set algorithms = excluded.algorithms, signed_at = excluded.signed_at, seen_at = excluded.seen_at
     where capability.signed_at < excluded.signed_at`,
    [address, algorithms, signedAt, at],
  );
};

const loadSources = async (client: Queryable): Promise<ReadonlyMap<string, { readonly triedAt: Date; readonly problem: string | null }>> => {
  const { rows } = await client.query<{ url: string; tried_at: Date; problem: string | null }>('select url, tried_at, problem from revocation_source');
  return new Map(rows.map(({ url, tried_at: triedAt, problem }) => [url, { triedAt, problem }]));
};
