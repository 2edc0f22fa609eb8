import { consultationPurposes } from '@ketensluis/domain';
import { recordLogExport } from '@ketensluis/flow';
import { createAudit, exportLog, logOriginOf, logVkey, signerPlace } from '@ketensluis/platform';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSignerKey } from '@ketensluis/tlog';
import { askerOf } from '../audit/options.js';
import { foldersOf, practiceOrigin, settings, withDatabase } from '../place.js';
import { PlainFault, say, terminal } from '../terminal.js';
import { offlineCommands, type OfflineCommand } from './offline.js';
import { progressBar } from './progress.js';
import { writeVerifier } from './write-verifier.js';

/** `ketensluis log ...`: writing the log out needs the database; checking it needs nothing but the files. */
export const addLogCommands = (program: Command): void => {
  const log = program.command('log').description('write the disclosure log out, and check it without the hub');
  log.command('export <directory>')
    .description('write the signed log as C2SP tlog-tiles; may be repeated, only what is new is written; that it was asked for is recorded')
    .option('--by <function>', 'who asks: code of a function, as in fg; not a name', 'operator')
    .option('--purpose <code>', `why: ${consultationPurposes.join(', ')}`, 'controle.log')
    .action(exportTo);
  log.command('verifier <directory>').description('write the verifier alone: a folder that runs on a machine with Node.js and nothing else').action(async (directory: string) => {
    await writeVerifier(directory);
    say(`The verifier is in ${directory}: node ${directory}/ketensluis-log.mjs`);
  });
  log.command('key').description('the key that verifies the log, as a witness or reader wants it; made when there is none').option('--practice', 'of the practice chain').action(logKey);
  for (const one of offlineCommands) offline(log, one);
};

const offline = (log: Command, { name, description, run }: OfflineCommand): void => {
  log
    .command(name)
    .description(description)
    .allowUnknownOption()
    .argument('[arguments...]')
    .action(async (_arguments: unknown, _options: unknown, command: Command) => {
      process.exitCode = await run(command.args, terminal);
    });
};

const logKey = async ({ practice }: { readonly practice?: boolean }): Promise<void> => {
  const configuration = settings();
  if (practice !== true && configuration.address === null) throw new PlainFault('Set KETENSLUIS_ADDRESS: the log is named after its domain; for practice: --practice', 2);
  say(await logVkey(foldersOf(configuration).signer, configuration.address === null ? practiceOrigin : logOriginOf(configuration.address)));
};

const exportTo = (directory: string, options: { readonly by: string; readonly purpose: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const { account, function: by, purpose } = askerOf({ ...options, all: true });
    const key = parseSignerKey((await readFile(signerPlace(foldersOf(configuration).signer, practiceOrigin).keyFile, 'utf8')).trim());
    if ('kind' in key) throw new PlainFault(`The key of the log cannot be read: ${key.detail}`);
    await recordLogExport({ account, function: by, purpose }, await createAudit(pool, configuration));
    const bar = progressBar(terminal);
    const outcome = await exportLog(pool, { directory, vkey: key.vkey, progress: bar.step });
    bar.end();
    if (outcome.kind === 'refused') throw new PlainFault(`Not exported: ${outcome.detail}`);
    // Whoever gets the folder can check it as it is.
    await writeVerifier(join(directory, 'verifier'));
    say(`${outcome.size} entries written to ${directory}. Check them: ketensluis log verify ${directory}`);
    if (outcome.missing.length > 0) throw new PlainFault(`Missing in the database: ${outcome.missing.join(', ')}`, 3);
  });
