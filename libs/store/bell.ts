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
