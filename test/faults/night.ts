import { parseRegisterDocument, type Party, type RegisterDocument } from '@ketensluis/domain';
import { applyLawPack, applyRegister, previewRegister } from '@ketensluis/flow';
import { sealMail, type KeyPair } from '@ketensluis/mail';
import { createRegister, logKeyFile, readConfiguration, readIdentity } from '@ketensluis/platform';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { parse, parseAllDocuments } from 'yaml';
import { practiceHubAddress, startPracticeChain, type PracticeChain } from '../../apps/practice/chain.js';
import { documentOf, storySchema, type Step } from '../../apps/practice/script.js';
import { submit } from '../../apps/practice/submit.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { projectRoot, spareChild, type HubChild } from './hub-child.js';
import type { HubOrder } from './hub-process.js';

export const origin = 'ketensluis.example/faults';

/** A mail a party received, and whether its disclosure was in the signed log at that moment. */
export interface Arrival {
  readonly party: string;
  readonly file: string;
  /** The id in its Message-ID. */
  readonly mid: string;
  readonly sealed: Promise<boolean>;
}

/** One police mail: the same bytes at every try. */
export interface PoliceMail {
  readonly caseNumber: string;
  readonly raw: Uint8Array;
}

/** A practice chain whose parties outlive the hub, with its database and registers. */
export interface Night {
  readonly pool: pg.Pool;
  readonly chain: PracticeChain;
  readonly folder: string;
  /** Keys and certificates of the parties. */
  readonly practiceFolder: string;
  readonly parties: readonly Party[];
  /** Every mail received, in order of receipt. */
  readonly arrivals: readonly Arrival[];
  /** Called for every mail a party has kept, before that party answers. */
  onKept: (arrival: Arrival) => void;
  readonly startHub: (changes?: Partial<HubOrder>) => Promise<HubChild>;
  /** A mail of the practice story, the ban in writing unless said otherwise, in a case of one's own. */
  readonly newMail: (caseNumber: string, type?: string) => PoliceMail;
  /** One try at handing the mail to the hub; code 0 when no answer came. */
  readonly submit: (mail: PoliceMail, hub: HubChild) => Promise<number>;
  readonly close: () => Promise<void>;
}

const policeAddress = 'hovj-1@politie.example';
const configFolder = join(projectRoot, 'config');
const midIn = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Starts the parties and loads the registers into this database, by default one of the test's own; no hub runs yet. */
export const startNight = async (database?: Pick<TestDatabase, 'pool' | 'connectionString' | 'close'>): Promise<Night> => {
  const own = database ?? (await openTestDatabase());
  const { pool } = own;
  // A server that stops takes its connections with it; the next query opens another one.
  pool.on('error', () => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-faults-'));
  const documents = await practiceDocuments();
  const parties = documents.filter((one): one is Party => one.kind === 'party');
  const arrivals: Arrival[] = [];
  const practiceFolder = join(folder, 'practice');
  const chain = await startPracticeChain({
    directory: practiceFolder, at: new Date(), now: () => new Date(), documents, logKeyFile: logKeyFile(join(folder, 'signer')),
    onMail: (party, file) => {
      const mid = midIn.exec(file)?.[0] ?? '';
      const arrival = { party, file, mid, sealed: isSealed(pool, mid) };
      // Asked while the database is away it fails; whoever awaits it hears so, a test that does not is not stopped by it.
      arrival.sealed.catch(() => undefined);
      arrivals.push(arrival);
      night.onKept(arrival);
    },
  });
  await loadRegisters(pool, folder, await Promise.all(documents.map(chain.withCertificates)));
  const signer = (await readIdentity(policeAddress, join(practiceFolder, 'politie-noorderwaard-hovj-1'))).sign;
  const tlsCa = await readFile(join(practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  const mailboxes = Object.fromEntries(parties.flatMap(({ key }) => {
    const port = chain.mailboxes.get(key)?.port;
    return port === undefined ? [] : [[key, port]];
  }));
  const steps = await storySteps();
  const start = new Date(Date.now() - banMinutesAgo * 60_000);
  const running: HubChild[] = [];
  let spare = spareChild();
  const night: Night = {
    pool, chain, folder, practiceFolder, parties, arrivals,
    onKept: () => undefined,
    startHub: async (changes = {}) => {
      const next = spare;
      spare = spareChild();
      const hub = await next.start({
        connectionString: own.connectionString, folder, practiceFolder, origin, mailboxes, aheadMs: 0, roles: ['gateway', 'worker'], policyFile: null, brokerUrl: null, ...changes,
      });
      running.push(hub);
      return hub;
    },
    newMail: (caseNumber, type = 'huisverbod.opgelegd') => {
      const step = steps.find(({ soort, from }) => soort === type && from === policeAddress);
      if (step === undefined) throw new Error(`the practice story has no ${type} of the police`);
      return { caseNumber, raw: sealed({ ...step, zaak: { ...step.zaak, nummer: caseNumber } }, start, { signer, recipient: chain.identity.encrypt.certificate }) };
    },
    submit: (mail, hub) => submit(mail.raw, { from: policeAddress, to: practiceHubAddress }, { host: '127.0.0.1', port: hub.smtpPort, tlsCa })
      .then(({ code }) => code, () => 0),
    close: async () => {
      spare.kill();
      for (const hub of running) hub.kill();
      await Promise.all(running.map(({ died }) => died));
      await chain.close();
      await Promise.allSettled(arrivals.map(({ sealed: answer }) => answer));
      await own.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return night;
};

const isSealed = async (pool: pg.Pool, mid: string): Promise<boolean> => {
  const { rows } = await pool.query<{ sealed: boolean }>('select is_released(entry_id, false, now()) as sealed from delivery where mid::text = $1', [mid]);
  return rows[0]?.sealed === true;
};

/** The registers of `config/practice`. */
export const practiceDocuments = async (): Promise<readonly RegisterDocument[]> => {
  const names = ['agreements', 'designations', 'mandates', 'parties', 'settings'];
  const texts = await Promise.all(names.map((name) => readFile(join(configFolder, 'practice', `${name}.yaml`), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).flatMap((one) => one.toJS() as unknown)).map((value) => {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') throw new Error(`config/practice: ${read.detail}`);
    return read.document;
  });
};

const loadRegisters = async (pool: pg.Pool, folder: string, documents: readonly RegisterDocument[]): Promise<void> => {
  const read = readConfiguration({ KETENSLUIS_DATA: folder });
  if (read.kind === 'refused') throw new Error('bug: a data folder is no configuration');
  const ports = await createRegister(pool, read.configuration);
  await applyLawPack({ key: 'wth', text: await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8') }, 'test', ports);
  const preview = await previewRegister(documents, ports.register);
  if (preview.kind === 'refused') throw new Error(`config/practice: ${preview.detail}`);
  await applyRegister(preview.steps, 'test', ports);
};

/** The steps of the practice story. */
export const storySteps = async (): Promise<readonly Step[]> =>
  storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8'))).steps;

const banMinutesAgo = 120;

const sealed = (step: Step, start: Date, keys: { readonly signer: KeyPair; readonly recipient: Uint8Array }): Uint8Array => {
  const now = new Date();
  const { document, files } = documentOf(step, start, now);
  return sealMail({
    from: policeAddress, to: practiceHubAddress, subject: `${step.soort} ${step.zaak.nummer}`, text: 'Zie de bijlage.',
    attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files],
    messageId: `<${crypto.randomUUID()}@politie.example>`, date: now, signer: keys.signer, recipientCertificate: keys.recipient,
  });
};

/**
 * A killed hub leaves its jobs leased for 3 s (decide) and 20 s (deliver) of the database's time; here that time passes at once, so
 * that the test need not wait for it. Only for when no hub runs.
 */
export const letLeasesEnd = async (pool: pg.Pool): Promise<void> => void (await pool.query("update queue set lease_until = now() - interval '1 second' where lease_until is not null"));

const agedMs = 10_000;

/**
 * The same while other processes go on: leases ten seconds old are over, and the next try of what could not be delivered comes now. A try of a
 * living process that takes longer is made twice, as when its lease ends.
 */
export const letTimePass = async (pool: pg.Pool): Promise<void> => {
  // How long each lasts is in libs/store/cases.ts and deliveries.ts.
  const started = "lease_until - case kind when 'deliver' then interval '20 seconds' else interval '3 seconds' end";
  await pool.query(`update queue set lease_until = null where ${started} < now() - make_interval(secs => $1)`, [agedMs / 1000]);
  await pool.query("update queue set due_at = now() where due_at > now() and kind = 'deliver' and lease_until is null");
  await pool.query("update catch_up set lease_until = null where lease_until - interval '1800 seconds' < now() - make_interval(secs => $1)", [agedMs / 1000]);
  await pool.query('update catch_up set due_at = now() where due_at > now() and sent_at is null and lease_until is null');
};

const lookMs = 25;

/** Waits until `holds`, at most so long; false when it does not come. */
export const until = async (holds: () => boolean | Promise<boolean>, maxMs: number): Promise<boolean> => {
  for (const giveUpAt = performance.now() + maxMs; performance.now() < giveUpAt; await pause(lookMs)) if (await holds()) return true;
  return false;
};

/** True when the hub has nothing left to do, now or later: no job waits, not even for its next try, and all of the log is signed. */
export const isDone = async (pool: pg.Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ done: boolean }>(
    `select not exists (select from queue) and not exists (select from pending) and size = signed_size as done from tlog_head`,
  );
  return rows[0]?.done === true;
};

/** What `GET /health/ready` answers; 0 when nobody answers. */
export const readiness = (hub: HubChild): Promise<number> =>
  fetch(`http://127.0.0.1:${hub.httpPort}/health/ready`).then(({ status }) => status, () => 0);
