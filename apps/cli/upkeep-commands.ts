import { confirm, replay } from '@ketensluis/flow';
import { closeTask, createReplays, openDuties, openTasks, practiceClock, recordOutsideAct, releaseParked, retryDelivery } from '@ketensluis/platform';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

const disclosureId = 'id of the disclosure: as `todo` shows it, the left half of the Message-ID, or the webhook-id';

/** What a person looks at and does: open tasks and duties, and the way back from each. */
export const addUpkeepCommands = (program: Command): void => {
  program.command('todo').description('open tasks and duties, with the command for each').option('--json', 'as JSON').action(todo);
  program
    .command('case')
    .description('cases that stand still')
    .command('release <message>')
    .description('let a parked case go on from the message it stopped at')
    .action((message: string) => change((pool, at) => releaseParked(pool, message, at), 'The case goes on.', 'No parked message has this id.'));
  const delivery = program.command('delivery').description('disclosures on their way, and those that must go again');
  delivery
    .command('replay')
    .argument('<id>', disclosureId)
    .description('bring a disclosure once more that was brought before: same id, decided anew')
    .requiredOption('--reason <text>', 'why; kept encrypted, committed to in the log (required)')
    .option('--by <name>', 'who does this; stands in the log', userInfo().username)
    .action(replayDelivery);
  delivery
    .command('confirm')
    .argument('<id>', disclosureId)
    .description('record the word of the recipient that it knows of a disclosure, as for a correction')
    .requiredOption('--by <function>', 'who said so: a function, not a name (required)')
    .requiredOption('--how <text>', 'how and when; kept encrypted, committed to in the log (required)')
    .action(confirmDelivery);
  delivery
    .command('retry')
    .argument('<id>', disclosureId)
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
    .requiredOption('--by <function>', 'who did it: a function, not a name (required)')
    .requiredOption('--how <text>', 'how and when it was done; kept encrypted (required)')
    .action(dutyDone);
};

const replayDelivery = (id: string, options: { readonly reason: string; readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const result = await replay({ id, ...options }, await createReplays(pool, configuration));
    switch (result.kind) {
      case 'queued': return say('It is brought once more now, under the same id.');
      case 'under-way': throw new PlainFault('It is being tried already.');
      case 'absent': throw new PlainFault('No disclosure with this id was brought before. One that waits or was held: ketensluis delivery retry ID');
      case 'refused': throw new PlainFault(`Not sent: decided anew, it may not go now (${result.reason}). The log says so too.`);
    }
  });

const confirmDelivery = (id: string, options: { readonly by: string; readonly how: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const result = await confirm({ id, oin: null, ...options }, await createReplays(pool, configuration));
    if (result === 'absent') throw new PlainFault('No disclosure with this id was delivered.');
    say(result === 'repeated' ? 'It was confirmed before; nothing changes.' : 'Confirmed, also in the log.');
  });

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

// What is held for its channel: the way back follows from why.
const heldWays: readonly (readonly [cause: string, way: string])[] = [
  ['no-key', 'ketensluis webhook key add PARTY; what waits then goes by itself'],
  ['endpoint-disabled', 'ask the party; then ketensluis webhook enable PARTY, and what waits goes by itself'],
  ['no safe route', 'ketensluis route PARTY says what is missing; the party mends its domain, or gets another channel'],
  // Of the server that answered, not of the party's mail: no document of ours changes it.
  ['tlsa-invalid', 'ask the party to mend it: its mail server shows another key than its DNS says (TLSA)'],
  ...['certificate-host-mismatch', 'certificate-expired', 'certificate-not-trusted'].map((code) => [code, 'ask the party to mend the TLS certificate of its server'] as const),
];
const heldWay = (cause: string): string => heldWays.find(([code]) => cause.startsWith(code))?.[1] ?? 'ketensluis party apply FILE with a valid certificate';

const wayBack: Readonly<Record<string, (ref: string, duty: string | null, cause: string) => string>> = {
  'parked-case': (ref) => `ketensluis case release ${ref}`,
  'dead-letter': (ref) => `ketensluis delivery retry ${ref}`,
  certificate: (ref, _duty, cause) => `${heldWay(cause)}; if it still waits then: ketensluis delivery retry ${ref}`,
  expiry: (ref) => (ref.startsWith('own-') ? 'ketensluis keys new ROLE, and have it certified' : 'ketensluis certificates list; ask the party or authority for what follows it'),
  proposal: (ref) => `ketensluis certificates show ${ref}, then approve or reject it; two persons approve`,
  stopped: (ref) => `what it rested on ended; when it holds again it goes by itself, or: ketensluis delivery retry ${ref}`,
  mailbox: (ref) => `mend the mailbox named ${ref} in the file of KETENSLUIS_MAILBOXES, or its server; this closes by itself`,
  'refused-message': (ref) => `tell the sender; then ketensluis task done refused-message ${ref}`,
  'receipt-missing': (ref) => `ask the party whether it has it: ketensluis delivery replay when not, ketensluis duty done when it has; then ketensluis task done receipt-missing ${ref}`,
  reconcile: (ref, _duty, cause) => `ask the party${cause === 'not-received' ? `; bring it again with ketensluis delivery replay ${ref} --reason TEXT` : ''}; then ketensluis task done reconcile ${ref}`,
  log: (ref) => (ref === 'signer' ? 'mend what it names, or wait for its clock; closes by itself when the log is signed again' : `call whoever guards the log; then ketensluis task done log ${ref}`),
  'duty-late': (ref, duty) => (duty === null ? `ketensluis task done duty-late ${ref}` : `do it outside the hub; then ketensluis duty done ${duty} --by FUNCTION --how TEXT`),
};

const todo = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool) => {
    const [tasks, duties] = [await openTasks(pool), await openDuties(pool)];
    if (options.json === true) return say(JSON.stringify({ tasks, duties }, null, 2));
    if (tasks.length === 0) say('No open tasks.');
    for (const { kind, ref, party, cause, duty } of tasks) {
      say(`${kind}  ${cause}${party === null ? '' : `  party ${party}`}\n    ${wayBack[kind]?.(ref, duty, cause) ?? `ketensluis task done ${kind} ${ref}`}`);
    }
    say(duties.length === 0 ? 'No open duties.' : `\nOpen duties, first deadline first:`);
    for (const { caseNumber, key, article, bearer, toward, authority, dueAt } of duties) {
      say(`  ${dueAt?.toISOString() ?? 'no term'} (${authority})  ${caseNumber}  ${key}  ${bearer} toward ${toward}, ${article}`);
    }
    if (duties.length > 0) say('\nDone outside the hub: ketensluis duty done CASE KEY --by FUNCTION --how TEXT');
    // Whoever holds something wrong is to say that it knows better now (Wpg art. 4(4), AVG art. 19).
    if (duties.some(({ key }) => key.startsWith('WPG-07'))) say('A recipient of a correction that says it knows: ketensluis delivery confirm ID --by FUNCTION --how TEXT');
  });
