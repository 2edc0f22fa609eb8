import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpServer } from '@ketensluis/platform';
import { dirname } from 'node:path';
import { runCommand } from '../../test/harness/command.js';
import { openTestHub, type TestHub } from '../../test/harness/hub.js';
import { startHttp } from '../gateway/http/server.js';
import { addReaderCommands } from './reader-commands.js';

const veiligThuis = '00000001900000000201';
const before = { ...process.env };
let hub: TestHub;
let http: HttpServer;
beforeAll(async () => {
  hub = await openTestHub();
  http = await startHttp(hub.hub, { host: '127.0.0.1', port: 0 });
  process.env['KETENSLUIS_DATABASE_URL'] = hub.database.connectionString;
  process.env['KETENSLUIS_DATA'] = dirname(hub.practiceFolder);
});
afterAll(async () => {
  process.env = before;
  await http.close();
  await hub.close();
});

const run = (...words: readonly string[]): Promise<string> => runCommand(addReaderCommands, ['reader', ...words]);
const status = async (token: string): Promise<number> =>
  (await fetch(`http://127.0.0.1:${http.port}/log/own/entries`, { headers: { authorization: `Bearer ${token}` } })).status;

describe('ketensluis reader', () => {
  test('gives out a token once, shows who has one, and takes it back', async () => {
    const told = await run('add', 'Veilig Thuis Noorderwaard', '--role', 'party', '--oin', veiligThuis, '--by', 'beheer');
    const token = /klr_[A-Za-z0-9_-]{43}/.exec(told)?.[0] ?? '';
    expect(await status(token)).toBe(200);
    const listed = await run('list');
    expect(listed).toMatch(new RegExp(`party ${veiligThuis}  Veilig Thuis Noorderwaard  until .*\n    1 looks at entries, 0 refused`));
    expect(listed).not.toContain(token);
    const id = /^[0-9a-f-]{36}/.exec(listed)?.[0] ?? '';
    expect(await run('revoke', id, '--by', 'beheer')).toContain('Revoked');
    expect([await status(token), await status('klr_short'), await status('')]).toEqual([401, 401, 401]);
    await expect(run('revoke', id)).rejects.toThrow('No reader with access');
    expect(await run('list')).toContain('revoked 20');
    await hub.settle();
    const codes = (await hub.entries()).filter(({ schema }) => schema === `reader/${id}`).map(({ code }) => code);
    expect(codes).toEqual(['reader.new', 'reader.revoked']);
    await hub.checkLog();
  });

  test.each([
    [['--role', 'party'], 'a party or controller has an OIN'],
    [['--role', 'party', '--oin', '00000001900000000999'], 'no party in the register'],
    [['--role', 'controller', '--oin', veiligThuis], 'a controller is a municipality'],
    [['--role', 'burgemeester'], '--role is one of'],
    [['--role', 'auditor', '--days', '9999'], '731 days at most'],
    [['--role', 'auditor', '--days', 'x'], '--days is a number'],
  ])('refuses %j in words', async (words, problem) => {
    await expect(run('add', 'Iemand', ...words)).rejects.toThrow(problem);
  });
});
