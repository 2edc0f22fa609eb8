import { readDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import { parseRegisterDocument, type Category, type Party, type RegisterDocument, type RegisterKind } from '@ketensluis/domain';
import { applyLawPack, applyRegister, previewRegister, type SenderJudge } from '@ketensluis/flow';
import { openMail, sealMail, type KeyPair, type MailPool, type OpenedMail, type SealInput, type Trust } from '@ketensluis/mail';
import { checkColumns, exportLog, hubRoles, isQuiet, listen, logKeyFile, logVkey, messageState, openHub, readIdentity, signerPlace, type Hub, type HubOptions, type HubRole, type RevocationHost, type WorkSource } from '@ketensluis/platform';
import { parseLeaf, parseSignerKey, type Leaf, type LogPolicy } from '@ketensluis/tlog';
import { generateKeyPair, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { logVerify } from '../../apps/cli/log/verify.js';
import { readDocuments } from '../../apps/cli/register-commands.js';
import { startIntake } from '../../apps/gateway/intake.js';
import { startRefusalRecorder } from '../../apps/gateway/refusals.js';
import { practiceHubAddress, startPracticeChain, type PracticeChain } from '../../apps/practice/chain.js';
import { entriesOf, hubEntry } from '../../apps/practice/entries.js';
import { documentOf, type Step } from '../../apps/practice/script.js';
import { submit } from '../../apps/practice/submit.js';
import { isApart, openApart, startWorkers } from './apart.js';
import { databaseAway } from './database-away.js';
import { openTestDatabase, type TestDatabase } from './database.js';
import { eventsInto, type Listeners } from './spoken.js';

/** What the hub answered to a mail; `id` names the message, and is null when it was not accepted. */
export interface Reply {
  readonly code: number;
  readonly text: string;
  readonly id: string;
}

/** One mail a party received, opened with its own keys; `text` is every part of it as text, for searching. */
export interface Received {
  readonly mail: OpenedMail;
  readonly disclosure: DisclosureDocument;
  readonly text: string;
  readonly categories: readonly Category[];
  /** The rule it was given under. */
  readonly rule: string;
}

/** The last decision on one message for one recipient, with what its log entry says. */
export interface Decided {
  readonly recipient: string;
  readonly event: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly rule: string | null;
  readonly leaf: Leaf;
}

/** A duty of a case, in codes. */
export interface DutyRow {
  readonly key: string;
  readonly rule: string;
  readonly toward: string;
  /** OIN of the party it is owed to; empty for a person or a role. */
  readonly recipient: string;
  readonly authority: string;
  readonly dueAt: Date | null;
  readonly closedBy: string | null;
}

/** One try to deliver; `nextDueAt` is when the delivery is due again, null when it is not. */
export interface Attempt {
  readonly mid: string;
  readonly caseNumber: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly finishedAt: Date | null;
  readonly state: string;
  readonly nextDueAt: Date | null;
}

/** The real hub in this process: practice parties with mailboxes of their own, SMTP intake, worker, log; only the clock can be moved. */
export interface TestHub {
  readonly chain: PracticeChain;
  readonly hub: Hub;
  /** The part of the hub with this role: the whole one, or where `apart` is set one with the keys and the database account of that role alone. */
  readonly part: (role: HubRole) => Hub;
  readonly database: TestDatabase;
  /** Folder of the practice parties: their keys, and the authority that issued them. */
  readonly practiceFolder: string;
  /** Where the intake listens. */
  readonly port: number;
  readonly now: () => Date;
  /** Moves the clock forward; the worker looks at its terms and retries at once. */
  readonly advance: (ms: number) => Promise<void>;
  /** Sends a step of the story as real mail and returns the reply; moments in the step are relative to `start`. */
  readonly send: (step: Step, start: Date) => Promise<Reply>;
  /** Seals a mail as a party would, without sending it; `change` spoils it on purpose. */
  readonly seal: (step: Step, start: Date, change?: Partial<SealInput>) => Promise<Uint8Array>;
  /** Sends bytes as they are. */
  readonly submit: (raw: Uint8Array, from: string) => Promise<Reply>;
  readonly keysOf: (folder: string) => Promise<KeyPair>;
  /** Resolves when nothing waits to be decided, sealed or tried now; throws when that takes too long. */
  readonly settle: () => Promise<void>;
  readonly inbox: (party: string) => Promise<readonly Received[]>;
  readonly decisions: (messageId: string) => Promise<readonly Decided[]>;
  readonly stateOf: (messageId: string) => Promise<{ readonly state: string; readonly cause: string | null } | null>;
  readonly duties: (caseNumber: string) => Promise<readonly DutyRow[]>;
  /** Every try to deliver to a party, oldest first. */
  readonly attempts: (party: string) => Promise<readonly Attempt[]>;
  readonly tasks: () => Promise<readonly { readonly kind: string; readonly ref: string; readonly party: string | null; readonly cause: string }[]>;
  /** Every entry of the log, oldest first. */
  readonly entries: () => Promise<readonly Leaf[]>;
  readonly document: (kind: RegisterKind, key: string) => Promise<RegisterDocument>;
  readonly apply: (document: unknown) => Promise<void>;
  readonly behave: PracticeChain['behave'];
  /** Ends every connection to the database and lets nobody in until `allowDatabase`. */
  readonly denyDatabase: () => Promise<void>;
  readonly allowDatabase: () => Promise<void>;
  /** Exports the log, verifies it offline, compares columns, and looks for the given personal values in log and event lines. Throws when anything is wrong. */
  readonly checkLog: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How a test hub differs from the practice chain. */
export interface TestHubOptions {
  /** Register documents beside those of config/practice; one of the same kind and key takes the place of that. */
  readonly documents?: readonly unknown[];
  /** Values that must never stand in the log or in event lines (I7, I13). */
  readonly personal?: readonly string[];
  /** Judges by DNS who a mail is from; absent: nothing is judged. */
  readonly judge?: SenderJudge;
  /** Whom the hub believes, made of what the practice chain has; that itself when absent. */
  readonly trust?: (practice: Trust) => Trust;
  readonly revocationHosts?: readonly RevocationHost[];
  /** Where mail for a party goes, made of where the practice chain takes it. */
  readonly route?: (practice: PracticeChain['route']) => PracticeChain['route'];
  /** Workers that run side by side; 1 when absent. */
  readonly workers?: number;
  /** Each role is a hub of its own beside the whole one, which then only prepares: as processes apart are. */
  readonly apart?: boolean;
  /** Where each of them hears of work; the embedded queue when absent. Closed with the hub. */
  readonly work?: (hub: Hub) => Promise<WorkSource>;
  /** Under which the parties reach the API, and networks webhooks may go to beside the public internet. */
  readonly outside?: Pick<HubOptions, 'publicUrl' | 'callNetworks' | 'isTraced' | 'caseLaw' | 'mailRoutes' | 'mailPlaces'>;
  /** Hear what is told beside the log, and its lines at level debug. */
  readonly listeners?: Listeners;
  /** Starts the witnesses of the log and gives their policy; without, its own signature suffices. */
  readonly witnesses?: (log: { readonly vkey: string; readonly now: () => Date }) => Promise<LogPolicy>;
}

const configFolder = fileURLToPath(new URL('../../config/', import.meta.url.replace('/dist/test/harness/', '/test/harness/')));
const origin = 'hub.example/log/cases';
const [settleMaxMs, lookMs] = [45_000, 20];
const makeKeyPair = promisify(generateKeyPair);
// Worker threads need compiled code; in one process the same functions are called directly.
const directMail: MailPool = {
  open: async (raw, context) => openMail(raw, context),
  seal: async (input) => sealMail(input),
  close: async () => undefined,
};

/** Opens a hub of this test alone; takes about a second once the keys of the run are made. */
export const openTestHub = async (options: TestHubOptions = {}): Promise<TestHub> => {
  const database = await openTestDatabase();
  const folder = await mkdtemp(join(runFolder(), 'hub-'));
  const documents = await practiceDocuments(options.documents ?? []);
  let [aheadMs, takesMailAt]: [number, number | null] = [0, null];
  const now = (): Date => new Date(Date.now() + aheadMs);
  await cp(await keysOfRun(documents), join(folder, 'practice'), { recursive: true });
  const chain = await startPracticeChain({ directory: join(folder, 'practice'), at: new Date(), now, documents, logKeyFile: logKeyFile(join(folder, 'signer')), onMail: () => undefined, hub: () => (takesMailAt === null ? null : { host: '127.0.0.1', port: takesMailAt }) });
  const lines: string[] = [];
  const policy = await options.witnesses?.({ vkey: await logVkey(join(folder, 'signer'), origin), now });
  const hubOptions = {
    callNetworks: ['127.0.0.0/8', '::1/128'], folders: { keys: join(folder, 'keys'), signer: join(folder, 'signer'), destruction: join(folder, 'destruction') }, origin,
    identity: chain.identity, trust: () => options.trust?.(chain.trust) ?? chain.trust, ...(options.revocationHosts === undefined ? {} : { revocationHosts: options.revocationHosts }), route: options.route?.(chain.route) ?? chain.route, clock: { now }, mail: directMail, ...(policy === undefined ? {} : { policy }), ...options.outside,
    events: eventsInto(lines, options.listeners), ...(options.judge === undefined ? {} : { judge: options.judge }),
  };
  const hub = await openHub({ ...hubOptions, connectionString: database.connectionString });
  const ports = { clock: hub.clock, ids: hub.ids, register: hub.store.register };
  await applyLawPack({ key: 'wth', text: await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8') }, 'test', ports);
  const apply = async (...values: readonly unknown[]): Promise<void> => {
    const preview = await previewRegister(values, hub.store.register);
    if (preview.kind === 'refused') throw new Error(`register: ${JSON.stringify(preview.problems)}`);
    await applyRegister(preview.steps, 'test', ports);
  };
  await apply(...(await Promise.all(documents.map(chain.withCertificates))));
  const apart = isApart(options) ? await openApart(database, hubRoles, hubOptions) : null;
  const part = apart?.of ?? (() => hub);
  const { wake, stop } = await startWorkers(hub, apart, options);
  const bell = await listen(database.connectionString, wake);
  const refusals = startRefusalRecorder({ ...part('gateway'), intake: part('gateway').store.intake });
  const intake = await startIntake(part('gateway'), refusals, { host: '127.0.0.1', port: 0 });
  takesMailAt = intake.port;
  const parts = { hub, chain, folder, now, database, lines, port: intake.port, personal: options.personal ?? [] };
  return {
    chain, hub, part, database, practiceFolder: join(folder, 'practice'), port: intake.port, now, apply, behave: chain.behave,
    advance: async (ms) => {
      aheadMs += ms;
      await part('watch').store.terms.watch(now());
      wake('clock');
    },
    ...sending(parts), ...looking(parts), ...databaseAway(database),
    checkLog: () => checkLog(parts),
    close: async () => {
      await intake.close();
      await refusals.close();
      await bell.close();
      await stop();
      await Promise.all([apart?.close(), hub.close()]);
      await chain.close();
      await database.close();
      await apart?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

interface Parts {
  readonly hub: Hub;
  readonly chain: PracticeChain;
  readonly folder: string;
  readonly now: () => Date;
  readonly database: TestDatabase;
  readonly lines: readonly string[];
  readonly port: number;
  readonly personal: readonly string[];
}

const runFolder = (): string => {
  const folder = process.env['KETENSLUIS_TEST_RUN'];
  if (folder === undefined) throw new Error('KETENSLUIS_TEST_RUN is not set: run the tests with config/jest.config.mjs');
  return folder;
};

const practiceDocuments = async (more: readonly unknown[]): Promise<readonly RegisterDocument[]> => {
  const folder = join(configFolder, 'practice');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'story.yaml').sort();
  const values = (await Promise.all(files.map((name) => readDocuments(join(folder, name))))).flat();
  const documents = [...values, ...more].map((value) => {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') throw new Error(`register: ${read.detail} ${JSON.stringify(read.problems)}`);
    return read.document;
  });
  return [...new Map(documents.map((document) => [`${document.kind} ${document.key}`, document])).values()];
};

// RSA keys take seconds, so one run of Jest makes them once; another process that needs them waits.
const keysOfRun = async (documents: readonly RegisterDocument[]): Promise<string> => {
  const ready = join(runFolder(), 'practice-keys');
  const isFirst = await mkdir(`${ready}.starting`).then(() => true, () => false);
  if (isFirst) {
    await makeSmallKeys(`${ready}.new`, documents);
    const chain = await startPracticeChain({ directory: `${ready}.new`, at: new Date(), now: () => new Date(), documents, logKeyFile: '', onMail: () => undefined });
    await chain.close();
    await rename(`${ready}.new`, ready);
  }
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += lookMs) {
    if (await readdir(ready).then(() => true, () => false)) return ready;
    await pause(lookMs);
  }
  throw new Error('the practice keys were not made in time');
};

// Keys that are there are kept by the practice chain; RSA keys of 2048 bits are made ten times as fast as those of 3072.
const makeSmallKeys = async (directory: string, documents: readonly RegisterDocument[]): Promise<void> => {
  const entries = [hubEntry, ...documents.flatMap((document) => (document.kind === 'party' ? entriesOf(document) : []))];
  await Promise.all(entries.filter(({ keys }) => keys === 'rsa-3072').map(async ({ id }) => {
    await mkdir(join(directory, id), { recursive: true, mode: 0o700 });
    for (const use of ['sign', 'encrypt']) {
      const { privateKey } = await makeKeyPair('rsa', { modulusLength: 2048 });
      await writeFile(join(directory, id, `${use}.key.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    }
  }));
};

const sending = ({ hub, chain, folder, now, port }: Parts): Pick<TestHub, 'send' | 'seal' | 'submit' | 'keysOf'> => {
  const keysOf = async (party: string): Promise<KeyPair> => (await readIdentity(practiceHubAddress, join(folder, 'practice', party))).sign;
  const root = readFile(join(folder, 'practice', 'ca', 'root.cert.pem'), 'utf8');
  const replyOf = ({ code, text }: { readonly code: number; readonly text: string }): Reply =>
    ({ code, text, id: /(?:accepted|reference) ([0-9a-f-]{36})/.exec(text)?.[1] ?? '' });
  const mailOf = (step: Step, start: Date) => {
    const { document, files } = documentOf(step, start, now());
    return { from: step.from, subject: `${step.soort} ${step.zaak.nummer}`, text: 'Zie de bijlage.', attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files] };
  };
  const seal: TestHub['seal'] = async (step, start, change = {}) => {
    const parties = (await hub.registers.current()).registers.parties;
    return sealMail({
      ...mailOf(step, start), to: practiceHubAddress, messageId: `<${randomUUID()}@party.example>`, date: now(),
      signer: await keysOf(folderOf(step.from, parties)), recipientCertificate: chain.identity.encrypt.certificate, ...change,
    });
  };
  const send = async (raw: Uint8Array, from: string): Promise<Reply> =>
    replyOf(await submit(raw, { from, to: practiceHubAddress }, { host: '127.0.0.1', port, tlsCa: await root }));
  return { seal, submit: send, keysOf, send: async (step, start) => send(await seal(step, start), step.from) };
};

// The practice chain keeps the keys of a party, and of each of its posts, in a folder of their own.
const folderOf = (address: string, parties: readonly Party[]): string => {
  for (const party of parties) {
    if (party.addresses.includes(address)) return party.key;
    const post = party.functions.find(({ addresses }) => addresses.includes(address));
    if (post !== undefined) return `${party.key}-${post.code}`;
  }
  throw new Error(`nobody sends from ${address}`);
};

const looking = ({ hub, chain, now }: Parts): Pick<TestHub, 'settle' | 'inbox' | 'decisions' | 'stateOf' | 'duties' | 'attempts' | 'tasks' | 'entries' | 'document'> => {
  const opened = new Map<string, Received>();
  const { pool } = hub;
  const isSealed = async (): Promise<boolean> =>
    (await pool.query<{ sealed: boolean }>('select signed_size = size and not exists (select from pending) as sealed from tlog_head')).rows[0]?.sealed === true;
  return {
    settle: async () => {
      const until = performance.now() + settleMaxMs;
      while (!((await isQuiet(pool, now())) && (await isSealed()))) {
        if (performance.now() > until) throw new Error('the hub does not come to rest');
        await pause(lookMs);
      }
    },
    inbox: async (party) => {
      const mails = (await chain.mailboxes.get(party)?.inbox.mails()) ?? [];
      const found: Received[] = [];
      for (const { file, raw } of mails) {
        const one = opened.get(`${party}/${file}`) ?? receivedOf(await chain.open(party, raw, arrivalOf(file)));
        opened.set(`${party}/${file}`, one);
        found.push(one);
      }
      return found;
    },
    decisions: async (messageId) => {
      const { rows } = await pool.query<Omit<Decided, 'leaf' | 'rule'> & { leaf: Buffer }>(
        `select d.recipient, d.event, d.kind, d.reason, e.leaf from decision d join entry e on e.id = d.entry_id where d.message_id = $1 order by d.recipient`,
        [messageId],
      );
      return rows.map(({ leaf, ...row }) => ({ ...row, leaf: leafOf(leaf), rule: leafOf(leaf).rule ?? null }));
    },
    stateOf: (messageId) => messageState(pool, messageId),
    duties: async (caseNumber) => {
      const { rows } = await pool.query<DutyRow>(
        `select duty.key, rule, toward, recipient, authority, due_at as "dueAt", closed_by as "closedBy" from duty
         join case_file on case_file.id = duty.case_id where case_file.number = $1 order by duty.key`,
        [caseNumber],
      );
      return rows;
    },
    attempts: async (party) => {
      const { rows } = await pool.query<Attempt>(
        `select delivery.mid, case_file.number as "caseNumber", outcome, code, attempt.finished_at as "finishedAt", delivery.state, queue.due_at as "nextDueAt"
         from attempt join delivery using (mid) join case_file on case_file.id = delivery.case_id
         left join queue on queue.kind = 'deliver' and queue.ref = delivery.mid
         where recipient = $1 order by started_at, attempt.number`,
        [party],
      );
      return rows;
    },
    tasks: async () => (await pool.query('select kind, ref, party, cause from task where closed_at is null order by opened_at')).rows,
    entries: async () => (await pool.query<{ leaf: Buffer }>('select leaf from entry order by at, id')).rows.map(({ leaf }) => leafOf(leaf)),
    document: async (kind, key) => {
      const found = parseRegisterDocument((await hub.store.register.find(kind, key))?.body);
      if (found.kind === 'refused') throw new Error(`no ${kind} ${key}`);
      return found.document;
    },
  };
};

const leafOf = (bytes: Uint8Array): Leaf => {
  const parsed = parseLeaf(bytes);
  if (parsed.kind === 'refused') throw new Error('a log entry that is no leaf');
  return parsed.leaf;
};

// A party opens its mail when it arrives, and the clock may have been moved since; an inbox names each file by that moment.
const arrivalOf = (file: string): Date => {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z/.exec(file);
  if (found === null) throw new Error('a kept mail without a moment in its name');
  const [, year, month, day, hour, minute, second] = found;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

const receivedOf = (mail: OpenedMail): Received => {
  const part = mail.parts.find(({ contentType }) => contentType === 'application/xml');
  const read = readDisclosure(part?.content ?? new Uint8Array(), 'application/xml');
  if (read.kind === 'refused') throw new Error(`a disclosure that does not follow the contract: ${read.detail}`);
  const text = [mail.subject, ...mail.parts.map(({ content, name }) => `${name ?? ''}\n${Buffer.from(content).toString('utf8')}`)].join('\n');
  return { mail, disclosure: read.disclosure, text, categories: read.disclosure.ground.categories, rule: read.disclosure.ground.rule };
};

const checkLog = async (parts: Parts): Promise<void> => {
  const { hub, folder, lines, personal } = parts;
  await looking(parts).settle();
  const key = parseSignerKey((await readFile(signerPlace(join(folder, 'signer'), origin).keyFile, 'utf8')).trim());
  if ('kind' in key) throw new Error('the key of the log cannot be read');
  const directory = join(folder, 'export');
  const outcome = await exportLog(hub.pool, { directory, vkey: key.vkey });
  if (outcome.kind === 'refused' || outcome.missing.length > 0) throw new Error(`the log cannot be exported: ${JSON.stringify(outcome)}`);
  const told: string[] = [];
  const exit = await logVerify([directory], { out: (text) => void told.push(text), err: (text) => void told.push(text), isTerminal: false });
  if (exit !== 0) throw new Error(`the log does not verify (exit ${exit}): ${told.join('')}`);
  const { findings } = await checkColumns(hub.pool);
  if (findings.length > 0) throw new Error(`columns differ from the log: ${JSON.stringify(findings)}`);
  const { rows } = await hub.pool.query<{ leaf: Buffer }>('select leaf from entry');
  const open = [...lines, ...rows.map(({ leaf }) => leaf.toString('utf8'))].join('\n');
  const leaked = personal.filter((value) => open.includes(value));
  if (leaked.length > 0) throw new Error(`personal values stand in the log or in event lines: ${leaked.join(', ')}`);
};
