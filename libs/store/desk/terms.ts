import { dutyRef } from '../duty-task.js';
import type { Queryable } from '../pool.js';

/** Something that must be done before a moment, or that ends then. Case and parties only, never people. */
export interface DeskTerm {
  /** `duty`: the law or a policy orders it. `end`: a measure ends. */
  readonly kind: 'duty' | 'end';
  /** Id of the case, and for a duty its name. */
  readonly ref: string;
  readonly caseId: string;
  readonly municipality: string;
  readonly caseNumber: string;
  readonly dueAt: Date;
  readonly beganAt: Date;
  readonly rule: string | null;
  readonly article: string | null;
  /** Roles: who must do it, and toward whom. */
  readonly bearer: string | null;
  readonly toward: string | null;
  /** OIN of the party it is owed to, where that is one. */
  readonly recipient: string | null;
  readonly authority: 'law' | 'policy' | null;
  /** When a duty was told to be late; null: not yet. */
  readonly toldAt: Date | null;
  /** Of an end: how many of its warnings (48 and 24 hours before, and at the end) went out. */
  readonly warnings: number;
}

/** Which terms: due before `before`, after the place `after`, toward or by one municipality. */
export interface TermFilter {
  readonly before: Date | null;
  readonly municipality: string | null;
}

const terms = `
  select 'duty' as kind, ${dutyRef} as ref, duty.case_id, duty.due_at, duty.opened_at as began_at, duty.rule, duty.article, duty.bearer, duty.toward,
    nullif(duty.recipient, '') as recipient, duty.authority, duty.told_at, 0 as warnings
  from duty where duty.closed_at is null and duty.due_at is not null and duty.due_at < $2
  union all
  select 'end', case_file.id::text, case_file.id, case_file.ends_at, case_file.created_at, null, null, null, null, null, null, null, case_file.end_told
  from case_file where case_file.end_told < 3 and case_file.ends_at >= $1 and case_file.ends_at < $2`;

/** Later than any term. */
const never = new Date('9999-01-01T00:00:00Z');

/** Terms that run and duties that are late, the first to end first. */
export const listTerms = async (
  client: Queryable, at: Date, { before, municipality }: TermFilter, { after, limit }: { readonly after: { readonly dueAt: Date; readonly ref: string } | null; readonly limit: number },
): Promise<readonly DeskTerm[]> => {
  const values: unknown[] = [at, before ?? never, limit];
  const { rows } = await client.query<DeskTerm>(
    `select term.kind, term.ref, term.case_id as "caseId", case_file.municipality, case_file.number as "caseNumber", term.due_at as "dueAt", term.began_at as "beganAt", term.rule, term.article,
       term.bearer, term.toward, term.recipient, term.authority, term.told_at as "toldAt", term.warnings
     from (${terms}) term join case_file on case_file.id = term.case_id
     where true ${municipality === null ? '' : `and case_file.municipality = $${values.push(municipality)}`}
       ${after === null ? '' : `and (term.due_at, term.ref) > ($${values.push(after.dueAt)}, $${values.push(after.ref)})`}
     order by term.due_at, term.ref limit $3`, values,
  );
  return rows;
};

/** How many there are; not counted beyond `most`. */
export const countTerms = async (client: Queryable, at: Date, { before, municipality }: TermFilter, most: number): Promise<number> => {
  const values: unknown[] = [at, before ?? never, most];
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from (select from (${terms}) term
       ${municipality === null ? '' : `join case_file on case_file.id = term.case_id where case_file.municipality = $${values.push(municipality)}`} limit $3) counted`, values,
  );
  return rows[0]?.count ?? 0;
};
