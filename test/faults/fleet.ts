import { logKeyFile, logVkey } from '@ketensluis/platform';
import { parsePolicy, type LogPolicy } from '@ketensluis/tlog';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../harness/free-port.js';
import { projectRoot, type HubChild } from './hub-child.js';
import type { MailboxOrder, MailboxParty } from './mailbox-process.js';
import { origin, until, type Night } from './night.js';

/** A process under way. */
interface Running {
  readonly kill: () => void;
  readonly died: Promise<void>;
}

/** A place in the fleet whose process is started again whenever it ends. */
export interface Member {
  readonly name: string;
  /** The process that runs, or null while there is none that has started. */
  readonly process: () => Running | null;
}

/** Everything that has a part in the way of a mail, each in a process of its own. */
export interface Fleet {
  readonly members: readonly Member[];
  /** Gateways that take mail at this moment. */
  readonly gateways: () => readonly HubChild[];
  readonly policy: LogPolicy;
  readonly policyFile: string;
  /** What the parties kept: inbox, proofs and refused mails below the key of each. */
  readonly keptFolder: string;
  /** True when every process runs. Throws with its last words when one cannot start. */
  readonly allUp: () => Promise<boolean>;
  /** Kills all; nothing is started again. */
  readonly close: () => Promise<void>;
}

const startMaxMs = 120_000;
const startTries = 5;

/** Starts two gateways, two workers (sequencer, signer and dispatcher each), two witnesses of which both must sign, and the parties in two halves. */
export const startFleet = async (night: Night): Promise<Fleet> => {
  const signerFolder = join(night.folder, 'signer');
  const keptFolder = join(night.folder, 'kept');
  const vkey = await logVkey(signerFolder, origin);
  const [keeper, stop] = createKeeper();
  const witnesses = await Promise.all(['waterveen', 'berkenrade'].map((key) => startWitness({ key, vkey, folder: join(night.folder, key) }, keeper)));
  const lines = [`log ${vkey}`, ...witnesses.map(({ line }) => line), `group both all ${witnesses.map(({ key }) => key).join(' ')}`, 'quorum both', ''];
  const policyFile = join(night.folder, 'policy');
  await writeFile(policyFile, lines.join('\n'));
  const policy = parsePolicy(Buffer.from(lines.join('\n')));
  if ('kind' in policy) throw new Error(policy.detail);
  const parties = await Promise.all(night.parties.flatMap(({ key, oin, channel }) =>
    channel?.kind === 'smime-mail' ? [freePort().then((port): MailboxParty => ({ key, oin, address: channel.address, port }))] : []));
  const order = { practiceFolder: night.practiceFolder, keptFolder, logKeyFile: logKeyFile(signerFolder), policyFile };
  await mkdir(keptFolder);
  const halves = [0, 1].map((half) => keeper(`parties-${half}`, () => startMailboxes({ ...order, parties: parties.filter((_, place) => place % 2 === half) })));
  const mailboxes = Object.fromEntries(parties.map(({ key, port }) => [key, port]));
  const hub = (role: 'gateway' | 'worker') => () => night.startHub({ mailboxes, roles: [role], policyFile });
  const gateways = [0, 1].map((place) => keeper(`gateway-${place}`, hub('gateway')));
  const workers = [0, 1].map((place) => keeper(`worker-${place}`, hub('worker')));
  const members = [...witnesses.map(({ member }) => member), ...halves, ...gateways, ...workers];
  const allUp = () => until(() => members.every(({ process, failed }) => {
    if (failed() !== null) throw new Error(failed() ?? '');
    return process() !== null;
  }), startMaxMs);
  const fleet = { members, policy, policyFile, keptFolder, allUp, gateways: () => gateways.flatMap(({ process }) => process() ?? []), close: () => stop(members) };
  if (!(await allUp())) throw new Error('the processes did not start in time');
  return fleet;
};

interface Kept<T extends Running> {
  readonly name: string;
  readonly process: () => T | null;
  /** Why it cannot be started, after several tries; null while it can. */
  readonly failed: () => string | null;
}

type Keeper = <T extends Running>(name: string, start: () => Promise<T>) => Kept<T>;

/** What keeps processes running until it is told to stop. */
const createKeeper = (): readonly [Keeper, (members: readonly Member[]) => Promise<void>] => {
  let stopping = false;
  const ended: Promise<void>[] = [];
  const keep: Keeper = <T extends Running>(name: string, start: () => Promise<T>) => {
    let now: T | null = null;
    let failed: string | null = null;
    const run = async (): Promise<void> => {
      for (let tries = 0; !stopping && tries < startTries;) {
        const started = await start().catch((fault: unknown) => {
          failed = `${name}: ${String(fault)}`;
          return null;
        });
        tries = started === null ? tries + 1 : 0;
        if (started === null) await pause(200 * tries);
        else {
          failed = null;
          now = started;
          if (stopping) started.kill();
          await started.died;
          now = null;
        }
      }
    };
    ended.push(run());
    return { name, process: () => now, failed: () => failed };
  };
  return [keep, async (members) => {
    stopping = true;
    for (const { process } of members) process()?.kill();
    await Promise.all(ended);
  }];
};

/** A process that is ready once it says so, on its channel or on its output. */
const whenReady = async (child: ChildProcess, ready: Promise<unknown>): Promise<Running> => {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2_000);
  });
  const died = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isReady = await Promise.race([ready.then(() => true), died.then(() => false), pause(startMaxMs, false, { ref: false })]);
  if (!isReady) {
    child.kill('SIGKILL');
    throw new Error(`did not start: ${words}`);
  }
  return { kill: () => void child.kill('SIGKILL'), died };
};

const startMailboxes = (order: MailboxOrder): Promise<Running> => {
  const child = fork(`${projectRoot}dist/test/faults/mailbox-process.js`, { execArgv: ['--no-warnings'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  child.send({ ...order });
  return whenReady(child, new Promise((resolve) => child.once('message', resolve)));
};

/** The command as a municipality runs it; its line for the policy file is read from what it prints. */
const startWitness = async ({ key, vkey, folder }: { readonly key: string; readonly vkey: string; readonly folder: string }, keep: Keeper) => {
  const port = await freePort();
  const words = ['witness', '--name', key, '--log', vkey, '--folder', folder, '--listen', `127.0.0.1:${port}`];
  let told: (line: string) => void;
  const line = new Promise<string>((resolve) => {
    told = resolve;
  });
  const member = keep(key, () => {
    const child = spawn(process.execPath, ['--no-warnings', `${projectRoot}dist/apps/cli/main.js`, ...words], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    return whenReady(child, new Promise<void>((resolve) => child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^witness .+\n/m.exec(printed)?.[0];
      if (found === undefined) return;
      told(found.trim());
      resolve();
    })));
  });
  return { key, member, line: await line };
};
