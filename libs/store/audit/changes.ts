import type { AuditChange, Judgement, SampleDraw } from '@ketensluis/flow';
import { monthOf, type PeriodKeys } from '../period-keys.js';
import type { Queryable } from '../pool.js';
import { encrypt } from '../vault.js';

/** What every change is written with. */
export interface ChangeContext {
  readonly keys: PeriodKeys;
  readonly trace: string;
  readonly at: Date;
}

/** Writes what a look leaves behind, inside the caller's transaction; texts of people are encrypted under the key of the month. */
export const writeChange = async (client: Queryable, context: ChangeContext, change: AuditChange): Promise<void> => {
  switch (change.kind) {
    case 'sample':
      return insertSample(client, change.draw, context.trace);
    case 'judgement':
      return insertJudgement(client, context, change.sampleId, change.judgement);
    case 'deferral':
      return insertDeferral(client, context, change);
  }
};

/** Names the row an encrypted text belongs to. */
export const remarkPlace = (sampleId: string, index: number): string => `remark:${sampleId}:${index}`;

const sealedText = async (client: Queryable, { keys, at }: ChangeContext, { text, place }: { readonly text: string; readonly place: string }) => {
  const id = monthOf(at);
  return { id, sealed: encrypt(await keys.of(id, client, at), Buffer.from(text, 'utf8'), place) };
};

const insertSample = async (client: Queryable, draw: SampleDraw, trace: string): Promise<void> => {
  await client.query(
    `insert into sample (id, at, controller, from_at, to_at, seed, tree_size, population, indexes, trace) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [draw.id, draw.at, draw.controller, draw.from, draw.to, draw.seed, draw.size, draw.population, draw.indexes, trace],
  );
};

const insertJudgement = async (client: Queryable, context: ChangeContext, sampleId: string, { index, verdict, at, by, remark }: Judgement): Promise<void> => {
  const sealed = await sealedText(client, context, { text: remark ?? '', place: remarkPlace(sampleId, index) });
  await client.query(
    `insert into sample_judgement (sample_id, tree_index, verdict, at, by, key_id, remark, trace) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [sampleId, index, verdict, at, by, sealed.id, remark === null ? null : sealed.sealed, context.trace],
  );
};

const insertDeferral = async (client: Queryable, context: ChangeContext, change: Extract<AuditChange, { kind: 'deferral' }>): Promise<void> => {
  const [entryId, caseId] = 'entryId' in change.target ? [change.target.entryId, null] : [null, change.target.caseId];
  const { id, sealed } = await sealedText(client, context, { text: change.reason, place: `deferral:${entryId ?? caseId ?? ''}` });
  await client.query('insert into deferral (entry_id, case_id, until, by, at, key_id, reason, trace) values ($1, $2, $3, $4, $5, $6, $7, $8)', [
    entryId, caseId, change.until, change.by, change.at, id, sealed, context.trace,
  ]);
};
