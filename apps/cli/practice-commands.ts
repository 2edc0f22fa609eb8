import { createRegister, movePracticeClock, practiceClock, setPracticeBehaviour } from '@ketensluis/platform';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dnsFaults } from '../practice/dns/zone.js';
import { mailboxBehaviours } from '../practice/mailbox/behaviour.js';
import { flaws, practiceSender } from '../practice/sender.js';
import { foldersOf, withDatabase } from './place.js';
import { practiceChannels, switchChannel } from './practice-channel.js';
import { partyBehaviours, practiceDocuments } from './practice.js';
import { practiceWitnesses, witnessBehaviours } from './practice-witnesses.js';
import { PlainFault, say } from './terminal.js';

/** `ketensluis practice ...`: time and trouble for the practice chain of a running hub. */
export const addPracticeCommands = (program: Command): void => {
  const practice = program.command('practice').description('move the clock of the practice chain, make a party misbehave');
  practice
    .command('clock <ahead>')
    .description('move the practice clock forward, for example +3d, +12h or +30m; terms and retries follow')
    .action((ahead: string) => {
      const byMs = durationMs(ahead);
      return withDatabase(async (pool, configuration) => {
        if (configuration.trust !== null) throw new PlainFault('A hub for real parties goes by the clock of its computer.', 2);
        const aheadMs = await movePracticeClock(pool, byMs);
        say(`The practice clock now stands at ${new Date(Date.now() + aheadMs).toISOString()}.`);
      });
    });
  practice
    .command('behave <party> <behaviour>')
    .description(`how a practice party treats mail: ${mailboxBehaviours.join(', ')}; what is wrong with the DNS of its domain: ${dnsFaults.join(', ')}; or whether a witness answers: ${witnessBehaviours.join(', ')}`)
    .action(behave);
  practice
    .command('channel <party> <kind>')
    .description(`how a practice party is reached from now on: ${practiceChannels.join(', ')}`)
    .action(reach);
  practice
    .command('send <from> <file>')
    .description('send an XML or JSON message from the address of a practice party')
    .option('--flaw <flaw>', `with something wrong: ${flaws.join(', ')}`)
    .action(send);
};

const behave = async (party: string, behaviour: string): Promise<void> => {
  const witnesses = practiceWitnesses.map(({ key }): string => key);
  const behaviours: readonly string[] = witnesses.includes(party) ? witnessBehaviours : partyBehaviours;
  if (!behaviours.includes(behaviour)) throw new PlainFault(`Choose one of: ${behaviours.join(', ')}`, 2);
  const known = (await practiceDocuments()).flatMap((document) => (document.kind === 'party' && document.channel !== null ? [document.key] : []));
  if (![...known, ...witnesses].includes(party)) throw new PlainFault(`There is no practice party "${party}". There are: ${[...known, ...witnesses].join(', ')}`, 2);
  await withDatabase((pool) => setPracticeBehaviour(pool, party, behaviour));
  say(`${party} now behaves: ${behaviour}.`);
};

const reach = (key: string, kind: string): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const to = practiceChannels.find((one) => one === kind);
    if (to === undefined) throw new PlainFault(`Choose one of: ${practiceChannels.join(', ')}`, 2);
    if (configuration.trust !== null) throw new PlainFault('Parties of a hub for real parties are changed by their documents: ketensluis party apply FILE', 2);
    await switchChannel(pool, await createRegister(pool, configuration), { key, to, by: userInfo().username });
    say(`${key} is reached by ${to} now.`);
  });

const send = async (from: string, file: string, options: { readonly flaw?: string }): Promise<void> => {
  const flaw = flaws.find((known) => known === options.flaw);
  if (options.flaw !== undefined && flaw === undefined) throw new PlainFault(`Choose one of: ${flaws.join(', ')}`, 2);
  const content = await readFile(file).catch(() => {
    throw new PlainFault(`${file}: cannot be read`, 2);
  });
  const parties = (await practiceDocuments()).flatMap((document) => (document.kind === 'party' ? [document] : []));
  const isJson = file.endsWith('.json');
  await withDatabase(async (pool, configuration) => {
    const { now } = await practiceClock(pool);
    const sender = practiceSender({ directory: foldersOf(configuration).practice, parties, now });
    const attachment = { name: isJson ? 'bericht.json' : 'bericht.xml', contentType: isJson ? 'application/json' : 'application/xml', content };
    const hub = { host: configuration.host, port: configuration.smtpPort };
    const reply = await sender.send({ from, subject: 'Bericht', text: 'Zie de bijlage.', attachments: [attachment] }, hub, flaw);
    say(`${reply.code} ${reply.text}`);
    if (reply.code !== 250) throw new PlainFault('The hub did not take it.', 3);
  });
};

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const durationMs = (text: string): number => {
  const [, amount, unit] = /^\+?(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = unitMs[unit ?? ''];
  if (ms === undefined) throw new PlainFault('Write a number and m, h or d, for example +3d.', 2);
  return Number(amount) * ms;
};
