import type { Clock, LogStore } from './ports.js';

/**
 * Appends every recorded entry to the Merkle tree and signs the head; afterwards those entries may leave (I1).
 * Returns how many entries became sealed. Throws when the log cannot be written or signed: then nothing leaves.
 */
export const seal = (ports: { readonly clock: Clock; readonly log: LogStore }): Promise<number> => ports.log.seal(ports.clock.now());
