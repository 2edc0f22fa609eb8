import type pg from 'pg';
import { heldSession } from '../held-session.js';

/**
 * Whose turn it is to seal: one process has it, so that two do not wait for each other's locks five times a second. It is no promise about the log: that
 * entries get one place and one signature each is held by the tree and the signer themselves, whoever thinks it is his turn.
 */
export interface SealTurn {
  /** Takes the turn, or keeps it; true while it is ours. To be asked every second. */
  readonly take: () => Promise<boolean>;
  /** Another process may have it at once. */
  readonly leave: () => void;
}

/** The turn is a lock of a session of its own. */
export const sealTurn = (pool: pg.Pool): SealTurn => {
  let isOurs = false;
  const { open, leave } = heldSession(pool, () => (isOurs = false));
  const take = async (): Promise<boolean> => {
    const session = await open();
    try {
      // Once ours, asking for the lock again would only count it; the server must hear something all the same.
      const { rows: [row] } = await session.query<{ ours: boolean }>(isOurs ? 'select true as ours' : "select pg_try_advisory_lock(hashtext('ketensluis.seal')) as ours");
      isOurs = row?.ours === true;
    } catch (fault) {
      leave();
      throw fault;
    }
    return isOurs;
  };
  // Who asks while it is asked gets the same answer: two sessions would each be kept, and one of them by nobody.
  let taking: Promise<boolean> | null = null;
  return {
    leave,
    take: () => (taking ??= take().finally(() => {
      taking = null;
    })),
  };
};
