import { closeTask, openDuties, openTasks, practiceClock, recordOutsideAct, releaseParked, retryDelivery } from '@ketensluis/platform';
import type { Command } from 'commander';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

/** What a person looks at and does: open tasks and duties, and the way back from each. */
export const addUpkeepCommands = (program: Command): void => {
  program.command('todo').description('open tasks and duties, with the command for each').option('--json', 'as JSON').action(todo);
  program
    .command('case')
    .description('cases that stand still')
    .command('release <message>')
    .description('let a parked case go on from the message it stopped at')
    .action((message: string) => change((pool, at) => releaseParked(pool, message, at), 'The case goes on.', 'No parked message has this id.'));
  program
    .command('delivery')
    .description('disclosures that were not taken over')
    .command('retry <id>')
    .description('try a dead or held delivery again, under the same id')
    .action((id: string) => change((pool, at) => retryDelivery(pool, id, at), 'It is tried again now.', 'No dead or held delivery has this id.'));
  program
    .command('task')
    .description('what a person must look at')
    .command('done <kind> <ref>')
    .description('close a task')
    .action((kind: string, ref: string) => change((pool, at) => closeTask(pool, kind, ref, at), 'Closed.', 'No open task of this kind has this reference.'));
  program
    .command('duty')
    .description('what the law orders')
    .command('done <case> <key>')
    .description('record that a duty was fulfilled outside the hub; <case> is municipality/number')
    .requiredOption('--by <function>', 'who did it: a function, not a name')
    .requiredOption('--how <text>', 'how and when it was done; kept encrypted')
    .action(dutyDone);
};

type Change = (pool: Parameters<Parameters<typeof withDatabase>[0]>[0], at: Date) => Promise<boolean>;

const change = (work: Change, done: string, absent: string): Promise<void> =>
  withDatabase(async (pool) => {
    const clock = await practiceClock(pool);
    if (!(await work(pool, clock.now()))) throw new PlainFault(absent);
    say(done);
  });

const dutyDone = (reference: string, key: string, options: { readonly by: string; readonly how: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [, municipality, number] = /^(\d{4})\/(.+)$/.exec(reference) ?? [];
    if (municipality === undefined || number === undefined) throw new PlainFault('Write the case as municipality/number, for example 9901/WV-2026-0001.', 2);
    const at = (await practiceClock(pool)).now();
    const done = await recordOutsideAct(pool, configuration, { municipality, number, key, at, ...options });
    if (!done) throw new PlainFault('This case has no such open duty; see: ketensluis todo');
    say('Recorded, also in the log.');
  });

const wayBack: Readonly<Record<string, (ref: string) => string>> = {
  'parked-case': (ref) => `ketensluis case release ${ref}`,
  'dead-letter': (ref) => `ketensluis delivery retry ${ref}`,
  certificate: (ref) => `ketensluis party apply FILE with a valid certificate, or ketensluis delivery retry ${ref}`,
  stopped: (ref) => `what it rested on ended; when it holds again it goes by itself, or: ketensluis delivery retry ${ref}`,
  'refused-message': (ref) => `tell the sender; then ketensluis task done refused-message ${ref}`,
  'duty-late': () => 'do it outside the hub; then ketensluis duty done CASE KEY',
};

const todo = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool) => {
    const [tasks, duties] = [await openTasks(pool), await openDuties(pool)];
    if (options.json === true) return say(JSON.stringify({ tasks, duties }, null, 2));
    if (tasks.length === 0) say('No open tasks.');
    for (const { kind, ref, party, cause } of tasks) {
      say(`${kind}  ${cause}${party === null ? '' : `  party ${party}`}\n    ${wayBack[kind]?.(ref) ?? `ketensluis task done ${kind} ${ref}`}`);
    }
    say(duties.length === 0 ? 'No open duties.' : `\nOpen duties, first deadline first:`);
    for (const { caseNumber, key, article, bearer, toward, authority, dueAt } of duties) {
      say(`  ${dueAt?.toISOString() ?? 'no term'} (${authority})  ${caseNumber}  ${key}  ${bearer} toward ${toward}, ${article}`);
    }
  });
