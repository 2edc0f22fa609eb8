import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { emptyRoot, formatSignerKey, parseSignerKey, sameBytes, signCheckpoint, verifyConsistency } from '@ketensluis/tlog';
import type { NoteSigner } from '@ketensluis/tlog';
import { readText, writeDurable } from './durable.js';
import type { LogSigner, SignRefusal, SignRequest, SignedHead } from './signer.js';

/** Where a signer in files keeps its key (an skey line, mode 0600) and its memory, and the name of the log it signs for. */
export interface FileSignerPlace {
  readonly keyFile: string;
  readonly stateFile: string;
  readonly origin: string;
}

interface State extends SignedHead {
  readonly time: Date;
}

/**
 * Makes key and memory when there is no key yet; afterwards both exist. Safe to call at every start: a key that is there is kept,
 * and its memory is never made anew, for a signer that forgot what it signed would sign a fork.
 */
export const ensureLogKey = async (place: FileSignerPlace): Promise<void> => {
  if (await readText(place.keyFile) !== null) return;
  const state = await readState(place);
  if (state !== null && state.size > 0) throw new Error('the log key is gone while its memory shows signed heads: restore the key or start a new origin');
  for (const file of [place.keyFile, place.stateFile]) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeState(place, { size: 0, root: emptyRoot(), time: new Date(0) });
  await writeDurable(place.keyFile, `${formatSignerKey(place.origin, randomBytes(32))}\n`);
};

/** A signer whose key and memory are files. Throws when the key cannot be read or is not of this origin. */
export const createFileSigner = async (place: FileSignerPlace): Promise<LogSigner> => {
  const key = parseSignerKey((await readFile(place.keyFile, 'utf8')).trim());
  if ('kind' in key) throw new Error(`log key refused: ${key.detail}`);
  if (key.name !== place.origin) throw new Error('log key refused: it is of another origin');
  let turn: Promise<unknown> = Promise.resolve();
  return {
    origin: place.origin,
    vkey: key.vkey,
    last: async () => (await readState(place)) ?? stateMissing,
    sign: (request) => {
      // One at a time: between reading the memory and writing it nothing else may be signed.
      const mine = turn.then(() => signOnce(place, key, request));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
};

type Signed = Awaited<ReturnType<LogSigner['sign']>>;

const signOnce = async (place: FileSignerPlace, key: NoteSigner, request: SignRequest): Promise<Signed> => {
  // From the file each time: it is the memory, not a copy of ours.
  const state = await readState(place);
  if (state === null) return stateMissing;
  const refusal = objection(state, request);
  if (refusal !== null) return refusal;
  const { size, root, at } = request;
  // Durable before the signature exists: after a crash we may have remembered too much, never too little.
  await writeState(place, { size, root, time: at });
  return { kind: 'signed', note: signCheckpoint({ origin: place.origin, size, root }, key) };
};

const objection = (state: State, request: SignRequest): SignRefusal | null => {
  const { size, root, proof, at } = request;
  if (at.getTime() < state.time.getTime()) return refuse('clock-back', `the clock is ${state.time.getTime() - at.getTime()} ms before the last signature`);
  if (size < state.size) return refuse('smaller', `the log has ${size} entries, ${state.size} were signed`);
  if (size === state.size) return sameBytes(root, state.root) ? null : refuse('fork', `another root at size ${size} was signed`);
  // Everything continues the empty log; its memory was made together with the key.
  if (state.size === 0) return null;
  const continues = verifyConsistency({ oldSize: state.size, oldRoot: state.root, size, root, proof });
  return continues ? null : refuse('inconsistent', `size ${size} does not continue what was signed at ${state.size}`);
};

const refuse = (code: SignRefusal['code'], detail: string): SignRefusal => ({ kind: 'refused', code, detail });
const stateMissing = refuse('state-missing', 'the signer has a key and no memory: restore its state file');

const readState = async (place: FileSignerPlace): Promise<State | null> => {
  const text = await readText(place.stateFile);
  if (text === null) return null;
  const match = /^ketensluis-signer 1\norigin (\S+)\nsize (\d{1,16})\nroot ([A-Za-z0-9+/]{43}=)\ntime (\S+)\n$/.exec(text);
  const [origin, size, root, time] = [match?.[1], match?.[2], match?.[3], match?.[4]];
  if (origin === undefined || size === undefined || root === undefined || time === undefined) throw new Error('the state file of the signer is damaged');
  if (origin !== place.origin) throw new Error('the state file of the signer is of another origin');
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) throw new Error('the state file of the signer is damaged');
  return { size: Number(size), root: Buffer.from(root, 'base64'), time: at };
};

const writeState = (place: FileSignerPlace, state: State): Promise<void> => writeDurable(place.stateFile, [
  'ketensluis-signer 1', `origin ${place.origin}`, `size ${state.size}`,
  `root ${Buffer.from(state.root).toString('base64')}`, `time ${state.time.toISOString()}`, '',
].join('\n'));
