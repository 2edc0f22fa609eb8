import { exportLog, signerPlace } from '@ketensluis/platform';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { parseSignerKey } from '@ketensluis/tlog';
import { foldersOf, practiceOrigin, withDatabase } from '../place.js';
import { PlainFault, say, terminal } from '../terminal.js';
import type { CommandIo, LogExit } from './command.js';
import { logConsistency } from './consistency.js';
import { progressBar } from './progress.js';
import { logProof } from './proof.js';
import { logVerify } from './verify.js';

/** `ketensluis log ...`: writing the log out needs the database; checking it needs nothing but the files. */
export const addLogCommands = (program: Command): void => {
  const log = program.command('log').description('write the disclosure log out, and check it without the hub');
  log.command('export <directory>').description('write the signed log as C2SP tlog-tiles; may be repeated, only what is new is written').action(exportTo);
  offline(log, 'verify', 'check an exported log: exit 0 good, 1 tampering, 2 incomplete, 3 usage', logVerify);
  offline(log, 'proof', 'check one proof against its leaf', logProof);
  offline(log, 'consistency', 'check that a newer checkpoint continues an older one', logConsistency);
};

const offline = (log: Command, name: string, description: string, run: (args: readonly string[], io: CommandIo) => Promise<LogExit>): void => {
  log
    .command(name)
    .description(description)
    .allowUnknownOption()
    .argument('[arguments...]')
    .action(async (_arguments: unknown, _options: unknown, command: Command) => {
      process.exitCode = await run(command.args, terminal);
    });
};

const exportTo = (directory: string): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const key = parseSignerKey((await readFile(signerPlace(foldersOf(configuration).signer, practiceOrigin).keyFile, 'utf8')).trim());
    if ('kind' in key) throw new PlainFault(`The key of the log cannot be read: ${key.detail}`);
    const bar = progressBar(terminal);
    const outcome = await exportLog(pool, { directory, vkey: key.vkey, progress: bar.step });
    bar.end();
    if (outcome.kind === 'refused') throw new PlainFault(`Not exported: ${outcome.detail}`);
    say(`${outcome.size} entries written to ${directory}. Check them: ketensluis log verify ${directory}`);
    if (outcome.missing.length > 0) throw new PlainFault(`Missing in the database: ${outcome.missing.join(', ')}`, 3);
  });
