import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import type pg from 'pg';
import { parseRegisterDocument, type RegisterDocument } from '@ketensluis/domain';
import { applyLawPack, applyRegister, previewRegister } from '@ketensluis/flow';
import { openMail, sealMail } from '@ketensluis/mail';
import { createRegister, migrate, openPool, readConfiguration, readIdentity, readTrust, startEmbeddedPostgres } from '@ketensluis/platform';
import { readDocuments } from '../../apps/cli/register-commands.js';
import { startPracticeChain, type PracticeChain } from '../../apps/practice/chain.js';
import { documentOf, storySchema, type Step } from '../../apps/practice/script.js';
import { parse } from 'yaml';
import type { HubProcessOptions } from './hub-process.js';
import { familyTimeMs, loadAverage, parentOf, processorTimeMs } from './processor-time.js';

const documentBytes = 10 * 1024;
const recipients = 3;
const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const rounds = isQuick ? 1 : 3;
const cryptoTimes = 60;
const fullSpeedMails = 120;
const fullSpeedAtOnce = 8;
const paceMs = 100;
const pacedMails = isQuick ? 60 : 300;
const warmUpMails = isQuick ? 60 : 120;
const arrivalMaxMs = 60_000;

const configFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'config');
const sender = 'hovj-1@politie.example';

/** One police mail, made beforehand. */
type Mail = Uint8Array;

interface Bench {
  readonly chain: PracticeChain;
  readonly directory: string;
  readonly pool: pg.Pool;
  readonly tlsCa: string;
  readonly hub: { readonly pid: number; readonly port: number };
  readonly postgres: number;
  /** When each disclosure came in its mailbox, by its id. */
  readonly arrivals: Map<string, number>;
}

/** Prints what one police mail to three parties costs beside the cryptography in it, and how long it takes at ten per second. */
export async function run(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ketensluis-pipeline-'));
  await chmod(directory, 0o755);
  const database = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: () => undefined });
  await migrate(database.connectionString);
  const pool = openPool(database.connectionString, 2);
  const arrivals = new Map<string, number>();
  const documents = await practiceDocuments();
  const practice = join(directory, 'practice');
  const chain = await startPracticeChain({
    directory: practice, at: new Date(), now: () => new Date(), documents,
    onMail: (_party, file) => arrivals.set(disclosureOf(file), performance.now()),
  });
  const hub = await startHub({ directory, practice, chain, documents, connectionString: database.connectionString });
  try {
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
    const tlsCa = readFileSync(join(practice, 'ca', 'root.cert.pem'), 'utf8');
    await measure({ chain, directory, pool, tlsCa, hub, postgres: parentOf(rows[0]?.pid ?? 0), arrivals });
  } finally {
    await hub.stop();
    await chain.close();
    await pool.end();
    await database.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const measure = async (bench: Bench): Promise<void> => {
  const mails = await policeMails(bench, warmUpMails + pacedMails + 2 * rounds * fullSpeedMails);
  console.log(`huisverbod.opgelegd of ${documentBytes / 1024} KB XML, each mail another case; sender and hub RSA-3072, recipients P-256, P-256, RSA-3072; load ${loadAverage()}.`);
  console.log('CPU: hub process with its threads, and every PostgreSQL process. Not counted: sender and mailboxes, which are another process.');
  await sendAtOnce(bench, mails.splice(0, warmUpMails), 'kept');
  for (const lines of ['kept', 'fresh'] as const) {
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const crypto = await cryptoMs(bench, mails.slice(0, cryptoTimes));
      const spent = await spentBy(bench, () => sendAtOnce(bench, mails.splice(0, fullSpeedMails), lines));
      const total = (spent.hub + spent.postgres) / fullSpeedMails;
      ratios.push(total / crypto);
      console.log(`  at full speed, ${lines} SMTP connections: ${(fullSpeedMails / spent.seconds).toFixed(0)} mails/s, CPU ${total.toFixed(1)} ms a mail = hub ${(spent.hub / fullSpeedMails).toFixed(1)}`
        + ` + PostgreSQL ${(spent.postgres / fullSpeedMails).toFixed(1)}; open 1 + seal ${recipients} in one thread ${crypto.toFixed(1)} ms; ratio ${(total / crypto).toFixed(2)}`);
    }
    console.log(`  median ratio ${at(ratios, 0.5).toFixed(2)} (${lines} connections; target 2.50)`);
  }
  const crypto = await cryptoMs(bench, mails.slice(0, cryptoTimes));
  const latencies = { accepted: new Array<number>(), fromStart: new Array<number>(), fromAccepted: new Array<number>() };
  const spent = await spentBy(bench, async () => {
    for (const one of await sendPaced(bench, mails.splice(0, pacedMails))) {
      latencies.accepted.push(one.acceptedAt - one.startedAt);
      latencies.fromStart.push(one.arrivedAt - one.startedAt);
      latencies.fromAccepted.push(one.arrivedAt - one.acceptedAt);
    }
  });
  const spread = (values: readonly number[]): string => `p50 ${at(values, 0.5).toFixed(0)} ms, p99 ${at(values, 0.99).toFixed(0)} ms`;
  console.log(`  at ${1000 / paceMs} per second over ${pacedMails} mails, a new SMTP connection for each (load ${loadAverage()}):`);
  console.log(`    start of SMTP to 250: ${spread(latencies.accepted)}`);
  console.log(`    250 to the last of ${recipients} mailboxes: ${spread(latencies.fromAccepted)} (target 400 and 1000)`);
  console.log(`    start of SMTP to the last of ${recipients} mailboxes: ${spread(latencies.fromStart)}`);
  const total = (spent.hub + spent.postgres) / pacedMails;
  console.log(`    CPU ${total.toFixed(1)} ms a mail = hub ${(spent.hub / pacedMails).toFixed(1)} + PostgreSQL ${(spent.postgres / pacedMails).toFixed(1)}; ratio ${(total / crypto).toFixed(2)}, with all that a quiet hub does anyway`);
};

const practiceDocuments = async (): Promise<readonly RegisterDocument[]> => {
  const folder = join(configFolder, 'practice');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'story.yaml').sort();
  const values = (await Promise.all(files.map((name) => readDocuments(join(folder, name))))).flat();
  return values.map((value) => {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') throw new Error(read.detail);
    return read.document;
  });
};

interface HubStart {
  readonly directory: string;
  readonly practice: string;
  readonly chain: PracticeChain;
  readonly documents: readonly RegisterDocument[];
  readonly connectionString: string;
}

const startHub = async ({ directory, practice, chain, documents, connectionString }: HubStart) => {
  const configuration = readConfiguration({ KETENSLUIS_DATA: directory });
  if (configuration.kind === 'refused') throw new Error('configuration');
  const loading = openPool(connectionString, 2);
  const ports = await createRegister(loading, configuration.configuration);
  await loading.query('select ensure_partitions($1::date, 13)', [new Date()]);
  await applyLawPack({ key: 'wth', text: await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8') }, 'bench', ports);
  const preview = await previewRegister(await Promise.all(documents.map(chain.withCertificates)), ports.register);
  if (preview.kind === 'refused') throw new Error(preview.detail);
  await applyRegister(preview.steps, 'bench', ports);
  await loading.end();
  const options: HubProcessOptions = {
    connectionString,
    folders: { keys: join(directory, 'keys'), signer: join(directory, 'signer') },
    origin: 'bench.example/log',
    identityFolder: join(practice, 'hub'),
    address: chain.identity.address,
    trustFolder: join(practice, 'ca'),
    tlsCa: readFileSync(join(practice, 'ca', 'root.cert.pem'), 'utf8'),
    logFile: join(directory, 'hub.log'),
    mailboxes: Object.fromEntries([...chain.mailboxes].map(([key, { port }]) => [key, port])),
  };
  const child = fork(new URL('./hub-process.js', import.meta.url), { env: { ...process.env, KETENSLUIS_BENCH_HUB: JSON.stringify(options) }, execArgv: (process.env['KETENSLUIS_BENCH_HUB_ARGV'] ?? '').split(' ').filter((word) => word !== '') });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (told: { readonly smtpPort: number }) => resolve(told.smtpPort));
    child.once('exit', () => reject(new Error('the hub process ended')));
  });
  return {
    pid: child.pid ?? 0,
    port,
    stop: async () => {
      if (child.connected) child.send('stop');
      await ended;
    },
  };
};

/** Police mails about one new case each, sealed before the clock runs. */
const policeMails = async ({ directory, chain }: Bench, count: number): Promise<Mail[]> => {
  const story = storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8')));
  const step = story.steps.find(({ soort }) => soort === 'huisverbod.opgelegd');
  if (step === undefined) throw new Error('the story has no written ban');
  const hub = chain.identity;
  const police = await readIdentity(sender, join(directory, 'practice', 'politie-noorderwaard-hovj-1'));
  const start = new Date(Date.now() - 60 * 60_000);
  const empty = documentOf(caseOf(step, 0, ''), start, new Date()).document.length;
  const filler = 'Betrokkene sloeg zijn echtgenote in het bijzijn van hun dochter. '.repeat(documentBytes / 60).slice(0, documentBytes - empty);
  return Array.from({ length: count }, (_none, number) =>
    sealMail({
      from: sender, to: hub.address, subject: 'huisverbod.opgelegd', text: 'Zie de bijlage.', messageId: `<${crypto.randomUUID()}@politie.example>`,
      date: new Date(), signer: police.sign, recipientCertificate: hub.encrypt.certificate,
      attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: documentOf(caseOf(step, number, filler), start, new Date()).document }],
    }));
};

const caseOf = (step: Step, number: number, more: string): Step => {
  const { bijlagen: _none, ...rest } = step;
  return {
    ...rest,
    zaak: { gemeente: '9901', nummer: `BENCH-${String(number).padStart(6, '0')}` },
    inhoud: { ...step.inhoud, feiten_en_omstandigheden: `${String(step.inhoud['feiten_en_omstandigheden'])} ${more}` },
  };
};

/** CPU of opening one such mail and sealing three of the disclosures in it, in this thread, with the same keys. */
const cryptoMs = async ({ directory, chain: { identity: hub } }: Bench, mails: readonly Mail[]): Promise<number> => {
  const practice = join(directory, 'practice');
  const keys = [hub.encrypt];
  const trust = await readTrust(join(practice, 'ca'), null);
  const parties = await Promise.all(
    ['gemeente-waterveen', 'veilig-thuis-noorderwaard', 'politie-noorderwaard'].map((key) => readIdentity(hub.address, join(practice, key))),
  );
  const once = (mail: Mail): void => {
    const opened = openMail(mail, { keys, trust, at: new Date() });
    if (opened.kind === 'refused') throw new Error(opened.detail);
    const content = opened.parts.find(({ contentType }) => contentType === 'application/xml')?.content ?? new Uint8Array();
    for (const party of parties) {
      sealMail({
        from: hub.address, to: 'party@party.example', subject: 'Verstrekking', messageId: `<${crypto.randomUUID()}@ketensluis.example>`, date: new Date(),
        text: 'Zie de bijlage.', signer: hub.sign, recipientCertificate: party.encrypt.certificate, encryptionCertificate: hub.encrypt.certificate,
        attachments: [{ name: 'verstrekking.xml', contentType: 'application/xml', content }],
      });
    }
  };
  mails.slice(0, cryptoTimes / 3).forEach(once);
  const before = process.cpuUsage();
  mails.forEach(once);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / mails.length;
};

const spentBy = async ({ hub, postgres }: Bench, work: () => Promise<unknown>) => {
  const [hubBefore, postgresBefore, startedAt] = [processorTimeMs(hub.pid), familyTimeMs(postgres), performance.now()];
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  return { hub: processorTimeMs(hub.pid) - hubBefore, postgres: familyTimeMs(postgres) - postgresBefore, seconds };
};

type Lines = 'kept' | 'fresh';

const submitter = ({ hub, tlsCa, chain }: Bench, lines: Lines) => {
  const options = { host: '127.0.0.1', port: hub.port, requireTLS: true, name: 'politie.example', tls: { ca: tlsCa, servername: 'localhost' } };
  const transport = lines === 'kept' ? createTransport({ ...options, pool: true, maxConnections: fullSpeedAtOnce, maxMessages: Infinity }) : createTransport(options);
  return {
    submit: async (mail: Mail): Promise<string> => {
      const { response } = await transport.sendMail({ envelope: { from: sender, to: [chain.identity.address] }, raw: Buffer.from(mail) });
      const id = /accepted (\S+)/.exec(response)?.[1];
      if (id === undefined) throw new Error(`not accepted: ${response}`);
      return id;
    },
    close: () => transport.close(),
  };
};

/** Resolves when every disclosure of these mails is in its mailbox. */
const sendAtOnce = async (bench: Bench, mails: readonly Mail[], lines: Lines): Promise<void> => {
  const wanted = bench.arrivals.size + mails.length * recipients;
  const { submit, close } = submitter(bench, lines);
  const waiting = [...mails];
  const hand = async (): Promise<void> => {
    for (let mail = waiting.pop(); mail !== undefined; mail = waiting.pop()) await submit(mail);
  };
  await Promise.all(Array.from({ length: fullSpeedAtOnce }, hand));
  close();
  await untilArrived(bench, wanted);
};

interface Sent {
  readonly startedAt: number;
  readonly acceptedAt: number;
  readonly arrivedAt: number;
}

const sendPaced = async (bench: Bench, mails: readonly Mail[]): Promise<readonly Sent[]> => {
  const wanted = bench.arrivals.size + mails.length * recipients;
  const { submit, close } = submitter(bench, 'fresh');
  const begun = performance.now();
  const sending = mails.map(async (mail, place) => {
    await pause(Math.max(0, begun + place * paceMs - performance.now()));
    const startedAt = performance.now();
    const id = await submit(mail);
    return { id, startedAt, acceptedAt: performance.now() };
  });
  const sent = await Promise.all(sending);
  close();
  await untilArrived(bench, wanted);
  const { rows } = await bench.pool.query<{ mid: string; message_id: string }>('select mid, message_id from delivery where message_id = any($1::uuid[])', [sent.map(({ id }) => id)]);
  return sent.map(({ id, startedAt, acceptedAt }) => {
    const came = rows.filter((row) => row.message_id === id).map(({ mid }) => bench.arrivals.get(mid) ?? Number.NaN);
    return { startedAt, acceptedAt, arrivedAt: Math.max(...came) };
  });
};

const untilArrived = async ({ arrivals }: Bench, wanted: number): Promise<void> => {
  const until = performance.now() + arrivalMaxMs;
  while (arrivals.size < wanted) {
    if (performance.now() > until) throw new Error(`${wanted - arrivals.size} disclosures did not arrive`);
    await pause(5);
  }
};

/** The mailbox names a file after the Message-ID, which starts with the id of the disclosure. */
const disclosureOf = (file: string): string => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(file)?.[0] ?? file;

const at = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
