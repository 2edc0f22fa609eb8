import { ring } from './bell.js';
import type { Queryable } from './pool.js';

/** How far the practice clock is ahead of the machine's, in milliseconds. */
export const practiceAheadMs = async (client: Queryable): Promise<number> => {
  const { rows } = await client.query<{ ahead_ms: string }>('select ahead_ms from practice_clock');
  return Number(rows[0]?.ahead_ms ?? 0);
};

/** Moves the practice clock forward and rings; returns how far it is ahead now. It is never moved back: the log's signer would refuse (I11). */
export const movePracticeClock = async (client: Queryable, byMs: number): Promise<number> => {
  if (!Number.isSafeInteger(byMs) || byMs < 0) throw new Error('the practice clock only goes forward');
  await client.query('update practice_clock set ahead_ms = ahead_ms + $1', [byMs]);
  await ring(client, 'clock');
  return practiceAheadMs(client);
};

/** How practice parties misbehave, by party key; who is not there behaves. */
export const practiceBehaviours = async (client: Queryable): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await client.query<{ party: string; behaviour: string }>('select party, behaviour from practice_behaviour');
  return new Map(rows.map(({ party, behaviour }) => [party, behaviour]));
};

/** Sets how a practice party behaves from now on, and rings. */
export const setPracticeBehaviour = async (client: Queryable, party: string, behaviour: string): Promise<void> => {
  await client.query(
    'insert into practice_behaviour (party, behaviour) values ($1, $2) on conflict (party) do update set behaviour = excluded.behaviour',
    [party, behaviour],
  );
  await ring(client, 'clock');
};
