import { openPool, practiceClock } from '@ketensluis/platform';
import { rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readRoutes, routesFile } from './apart.js';
import { foldersOf, settings } from './place.js';
import { preparePractice, startPractice } from './practice.js';
import { PlainFault, say } from './terminal.js';
import { stopOnSignal } from './up.js';

/**
 * The practice parties as a process of their own: their mail servers and their story. Where they listen is told in the practice folder, which
 * every part of the hub reads. The two witnesses of this chain run here too; a policy may name others.
 */
export const runPractice = async (gateway: string | null): Promise<void> => {
  const configuration = settings();
  const { databaseUrl, host } = configuration;
  if (databaseUrl === null) throw new PlainFault('Set KETENSLUIS_DATABASE_URL: the chain looks there for the practice clock.', 2);
  const [, hubHost = host, hubPort = String(configuration.smtpPort)] = /^(.+):(\d{1,5})$/.exec(gateway ?? '') ?? [];
  const pool = openPool(databaseUrl, 2);
  const clock = await practiceClock(pool);
  const folder = foldersOf(configuration).practice;
  const practice = await startPractice({
    configuration, documents: await preparePractice(configuration), pool, clock, hub: { host: hubHost, port: Number(hubPort) }, host,
    // Where they were before: the hub keeps its connections to them.
    ports: Object.fromEntries(Object.entries(readRoutes(folder)).map(([key, { port }]) => [key, port])),
  });
  const file = routesFile(folder);
  const routes = Object.fromEntries([...practice.mailboxes].map(([key, { port }]) => [key, { host: host === '0.0.0.0' || host === '::' ? hostname() : host, port }]));
  await writeFile(`${file}.new`, JSON.stringify(routes));
  await rename(`${file}.new`, file);
  const looking = setInterval(() => void clock.refresh().then(practice.refresh).catch(() => undefined), 2_000).unref();
  stopOnSignal(async () => {
    clearInterval(looking);
    await practice.close();
    await pool.end();
  });
  say(`The practice chain is running: ${practice.mailboxes.size} mail servers on ${host} (Ctrl-C stops it)`);
  if (gateway !== null) await practice.play();
};
