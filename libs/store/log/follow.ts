import { openCheckpoint, parseVerifierKey } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import type { LogSigner } from './signer.js';
import { loadConsistency } from './tree-hashes.js';

/**
 * Lets a signer that waits for its turn remember what another process with the same key signed last, so that it refuses whatever that one would refuse. It
 * believes only its own signature over a head that continues what it remembers. Does nothing where both share one memory.
 */
export const followHead = async (client: Queryable, signer: LogSigner): Promise<void> => {
  const { rows: [row] } = await client.query<{ note: Buffer; signed_at: Date }>(prepared('select note, signed_at from tlog_checkpoint order by size desc limit 1', []));
  const key = parseVerifierKey(signer.vkey);
  if (row === undefined || 'kind' in key) return;
  const signed = openCheckpoint(row.note, [key]);
  const last = await signer.last();
  if (signed.kind === 'refused' || 'kind' in last || signed.size <= last.size) return;
  await signer.sign({ size: signed.size, root: signed.root, proof: await loadConsistency(client, last.size, signed.size), at: row.signed_at });
};
