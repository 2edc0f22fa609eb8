import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText, writeDurable } from '@ketensluis/platform';
import { emptyMemory, formatSignerKey, parseCosigner, type Cosigner, type WitnessMemory } from '@ketensluis/tlog';

/** What a witness keeps in its folder: its key, and the last head it cosigned of each log. */
export interface WitnessFolder {
  readonly cosigner: Cosigner;
  /** The memory of one log, from the file each time: it is the memory, not a copy of ours. */
  readonly read: (origin: string) => Promise<WitnessMemory>;
  /** Durable when it resolves. One at a time. */
  readonly write: (origin: string, memory: WitnessMemory) => Promise<void>;
}

const keyName = 'witness.skey';
const memoryName = 'memory';

/**
 * Opens the folder of a witness; makes key and memory when there is no key yet. Throws when one of the two is gone: a witness that forgot
 * what it cosigned would cosign a fork, so its memory is never made anew.
 */
export const openWitnessFolder = async (folder: string, name: string): Promise<WitnessFolder> => {
  const [keyFile, memoryFile] = [join(folder, keyName), join(folder, memoryName)];
  if (await readText(keyFile) === null) {
    const memories = await readMemories(memoryFile);
    if (memories !== null && memories.size > 0) throw new Error('the key of the witness is gone while its memory shows what it cosigned: restore the key, or begin a new folder with a new key');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeMemories(memoryFile, new Map());
    await writeDurable(keyFile, `${formatSignerKey(name, randomBytes(32), 'witness')}\n`);
  }
  const cosigner = parseCosigner((await readText(keyFile) ?? '').trim());
  if ('kind' in cosigner) throw new Error(`the key of the witness cannot be used: ${cosigner.detail}`);
  if (cosigner.name !== name) throw new Error(`the key of the witness is of ${cosigner.name}`);
  const demandMemories = async (): Promise<ReadonlyMap<string, WitnessMemory>> => {
    const memories = await readMemories(memoryFile);
    if (memories === null) throw new Error('the witness has a key and no memory: restore its memory, or begin a new folder with a new key');
    return memories;
  };
  await demandMemories();
  return {
    cosigner,
    read: async (origin) => (await demandMemories()).get(origin) ?? emptyMemory(),
    write: async (origin, memory) => writeMemories(memoryFile, new Map([...await demandMemories(), [origin, memory]])),
  };
};

const heading = 'ketensluis-witness 1\n';
const section = /^origin (\S+)\nsize (\d{1,16})\nroot ([A-Za-z0-9+/]{43}=)\ntime (\S+)\n$/;

const readMemories = async (path: string): Promise<ReadonlyMap<string, WitnessMemory> | null> => {
  const text = await readText(path);
  if (text === null) return null;
  if (!text.startsWith(heading)) throw damaged;
  const memories = new Map<string, WitnessMemory>();
  for (const part of text.slice(heading.length).split(/(?<=\n)(?=origin )/)) {
    if (part === '') continue;
    const [, origin, size, root, time] = section.exec(part) ?? [];
    if (origin === undefined || size === undefined || root === undefined || time === undefined || Number.isNaN(Date.parse(time))) throw damaged;
    memories.set(origin, { size: Number(size), root: Buffer.from(root, 'base64'), time: new Date(time) });
  }
  return memories;
};

const damaged = new Error('the memory of the witness is damaged: restore it');

const writeMemories = (path: string, memories: ReadonlyMap<string, WitnessMemory>): Promise<void> =>
  writeDurable(path, heading + [...memories].map(([origin, { size, root, time }]) =>
    `origin ${origin}\nsize ${size}\nroot ${Buffer.from(root).toString('base64')}\ntime ${time.toISOString()}\n`).join(''));
