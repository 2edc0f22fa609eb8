import pg from 'pg';

/** What may be waiting. A ring is a hint, never the truth: every loop also looks by itself now and then (I8). */
export const rings = ['disclose', 'seal', 'deliver', 'register', 'clock'] as const;
export type Ring = (typeof rings)[number];

const channel = 'ketensluis';
const reconnectMs = 1_000;

/** Rings once the transaction of `client` commits; nobody hears it when it rolls back. */
export const ring = async (client: Pick<pg.ClientBase, 'query'>, what: Ring): Promise<void> => {
  await client.query('select pg_notify($1, $2)', [channel, what]);
};

/** The same as part of a select list; both words are our own. */
export const ringText = (what: Ring): string => `pg_notify('${channel}', '${what}')`;

/** Who has just rung waits this long before ringing again: less than anybody who hears it gathers work for. */
const againMs = 20;

/** What is to be rung over each pool. */
const asked = new WeakMap<pg.Pool, Set<Ring>>();

/**
 * Rings in a statement of its own, soon, once for all who ask meanwhile; to be asked when what it tells of is committed. For what runs for every message: a
 * transaction that rings holds the one lock of all rings until its commit is on disk, so that the commits of a whole hub would go to disk one by one and not
 * together (PostgreSQL, LISTEN and NOTIFY). It is lost with the process, as any ring may be.
 */
export const ringSoon = (pool: pg.Pool, what: Ring): void => {
  const waiting = asked.get(pool);
  if (waiting === undefined) ringAll(pool, new Set([what]));
  else waiting.add(what);
};

const ringAll = (pool: pg.Pool, all: ReadonlySet<Ring>): void => {
  const next = new Set<Ring>();
  asked.set(pool, next);
  // Nobody waits for the answer, and every loop looks by itself too (I8).
  void pool.query(`select ${[...all].map(ringText).join(', ')}`).catch(() => undefined);
  setTimeout(() => {
    asked.delete(pool);
    if (next.size > 0) ringAll(pool, next);
  }, againMs).unref();
};

const isRing = (text: string | undefined): text is Ring => rings.some((known) => known === text);

/** Calls `heard` for every ring. A lost connection is opened again; after that every ring is given once, as some may have been missed. */
export const listen = async (connectionString: string, heard: (what: Ring) => void): Promise<{ readonly close: () => Promise<void> }> => {
  let closed = false;
  let client: pg.Client | null = null;
  let again: NodeJS.Timeout | null = null;

  const later = (): void => {
    client = null;
    if (!closed) again = setTimeout(() => void connect().then(() => rings.forEach(heard), later), reconnectMs);
  };
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ connectionString, application_name: 'ketensluis bell' });
    fresh.on('notification', (notice) => {
      if (isRing(notice.payload)) heard(notice.payload);
    });
    fresh.on('error', () => undefined);
    fresh.on('end', () => {
      if (client === fresh) later();
    });
    await fresh.connect();
    await fresh.query(`listen ${channel}`);
    client = fresh;
  };

  await connect();
  return {
    close: async () => {
      closed = true;
      if (again !== null) clearTimeout(again);
      const open = client;
      client = null;
      await open?.end();
    },
  };
};
