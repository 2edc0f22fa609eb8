import { movePracticeClock, setPracticeBehaviour } from '@ketensluis/platform';
import { InvalidArgumentError, type Command } from 'commander';
import { mailboxBehaviours } from '../practice/mailbox/server.js';
import { withDatabase } from './place.js';
import { say } from './terminal.js';

/** `ketensluis practice ...`: time and trouble for the practice chain of a running hub. */
export const addPracticeCommands = (program: Command): void => {
  const practice = program.command('practice').description('move the clock of the practice chain, make a party misbehave');
  practice
    .command('clock <ahead>')
    .description('move the practice clock forward, for example +3d, +12h or +30m; terms and retries follow')
    .action((ahead: string) => {
      const byMs = durationMs(ahead);
      return withDatabase(async (pool) => {
        const aheadMs = await movePracticeClock(pool, byMs);
        say(`The practice clock now stands at ${new Date(Date.now() + aheadMs).toISOString()}.`);
      });
    });
  practice
    .command('behave <party> <behaviour>')
    .description(`how a practice party treats mail: ${mailboxBehaviours.join(', ')}`)
    .action((party: string, behaviour: string) => {
      if (!mailboxBehaviours.some((known) => known === behaviour)) throw new InvalidArgumentError(`choose one of ${mailboxBehaviours.join(', ')}`);
      return withDatabase(async (pool) => {
        await setPracticeBehaviour(pool, party, behaviour);
        say(`${party} now behaves: ${behaviour}.`);
      });
    });
};

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const durationMs = (text: string): number => {
  const [, amount, unit] = /^\+?(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = unitMs[unit ?? ''];
  if (ms === undefined) throw new InvalidArgumentError('write a number and m, h or d, for example +3d');
  return Number(amount) * ms;
};
