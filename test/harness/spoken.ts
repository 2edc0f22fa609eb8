import { openEventLog, type EventLog, type Hearer } from '@ketensluis/platform';
import type pg from 'pg';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, createServer } from 'node:net';
import { z } from 'zod';

/** Who hears what a hub tells, beside its test. */
export interface Listeners {
  readonly hearers: readonly Hearer[];
  readonly onLine: (line: string) => void;
}

/** The log of a hub under test: its lines, those of level debug where somebody listens in. */
export const eventsInto = (lines: string[], listeners?: Listeners): EventLog => {
  const write = (line: string): void => {
    lines.push(line);
    listeners?.onLine(line);
  };
  return openEventLog(listeners === undefined ? 'info' : 'debug', { write }, listeners?.hearers);
};

/** What is listened in on. */
export interface Recording {
  readonly heard: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const served = z.object({ request: z.object({ url: z.string() }) });
const called = z.object({ request: z.object({ path: z.string() }) });

/** The address of every request this process serves or sends, by whatever program in it. */
export const recordAddresses = (): Recording => {
  const heard: string[] = [];
  const onServed = (message: unknown): void => void heard.push(served.parse(message).request.url);
  const onCalled = (message: unknown): void => void heard.push(called.parse(message).request.path);
  const channels = [['http.server.request.start', onServed], ['http.client.request.start', onCalled], ['undici:request:create', onCalled]] as const;
  for (const [name, hear] of channels) subscribe(name, hear);
  return { heard: () => heard, stop: async () => channels.forEach(([name, hear]) => void unsubscribe(name, hear)) };
};

/** Every row that was ever put into the queue of PostgreSQL or changed there; they go when the work is done. */
export const recordQueue = async (pool: pg.Pool): Promise<{ readonly heard: () => Promise<readonly string[]> }> => {
  await pool.query('create table heard_queue (row jsonb)');
  await pool.query("create function hear_queue() returns trigger language plpgsql security definer set search_path = public as $$ begin insert into heard_queue values (to_jsonb(new)); return null; end $$");
  await pool.query('create trigger queue_is_heard after insert or update on queue for each row execute function hear_queue()');
  return { heard: async () => (await pool.query<{ row: unknown }>('select row from heard_queue')).rows.map(({ row }) => JSON.stringify(row)) };
};

/** Everything both sides say over connections to a port of this computer; `port` leads there. */
export const recordBytes = async (to: number): Promise<Recording & { readonly port: number }> => {
  const heard: Buffer[] = [];
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.on('data', (bytes: Buffer) => void heard.push(bytes)).pipe(other);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard: () => [Buffer.concat(heard).toString('latin1')],
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

/** A value as it could stand somewhere: as it is, in an address, as JSON escapes it, in Base64 at any of its three places, in hexadecimal. */
export const spellingsOf = (value: string): readonly string[] => {
  const bytes = Buffer.from(value, 'utf8');
  // The first and last characters of Base64 depend on what stands beside.
  const base64 = [0, 1, 2].flatMap((shift) => {
    const inside = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1);
    return inside.length >= 6 ? [inside, inside.replaceAll('+', '-').replaceAll('/', '_')] : [];
  });
  const hex = bytes.toString('hex');
  return [...new Set([value, value.toLowerCase(), value.toUpperCase(), encodeURIComponent(value), value.replaceAll(' ', '+'), JSON.stringify(value).slice(1, -1), hex, ...base64])];
};

/** The values that stand in a text in any of their spellings. */
export const found = (values: readonly string[], texts: readonly string[]): readonly string[] => {
  const all = texts.join('\n');
  return values.filter((value) => spellingsOf(value).some((one) => all.includes(one)));
};
