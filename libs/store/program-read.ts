import type { Queryable } from './pool.js';
import { prepared } from './statement.js';

/** Who looked: a reader of the reader list, or a party by what it proved itself with (sha256, hexadecimal). */
type Looking = { readonly way: 'reader'; readonly readerId: string } | { readonly way: 'api' | 'feed'; readonly oin: string; readonly proofSha256: string };

/** One look of a program, or one try. */
export type ProgramLook = Looking & {
  readonly at: Date;
  readonly question: 'bundle' | 'own' | 'entry' | 'feed';
  readonly archive?: number | null;
  readonly first: number | null;
  readonly last?: number | null;
  readonly entryId?: string | null;
  readonly outcome: 'given' | 'refused' | 'absent' | 'same' | 'late';
  readonly count: number;
  readonly trace?: string | null;
};

/** The look stands in the access log. Whoever shows something waits for this: what cannot be recorded is not shown. */
export const recordProgramRead = async (client: Queryable, look: ProgramLook): Promise<void> => {
  const { at, way, question, archive = null, first, last = null, entryId = null, outcome, count, trace = null } = look;
  const who = look.way === 'reader' ? [look.readerId, null, null] : [null, look.oin, Buffer.from(look.proofSha256, 'hex')];
  await client.query(prepared(
    `insert into program_read (at, way, reader_id, oin, proof, question, archive, first, last, entry_id, outcome, entries, trace)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [at, way, ...who, question, archive, first, last, entryId, outcome, count, trace],
  ));
};
