import { dayBefore, dayOf } from '@ketensluis/domain';
import { reconcileList } from '@ketensluis/flow';
import { createReconciling } from '@ketensluis/platform';
import type { Command } from 'commander';
import { readFile, stat } from 'node:fs/promises';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

/** `ketensluis reconcile PARTY FILE`: what a party says it received beside what was delivered to it. */
export const addReconcileCommand = (program: Command): void => {
  program
    .command('reconcile')
    .argument('<party>', 'key or OIN of the party')
    .argument('<file>', 'JSON list of what it received: [{"id": ..., "receivedAt": ..., "sha256": ...}]; id as in Message-ID or webhook-id, sha256 of the document may be left out')
    .description('compare what a party says it received with what was delivered to it; differences become tasks')
    .option('--day <day>', 'the day the list is about, as 2026-03-02; yesterday when absent')
    .option('--json', 'as JSON')
    .action(compare);
};

const fileMaxBytes = 8 * 1024 * 1024;

const compare = (name: string, file: string, options: { readonly day?: string; readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const list = await readList(file);
    const ports = await createReconciling(pool, configuration);
    const { registers } = await ports.registers.current();
    const party = registers.parties.find(({ key, oin }) => key === name || oin === name);
    if (party === undefined) throw new PlainFault(`There is no party "${name}".`, 2);
    const day = dayOf(options.day ?? dayBefore(ports.clock.now()));
    if (day === null) throw new PlainFault('Write the day as 2026-03-02.', 2);
    const found = await reconcileList({ party: party.oin, list, ...day }, ports);
    if (found.kind === 'refused') throw new PlainFault(`${file}: ${found.detail}`, 2);
    if (options.json === true) return say(JSON.stringify(found, null, 2));
    say(`${found.listed} in the list, ${found.matched} of them ours, ${found.differences.length} differences.`);
    for (const { id, kind } of found.differences) say(`  ${kind}  ${id}`);
    if (found.differences.length > 0) say('Each is a task now: ketensluis todo');
  });

const readList = async (file: string): Promise<unknown> => {
  const size = await stat(file).then(({ size: bytes }) => bytes, () => null);
  if (size === null) throw new PlainFault(`${file}: cannot be read`, 2);
  if (size > fileMaxBytes) throw new PlainFault(`${file}: larger than ${fileMaxBytes} bytes`, 2);
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (fault) {
    if (fault instanceof SyntaxError) throw new PlainFault(`${file}: not JSON`, 2);
    throw fault;
  }
};
