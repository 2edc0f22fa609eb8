import { parseRetention, type RetentionRules } from '@ketensluis/domain';
import type { DestructionCertificate, RetentionPorts } from '@ketensluis/flow';
import { certificateFiles } from '@ketensluis/report';
import { destructionStore, erasureStore, holdStore, openErasedList, replayErased, uuidV7, type Replayed, type Vault } from '@ketensluis/store';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { positioned, registerReader } from './registers.js';

/** The retention rules of this folder; throws with every problem when they cannot be used, an object nobody knows included. */
export const readRetention = async (folder: string): Promise<RetentionRules> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const files = await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })));
  const sha256 = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  const rules = parseRetention(files.map(({ name, text }) => ({ name, value: positioned(text).value })), sha256);
  if (!('kind' in rules)) return rules;
  throw new Error(`The retention rules in ${folder} are refused:\n${rules.problems.map((problem) => `  ${problem}`).join('\n')}`);
};

/** Below the folder of destruction: the list of erased ids and the certificates. */
const listFile = (folder: string): string => join(folder, 'erased.jsonl');

/** Where erasing happens for this data folder. */
export interface RetentionPlace {
  readonly pool: pg.Pool;
  readonly vault: Vault;
  /** Folder of the list of erased ids and of the certificates. */
  readonly folder: string;
}

/** Erases again what a restore brought back and finishes what a crash left half; see `replayErased` of the store. */
export const replay = ({ pool, vault, folder }: RetentionPlace, at: Date): Promise<Replayed> => replayErased({ pool, vault, list: openErasedList(listFile(folder)) }, at);

/** The same for a command beside the hub. */
export const replayBeside = async (pool: pg.Pool, { dataFolder }: Configuration): Promise<Replayed> =>
  replay({ pool, vault: await openVault(join(dataFolder, 'keys')), folder: join(dataFolder, 'destruction') }, (await practiceClock(pool)).now());

/** What the flows of retention work with. */
export const retentionPorts = (place: RetentionPlace, clock: RetentionPorts['clock'], rules: RetentionRules): RetentionPorts => {
  const { pool, vault, folder } = place;
  const list = openErasedList(listFile(folder));
  return {
    clock, ids: { next: uuidV7 }, registers: registerReader(pool, clock), rules,
    destruction: destructionStore({ pool, vault, list, rules, publish: (id, certificate) => publish(folder, id, certificate) }),
    holds: holdStore(pool, vault),
    erasures: erasureStore({ pool, vault, list }),
  };
};

/** The same for a command beside the hub. */
export const createRetention = async (pool: pg.Pool, { dataFolder }: Configuration, rules: RetentionRules): Promise<RetentionPorts> =>
  retentionPorts({ pool, vault: await openVault(join(dataFolder, 'keys')), folder: join(dataFolder, 'destruction') }, await practiceClock(pool), rules);

const publish = async (folder: string, proposalId: string, bytes: Uint8Array): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const certificate: DestructionCertificate = JSON.parse(Buffer.from(bytes).toString('utf8'));
  for (const { path, bytes: content } of [...(await certificateFiles(certificate)), { path: `${proposalId}.json`, bytes }]) await writeWhole(join(folder, path), content);
};

/** The whole file or none, on disk once this resolves. */
const writeWhole = async (path: string, bytes: Uint8Array): Promise<void> => {
  const handle = await open(`${path}.new`, 'w', 0o600);
  await handle.writeFile(bytes).then(() => handle.sync()).finally(() => handle.close());
  await rename(`${path}.new`, path);
};
