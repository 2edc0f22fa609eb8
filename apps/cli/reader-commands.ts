import { addReader, revokeReader } from '@ketensluis/flow';
import { readerRoles, type ReaderRole } from '@ketensluis/domain';
import { createReaders } from '@ketensluis/platform';
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

const dayMs = 86_400_000;
const usualDays = '365';

/** `ketensluis reader add|list|revoke`: who may read the log over HTTP. */
export const addReaderCommands = (program: Command): void => {
  const reader = program.command('reader').description('who may read the log over HTTP; every change is an entry in the log');
  reader
    .command('add <name>')
    .description('give out a token; it is shown once and kept nowhere')
    .requiredOption('--role <role>', `${readerRoles.join(', ')}: its own entries, those of its cases, all of them`)
    .option('--oin <oin>', 'of the party, or of the municipality that is controller')
    .option('--days <days>', 'how long the token is valid', usualDays)
    .option('--by <name>', 'who does this; stands in the log', userInfo().username)
    .action(add);
  reader.command('list').description('readers, their validity and their last looks at entries').option('--json', 'as JSON').action(list);
  reader
    .command('revoke <id>')
    .description('end the access of a reader at once')
    .option('--by <name>', 'who does this; stands in the log', userInfo().username)
    .action(revoke);
};

interface AddOptions {
  readonly role: string;
  readonly oin?: string;
  readonly days: string;
  readonly by: string;
}

const isRole = (text: string): text is ReaderRole => readerRoles.some((role) => role === text);

const add = (name: string, { role, oin, days, by }: AddOptions): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    if (!isRole(role)) throw new PlainFault(`--role is one of ${readerRoles.join(', ')}`, 2);
    if (!/^[1-9]\d{0,3}$/.test(days)) throw new PlainFault('--days is a number of days, for example 365', 2);
    const ports = await createReaders(pool, configuration);
    const validFrom = ports.clock.now();
    const added = await addReader({ name, role, oin: oin ?? null, validFrom, validUntil: new Date(validFrom.getTime() + Number(days) * dayMs) }, by, ports);
    if (added.kind === 'refused') throw new PlainFault(`Not added: ${added.detail}`, 2);
    say(`Reader ${added.reader.id}, until ${added.reader.validUntil.toISOString()}. The token, shown this once:`);
    say(added.token);
    say('It goes with every request: curl -H "Authorization: Bearer TOKEN" http://HUB/log/checkpoint');
  });

const list = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const { clock, readers } = await createReaders(pool, configuration);
    const all = await readers.list();
    if (options.json === true) return say(JSON.stringify(all, null, 2));
    if (all.length === 0) return say('Nobody reads the log over HTTP yet: ketensluis reader add');
    for (const { id, name, role, oin, validUntil, revokedAt, reads } of all) {
      const end = revokedAt === null ? `${validUntil <= clock.now() ? 'ended' : 'until'} ${validUntil.toISOString()}` : `revoked ${revokedAt.toISOString()}`;
      say(`${id}  ${role}${oin === null ? '' : ` ${oin}`}  ${name}  ${end}`);
      say(`    ${reads.lastAt === null ? 'no look at entries yet' : `${reads.given} looks at entries, ${reads.refused} refused, last ${reads.lastAt.toISOString()}`}`);
    }
  });

const revoke = (id: string, { by }: { readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new PlainFault('Give the id that "ketensluis reader list" shows.', 2);
    if (!(await revokeReader(id, by, await createReaders(pool, configuration)))) throw new PlainFault('No reader with access has this id.');
    say('Revoked: the next request with this token is refused.');
  });
