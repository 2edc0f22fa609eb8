import { z } from 'zod';

/** What the environment decides about one process of the hub. */
export interface Configuration {
  readonly host: string;
  readonly smtpPort: number;
  readonly httpPort: number;
  readonly consolePort: number;
  /** Folder of keys, spool and the built-in database. */
  readonly dataFolder: string;
  /** A PostgreSQL server of one's own; null means the built-in one. */
  readonly databaseUrl: string | null;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug';
}

/** One key of the environment, as the reference and the messages tell it. */
export interface ConfigurationKey {
  readonly key: string;
  readonly meaning: string;
  readonly expected: string;
  readonly example: string;
  /** What holds when the key is absent; null means nothing does. */
  readonly initial: string | null;
}

/** Why one key cannot be used; holds no value, which may be a password. */
export interface ConfigurationProblem {
  readonly key: string;
  readonly expected: string;
  /** A whole line that would do. */
  readonly example: string;
}

const port = z.string().regex(/^\d{1,5}$/).transform(Number).pipe(z.number().int().min(1).max(65_535));
const portExpected = 'a port number from 1 to 65535; below 1024 needs extra rights';

const rows = {
  host: {
    key: 'KETENSLUIS_HOST', meaning: 'Address to listen on; the default can be reached from this computer only.',
    expected: 'an IP address or host name of this computer', example: '0.0.0.0', initial: '127.0.0.1',
    read: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/),
  },
  smtpPort: { key: 'KETENSLUIS_SMTP_PORT', meaning: 'Port for mail from the parties.', expected: portExpected, example: '25', initial: '2525', read: port },
  httpPort: { key: 'KETENSLUIS_HTTP_PORT', meaning: 'Port for webhooks and the API of the parties.', expected: portExpected, example: '8443', initial: '8080', read: port },
  consolePort: { key: 'KETENSLUIS_CONSOLE_PORT', meaning: 'Port for the console, for people.', expected: portExpected, example: '9443', initial: '8081', read: port },
  dataFolder: {
    key: 'KETENSLUIS_DATA', meaning: 'Folder of keys, spool and the built-in database; made when absent.',
    expected: 'a folder this account may write in', example: '/var/lib/ketensluis', initial: './data',
    read: z.string().min(1).max(1_000).refine((path) => !path.includes('\0')),
  },
  databaseUrl: {
    key: 'KETENSLUIS_DATABASE_URL', meaning: 'A PostgreSQL server of your own (16 or newer) instead of the built-in one.',
    expected: 'a PostgreSQL address', example: 'postgres://ketensluis:secret@db.example/ketensluis', initial: null,
    read: z.url({ protocol: /^postgres(ql)?$/ }),
  },
  logLevel: {
    key: 'KETENSLUIS_LOG_LEVEL', meaning: 'How much is logged.', expected: 'fatal, error, warn, info or debug', example: 'info', initial: 'info',
    read: z.enum(['fatal', 'error', 'warn', 'info', 'debug']),
  },
} as const satisfies Readonly<Record<keyof Configuration, ConfigurationKey & { readonly read: z.ZodType }>>;

/** Every key there is, in the order of the reference. */
export const configurationKeys: readonly ConfigurationKey[] = Object.values(rows);

// Read by the tests and the scripts, not by the hub.
const keysOfOthers = new Set(['KETENSLUIS_TEST_RUN', 'KETENSLUIS_VECTORS']);

const lineOf = (key: string): string => `${key}=${configurationKeys.find((row) => row.key === key)?.example ?? ''}`;

const distanceOf = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, its] of [...other].entries()) {
      next.push(Math.min((row[j] ?? 0) + (letter === its ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

const unknownKeys = (environment: NodeJS.ProcessEnv): readonly ConfigurationProblem[] => {
  const known = configurationKeys.map(({ key }) => key);
  return Object.keys(environment)
    .filter((key) => key.startsWith('KETENSLUIS_') && !known.includes(key) && !keysOfOthers.has(key))
    .map((key) => {
      const nearest = [...known].sort((a, b) => distanceOf(key, a) - distanceOf(key, b))[0] ?? '';
      // A typing error in a key would otherwise be a setting that silently does nothing.
      return { key, expected: `a key that exists; did you mean ${nearest}?`, example: lineOf(nearest) };
    });
};

const samePorts = ({ smtpPort, httpPort, consolePort }: Configuration): readonly ConfigurationProblem[] => {
  const used = [{ port: smtpPort, ...rows.smtpPort }, { port: httpPort, ...rows.httpPort }, { port: consolePort, ...rows.consolePort }];
  return used.flatMap((one, index) => {
    const earlier = used.slice(0, index).find((other) => other.port === one.port);
    return earlier === undefined ? [] : [{ key: one.key, expected: `another port than ${earlier.key}, which is ${earlier.port} too`, example: `${one.key}=${one.initial}` }];
  });
};

const schema = z.object({
  host: rows.host.read, smtpPort: rows.smtpPort.read, httpPort: rows.httpPort.read, consolePort: rows.consolePort.read,
  dataFolder: rows.dataFolder.read, databaseUrl: rows.databaseUrl.read.nullable(), logLevel: rows.logLevel.read,
});

/** Reads the environment; refuses with every problem at once, never only the first. An empty value counts as absent. */
export const readConfiguration = (
  environment: NodeJS.ProcessEnv,
): { readonly kind: 'read'; readonly configuration: Configuration } | { readonly kind: 'refused'; readonly problems: readonly ConfigurationProblem[] } => {
  const given = Object.fromEntries(Object.entries(rows).map(([name, { key, initial }]) => [name, environment[key] || initial]));
  const result = schema.safeParse(given);
  const wrong = new Set(result.error?.issues.map(({ path }) => String(path[0])) ?? []);
  const problems = [
    ...Object.entries(rows).filter(([name]) => wrong.has(name)).map(([, { key, expected }]) => ({ key, expected, example: lineOf(key) })),
    ...unknownKeys(environment),
    ...(result.success ? samePorts(result.data) : []),
  ];
  if (!result.success || problems.length > 0) return { kind: 'refused', problems };
  return { kind: 'read', configuration: result.data };
};

/** The problems as lines for a person at a terminal. */
export const describeProblems = (problems: readonly ConfigurationProblem[]): string =>
  ['The settings in the environment cannot be used:', ...problems.map(({ key, expected, example }) => `  ${key}: expected ${expected} (for example ${example})`)].join('\n');
