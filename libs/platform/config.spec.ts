import { describe, expect, test } from '@jest/globals';
import { configurationKeys, describeProblems, readConfiguration } from './config.js';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  const result = readConfiguration(environment);
  return result.kind === 'read' ? [] : result.problems.map(({ key }) => key);
};

describe('the settings in the environment', () => {
  test('are all optional, and then the hub is reachable from this computer only', () => {
    expect(readConfiguration({ PATH: '/bin', HOME: '/nowhere' })).toEqual({
      kind: 'read',
      configuration: { host: '127.0.0.1', smtpPort: 2525, httpPort: 8080, consolePort: 8081, dataFolder: './data', databaseUrl: null, logLevel: 'info' },
    });
  });

  test('accept the example of every key, as the reference promises', () => {
    for (const { key, example } of configurationKeys) expect([key, problemsOf({ [key]: example })]).toEqual([key, []]);
  });

  const refused: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
    ['a port that is no number', { KETENSLUIS_SMTP_PORT: 'smtp' }, ['KETENSLUIS_SMTP_PORT']],
    ['a port above the highest', { KETENSLUIS_HTTP_PORT: '65536' }, ['KETENSLUIS_HTTP_PORT']],
    ['a port with a fraction', { KETENSLUIS_HTTP_PORT: '80.5' }, ['KETENSLUIS_HTTP_PORT']],
    ['port nought', { KETENSLUIS_CONSOLE_PORT: '0' }, ['KETENSLUIS_CONSOLE_PORT']],
    ['one port for two uses', { KETENSLUIS_CONSOLE_PORT: '8080' }, ['KETENSLUIS_CONSOLE_PORT']],
    ['a host with a space', { KETENSLUIS_HOST: 'my computer' }, ['KETENSLUIS_HOST']],
    ['another database', { KETENSLUIS_DATABASE_URL: 'mysql://db/x' }, ['KETENSLUIS_DATABASE_URL']],
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
