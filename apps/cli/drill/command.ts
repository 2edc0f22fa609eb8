import type { Command } from 'commander';
import { settings } from '../place.js';
import { PlainFault, say } from '../terminal.js';
import { isBrokerInstalled } from './broker.js';
import { drill } from './drill.js';
import { isGood, rowsOf, writePage } from './page.js';

const usualFaults = '20';
const usualCases = '30';
const faultsMax = 2_000;
const casesMax = 600;

/** `ketensluis drill`: what this hub does when everything around it fails. */
export const addDrillCommand = (program: Command): void => {
  program
    .command('drill')
    .description('start a hub of its own, send invented cases through it while its processes are killed and its lines are cut, and say what came of it')
    .option('--faults <count>', 'how many faults', usualFaults)
    .option('--cases <count>', 'new cases a minute, each of four messages', usualCases)
    .option('--broker', 'with a RabbitMQ of its own, which is harmed too; needs rabbitmq-server of Debian on this computer')
    .option('--seed <number>', 'the same faults again; another each time when absent')
    .action(run);
};

const countOf = (text: string, option: string, most: number): number => {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) throw new PlainFault(`${option} is a number from 1 to ${most}`, 2);
  return count;
};

const run = async (given: { readonly faults: string; readonly cases: string; readonly seed?: string; readonly broker?: boolean }): Promise<void> => {
  if (given.broker === true && !isBrokerInstalled()) throw new PlainFault('--broker: there is no rabbitmq-server on this computer (Debian: apt install rabbitmq-server)', 2);
  const report = await drill({
    withBroker: given.broker === true,
    configuration: settings(), faults: countOf(given.faults, '--faults', faultsMax), casesPerMinute: countOf(given.cases, '--cases', casesMax),
    seed: given.seed === undefined ? Date.now() % 1_000_000 : countOf(given.seed, '--seed', 999_999_999), tell: say,
  });
  const page = await writePage(report, new Date());
  for (const [name, value] of rowsOf(report)) say(`  ${name}: ${value}`);
  say(`${isGood(report) ? 'Passed' : 'FAILED'}. The page: ${page}`);
  if (!isGood(report)) process.exitCode = 3;
};
