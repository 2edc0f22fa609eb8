import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileSources, readSmall } from './file.js';
import type { Given, Sources } from './given.js';
import { nearestOf, type ConfigurationProblem } from './problems.js';
import { exampleOf, fileKeyOf, type ConfigurationRow } from './row.js';

/** Rows, of which these two are needed to find the file of the others. */
type Rows = Readonly<Record<'configFile' | 'dataFolder', ConfigurationRow>> & Readonly<Record<string, ConfigurationRow>>;

// Read by the tests and the scripts, not by the hub.
const keysOfOthers = new Set(['KETENSLUIS_TEST_RUN', 'KETENSLUIS_TEST_APART', 'KETENSLUIS_VECTORS']);

/** Every setting that was made: those of the file, and over them those of the environment, which wins. Never throws. */
export const sourcesOf = (environment: NodeJS.ProcessEnv, rows: Rows): Sources => {
  const outside = environmentSources(environment, rows);
  const named = outside.given.get('configFile')?.text;
  const beside = join(outside.given.get('dataFolder')?.text ?? rows.dataFolder.initial ?? '.', 'hub.yaml');
  const file = named ?? (existsSync(beside) ? beside : null);
  if (file === null) return outside;
  const inside = fileSources(file, rows);
  const given = new Map([...inside.given, ...outside.given]);
  if (!given.has('configFile')) given.set('configFile', { text: file, source: { key: rows.dataFolder.key, file: null, line: null } });
  return { given, problems: [...inside.problems, ...misplaced(inside, rows, named !== undefined), ...outside.problems] };
};

// Neither the file's own place nor, when it lies there, the folder it was found in.
const misplaced = (inside: Sources, rows: Rows, isNamed: boolean): readonly ConfigurationProblem[] =>
  (isNamed ? ['configFile'] : ['configFile', 'dataFolder']).flatMap((name) => {
    const [row, source] = [rows[name], inside.given.get(name)?.source];
    return row === undefined || source === undefined ? [] : [{ ...source, expected: 'nothing here: this is for the environment', example: exampleOf(row, null) }];
  });

/** Every setting of the environment, its own or in a file it names with `_FILE`. An empty value counts as absent. */
const environmentSources = (environment: NodeJS.ProcessEnv, rows: Rows): Sources => {
  const found = Object.entries(rows).map(([name, row]) => ({ name, ...valueOf(row, environment) }));
  return {
    given: new Map(found.flatMap(({ name, given }) => (given === undefined ? [] : [[name, given]]))),
    problems: [...found.flatMap(({ problem }) => (problem === undefined ? [] : [problem])), ...unknownKeys(environment, Object.values(rows))],
  };
};

const valueOf = (row: ConfigurationRow, environment: NodeJS.ProcessEnv): { readonly given?: Given; readonly problem?: ConfigurationProblem } => {
  const [plain, secret] = [environment[row.key], environment[`${row.key}_FILE`]];
  const source = (key: string) => ({ key, file: null, line: null });
  if (secret === undefined || secret === '') return plain === undefined || plain === '' ? {} : { given: { text: plain, source: source(row.key) } };
  const example = `${row.key}_FILE=/run/secrets/${fileKeyOf(row.key)}`;
  if (plain !== undefined && plain !== '') return { problem: { ...source(`${row.key}_FILE`), expected: `nothing where ${row.key} is set`, example } };
  // Whose name is not told: a password may stand where its file was meant.
  const text = readSmall(secret)?.replace(/\r?\n$/, '');
  if (text === undefined || text === '') return { problem: { ...source(`${row.key}_FILE`), expected: 'a file that this account may read, with the value in it', example } };
  return { given: { text, source: source(`${row.key}_FILE`) } };
};

const unknownKeys = (environment: NodeJS.ProcessEnv, rows: readonly ConfigurationRow[]): readonly ConfigurationProblem[] => {
  const known = rows.flatMap(({ key }) => [key, `${key}_FILE`]);
  return Object.keys(environment)
    .filter((key) => key.startsWith('KETENSLUIS_') && !known.includes(key) && !keysOfOthers.has(key))
    .map((key) => {
      const nearest = nearestOf(key, rows.map((row) => row.key));
      // A typing error in a key would otherwise be a setting that silently does nothing.
      return { key, file: null, line: null, expected: `a key that exists; did you mean ${nearest}?`, example: exampleOf(rows.find((row) => row.key === nearest), null) };
    });
};
