import { isActive, parseRegisterDocument, partyStages, stepParty, type Party, type PartyStage, type PartyStep } from '@ketensluis/domain';
import { applyRegister, previewRegister } from '@ketensluis/flow';
import { createRegister, lastAcceptance, practiceClock, registerVersions } from '@ketensluis/platform';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type pg from 'pg';
import { linesOf } from './document-lines.js';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

const partyKey = 'key of the party, as `ketensluis party list` shows it first';

/** `ketensluis party list|show|stage|pause|resume`: the life of a connection. Every step is a new version of the document, with its reason (I4). */
export const addPartyCommands = (party: Command): void => {
  party.command('list').description('every party, its stage and its channel').option('--json', 'as JSON').action(list);
  party.command('show').argument('<key>', partyKey).description('a party and everything it ever was; who was called what on which day').action(show);
  stepCommand(party.command('stage').argument('<key>', partyKey).argument('<stage>', partyStages.join(', ')).option('--without-acceptance', 'into use although no acceptance run passed; the reason says why'), `how far the connection is: ${partyStages.join(', ')}`, (_key, stage) => ({ kind: 'stage', stage: stageOf(stage ?? '') }));
  stepCommand(party.command('pause').argument('<key>', partyKey), 'stop everything to and from a party; what waits goes on after resume', () => ({ kind: 'pause' }));
  stepCommand(party.command('resume').argument('<key>', partyKey), 'end a pause', () => ({ kind: 'resume' }));
};

interface StepOptions {
  readonly reason: string;
  readonly by: string;
  readonly withoutAcceptance?: boolean;
}

const stepCommand = (command: Command, description: string, stepOf: (key: string, more?: string) => PartyStep): void => {
  command
    .description(description)
    .requiredOption('--reason <text>', 'why; kept encrypted, committed to in the log (required)')
    .option('--by <name>', 'who does this; stands in the log', userInfo().username)
    .action((key: string, ...rest: readonly unknown[]) => {
      const more = typeof rest[0] === 'string' ? rest[0] : undefined;
      return take(key, stepOf(key, more), command.opts<StepOptions>());
    });
};

const stageOf = (text: string): PartyStage => {
  const stage = partyStages.find((one) => one === text);
  if (stage === undefined) throw new PlainFault(`There is no stage "${text}"; there are: ${partyStages.join(', ')}.`, 2);
  return stage;
};

const take = (key: string, step: PartyStep, { reason, by, withoutAcceptance }: StepOptions): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const ports = await createRegister(pool, configuration);
    const current = await ports.register.find('party', key);
    if (current === null) throw new PlainFault(`There is no party "${key}"; see: ketensluis party list`);
    const party = partyFrom(current.body);
    if (step.kind === 'stage' && step.stage === 'active' && withoutAcceptance !== true && (await lastAcceptance(pool, party.oin))?.passed !== true) {
      throw new PlainFault(`Not done: its last acceptance run did not pass, or there was none. First: ketensluis acceptance ${key}`);
    }
    const result = stepParty(party, step, ports.clock.now());
    if (result.kind === 'refused') throw new PlainFault(`Not done: ${result.detail}.`);
    const preview = await previewRegister([result.party], ports.register);
    if (preview.kind === 'refused') throw new PlainFault(preview.detail);
    await applyRegister(preview.steps.map((one) => ({ ...one, reason })), by, ports);
    say(`Done: ${key} is ${stateOf(result.party, ports.clock.now())}, version ${current.version + 1}, with an entry in the log.`);
  });

const list = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool) => {
    const at = (await practiceClock(pool)).now();
    const current = new Map((await versionsOf(pool)).map((one) => [one.party.key, one.party]));
    const rows = [...current.values()].map((party) => ({
      key: party.key, oin: party.oin, name: party.name, roles: party.roles, state: stateOf(party, at), channel: party.channel?.kind ?? null,
    }));
    if (options.json === true) return say(JSON.stringify(rows, null, 2));
    if (rows.length === 0) return say('No parties yet: ketensluis party apply FILE');
    for (const { key, oin, name, roles, state, channel } of rows) say(`${key}  ${oin}  ${state}  ${channel ?? 'no channel'}  ${roles.join(',')}  ${name}`);
  });

const show = (key: string): Promise<void> =>
  withDatabase(async (pool) => {
    const versions = (await versionsOf(pool)).filter(({ party }) => party.key === key);
    if (versions.length === 0) throw new PlainFault(`There is no party "${key}"; see: ketensluis party list`);
    let before: readonly string[] = [];
    for (const { version, appliedAt, party } of versions) {
      const lines = linesOf(party);
      say(`version ${version}, since ${appliedAt.toISOString()}: ${party.name}, ${party.oin}`);
      before.filter((line) => !lines.includes(line)).forEach((line) => say(`  - ${line}`));
      lines.filter((line) => !before.includes(line)).forEach((line) => say(`  + ${line}`));
      before = lines;
    }
  });

const versionsOf = async (pool: pg.Pool) =>
  (await registerVersions(pool)).filter(({ kind }) => kind === 'party').map(({ version, appliedAt, body }) => ({ version, appliedAt, party: partyFrom(body) }));

const partyFrom = (body: unknown): Party => {
  const read = parseRegisterDocument(body);
  if (read.kind === 'refused' || read.document.kind !== 'party') throw new Error('bug: a stored party does not pass');
  return read.document;
};

const stateOf = (party: Party, at: Date): string => {
  if (party.to !== null && Date.parse(party.to) <= at.getTime()) return 'ended';
  if (party.pausedAt !== null) return 'paused';
  return party.stage === 'active' && !isActive(party, at) ? 'not begun' : party.stage;
};
