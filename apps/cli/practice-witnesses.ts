import { readPolicy } from '@ketensluis/platform';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePolicy, parseVerifierKey, type LogPolicy, type WitnessAnswer } from '@ketensluis/tlog';
import { serveWitness, type WitnessServer } from '../witness/server.js';
import { openWitness, type Witness } from '../witness/witness.js';

/** The two municipalities that witness the log of the practice chain: the word for `practice behave`, and the name in their keys. */
export const practiceWitnesses = [
  { key: 'getuige-waterveen', name: 'waterveen.example/getuige' },
  { key: 'getuige-berkenrade', name: 'berkenrade.example/getuige' },
] as const;

/** What a practice witness does when asked: its work, or nothing. */
export const witnessBehaviours = ['normal', 'silent'] as const;
/** One of `witnessBehaviours`. */
export type WitnessBehaviour = (typeof witnessBehaviours)[number];

/** The witnesses of a running practice chain. */
export interface PracticeWitnesses {
  /** Both must sign. */
  readonly policy: LogPolicy;
  readonly behave: (key: string, behaviour: WitnessBehaviour) => void;
  readonly close: () => Promise<void>;
}

/** Where they keep their keys, which log they witness, and whose clock they look at: in practice that of the hub, which can be moved. */
export interface PracticeWitnessPlace {
  readonly folder: string;
  readonly vkey: string;
  readonly now: () => Date;
}

/** Starts the witnesses on this machine and writes `policy` in their folder, as a recipient or auditor would get it. */
export const startPracticeWitnesses = async ({ folder, vkey, now }: PracticeWitnessPlace): Promise<PracticeWitnesses> => {
  const key = parseVerifierKey(vkey);
  if ('kind' in key) throw new Error(`bug: ${key.detail}`);
  const behaviours = new Map<string, WitnessBehaviour>();
  const before = await readFile(join(folder, 'policy'), 'utf8').catch(() => '');
  const started = await Promise.all(practiceWitnesses.map(async (one) => {
    const opened = await openWitness({ folder: join(folder, one.key), name: one.name, logs: [key], now });
    const add: Witness['add'] = (body) => (behaviours.get(one.key) === 'silent' ? new Promise<WitnessAnswer>(() => undefined) : opened.add(body));
    return { ...one, vkey: opened.vkey, server: await serveAgain(add, portIn(before, one.key)) };
  }));
  const lines = started.map((one) => `witness ${one.key} ${one.vkey} ${one.server.url}`);
  const text = [`log ${vkey}`, ...lines, `group gemeenten all ${started.map((one) => one.key).join(' ')}`, 'quorum gemeenten', ''].join('\n');
  await writeFile(join(folder, 'policy'), text);
  const policy = parsePolicy(Buffer.from(text));
  if ('kind' in policy) throw new Error(`bug: ${policy.detail}`);
  return {
    policy,
    behave: (witness, behaviour) => void behaviours.set(witness, behaviour),
    close: async () => void (await Promise.all(started.map(({ server }) => server.close()))),
  };
};

/** Where it was last time: a hub in processes of its own read that when it started. On another port when somebody has that one now. */
const serveAgain = (add: Witness['add'], port: number): Promise<WitnessServer> => {
  const serve = (on: number): Promise<WitnessServer> => serveWitness(add, { host: '127.0.0.1', port: on, failed: () => undefined });
  return serve(port).catch(() => serve(0));
};

const portIn = (policy: string, key: string): number => Number(new RegExp(`^witness ${key} \\S+ https?://[^:/]+:(\\d+)`, 'm').exec(policy)?.[1] ?? 0);

/** Witnesses that somebody else runs, by their policy: the practice parties check what they receive by it. */
export const foreignWitnesses = async (folder: string, policyFile: string): Promise<PracticeWitnesses> => {
  const policy = await readPolicy(policyFile);
  await mkdir(folder, { recursive: true });
  await copyFile(policyFile, join(folder, 'policy'));
  return { policy, behave: () => undefined, close: async () => undefined };
};
