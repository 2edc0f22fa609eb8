import type { WitnessClient } from '@ketensluis/flow';
import { continuityOf, createFileSigner, loadLogHead, type FileSignerPlace, type LogHead } from '@ketensluis/store';
import { formatAddCheckpoint, parseNote, readWitnessAnswer, type LogPolicy, type PolicyWitness } from '@ketensluis/tlog';
import type pg from 'pg';

/** What somebody outside the database remembers of the log, held against it. */
export interface LogMemory {
  /** Null: the signer of the log itself. */
  readonly witness: string | null;
  /** `put-back`: the database holds fewer entries. `other`: it holds another history. `lost`: whoever should remember does not. `unknown`: it could not be asked. */
  readonly kind: 'same' | 'put-back' | 'other' | 'lost' | 'unknown';
  /** Entries it remembers; null where it told none. */
  readonly size: number | null;
  /** For a person at the terminal; names no one. */
  readonly detail: string;
}

/** Who is asked. */
export interface MemoryParts {
  readonly pool: pg.Pool;
  readonly signer: FileSignerPlace;
  readonly policy: LogPolicy | null;
  readonly client: WitnessClient;
}

/**
 * Whether the log in the database is the one that was signed and cosigned before: what to look at after a restore, before the hub runs. Changes nothing of
 * the hub; a witness is shown the last checkpoint, which it has cosigned or would be asked to.
 */
export const logMemories = async ({ pool, signer, policy, client }: MemoryParts): Promise<{ readonly head: LogHead; readonly memories: readonly LogMemory[] }> => {
  const head = await loadLogHead(pool);
  const own = await signerMemory(pool, head, signer);
  const asked = await Promise.all((policy?.witnesses ?? []).filter(({ url }) => url !== null).map((one) => witnessMemory(head, one, client)));
  // A hub that runs goes on meanwhile: what came in while we asked is no contradiction.
  const later = await loadLogHead(pool);
  return { head: later, memories: [own, ...asked].map((one) => (one.kind === 'put-back' && one.size !== null && one.size <= later.size && later.size > head.size ? { ...one, kind: 'same' as const } : one)) };
};

const signerMemory = async (pool: pg.Pool, head: LogHead, place: FileSignerPlace): Promise<LogMemory> => {
  const signer = await createFileSigner(place).catch(() => null);
  if (signer === null) {
    const isUsed = head.vkey !== null;
    return { witness: null, kind: isUsed ? 'lost' : 'same', size: null, detail: isUsed ? 'the key of the log is not in the folder signer: bring it back from the backup of the data folder' : 'no log was signed yet' };
  }
  if (head.vkey !== null && signer.vkey !== head.vkey) return { witness: null, kind: 'other', size: null, detail: 'the key in the folder signer is not the one this log was signed with' };
  const last = await signer.last().catch(() => null);
  if (last === null || 'kind' in last) return { witness: null, kind: 'lost', size: null, detail: 'the file state in the folder signer is missing or damaged: bring it back from the backup, as new as there is' };
  const { size } = last;
  switch (await continuityOf(pool, head, last)) {
    case 'continues': return { witness: null, kind: 'same', size, detail: `signed ${size} entries; the database has those and ${head.size - size} after them` };
    case 'behind': return { witness: null, kind: 'put-back', size, detail: `signed ${size} entries, the database has ${head.size}: it was put back to before ${size - head.size} of them` };
    case 'other': return { witness: null, kind: 'other', size, detail: `signed ${size} entries that are not those of this database` };
  }
};

const witnessMemory = async (head: LogHead, { name, key, url }: PolicyWitness, client: WitnessClient): Promise<LogMemory> => {
  const note = head.checkpoint === null ? null : parseNote(head.checkpoint);
  if (url === null || head.checkpoint === null || note === null || 'kind' in note) return { witness: name, kind: 'unknown', size: null, detail: 'there is no checkpoint to ask about' };
  const oldSize = head.signedSize;
  const heard = await client.add(url, formatAddCheckpoint({ oldSize, proof: [], checkpoint: head.checkpoint }));
  if (heard.kind === 'silent') return { witness: name, kind: 'unknown', size: null, detail: `does not answer (${heard.cause})` };
  const verdict = readWitnessAnswer(heard.answer, { key, oldSize, size: oldSize, text: note.text });
  switch (verdict.kind) {
    case 'cosigned': return { witness: name, kind: 'same', size: oldSize, detail: `cosigned ${oldSize} entries` };
    // A witness that was away has fewer; the next round brings it up to date.
    case 'other-size': return { witness: name, kind: 'same', size: verdict.size, detail: `cosigned ${verdict.size} entries, and has yet to see the rest` };
    case 'contradicted':
      return verdict.seen === undefined
        ? { witness: name, kind: 'other', size: null, detail: verdict.detail }
        : { witness: name, kind: 'put-back', size: verdict.seen, detail: `cosigned ${verdict.seen} entries, the database has ${oldSize} that were signed` };
    case 'refused': return { witness: name, kind: 'unknown', size: null, detail: verdict.detail };
  }
};
