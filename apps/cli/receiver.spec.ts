import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tlsFixture } from '../../test/fixtures/tls-certificates.js';
import { runCommand } from '../../test/harness/command.js';
import { openTestSigner } from '../../test/harness/log-entries.js';
import { addReceiverCommand } from './receiver.js';

describe('ketensluis receiver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-receiver-'));
  const file = (name: string): string => join(folder, name);
  let other: Server;
  let taken = '';
  beforeAll(async () => {
    const { key, cert, ca } = tlsFixture('localhost');
    for (const [name, text] of [['tls.key.pem', key], ['tls.cert.pem', cert], ['chain.pem', ca], ['ca.pem', ca], ['secret', `whsec_${Buffer.alloc(32, 7).toString('base64')}`]] as const) writeFileSync(file(name), text);
    const { signer, remove } = await openTestSigner();
    writeFileSync(file('log.vkey'), `${signer.vkey}\n`);
    await remove();
    other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    taken = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => other.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const run = (...words: readonly string[]): Promise<string> =>
    runCommand(addReceiverCommand, ['receiver', '--oin', '00000001900000000202', '--keys', folder, '--secret', file('secret'), '--ca', file('ca.pem'), '--log', file('log.vkey'), ...words]);

  test.each<readonly [string, () => string, string]>([
    ['a port that another program has', () => taken, 'is taken by another program; choose another port, or stop that one'],
    ['an address that is not of this computer', () => '192.0.2.1:9443', 'cannot listen on 192.0.2.1:9443 (EADDRNOTAVAIL)'],
    ['a name that nobody has', () => 'niemand.invalid:9443', 'cannot listen on niemand.invalid:9443 ('],
    ['what is no address', () => '9443', 'expected host:port'],
  ])('says so of %s', async (_name, place, problem) => {
    await expect(run('--listen', place())).rejects.toMatchObject({ exit: 2, message: expect.stringContaining(`--listen: ${place() === taken ? `${taken} ` : ''}${problem}`) });
  });

  test('says whom to name where there is no authority of practice', async () => {
    const mail = ['receiver', '--oin', '00000001900000000202', '--keys', folder, '--log', file('log.vkey'), '--smtp', '127.0.0.1:0', '--address', 'huisverbod@ggd.example'];
    await expect(runCommand(addReceiverCommand, mail)).rejects.toMatchObject({ exit: 2, message: expect.stringContaining('name the root of yours with --ca') });
    // With it the lists of practice are not looked for: what is missing next are the keys of this party for mail.
    await expect(runCommand(addReceiverCommand, [...mail, '--ca', file('ca.pem')])).rejects.not.toMatchObject({ message: expect.stringContaining('--ca') });
  });
});
