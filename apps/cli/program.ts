import { Command } from 'commander';
import { addClientCommands } from './client-commands.js';
import { addAskCommands } from './audit/ask.js';
import { addReportCommands } from './audit/report.js';
import { addLogCommands } from './log/commands.js';
import { addCertificateCommands } from './certificate-commands.js';
import { addConfigCommands } from './config-commands.js';
import { addDoctorCommand } from './doctor-command.js';
import { addFeedCommands } from './feed-commands.js';
import { addDrillCommand } from './drill/command.js';
import { addKeysCommands } from './keys-commands.js';
import { addMigrateCommand } from './migrate-command.js';
import { addNecessityCommands } from './necessity-commands.js';
import { addPracticeCommands } from './practice-commands.js';
import { addReaderCommands } from './reader-commands.js';
import { addReceiverCommand } from './receiver.js';
import { addAcceptanceCommand } from './acceptance-command.js';
import { addReconcileCommand } from './reconcile-command.js';
import { addRegisterCommands } from './register-commands.js';
import { addExportCommand } from './export-command.js';
import { addRetentionCommands } from './retention-commands.js';
import { addRouteCommands } from './route-commands.js';
import { addDatabaseCommands } from './database-commands.js';
import { addPrepareCommand } from './prepare-command.js';
import { addRunCommand } from './run.js';
import { up } from './up.js';
import { addUpkeepCommands } from './upkeep-commands.js';
import { addViewCommands } from './view-commands.js';
import { addWebhookCommands } from './webhook-commands.js';
import { addWitnessCommand } from './witness.js';

/** The command `ketensluis` with everything below it; nothing is done before it parses words. */
export const program = new Command('ketensluis')
  .description('Messaging hub for Dutch public safety: every disclosure and every refusal decided by law and sealed in a log anyone can check.')
  .showHelpAfterError()
  .exitOverride((fault) => process.exit(fault.exitCode === 0 ? 0 : 2));

program
  .command('up')
  .description('start gateway, worker and console in one process')
  .option('--practice', 'with the practice parties and their story, instead of real ones')
  .action((options: { readonly practice?: boolean }) => up({ practice: options.practice === true }));
addConfigCommands(program);
addMigrateCommand(program);
addDoctorCommand(program);
addRunCommand(program);
addPrepareCommand(program);
addDatabaseCommands(program);
addRegisterCommands(program);
addAcceptanceCommand(program);
addReconcileCommand(program);
addReaderCommands(program);
addKeysCommands(program);
addCertificateCommands(program);
addClientCommands(program);
addLogCommands(program);
addPracticeCommands(program);
addDrillCommand(program);
addUpkeepCommands(program);
addNecessityCommands(program);
addAskCommands(program);
addReportCommands(program);
addRetentionCommands(program);
addExportCommand(program);
addFeedCommands(program);
addRouteCommands(program);
addViewCommands(program);
addWebhookCommands(program);
addWitnessCommand(program);
addReceiverCommand(program);
