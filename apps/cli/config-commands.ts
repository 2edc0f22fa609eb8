import { configurationRows, describeProblems, readConfiguration, readPolicy, readRetention, readSignIn, type Configuration } from '@ketensluis/platform';
import type { Command } from 'commander';
import { join } from 'node:path';
import { readMailboxes } from '../gateway/imap/settings.js';
import { configFolder, settings } from './place.js';
import { PlainFault, say } from './terminal.js';
import { realTrust } from './trust-place.js';

/** `ketensluis config check` and `config show`. */
export const addConfigCommands = (program: Command): void => {
  const config = program.command('config').description('settings: environment and file (every key is in config/hub.yaml)');
  config
    .command('check')
    .argument('[file]', 'a file of settings to try instead of the one in use')
    .description('everything that is wrong with the settings and the files they name, without starting anything')
    .action(check);
  config
    .command('show')
    .description('every setting as it holds, and where it was set; secrets as ***')
    .option('--json', 'as JSON')
    .action(show);
};

const check = async (file: string | undefined): Promise<void> => {
  const environment = file === undefined ? process.env : { ...process.env, KETENSLUIS_CONFIG: file };
  const read = readConfiguration(environment);
  if (read.kind === 'refused') throw new PlainFault(describeProblems(read.problems), 3);
  const problems = await fileProblems(read.configuration);
  if (problems.length > 0) throw new PlainFault(['Files that the settings name cannot be used:', ...problems.map((one) => `  ${one}`)].join('\n'), 3);
  const { configFile } = read.configuration;
  say(`The settings can be used (${configFile === null ? 'environment only, no file' : `environment and ${configFile}`}).`);
};

/** What is wrong with the files that the settings name, each with the setting; nothing is changed. */
export const fileProblems = async ({ trust, signIn, witnessPolicy, mailboxes }: Configuration): Promise<readonly string[]> => {
  const tries: readonly (readonly [name: string, file: string | null, read: (file: string) => Promise<unknown>])[] = [
    ['KETENSLUIS_TRUST', trust, realTrust], ['KETENSLUIS_SIGN_IN', signIn, readSignIn], ['KETENSLUIS_WITNESS_POLICY', witnessPolicy, readPolicy], ['KETENSLUIS_MAILBOXES', mailboxes, readMailboxes],
    ['The retention rules', join(configFolder, 'retention'), readRetention],
  ];
  const told = await Promise.all(tries.map(([name, file, read]) => (file === null ? null : read(file).then(() => null, (fault: unknown) => `${name}: ${sentenceOf(fault)}`))));
  return told.filter((one) => one !== null).map((one) => one.replace('KETENSLUIS_TRUST: KETENSLUIS_TRUST', 'KETENSLUIS_TRUST'));
};

const sentenceOf = (fault: unknown): string => (fault instanceof Error ? fault.message.replaceAll('\n', '; ') : String(fault));

const show = (options: { readonly json?: boolean }): void => {
  const configuration = settings();
  const read = readConfiguration(process.env);
  const given = read.kind === 'read' ? read.given : new Map();
  const rows = Object.entries(configurationRows).map(([name, row]) => {
    const source = given.get(name)?.source ?? null;
    const value = valueOf(configuration, name);
    return {
      key: row.key, value: value !== null && 'isSecret' in row ? '***' : value,
      from: source === null ? 'initial value' : source.file === null ? source.key : `${source.file}, line ${source.line}`,
    };
  });
  if (options.json === true) return say(JSON.stringify(rows, null, 2));
  const width = Math.max(...rows.map(({ key }) => key.length));
  for (const { key, value, from } of rows) say(`${key.padEnd(width)}  ${value === null ? '-' : Array.isArray(value) ? value.join(',') || '-' : value}  (${from})`);
};

const valueOf = (configuration: Configuration, name: string): string | number | readonly string[] | null =>
  Object.entries(configuration).find(([one]) => one === name)?.[1] ?? null;
