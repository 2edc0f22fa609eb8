import { askWitnesses, type WitnessRound } from '@ketensluis/flow';
import { demandQuorum, exportLog, inTransaction, recordEntries, releaseStore, sequence, signHead, type FileSignerPlace, type LogSigner, type NewEntry } from '@ketensluis/store';
import { formatPolicy } from '@ketensluis/tlog';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { witnessClient } from '../../libs/platform/witness-client.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { openTestSigner, testStart } from '../harness/log-entries.js';
import { startWitnesses, type TestWitnesses } from '../harness/witnesses.js';

/** A log in PostgreSQL with a signer and two witnesses, both of which must sign. Time stands still until it is told to pass. */
export interface WitnessedLog {
  readonly database: TestDatabase;
  readonly signer: LogSigner;
  readonly place: FileSignerPlace;
  readonly witnesses: TestWitnesses;
  /** Names the witnesses, for who verifies. */
  readonly policyFile: string;
  /** A folder that goes with the log. */
  readonly folder: string;
  readonly now: () => Date;
  readonly pass: (seconds: number) => void;
  /** Records entries, appends them and has them signed; `cosign` is what follows. Returns their ids. */
  readonly grow: (entries: readonly NewEntry[]) => Promise<readonly string[]>;
  readonly cosign: () => Promise<WitnessRound>;
  readonly exportTo: (directory: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

const answerMaxMs = 5_000;

/** Opens a log without entries. */
export const openWitnessedLog = async (): Promise<WitnessedLog> => {
  let at = new Date(testStart);
  const now = (): Date => at;
  const database = await openTestDatabase();
  const { signer, place, remove } = await openTestSigner();
  const witnesses = await startWitnesses({ vkey: signer.vkey, count: 2, enough: 2, now });
  const folder = join(witnesses.folder, 'log');
  const policyFile = join(folder, 'policy');
  await mkdir(folder);
  await writeFile(policyFile, formatPolicy(witnesses.policy));
  await demandQuorum(database.pool, true);
  const client = witnessClient(answerMaxMs);
  return {
    database, signer, place, witnesses, policyFile, folder, now,
    pass: (seconds) => {
      at = new Date(at.getTime() + seconds * 1000);
    },
    grow: async (entries) => {
      const recorded = await inTransaction(database.pool, (transaction) => recordEntries(transaction, entries));
      while ((await sequence(database.pool)).added > 0);
      const signed = await signHead(database.pool, signer, at);
      if (signed.kind === 'refused') throw new Error(signed.detail);
      return recorded.map(({ id }) => id);
    },
    cosign: () => askWitnesses(witnesses.policy, { clock: { now }, client, releases: releaseStore(database.pool) }),
    exportTo: async (directory) => {
      const exported = await exportLog(database.pool, { directory, vkey: signer.vkey });
      if (exported.kind === 'refused') throw new Error(exported.detail);
      return directory;
    },
    close: async () => {
      await witnesses.close();
      await database.close();
      await remove();
    },
  };
};
