import type pg from 'pg';

/** A process that says nothing for this long has lost what it held, also when it hangs or its computer is gone; it speaks up every second. */
const silentMs = 3_000;

/** A session of a process, for locks that must end with it. */
export interface HeldSession {
  /** The session, opened where there is none. */
  readonly open: () => Promise<pg.PoolClient>;
  /** Closed, and not given back to the pool: its locks are free at once. */
  readonly leave: () => void;
}

/** The server ends the session when the process ends, when the computer is gone, and when nothing is said; `lost` is called at every end. */
export const heldSession = (pool: pg.Pool, lost: () => void): HeldSession => {
  let session: pg.PoolClient | null = null;
  const leave = (): void => {
    const open = session;
    session = null;
    lost();
    open?.release(true);
  };
  return {
    leave,
    open: async () => {
      if (session !== null) return session;
      const client = await pool.connect();
      client.on('error', () => void (session === client && leave()));
      await client.query(`set idle_session_timeout = ${silentMs}`).catch((fault: unknown) => {
        client.release(true);
        throw fault;
      });
      session = client;
      return client;
    },
  };
};
