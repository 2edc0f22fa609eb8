import { signInSchema, type Configuration, type SignInSettings } from '@ketensluis/platform';
import { fork } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { accountsSchema, practiceClaims, practiceClient, practiceLevel } from '../practice/identity/accounts.js';
import { configFolder } from './place.js';
import { PlainFault } from './terminal.js';

const answerSchema = z.union([z.object({ kind: z.literal('ready'), port: z.number() }), z.object({ kind: z.literal('failed'), code: z.string() })]);

/** Starts the practice identity provider in its own process; what it says goes to a file beside the hub's log. Gives how the console asks it. It asks nobody for proof, so it is on this computer only, but for a console in a container that publishes the port to this computer. */
export const startPracticeIdentity = async ({ dataFolder, signInPort, consoleUrl }: Configuration, host = '127.0.0.1'): Promise<{ readonly signIn: SignInSettings; readonly close: () => Promise<void> }> => {
  const accounts = accountsSchema.parse(parse(await readFile(join(configFolder, 'sign-in', 'practice.yaml'), 'utf8')));
  const log = openSync(join(dataFolder, 'practice-identity.log'), 'a', 0o600);
  const child = fork(fileURLToPath(new URL('../practice/identity/main.js', import.meta.url)), [], { stdio: ['ignore', log, log, 'ipc'], execArgv: [], env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' } });
  child.send({ port: signInPort, host, consoleUrl, accounts });
  const answer = await new Promise<unknown>((resolve) => {
    child.once('message', resolve);
    child.once('exit', () => resolve({ kind: 'failed', code: 'ended' }));
  });
  const read = answerSchema.parse(answer);
  if (read.kind === 'failed') throw new PlainFault(`The practice identity provider cannot start on port ${signInPort} (${read.code}). Choose another one: KETENSLUIS_SIGN_IN_PORT=${signInPort + 10_000} npm start`);
  return {
    signIn: signInSchema.parse({
      issuer: `http://localhost:${read.port}`, client: practiceClient, levels: [practiceLevel], claims: { account: 'sub', name: 'name', ...practiceClaims },
      roles: Object.fromEntries(accounts.flatMap(({ roles }) => roles).map((role) => [role, role])),
    }),
    close: async () => {
      if (child.exitCode !== null || !child.connected) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
};
