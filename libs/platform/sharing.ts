import type { ProposePorts } from '@ketensluis/flow';
import { deskStore } from '@ketensluis/store';
import { join } from 'node:path';
import type { Configuration } from './config.js';
import type { Hub } from './hub.js';
import { openVault } from './master-key.js';

/** What proposing, trying and deciding about a change of a register works with. */
export interface SharingDesk extends Omit<deskStore.Sharing, 'proposals' | 'traffic'>, ProposePorts {
  /** A signed agreement that was uploaded for this party; null when there is none with this hash. */
  readonly openDocument: (party: string, sha256: string) => Promise<Uint8Array | null>;
}

/** What changing what is shared needs, beside what the running hub has. */
export const createSharingDesk = async ({ pool, clock, ids, registers, store }: Pick<Hub, 'pool' | 'clock' | 'ids' | 'registers' | 'store'>, { dataFolder }: Pick<Configuration, 'dataFolder'>): Promise<SharingDesk> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  return {
    clock, ids, registers, register: store.register, ...deskStore.createSharing(pool, vault),
    openDocument: (party, sha256) => deskStore.openDocument(pool, vault, { party, sha256 }),
  };
};
