import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { configurationKeys, configurationReference, describeProblems, readConfiguration } from '../config.js';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ketensluis-config-'));
  file = join(folder, 'instellingen.yaml');
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string | Uint8Array, environment: Record<string, string> = {}) => {
  writeFileSync(file, text);
  return readConfiguration({ KETENSLUIS_CONFIG: file, ...environment });
};
const held = (text: string, environment: Record<string, string> = {}) => {
  const result = read(text, environment);
  if (result.kind === 'refused') throw new Error(describeProblems(result.problems));
  return result.configuration;
};
const told = (text: string | Uint8Array, environment: Record<string, string> = {}): string => {
  const result = read(text, environment);
  return result.kind === 'read' ? '' : describeProblems(result.problems).replaceAll(file, 'FILE');
};

describe('the file with settings', () => {
  test('says what the environment says, in words of its own', () => {
    expect(held('smtpPort: 0025\nhost: 0.0.0.0\ncallNetworks:\n  - 10.0.0.0/8\n  - fd12:3456::/48\nwitnessPolicy: ~\nlogLevel:\n')).toMatchObject({
      smtpPort: 25, host: '0.0.0.0', callNetworks: ['10.0.0.0/8', 'fd12:3456::/48'], witnessPolicy: null, logLevel: 'info', configFile: file,
    });
  });

  test('gives way to the environment, which may name a file with the secret', () => {
    const secret = join(folder, 'database');
    writeFileSync(secret, 'postgres://ik:wachtwoord@db.example/hub\n');
    expect(held('smtpPort: 25\ndatabaseUrl: postgres://db.example/other\n', { KETENSLUIS_SMTP_PORT: '26', KETENSLUIS_DATABASE_URL_FILE: secret }))
      .toMatchObject({ smtpPort: 26, databaseUrl: 'postgres://ik:wachtwoord@db.example/hub' });
  });

  test('is found in the data folder, and then does not say where that is', () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'hub.yaml'), 'httpPort: 9090\n');
    expect(readConfiguration({ KETENSLUIS_DATA: data })).toMatchObject({ configuration: { httpPort: 9090, configFile: join(data, 'hub.yaml') } });
    writeFileSync(join(data, 'hub.yaml'), `data: ${folder}\n`);
    expect(readConfiguration({ KETENSLUIS_DATA: data })).toMatchObject({ problems: [{ key: 'data', line: 1 }] });
    expect(held(`data: ${data}\n`)).toMatchObject({ dataFolder: data });
  });

  test('tells all that is wrong at once, each with its line', () => {
    expect(told('# poorten\nsmtpPort: mail\nhttpPort: 8081\nsmtp-port: 25\nhost: [a, [b]]\nconfig: x\ntrust: /t\n', { KETENSLUIS_API_PORT: '0' }).split('\n')).toEqual([
      'The settings cannot be used:',
      '  FILE, line 2: smtpPort: expected a port number from 1 to 65535; below 1024 needs extra rights (for example smtpPort: 25)',
      '  KETENSLUIS_API_PORT: expected a port number from 1 to 65535; below 1024 needs extra rights (for example KETENSLUIS_API_PORT=9444)',
      '  FILE, line 4: smtp-port: expected a key that exists; did you mean smtpPort? (for example smtpPort: 25)',
      '  FILE, line 5: host: expected an IP address or host name of this computer, as one value or a list of values (for example host: 0.0.0.0)',
      '  FILE, line 6: config: expected nothing here: this is for the environment (for example KETENSLUIS_CONFIG=/etc/ketensluis/hub.yaml)',
    ]);
  });

  test('guesses what was meant', () => {
    for (const [wrong, meant] of [['smtp', 'smtpPort'], ['log-level', 'logLevel'], ['KETENSLUIS_HOST', 'host'], ['consoleURL', 'consoleUrl']]) expect(told(`${wrong}: x\n`)).toContain(`did you mean ${meant}?`);
  });

  test('tells ports that are the same, and a half that misses its other half', () => {
    expect(told('httpPort: 8081\ntrust: /t\n').split('\n').slice(1)).toEqual([
      '  KETENSLUIS_CONSOLE_PORT: expected another port than KETENSLUIS_HTTP_PORT, which is 8081 too (for example KETENSLUIS_CONSOLE_PORT=8081)',
      '  KETENSLUIS_ADDRESS: expected a mail address, together with KETENSLUIS_TRUST (for example KETENSLUIS_ADDRESS=hub@ketensluis.nl)',
    ]);
  });

  const unusable: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['a key twice', 'host: a\nsmtpPort: 25\nhost: b\n', /line 3: the file: expected YAML \(duplicate key\)/],
    ['an alias', 'host: &x a\ntrust: *x\n', /line 2: trust: .*as one value or a list/],
    ['no key at all', 'wachtwoord', /line 1: the file: expected one setting on each line/],
    ['a list', '- host: a\n', /line 1: the file: expected one setting on each line/],
    ['two documents', 'host: a\n---\nhost: b\n', /line 2: the file: expected YAML \(multiple docs\)/],
    ['what is no UTF-8', Buffer.from([0x68, 0xff, 0xfe]), /expected a text file \(UTF-8\)/],
    ['what is too large', '#'.repeat(65 * 1024), /at most 64 kB/],
    ['brackets without end', '['.repeat(60_000), /expected YAML that is not deeply nested/],
    ['lists without end', '- '.repeat(30_000), /expected YAML that is not deeply nested/],
    ['keys without end', '? '.repeat(30_000), /expected YAML that is not deeply nested/],
    ['keys in keys', 'a:'.repeat(30_000), /expected YAML \(key over 1024 chars\)/],
    ['lists in lists, as deep as its size permits', Array.from({ length: 88 }, (_, line) => `${' '.repeat(line * 16)}${'- '.repeat(8)}`).join('\n'), /expected one setting on each line/],
  ];
  for (const [name, text, expected] of unusable) test(`refuses ${name}`, () => expect(told(text)).toMatch(expected));

  test('must be there when it is named, and be no folder', () => {
    for (const place of [join(folder, 'niet-daar.yaml'), folder, '/dev/zero']) expect(readConfiguration({ KETENSLUIS_CONFIG: place })).toMatchObject({ kind: 'refused', problems: [{ file: place }] });
  });

  test('a secret stands in one place, and what should name its file is never told', () => {
    const both = { KETENSLUIS_DATABASE_URL: 'postgres://db.example/a', KETENSLUIS_DATABASE_URL_FILE: 'geheim-7f3a' };
    expect(told('', both)).toContain('KETENSLUIS_DATABASE_URL_FILE: expected nothing where KETENSLUIS_DATABASE_URL is set');
    expect(told('', { KETENSLUIS_DATABASE_URL_FILE: 'geheim-7f3a' })).toContain('KETENSLUIS_DATABASE_URL_FILE: expected a file that this account may read');
    expect([told('', both), told('', { KETENSLUIS_DATABASE_URL_FILE: 'geheim-7f3a' })].join()).not.toContain('geheim-7f3a');
  });
});

describe('whatever stands in the file', () => {
  const keys = configurationKeys.map(({ key }) => key.replace('KETENSLUIS_', '').toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
  const secret = 'Zw4rt3K0ffi3';

  test('it is read or refused in clear words, and never thrown at', () => {
    const yamlish = fc.array(fc.oneof(fc.constantFrom('host', 'smtpPort', ': ', '\n', '- ', '[', ']', '{', '}', '&a', '*a', '!!int ', '|', '>', '"', "'", '#', '%YAML 1.2', '---', '...', '? ', '<<', '\t', '\0', '~'), fc.string({ maxLength: 6 })), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), yamlish), (content) => {
      const result = read(content);
      if (result.kind === 'read') return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { key, expected, example } of result.problems) expect([key, expected, example].every((part) => part.length > 0)).toBe(true);
    }), { numRuns: 600 });
  });

  test('no value is told', () => {
    const around = fc.constantFrom('', '"', "'", '[', '{', '|\n  ', '>\n ', '&', '*', '!', '!!', '@', '%', '`', ': ', '- ', '? ', '\t', '#');
    fc.assert(fc.property(fc.constantFrom(...keys), around, around, fc.constantFrom('', 'httpPort: x\n', ']\n', '"\n'), (key, before, after, next) => {
      expect(told(`${key}: ${before}${secret}${after}\n${next}`)).not.toContain(secret);
    }), { numRuns: 600 });
  });
});

describe('config/hub.yaml', () => {
  const text = readFileSync(new URL('../../../config/hub.yaml', import.meta.url.replace('/dist/', '/')), 'utf8');

  test('is what the settings say (npm run generate)', () => expect(text).toBe(configurationReference()));

  test('can be used as it stands, and with every line of it switched on', () => {
    expect(readConfiguration({ KETENSLUIS_CONFIG: file, ...(writeFileSync(file, text), {}) })).toMatchObject({ kind: 'read' });
    const on = text.replace(/^#([a-zA-Z]+: )/gm, '$1');
    expect(on.split('\n').filter((line) => /^[a-zA-Z]+: /.test(line))).toHaveLength(configurationKeys.length - 1);
    expect(told(on)).toBe('');
  });
});
