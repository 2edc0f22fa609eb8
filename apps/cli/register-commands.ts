import { applyRegister, previewRegister, type RegisterStep } from '@ketensluis/flow';
import { createRegister } from '@ketensluis/platform';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { parseAllDocuments } from 'yaml';
import { linesOf } from './document-lines.js';
import { addPartyCommands } from './party-commands.js';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

const kinds = ['party', 'agreement', 'setting', 'mandate', 'designation', 'consent'] as const;

/** `ketensluis party apply FILE` and its like: check, show what changes, do it. */
export const addRegisterCommands = (program: Command): void => {
  for (const kind of kinds) {
    const command = program.command(kind).description(`versions of each ${kind}: superseded, never changed${kind === 'mandate' ? '; changed at the console, by two persons' : ''}`);
    if (kind === 'party') addPartyCommands(command);
    command
      .command('apply <file>')
      .description('check the documents in a YAML file, show what changes, apply them as new versions')
      .option('--preview', 'only show what would change')
      .option('--by <name>', 'who does this; stands in the log', userInfo().username)
      .action((file: string, options: { readonly preview?: boolean; readonly by: string }) => apply(kind, file, options));
  }
};

const apply = (kind: string, file: string, options: { readonly preview?: boolean; readonly by: string }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const documents = await readDocuments(file);
    if (documents.some((document) => kindOf(document) !== kind)) throw new PlainFault(`${file}: every document must have "kind: ${kind}"`, 2);
    const ports = await createRegister(pool, configuration);
    const preview = await previewRegister(documents, ports.register);
    if (preview.kind === 'refused') {
      throw new PlainFault(preview.problems.map(({ path, problem }) => `${file}: ${path === '' ? '' : `${path}: `}${problem}`).join('\n'), 2);
    }
    if (preview.steps.length === 0) return say('Nothing changes: this is what holds already.');
    preview.steps.forEach((step) => showStep(step));
    if (options.preview === true) return say('Nothing was applied (--preview).');
    // A mandate is what makes a ban lawful (Wth art. 3(1)). Who has a shell is no person to the hub: `--by` is a word, and two of them are no two persons.
    if (kind === 'mandate') throw new PlainFault(mandatesTakeTwo, 3);
    await applyRegister(preview.steps, options.by, ports);
    say(`Applied: ${preview.steps.length} new version${preview.steps.length === 1 ? '' : 's'}, each with an entry in the log.`);
  });

const mandatesTakeTwo =
  'Nothing was applied. A mandate takes two persons of the municipality who signed in: one proposes it at the console under Mandaten, another approves it. With --preview this command only shows what would change.';

const kindOf = (document: unknown): unknown => (typeof document === 'object' && document !== null && 'kind' in document ? document.kind : null);

/** Every document of a YAML file; one that holds a list gives its items. */
export const readDocuments = async (file: string): Promise<readonly unknown[]> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new PlainFault(`${file}: cannot be read`, 2);
  });
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new PlainFault(`${file}: ${error.message}`, 2);
    const value: unknown = document.toJS();
    return Array.isArray(value) ? value : [value];
  });
};

/** Field by field what the new version changes; `+` new, `-` gone. */
const showStep = ({ document, version, before }: RegisterStep): void => {
  say(`${document.kind} ${document.key}: version ${version}${before === null ? ' (new)' : ''}`);
  const [old, fresh] = [linesOf(before), linesOf(document)];
  old.filter((line) => !fresh.includes(line)).forEach((line) => say(`  - ${line}`));
  fresh.filter((line) => !old.includes(line)).forEach((line) => say(`  + ${line}`));
};

