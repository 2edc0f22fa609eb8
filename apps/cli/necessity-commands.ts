import { categories } from '@ketensluis/domain';
import { giveNecessity } from '@ketensluis/flow';
import { createNecessities } from '@ketensluis/platform';
import type { Command } from 'commander';
import { z } from 'zod';
import { withDatabase } from './place.js';
import { read } from './audit/options.js';
import { PlainFault, say } from './terminal.js';

/** `ketensluis necessity`: what waits for a written reason, and giving it. */
export const addNecessityCommands = (program: Command): void => {
  const necessity = program.command('necessity').description('disclosures of special data that wait until somebody says why they are necessary');
  necessity.command('list').description('what waits for a reason').option('--json', 'as JSON').action(list);
  necessity
    .command('give <message>')
    .description('write down why it is necessary; it is decided anew at once')
    .requiredOption('--recipient <party>', 'OIN of the recipient, as in the list')
    .option('--category <codes...>', 'for which categories of data, as in C-HEALTH; none where the power itself is weighed')
    .requiredOption('--reason <text>', 'why, in words; kept encrypted, committed to in the log')
    .requiredOption('--by <function>', 'who says so: code of a function, as in burgemeester; not a name; stands in the log')
    .action(give);
};

const list = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const waiting = await (await createNecessities(pool, configuration)).necessities.waiting();
    const lines = waiting.map(({ messageId, recipient, caseName, type, leaf }) => ({ message: messageId, recipient, case: caseName, type, rule: leaf.rule ?? null }));
    if (options.json === true) return say(JSON.stringify(lines, null, 2));
    if (lines.length === 0) say('Nothing waits for a reason.');
    for (const line of lines) say(`${line.case}  ${line.type}  rule ${line.rule ?? '-'}\n    ketensluis necessity give ${line.message} --recipient ${line.recipient} --category CODE --by FUNCTION --reason TEXT`);
  });

const givenSchema = z.object({
  recipient: z.string().min(1).max(40), reason: z.string().trim().min(1).max(2_000), category: z.array(z.enum(categories)).max(30).default([]),
  by: z.string().regex(/^(?=[^a-z]*[a-z])[a-z0-9][a-z0-9-]{0,39}$/, 'the code of a function: lower-case letters, digits and dashes'),
});

const give = (message: string, options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const { category, ...given } = read(givenSchema, options);
    const outcome = await giveNecessity({ messageId: message, categories: category, ...given }, await createNecessities(pool, configuration));
    if (outcome.kind === 'refused') throw new PlainFault(outcome.detail);
    say('Recorded, also in the log; it is decided anew now. When it still waits: ketensluis necessity list');
  });
