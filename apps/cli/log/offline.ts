import { usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { logConsistency } from './consistency.js';
import { logOpen } from './open.js';
import { logProof } from './proof.js';
import { logReceipts } from './receipts.js';
import { logVerify } from './verify.js';

/** A command that needs files and nothing else: no hub, no database, no network. */
export interface OfflineCommand {
  readonly name: string;
  readonly description: string;
  readonly run: (args: readonly string[], io: CommandIo) => Promise<LogExit>;
}

/** All of them; together with libs/tlog they are the verifier that an auditor gets. */
export const offlineCommands: readonly OfflineCommand[] = [
  { name: 'verify', description: 'check an exported log: exit 0 good, 1 tampering, 2 incomplete, 3 usage', run: logVerify },
  { name: 'consistency', description: 'check that a newer checkpoint continues an older one', run: logConsistency },
  { name: 'proof', description: 'check one proof against its leaf', run: logProof },
  { name: 'open', description: 'check that an entry commits to a document', run: logOpen },
  { name: 'receipts', description: 'check what recipients kept against an exported log and against each other', run: logReceipts },
];

/** Runs the verifier as a program of its own; `words` are those after its name. */
export const runOffline = async ([name, ...args]: readonly string[], io: CommandIo): Promise<LogExit> => {
  // As in the command of the hub, so that what its messages say can be typed.
  if (name === 'log') return runOffline(args, io);
  const command = offlineCommands.find((one) => one.name === name);
  return command === undefined ? usage(io, offlineCommands.map((one) => `ketensluis-log ${one.name.padEnd(11)}  ${one.description}`).join('\n')) : command.run(args, io);
};
