import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../../test/harness/command.js';
import { addConfigCommands } from './config-commands.js';

const folder = mkdtempSync(join(tmpdir(), 'ketensluis-config-'));
const file = join(folder, 'hub.yaml');
const before = { ...process.env };
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void (process.env = { ...before }));

const run = (...words: readonly string[]): Promise<string> => runCommand(addConfigCommands, ['config', ...words]);

describe('ketensluis config', () => {
  test('shows what holds and where it was set, without passwords', async () => {
    writeFileSync(file, '# eigen poort\nsmtpPort: 2600\ndatabaseUrl: postgres://ik:Zw4rt3K0ffi3@db.example/hub\n');
    process.env = { ...before, KETENSLUIS_CONFIG: file, KETENSLUIS_HTTP_PORT: '9999' };
    const told = (await run('show')).replace(/ +/g, ' ');
    expect(told).toContain(`KETENSLUIS_SMTP_PORT 2600 (${file}, line 2)`);
    expect(told).toContain('KETENSLUIS_HTTP_PORT 9999 (KETENSLUIS_HTTP_PORT)');
    expect(told).toContain(`KETENSLUIS_DATABASE_URL *** (${file}, line 3)`);
    expect(told).toContain('KETENSLUIS_HOST 127.0.0.1 (initial value)');
    expect(told + (await run('show', '--json'))).not.toContain('Zw4rt3K0ffi3');
    expect(JSON.parse(await run('show', '--json'))).toContainEqual({ key: 'KETENSLUIS_SMTP_PORT', value: 2600, from: `${file}, line 2` });
  });

  test('checks a file before it is used, and what it names', async () => {
    writeFileSync(file, 'signIn: nergens.yaml\nwitnessPolicy: config/law/wth.yaml\n');
    await expect(run('check', file)).rejects.toMatchObject({ exit: 3, message: expect.stringMatching(/KETENSLUIS_SIGN_IN: .*nergens\.yaml cannot be read[^]*KETENSLUIS_WITNESS_POLICY: .*line \d+/) });
    const signIn = readFileSync('config/sign-in/example.yaml', 'utf8');
    const [signInFile, secret] = [join(folder, 'sign-in.yaml'), join(folder, 'sign-in.secret')];
    writeFileSync(signInFile, signIn.replace('/etc/ketensluis/sign-in.secret', secret));
    writeFileSync(file, `signIn: ${signInFile}\n`);
    await expect(run('check', file)).rejects.toMatchObject({ exit: 3, message: expect.stringMatching(/secretFile: .*sign-in\.secret cannot be read/) });
    writeFileSync(secret, 'geheim');
    expect(await run('check', file)).toContain('The settings can be used');
    writeFileSync(file, 'smtpPort: mail\nhttp: 3\n');
    await expect(run('check', file)).rejects.toMatchObject({ exit: 3, message: expect.stringMatching(/line 1: smtpPort[^]*line 2: http: .*did you mean httpPort/) });
  });
});
