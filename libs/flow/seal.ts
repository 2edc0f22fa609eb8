import type { Clock, LogStore } from './ports.js';

/**
 * Appends every recorded entry to the Merkle tree and signs the head. Afterwards those entries may leave; with a witness policy only once enough
 * witnesses have cosigned the head (I1). Returns how many entries were signed. Throws when the log cannot be written or signed: then nothing leaves.
 */
export const seal = (ports: { readonly clock: Clock; readonly log: LogStore }): Promise<number> => ports.log.seal(ports.clock.now());
