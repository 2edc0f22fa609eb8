import { program } from './program.js';
import { PlainFault, terminal } from './terminal.js';

// Whoever reads on has seen enough, as `| head` does.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => (fault.code === 'EPIPE' ? process.exit(0) : undefined));

try {
  await program.parseAsync();
} catch (fault) {
  // A bug shows where it is; anything else is told in its own words, and what is meant for people in nothing else.
  const isTold = fault instanceof PlainFault || (fault instanceof Error && !fault.message.startsWith('bug:') && process.env['KETENSLUIS_LOG_LEVEL'] !== 'debug');
  if (!isTold) throw fault;
  terminal.err(`${fault.message}\n`);
  process.exitCode = fault instanceof PlainFault ? fault.exit : 1;
}
