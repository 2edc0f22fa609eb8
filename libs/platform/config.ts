import { z } from 'zod';
import { addressRows } from './config/addresses.js';
import { placeRows } from './config/places.js';
import { describeProblems, type ConfigurationProblem } from './config/problems.js';
import type { Given } from './config/given.js';
import { referenceText } from './config/reference.js';
import { exampleOf, type ConfigurationRow } from './config/row.js';
import { sourcesOf } from './config/sources.js';
import { wayRows } from './config/ways.js';

export { describeProblems, type ConfigurationProblem };

/** Every setting there is. A new one is a row in one of these, and nothing else. */
export const configurationRows = { ...addressRows, ...placeRows, ...wayRows } as const satisfies Readonly<Record<string, ConfigurationRow>>;

/** The text of `config/hub.yaml`. */
export const configurationReference = (): string => referenceText([
  ['Where the hub keeps things, and files that say more', Object.values(placeRows)],
  ['Where it listens, and under which addresses others know it', Object.values(addressRows)],
  ['Who it is, and how it reaches others', Object.values(wayRows)],
]);

type Rows = typeof configurationRows;
type ReadOf<R extends ConfigurationRow> = R extends { readonly initial: null } ? z.ZodNullable<R['read']> : R['read'];
type Shape<R extends Readonly<Record<string, ConfigurationRow>>> = { readonly [K in keyof R]: ReadOf<R[K]> };

// What has no value to begin with may stay away.
function shapeOf<R extends Readonly<Record<string, ConfigurationRow>>>(rows: R): Shape<R>;
function shapeOf(rows: Readonly<Record<string, ConfigurationRow>>): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(Object.entries(rows).map(([name, { read, initial }]) => [name, initial === null ? read.nullable() : read]));
}

const schema = z.object(shapeOf<Rows>(configurationRows));
type Settings = Readonly<z.infer<typeof schema>>;
type Derived = 'publicUrl' | 'consoleUrl' | 'callNetworks' | 'mailNetworks';

/** What decides about one process of the hub; what each means is in `configurationRows` and `config/hub.yaml`. */
export type Configuration = Omit<Settings, Derived> & {
  /** No slash at the end, as that of the console. */
  readonly publicUrl: string;
  readonly consoleUrl: string;
  readonly callNetworks: readonly string[];
  /** Empty: not judged. */
  readonly mailNetworks: readonly string[];
};

/** Every key there is, in the order of the reference. */
export const configurationKeys: readonly ConfigurationRow[] = Object.values(configurationRows);

/** `given`: what somebody set, by the names of `configurationRows`; of the rest the initial value holds. */
type Read = { readonly kind: 'read'; readonly configuration: Configuration; readonly given: ReadonlyMap<string, Given> } | { readonly kind: 'refused'; readonly problems: readonly ConfigurationProblem[] };

/** Reads the environment and the file it leads to; refuses with every problem at once, never only the first. Never throws. */
export const readConfiguration = (environment: NodeJS.ProcessEnv): Read => {
  const { given, problems: found } = sourcesOf(environment, configurationRows);
  const result = schema.safeParse(Object.fromEntries(Object.entries<ConfigurationRow>(configurationRows).map(([name, { initial }]) => [name, given.get(name)?.text ?? initial])));
  const wrong = new Set(result.error?.issues.map((issue) => String(issue.path[0])) ?? []);
  const problems = [
    ...Object.entries<ConfigurationRow>(configurationRows).filter(([name]) => wrong.has(name)).map(([name, row]) => problemOf(row, row.expected, given.get(name))),
    ...found,
    ...(result.success ? [...samePorts(result.data, given), ...halfReal(result.data, given), ...withoutResolver(result.data, given)] : []),
  ];
  if (!result.success || problems.length > 0) return { kind: 'refused', problems };
  return { kind: 'read', configuration: withDerived(result.data), given };
};

const problemOf = (row: ConfigurationRow, expected: string, given: Given | undefined, example = row.example): ConfigurationProblem => {
  const { key, file, line } = given?.source ?? { key: row.key, file: null, line: null };
  return { key, file, line, expected, example: exampleOf({ ...row, example }, file) };
};

const withDerived = (settings: Settings): Configuration => ({
  ...settings,
  publicUrl: settings.publicUrl ?? `https://localhost:${settings.apiPort}`,
  consoleUrl: settings.consoleUrl ?? `http://localhost:${settings.consolePort}`,
  callNetworks: settings.callNetworks ?? [],
  mailNetworks: settings.mailNetworks ?? [],
});

const ports = ['smtpPort', 'httpPort', 'apiPort', 'consolePort', 'signInPort', 'metricsPort'] as const;

const samePorts = (settings: Settings, given: ReadonlyMap<string, Given>): readonly ConfigurationProblem[] =>
  ports.flatMap((name, index) => {
    const earlier = ports.slice(0, index).find((other) => settings[other] === settings[name]);
    if (earlier === undefined || settings[name] === null) return [];
    const row = configurationRows[name];
    return [problemOf(row, `another port than ${configurationRows[earlier].key}, which is ${settings[earlier]} too`, given.get(name), row.initial ?? row.example)];
  });

// Half of it would be practice with something real in it, or the other way about.
const halfReal = ({ address, trust }: Settings, given: ReadonlyMap<string, Given>): readonly ConfigurationProblem[] => {
  if ((address === null) === (trust === null)) return [];
  const name = address === null ? 'address' : 'trust';
  return [problemOf(configurationRows[name], configurationRows[name].expected, given.get(name))];
};

// Its mail server is looked up; practice, which has no address of its own, brings a resolver along.
const withoutResolver = ({ operatorContact, resolver, address }: Settings, given: ReadonlyMap<string, Given>): readonly ConfigurationProblem[] =>
  operatorContact === null || resolver !== null || address === null ? [] : [problemOf(configurationRows.resolver, `${configurationRows.resolver.expected}; KETENSLUIS_OPERATOR_CONTACT needs it`, given.get('resolver'))];
