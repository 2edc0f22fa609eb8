import { apiScopes, clientKeysSchema, type ApiScope, type NewClient } from '@ketensluis/domain';
import { addClient, revokeClient } from '@ketensluis/flow';
import { createClients } from '@ketensluis/platform';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

/** `ketensluis client add|list|revoke`: the programs with which parties call the API. */
export const addClientCommands = (program: Command): void => {
  const client = program.command('client').description('programs with which the parties call the API; every change is an entry in the log');
  client
    .command('add <party>')
    .description('let a program of a party ask for access tokens; the party is named by its key or its OIN')
    .option('--jwks <file>', 'its public keys, as a JSON Web Key Set; it signs its requests (private_key_jwt)')
    .option('--mtls', 'it shows a client certificate with the OIN of the party (tls_client_auth)')
    .option('--name <name>', 'of the program', 'API')
    .option('--scopes <scopes>', 'what it is for, with commas between', apiScopes.join(','))
    .option('--by <name>', 'who does this; stands in the log', userInfo().username)
    .action(add);
  client.command('list').description('clients, what they are for and how they prove themselves').option('--json', 'as JSON').action(list);
  client
    .command('revoke <id>')
    .description('end a client at once, and its access tokens with it')
    .option('--by <name>', 'who does this; stands in the log', userInfo().username)
    .action(revoke);
};

interface AddOptions {
  readonly jwks?: string;
  readonly mtls?: boolean;
  readonly name: string;
  readonly scopes: string;
  readonly by: string;
}

const isScope = (text: string): text is ApiScope => apiScopes.some((scope) => scope === text);

const add = (named: string, { jwks, mtls, name, scopes, by }: AddOptions): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    if ((jwks === undefined) === (mtls !== true)) throw new PlainFault('Give one of --jwks FILE and --mtls.', 2);
    const wanted = scopes.split(',');
    const known = wanted.filter(isScope);
    if (known.length !== wanted.length) throw new PlainFault(`--scopes takes ${apiScopes.join(', ')}, with commas between`, 2);
    const keys = jwks === undefined ? null : await readKeys(jwks);
    const ports = await createClients(pool, configuration);
    const { parties } = (await ports.registers.current()).registers;
    const party = parties.find(({ key, oin }) => key === named || oin === named);
    if (party === undefined) throw new PlainFault('No party in the register has this key or OIN.', 2);
    const added = await addClient({ oin: party.oin, name, scopes: known, keys }, by, ports);
    if (added.kind === 'refused') throw new PlainFault(`Not added: ${added.detail}`, 2);
    say(`Client of ${party.name}, for ${known.join(' ')}. Its client_id, which is no secret:`);
    say(added.client.id);
    say(`Tokens: POST ${configuration.publicUrl}/oauth/token`);
  });

const readKeys = async (file: string): Promise<NewClient['keys']> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new PlainFault('The file of --jwks cannot be read.', 2);
  });
  const parsed = clientKeysSchema.safeParse(jsonOf(text));
  // The values are keys, and perhaps one that should have stayed at home.
  if (!parsed.success) throw new PlainFault(`--jwks is no set of public keys as it must be:\n${parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`).join('\n')}`, 2);
  return [...parsed.data.keys];
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlainFault('The file of --jwks is no JSON.', 2);
  }
};

const list = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const { clients } = await createClients(pool, configuration);
    const all = await clients.list();
    if (options.json === true) return say(JSON.stringify(all, null, 2));
    if (all.length === 0) return say('No program calls the API yet: ketensluis client add');
    for (const { id, oin, name, scopes, keys, addedAt, revokedAt } of all) {
      const proof = keys === null ? 'tls_client_auth' : `private_key_jwt with ${keys.map(({ kid }) => kid).join(', ')}`;
      say(`${id}  ${oin}  ${name}  ${revokedAt === null ? `since ${addedAt.toISOString()}` : `revoked ${revokedAt.toISOString()}`}`);
      say(`    ${proof}; for ${scopes.join(' ')}`);
    }
  });

const revoke = (id: string, { by }: { readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new PlainFault('Give the id that "ketensluis client list" shows.', 2);
    if (!(await revokeClient(id, by, await createClients(pool, configuration)))) throw new PlainFault('No client with access has this id.');
    say('Revoked: it gets no token any more, and the tokens it has are refused.');
  });
