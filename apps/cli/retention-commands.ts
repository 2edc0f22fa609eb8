import { askedName, civilDay, legalHoldReasons, type HoldCause } from '@ketensluis/domain';
import { addLegalHold, approveDestruction, erasePerson, erasureGrounds, liftLegalHold, proposeDestruction, runDestruction, type ErasureGround, type HoldTarget, type RetentionPorts } from '@ketensluis/flow';
import { createRetention, readRetention, replayBeside } from '@ketensluis/platform';
import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { readPersons } from './audit/person.js';
import { progressBar } from './log/progress.js';
import { configFolder, withDatabase } from './place.js';
import { PlainFault, say, terminal } from './terminal.js';

/** What goes when its term is over, what waits for a procedure, and one person's part that goes early. */
export const addRetentionCommands = (program: Command): void => {
  addHold(program.command('hold').description('legal holds: what is held is not destroyed until the hold ends'));
  addDestroy(program.command('destroy').description('what is due goes, with its keys, when two persons approved it'));
  program
    .command('erase')
    .description('erase one person from the personal part of the log before its term; the person is asked for')
    .requiredOption('--controller <oin>', 'whose entries')
    .addOption(new Option('--ground <ground>', 'on which ground').choices(Object.keys(erasureGrounds)).makeOptionMandatory())
    .requiredOption('--by <function>', 'who does this: a function, not a name; stands in the log')
    .option('--from <day>', 'entries from this day on (YYYY-MM-DD)', '2020-01-01')
    .option('--to <day>', 'up to this day; without it, up to now')
    .action(erase);
};

const addHold = (hold: Command): void => {
  hold
    .command('add [case]')
    .description('hold a case (municipality/number), or without it a person, who is asked for')
    .addOption(new Option('--reason <code>', 'why').choices(legalHoldReasons).makeOptionMandatory())
    .requiredOption('--by <function>', 'who does this: a function, not a name; stands in the log')
    .requiredOption('--until <day>', 'last day of the hold (YYYY-MM-DD); it always has one')
    .option('--controller <oin>', 'whose entries, for a person')
    .option('--law <law>', 'of the case', 'WTH')
    .option('--from <day>', 'for a person: entries from this day on', '2020-01-01')
    .option('--to <day>', 'for a person: up to this day; without it, up to now')
    .action(holdAdd);
  hold.command('list').description('every hold, with its end').option('--json', 'as JSON').action(holdList);
  hold.command('lift <hold>').description('end a hold before its time').requiredOption('--by <function>', 'who does this: a function').action(holdLift);
};

const addDestroy = (destroy: Command): void => {
  destroy
    .command('propose')
    .description('show what is due, per law and object, and keep a proposal for each controller; nothing is destroyed')
    .requiredOption('--by <function>', 'who proposes: a function')
    .option('--json', 'as JSON')
    .action(propose);
  destroy.command('list').description('every proposal and how far it is').action(listProposals);
  destroy.command('show <proposal>').description('what a proposal names, as it is approved').action(show);
  destroy
    .command('approve <proposal>')
    .description('approve a proposal; two persons in two functions must')
    .requiredOption('--by <name>', 'who approves; kept in the database only')
    .requiredOption('--function <code>', 'in which function; stands in the log and on the certificate')
    .option('--sha256 <hash>', 'of what was read; refused when the proposal is another')
    .action(approve);
  destroy.command('run <proposal>').description('carry out an approved proposal; may be repeated after a crash').action(run);
  destroy.command('replay').description('hold database and keys against the list of erased ids, and erase again what is back').action(replay);
};

const withRetention = (work: (ports: RetentionPorts) => Promise<void>): Promise<void> =>
  withDatabase(async (pool, configuration) => work(await createRetention(pool, configuration, await readRetention(join(configFolder, 'retention')))));

const dayAt = (text: string, time: string): Date => {
  const at = new Date(`${text}T${time}Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(at.getTime())) throw new PlainFault(`${text} is no day: write YYYY-MM-DD.`, 2);
  return at;
};

const endOf = (text: string | undefined, now: Date): Date => (text === undefined ? new Date(now.getTime() + 1) : dayAt(text, '23:59:59.999'));

interface HoldOptions {
  readonly reason: HoldCause;
  readonly by: string;
  readonly until: string;
  readonly controller?: string;
  readonly law: string;
  readonly from: string;
  readonly to?: string;
}

const holdAdd = (reference: string | undefined, options: HoldOptions): Promise<void> =>
  withRetention(async (ports) => {
    const hold = { controller: options.controller ?? null, reason: options.reason, byFunction: options.by, untilAt: dayAt(options.until, '23:59:59.999') };
    const target = reference === undefined ? await personTarget(options, ports) : caseTarget(reference, options.law);
    const outcome = await addLegalHold(hold, target, ports);
    if (outcome.kind === 'refused') throw new PlainFault(outcome.detail, 2);
    say(`Held until ${options.until}: ${outcome.cases} case(s), ${outcome.entries} entries. Hold ${outcome.id}; to end it: ketensluis hold lift ${outcome.id} --by FUNCTION`);
  });

const caseTarget = (reference: string, law: string): HoldTarget => {
  const [, municipality, number] = /^(\d{4})\/(.+)$/.exec(reference) ?? [];
  if (municipality === undefined || number === undefined) throw new PlainFault('Write the case as municipality/number, for example 9901/WV-2026-0001.', 2);
  return { kind: 'case', law, municipality, number };
};

const personTarget = async ({ from, to }: HoldOptions, { clock }: RetentionPorts): Promise<HoldTarget> =>
  ({ kind: 'person', names: (await readPersons()).map(askedName), from: dayAt(from, '00:00:00.000'), to: endOf(to, clock.now()) });

const holdList = (options: { readonly json?: boolean }): Promise<void> =>
  withRetention(async ({ holds, clock }) => {
    const all = await holds.all();
    if (options.json === true) return say(JSON.stringify(all, null, 2));
    if (all.length === 0) return say('No legal holds.');
    for (const { id, reason, byFunction, untilAt, liftedAt, cases, entries } of all) {
      const state = liftedAt !== null ? `lifted ${liftedAt.toISOString()}` : untilAt <= clock.now() ? 'ended' : `until ${untilAt.toISOString()}`;
      say(`${id}  ${state}  ${reason}  by ${byFunction}  ${[...cases, ...(entries > 0 ? [`${entries} entries`] : [])].join(', ')}`);
    }
  });

const holdLift = (id: string, options: { readonly by: string }): Promise<void> =>
  withRetention(async (ports) => {
    if (!(await liftLegalHold(id, options.by, ports))) throw new PlainFault('No hold that still runs has this id; see: ketensluis hold list');
    say('Lifted: what it held follows its own term again.');
  });

const propose = (options: { readonly by: string; readonly json?: boolean }): Promise<void> =>
  withRetention(async (ports) => {
    const { lines, proposals, without } = await proposeDestruction(options.by, ports);
    if (options.json === true) return say(JSON.stringify({ lines, proposals, without }, null, 2));
    for (const { object, law, basis, due, held, waiting, nextDueAt } of lines) {
      const next = nextDueAt === null ? 'nothing runs' : `next ${civilDay(nextDueAt)}`;
      say(`${law ?? 'hub'}  ${object}  due ${due}${held > 0 ? `, held ${held}` : ''}${waiting > 0 ? `, waiting ${waiting}` : ''}  ${next}  (${basis})`);
    }
    for (const municipality of without) say(`Municipality ${municipality} is no party any more: nobody can approve for it, so its cases stay.`);
    for (const { id, sha256, expiresAt, body } of proposals) {
      say(`\nProposal ${id} for ${body.controller ?? 'the log of the hub'}: ${body.items.length} objects, until ${civilDay(expiresAt)}`);
      for (const { kind, ref, object, dueAt } of body.items) say(`  ${object}  ${kind} ${ref}  due since ${civilDay(new Date(dueAt))}`);
      say(`  ketensluis destroy approve ${id} --by NAME --function CODE --sha256 ${sha256}`);
    }
    if (proposals.length === 0) say('Nothing is due.');
  });

const listProposals = (): Promise<void> =>
  withRetention(async ({ destruction }) => {
    const all = await destruction.proposals();
    if (all.length === 0) say('No proposals.');
    for (const { id, controller, doneAt, startedAt, approvers, expiresAt } of all) {
      const state = doneAt !== null ? `done ${doneAt.toISOString()}` : startedAt !== null ? 'begun, not ended: run it again' : `approved by ${approvers.length} of 2, until ${civilDay(expiresAt)}`;
      say(`${id}  ${controller ?? 'hub'}  ${state}${approvers.length > 0 ? `  (${approvers.join(', ')})` : ''}`);
    }
  });

const show = (id: string): Promise<void> =>
  withRetention(async ({ destruction }) => {
    const proposal = await destruction.findProposal(id);
    if (proposal === null) throw new PlainFault('No proposal has this id; see: ketensluis destroy list');
    say(Buffer.from(proposal.certificate ?? proposal.body).toString('utf8').trimEnd());
    say(`SHA-256 of the proposal: ${proposal.sha256}`);
  });

const approve = (proposalId: string, options: { readonly by: string; readonly function: string; readonly sha256?: string }): Promise<void> =>
  withRetention(async (ports) => {
    const outcome = await approveDestruction({ proposalId, person: options.by, function: options.function, sha256: options.sha256 ?? null }, ports);
    if (outcome.kind === 'refused') throw new PlainFault(outcome.detail, 3);
    say(outcome.approvers.length < 2 ? 'Approved; one more person in another function must.' : `Approved by two: ketensluis destroy run ${proposalId}`);
  });

const run = (proposalId: string): Promise<void> =>
  withRetention(async (ports) => {
    const bar = progressBar(terminal);
    const outcome = await runDestruction(proposalId, ports, bar.step);
    bar.end();
    if (outcome.kind === 'refused') throw new PlainFault(outcome.detail, 3);
    const count = (kind: string): number => outcome.outcomes.filter((one) => one.outcome === kind).length;
    say(`Destroyed ${count('destroyed')}, held ${count('held')}, not due any more ${count('not-due')}. Certificate: destruction/${proposalId}.pdf in the data folder.`);
  });

const replay = (): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const { erasedAgain, keysAgain, addedToList } = await replayBeside(pool, configuration);
    say(`Erased again ${erasedAgain} object(s) and ${keysAgain} set(s) of keys; ${addedToList} line(s) added to the list.`);
  });

interface EraseOptions {
  readonly controller: string;
  readonly ground: ErasureGround;
  readonly by: string;
  readonly from: string;
  readonly to?: string;
}

const erase = (options: EraseOptions): Promise<void> =>
  withRetention(async (ports) => {
    const erasure = { names: (await readPersons()).map(askedName), controller: options.controller, from: dayAt(options.from, '00:00:00.000'), to: endOf(options.to, ports.clock.now()) };
    const outcome = await erasePerson(erasure, { ground: options.ground, byFunction: options.by }, ports);
    if (outcome.kind === 'refused') throw new PlainFault(outcome.detail, 2);
    const { erased, held } = outcome;
    say(`Erased from ${erased} entries, each with a correction in the log${held > 0 ? `; ${held} stay, they are held` : ''}.`);
  });
