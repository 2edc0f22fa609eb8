import { cosign, originIn, parseAddCheckpoint, witness, type VerifierKey, type WitnessAnswer } from '@ketensluis/tlog';
import { openWitnessFolder } from './memory.js';

/** Who witnesses which logs, and where it keeps its key and memory. */
export interface WitnessPlace {
  readonly folder: string;
  /** Name of the witness, in its key and its cosignatures: an address without its scheme. */
  readonly name: string;
  /** Keys of the logs; the name of a key is the origin of its log. */
  readonly logs: readonly VerifierKey[];
  readonly now: () => Date;
}

/** A witness that is ready to be asked. It learns origin, size and root of a log, and nothing else. */
export interface Witness {
  readonly vkey: string;
  /** Answers the body of one `add-checkpoint`. What it cosigned is durable before this resolves. Throws when its folder fails it. */
  readonly add: (body: Uint8Array) => Promise<WitnessAnswer>;
}

/** Opens a witness; makes its key when there is none. Throws when its folder cannot be used. */
export const openWitness = async ({ folder, name, logs, now }: WitnessPlace): Promise<Witness> => {
  const { cosigner, read, write } = await openWitnessFolder(folder, name);
  let turn: Promise<unknown> = Promise.resolve();
  const add = async (body: Uint8Array): Promise<WitnessAnswer> => {
    const request = parseAddCheckpoint(body);
    const origin = request === null ? null : originIn(request.checkpoint);
    if (request === null || origin === null) return { status: 400, contentType: 'text/plain; charset=utf-8', body: Buffer.from('not an add-checkpoint request\n') };
    const at = now();
    const step = witness({ request, keys: logs.filter((key) => key.name === origin), memory: await read(origin), at });
    if (step.kind === 'answer') return step.answer;
    // Remembered before the signature exists: after a crash it may have remembered too much, never too little.
    await write(origin, step.next);
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: Buffer.from(cosign(cosigner, step.text, at)) };
  };
  return {
    vkey: cosigner.vkey,
    add: (body) => {
      // One at a time: between reading the memory and writing it nothing else may be cosigned (C2SP tlog-witness).
      const mine = turn.then(() => add(body));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
};
