import { Command } from 'commander';
import { addLogCommands } from './log/commands.js';
import { addPracticeCommands } from './practice-commands.js';
import { addRegisterCommands } from './register-commands.js';
import { PlainFault, terminal } from './terminal.js';
import { up } from './up.js';
import { addUpkeepCommands } from './upkeep-commands.js';

const program = new Command('ketensluis')
  .description('Messaging hub for Dutch public safety: every disclosure and every refusal decided by law and sealed in a log anyone can check.')
  .showHelpAfterError()
  .exitOverride((fault) => process.exit(fault.exitCode === 0 ? 0 : 2));

program
  .command('up')
  .description('start gateway, worker and console in one process')
  .option('--practice', 'with the practice parties and their story')
  .action((options: { readonly practice?: boolean }) => up({ practice: options.practice === true }));
addRegisterCommands(program);
addLogCommands(program);
addPracticeCommands(program);
addUpkeepCommands(program);

try {
  await program.parseAsync();
} catch (fault) {
  // A bug shows where it is; anything else is told in its own words.
  if (!(fault instanceof Error) || fault.message.startsWith('bug:') || process.env['KETENSLUIS_LOG_LEVEL'] === 'debug') throw fault;
  terminal.err(`${fault.message}\n`);
  process.exitCode = fault instanceof PlainFault ? fault.exit : 1;
}
