import { describe, expect, test } from '@jest/globals';
import { configurationKeys, describeProblems, readConfiguration } from './config.js';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  const result = readConfiguration(environment);
  return result.kind === 'read' ? [] : result.problems.map(({ key }) => key);
};

describe('the settings in the environment', () => {
  test('are all optional, and then the hub is reachable from this computer only', () => {
    expect(readConfiguration({ PATH: '/bin', HOME: '/nowhere' })).toEqual({
      kind: 'read', given: new Map(),
      configuration: { host: '127.0.0.1', smtpPort: 2525, httpPort: 8080, apiPort: 8443, publicUrl: 'https://localhost:8443', consolePort: 8081, consoleUrl: 'http://localhost:8081', signIn: null, signInPort: 8082, metricsPort: null, dataFolder: './data', databaseUrl: null, callNetworks: [], witnessPolicy: null, mailboxes: null, configFile: null, brokerUrl: null, brokerCa: null, resolver: null, mailNetworks: [], tlsReportContact: null, operatorContact: null, caseLawUrl: null, tracesUrl: null, address: null, trust: null, logLevel: 'info' },
    });
  });

  test('name the API by its port until it has an address of its own', () => {
    const urlOf = (environment: Record<string, string>): string | null => {
      const read = readConfiguration(environment);
      return read.kind === 'read' ? read.configuration.publicUrl : null;
    };
    expect(urlOf({ KETENSLUIS_API_PORT: '9999' })).toBe('https://localhost:9999');
    expect(urlOf({ KETENSLUIS_PUBLIC_URL: 'https://HUB.example/' })).toBe('https://hub.example');
  });

  test('accept the example of every key, as the reference promises', () => {
    // These two say together that the parties are real.
    const examples = new Map(configurationKeys.map(({ key, example }) => [key, example]));
    const real = Object.fromEntries(['KETENSLUIS_ADDRESS', 'KETENSLUIS_TRUST'].map((key) => [key, examples.get(key) ?? '']));
    // The file itself would have to be there.
    for (const { key, example } of configurationKeys.filter((row) => row.key !== 'KETENSLUIS_CONFIG')) expect([key, problemsOf({ ...(key in real ? real : {}), ...(key === 'KETENSLUIS_OPERATOR_CONTACT' ? { KETENSLUIS_RESOLVER: '127.0.0.1' } : {}), [key]: example })]).toEqual([key, []]);
  });

  const refused: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
    ['an address without whom to believe', { KETENSLUIS_ADDRESS: 'hub@ketensluis.nl' }, ['KETENSLUIS_TRUST']],
    ['whom to believe without an address', { KETENSLUIS_TRUST: '/etc/ketensluis/trust' }, ['KETENSLUIS_ADDRESS']],
    ['mail to an operator whose mail server nobody can look up', { KETENSLUIS_ADDRESS: 'hub@ketensluis.nl', KETENSLUIS_TRUST: '/etc/ketensluis/trust', KETENSLUIS_OPERATOR_CONTACT: 'beheer@ketensluis.example' }, ['KETENSLUIS_RESOLVER']],
    ['a port that is no number', { KETENSLUIS_SMTP_PORT: 'smtp' }, ['KETENSLUIS_SMTP_PORT']],
    ['a port above the highest', { KETENSLUIS_HTTP_PORT: '65536' }, ['KETENSLUIS_HTTP_PORT']],
    ['a port with a fraction', { KETENSLUIS_HTTP_PORT: '80.5' }, ['KETENSLUIS_HTTP_PORT']],
    ['port nought', { KETENSLUIS_CONSOLE_PORT: '0' }, ['KETENSLUIS_CONSOLE_PORT']],
    ['one port for two uses', { KETENSLUIS_CONSOLE_PORT: '8080' }, ['KETENSLUIS_CONSOLE_PORT']],
    ['the port of the API for the console', { KETENSLUIS_API_PORT: '8081' }, ['KETENSLUIS_CONSOLE_PORT']],
    ['the port of the API for metrics', { KETENSLUIS_METRICS_PORT: '8443' }, ['KETENSLUIS_METRICS_PORT']],
    ['a receiver of traces with a password', { KETENSLUIS_TRACES_URL: 'https://me:secret@traces.example/v1/traces' }, ['KETENSLUIS_TRACES_URL']],
    ['a public address without TLS', { KETENSLUIS_PUBLIC_URL: 'http://hub.example' }, ['KETENSLUIS_PUBLIC_URL']],
    ['a public address with a path', { KETENSLUIS_PUBLIC_URL: 'https://hub.example/api' }, ['KETENSLUIS_PUBLIC_URL']],
    ['a public address with a password', { KETENSLUIS_PUBLIC_URL: 'https://me:secret@hub.example' }, ['KETENSLUIS_PUBLIC_URL']],
    ['a host with a space', { KETENSLUIS_HOST: 'my computer' }, ['KETENSLUIS_HOST']],
    ['another database', { KETENSLUIS_DATABASE_URL: 'mysql://db/x' }, ['KETENSLUIS_DATABASE_URL']],
    ['an address that is no network', { KETENSLUIS_CALL_NETWORKS: '10.0.0.0/8,10.1.2.3' }, ['KETENSLUIS_CALL_NETWORKS']],
    ['an unknown level', { KETENSLUIS_LOG_LEVEL: 'loud' }, ['KETENSLUIS_LOG_LEVEL']],
    ['a key with a typing error', { KETENSLUIS_SMPT_PORT: '25' }, ['KETENSLUIS_SMPT_PORT']],
    ['three at once', { KETENSLUIS_SMTP_PORT: '', KETENSLUIS_HTTP_PORT: 'x', KETENSLUIS_HOST: '?', KETENSLUIS_LOG: 'x' }, ['KETENSLUIS_HOST', 'KETENSLUIS_HTTP_PORT', 'KETENSLUIS_LOG']],
  ];
  for (const [name, environment, keys] of refused) test(`refuse ${name}`, () => expect(problemsOf(environment)).toEqual(keys));

  test('tell every problem with what is expected and an example, and never the value', () => {
    const result = readConfiguration({ KETENSLUIS_DATABASE_URL: 'pg://me:hunter2@db', KETENSLUIS_SMPT_PORT: '25' });
    const told = result.kind === 'refused' ? describeProblems(result.problems) : '';
    expect(told).toContain('KETENSLUIS_DATABASE_URL: expected a PostgreSQL address (for example KETENSLUIS_DATABASE_URL=postgres://');
    expect(told).toContain('did you mean KETENSLUIS_SMTP_PORT?');
    expect(told).not.toContain('hunter2');
  });
});
