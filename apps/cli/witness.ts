import { parseVerifierKey, type VerifierKey } from '@ketensluis/tlog';
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveWitness } from '../witness/server.js';
import { openWitness } from '../witness/witness.js';
import { PlainFault, say, terminal } from './terminal.js';

/** What a witness is started with. */
export interface WitnessOptions {
  readonly name: string;
  readonly log: readonly string[];
  readonly folder: string;
  readonly listen: string;
  readonly url: string;
}

/** `ketensluis witness`: sign along with the log of somebody else, as a municipality, safety region or auditor does. */
export const addWitnessCommand = (program: Command): void => {
  witnessOptions(program.command('witness').description('cosign the checkpoints of a log (C2SP tlog-witness); sees its name, size and root hash, no entry')).action(runWitness);
};

/** The options of a witness, also where it is one of the roles of `run`. */
export const witnessOptions = (command: Command): Command => command
  .option('--name <name>', 'name of this witness, an address without https:// (required)')
  .option('--log <vkey...>', 'key of each log to witness, as its hub gives it, or the file it is in (log.vkey; required)')
  .option('--folder <folder>', 'where key and memory are; made when absent. One process per folder; never put back from a backup (required)')
  .option('--listen <host:port>', 'where to listen', '127.0.0.1:8090')
  .option('--url <address>', 'where the hub finds it, for its policy file; where it listens when absent');

/** Starts a witness; it runs until it is told to stop. */
export const runWitness = async ({ name, log: given, folder, listen = '127.0.0.1:8090', url }: Partial<WitnessOptions>): Promise<void> => {
  if (name === undefined || given === undefined || folder === undefined) throw new PlainFault('A witness needs --name, --log and --folder; see ketensluis witness --help', 2);
  const log = await Promise.all(given.map(async (one) => (one.includes('+') ? one : readFile(one, 'utf8').catch(() => {
    throw new PlainFault(`--log: ${one} is no key, and no file that can be read`, 2);
  }))));
  if (!/^[^\s+]+$/u.test(name)) throw new PlainFault('--name: no spaces and no plus', 2);
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new PlainFault('--listen: expected host:port', 2);
  const witness = await openWitness({ folder, name, logs: log.map(keyOf), now: () => new Date() });
  const server = await serveWitness(witness.add, {
    host, port: Number(port), failed: (fault) => terminal.err(`not answered: ${fault instanceof Error ? fault.message : 'unknown fault'}\n`),
  });
  say(`Witness ${name} listens on ${server.url} for ${log.map((line) => keyOf(line).name).join(', ')} (Ctrl-C stops it). For the policy file:`);
  const line = `witness ${name.replaceAll('/', '-')} ${witness.vkey} ${url ?? server.url}`;
  await writeFile(join(folder, 'policy-line'), `${line}\n`);
  say(line);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
};

const keyOf = (line: string): VerifierKey => {
  const key = parseVerifierKey(line.trim());
  if ('kind' in key) throw new PlainFault(`--log: ${key.detail}`, 2);
  return key;
};
