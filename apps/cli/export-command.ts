import { exportAll } from '@ketensluis/flow';
import { createExport } from '@ketensluis/platform';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { progressBar } from './log/progress.js';
import { writeVerifier } from './log/write-verifier.js';
import { withDatabase } from './place.js';
import { PlainFault, say, terminal } from './terminal.js';

/** `ketensluis export all DIR`: what the hub holds for a controller, opened, with everything it takes to read and check it elsewhere. */
export const addExportCommand = (program: Command): void => {
  program
    .command('export')
    .description('give back what the hub holds')
    .command('all <directory>')
    .description('cases, documents, rules, agreements, receipts, log and verifier as files; cut off, the same command goes on where it was')
    .option('--for <oin>', 'of this controller only; without it everything, for the operator')
    .requiredOption('--by <function>', 'who asks: code of a function, as in fg; not a name')
    .action(exportTo);
};

const exportTo = (directory: string, options: { readonly for?: string; readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    if (!/^(?=[^a-z]*[a-z])[a-z0-9][a-z0-9-]{0,39}$/.test(options.by)) throw new PlainFault('--by: the code of a function: lower-case letters, digits and dashes', 2);
    const ports = await createExport(pool, configuration, { directory: resolve(directory), writeVerifier });
    const bar = progressBar(terminal);
    const outcome = await exportAll({ account: userInfo().username, function: options.by, controller: options.for ?? null }, ports, bar.step);
    bar.end();
    if (outcome.kind === 'refused') throw new PlainFault(outcome.detail, 2);
    say(`${outcome.files} files, ${outcome.bytes} bytes in ${directory}, as of ${outcome.scope.upTo.toISOString()}. It holds personal data in the clear.`);
    say(`Check: cd ${directory} && sha256sum -c --quiet MANIFEST.sha256`);
  });
