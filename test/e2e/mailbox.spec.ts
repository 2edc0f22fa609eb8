import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createMailboxStore } from '@ketensluis/platform';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mailboxFaultOf } from '../../apps/gateway/imap/faults.js';
import { mailboxLimits, openMailbox } from '../../apps/gateway/imap/mailbox.js';
import { startMailboxReader, type MailboxReader, type ReaderParts } from '../../apps/gateway/imap/reader.js';
import type { MailboxSettings } from '../../apps/gateway/imap/settings.js';
import { startMailboxes } from '../../apps/gateway/imap/start.js';
import { startRefusalRecorder, type RefusalRecorder } from '../../apps/gateway/refusals.js';
import { mailTaker, type MailTaker } from '../../apps/gateway/take-mail.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { tlsFixture } from '../fixtures/tls-certificates.js';
import { hasDovecot, startDovecot, type Dovecot } from '../harness/dovecot.js';
import type { TestHub } from '../harness/hub.js';

const isPresent = hasDovecot();
if (!isPresent) test.skip('mail is read from a real mailbox: NOT RUN, install dovecot-imapd', () => undefined);
test('Dovecot is there when the build demands it', () => {
  expect(isPresent || process.env['CI'] !== 'true').toBe(true);
});

(isPresent ? describe : describe.skip)('a mailbox of a party that cannot reach our SMTP', () => {
  let hub: TestHub;
  let dovecot: Dovecot;
  let reader: MailboxReader | null = null;
  let settings: MailboxSettings;
  const tls = tlsFixture('localhost');
  const verdicts: { readonly kind: string }[] = [];
  let refusals: RefusalRecorder;
  let taker: MailTaker;

  beforeAll(async () => {
    [hub, dovecot] = [await openRegion(), await startDovecot(tls)];
    settings = { name: 'politie', host: 'localhost', port: dovecot.port, tls: 'implicit', user: dovecot.user, password: dovecot.password, ca: tls.ca, folder: 'INBOX' };
    refusals = startRefusalRecorder({ clock: hub.hub.clock, ids: hub.hub.ids, intake: hub.hub.store.intake, events: hub.hub.events });
    taker = mailTaker(hub.hub, refusals);
  }, 60_000);
  afterAll(async () => {
    await reader?.stop();
    await taker.close();
    await refusals.close();
    await dovecot.stop();
    await hub.close();
  });
  afterEach(() => hub.checkLog());

  const take: ReaderParts['take'] = async (raw) => {
    const verdict = await taker.take({ raw, from: 'unknown', remoteAddress: null, helo: null });
    verdicts.push(verdict);
    return verdict;
  };
  const start = (change: Partial<ReaderParts> = {}, other: Partial<MailboxSettings> = {}): void => {
    reader = startMailboxReader({ ...settings, ...other }, {
      clock: hub.hub.clock, events: hub.hub.events, marks: createMailboxStore(hub.hub.pool), take, refuseTooLarge: async () => void tooLarge.push('one'),
      answered: taker.answered, idleMs: 200, ...change,
    });
  };
  const tooLarge: string[] = [];
  const stop = async (): Promise<void> => {
    await reader?.stop();
    reader = null;
  };
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200 && !(await holds()); tries += 1) await pause(50);
    expect(await holds()).toBe(true);
  };
  const mailOf = (situation: Situation) => hub.seal(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start);
  const messages = async (situation: Situation): Promise<number> =>
    (await hub.hub.pool.query('select from message join case_file on case_file.id = message.case_id where case_file.number = $1', [situation.number])).rowCount ?? 0;
  const uidOf = async () => (await createMailboxStore(hub.hub.pool).find('politie'))?.uid ?? 0;

  test('is read like mail that comes in: what was there, and what comes while it is watched', async () => {
    const [before, during] = [openSituation(hub), openSituation(hub)];
    await dovecot.put(await mailOf(before));
    start();
    await until(async () => (await messages(before)) === 1);
    await dovecot.put(await mailOf(during));
    await until(async () => (await messages(during)) === 1);
    await hub.settle();
    expect((await during.received('veilig-thuis-noorderwaard')).length).toBe(1);
    await until(async () => (await uidOf()) === 2);
  }, 60_000);

  test('goes on where it was: nothing is skipped and nothing doubled over a stop', async () => {
    await stop();
    const taken = verdicts.length;
    const situation = openSituation(hub);
    await dovecot.put(await mailOf(situation));
    start();
    await until(async () => (await messages(situation)) === 1);
    await until(async () => (await uidOf()) === 3);
    expect(verdicts.length).toBe(taken + 1);
  }, 60_000);

  test('stopped after a mail was stored and before that was marked, takes it again as the same one', async () => {
    await stop();
    const situation = openSituation(hub);
    const marks = createMailboxStore(hub.hub.pool);
    await dovecot.put(await mailOf(situation));
    let falls = true;
    start({ marks: { ...marks, move: (...mark) => (falls ? Promise.reject(new Error('the process is gone')) : marks.move(...mark)) }, answered: () => undefined });
    await until(async () => (await messages(situation)) === 1);
    await stop();
    falls = false;
    const taken = verdicts.length;
    start();
    await until(async () => (await uidOf()) === 4);
    expect(verdicts.slice(taken).map(({ kind }) => kind)).toEqual(['accepted']);
    expect(await messages(situation)).toBe(1);
    await stop();
  }, 60_000);

  test('numbered anew by its server, is read from the beginning, and what was taken before is not taken twice', async () => {
    await stop();
    await dovecot.renumber();
    const taken = verdicts.length;
    start();
    await until(() => verdicts.length === taken + 4);
    expect(new Set(verdicts.slice(taken).map(({ kind }) => kind))).toEqual(new Set(['refused']));
    await until(async () => (await uidOf()) === 4);
    await stop();
  }, 60_000);

  test('holds a mail too large: it is refused by its size, and what comes behind it is read', async () => {
    const situation = openSituation(hub);
    await dovecot.put(Buffer.alloc(300_000, 'a'));
    await dovecot.put(await mailOf(situation));
    start({ limits: { sizeMaxBytes: 200_000 } });
    await until(async () => (await messages(situation)) === 1);
    expect(tooLarge).toEqual(['one']);
    await stop();
  }, 60_000);

  test('while the database is away stands still and loses nothing', async () => {
    const situation = openSituation(hub);
    await dovecot.put(await mailOf(situation));
    await hub.denyDatabase();
    start();
    await pause(700);
    await hub.allowDatabase();
    await until(async () => (await messages(situation)) === 1);
    await stop();
  }, 60_000);

  test.each<readonly [string, Partial<MailboxSettings>]>([
    ['sign-in-refused', { password: 'fout' }], ['folder-absent', { folder: 'Elders' }], ['certificate-not-proven', { ca: tlsFixture('localhost').ca }], ['unreachable', { port: 9 }], ['unreachable', { host: 'nergens.invalid' }],
  ])('that cannot be opened says %s, so that somebody knows what to mend', async (reason, change) => {
    const fault: unknown = await openMailbox({ ...settings, ...change }, mailboxLimits).then((open) => open.close(), (thrown: unknown) => thrown);
    expect(mailboxFaultOf(fault)).toBe(reason);
  }, 60_000);

  test('is named in a file, with its password in another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ketensluis-mailboxes-'));
    await Promise.all([
      writeFile(join(folder, 'mailboxes.yaml'), `mailboxes:\n  - { name: tweede, host: localhost, port: ${dovecot.port}, user: ${dovecot.user}, passwordFile: wachtwoord, caFile: ca.pem }\n`),
      writeFile(join(folder, 'wachtwoord'), `${dovecot.password}\n`, { mode: 0o600 }), writeFile(join(folder, 'ca.pem'), tls.ca),
    ]);
    const situation = openSituation(hub);
    await dovecot.put(await mailOf(situation));
    const open = await startMailboxes(hub.hub, refusals, join(folder, 'mailboxes.yaml'));
    await until(async () => (await messages(situation)) === 1);
    await open.close();
    await rm(folder, { recursive: true });
  }, 60_000);

  test.each([
    ['that is not there', '', /cannot be read/],
    ['that is no YAML', '{', /is no YAML/],
    ['with a key nobody knows', 'mailboxes: [{ name: een, host: h, user: u, passwordFile: p, plain: true }]', /mailboxes\.0/],
    ['that names one twice', 'mailboxes: [{ name: een, host: h, user: u, passwordFile: p }, { name: een, host: h, user: u, passwordFile: p }]', /two mailboxes have one name/],
    ['whose password is not there', 'mailboxes: [{ name: een, host: h, user: u, passwordFile: weg }]', /een: weg cannot be read/],
  ])('in a file %s nothing is read, and it says why', async (what, text, problem) => {
    const file = join(tmpdir(), `ketensluis-${process.pid}-mailboxes.yaml`);
    if (what !== 'that is not there') await writeFile(file, text);
    await expect(startMailboxes(hub.hub, refusals, file)).rejects.toThrow(problem);
    await rm(file, { force: true });
  });

  const unusable: readonly (readonly [string, () => Partial<MailboxSettings>])[] = [
    ['a certificate nobody vouches for', () => ({ ca: tlsFixture('localhost').ca })],
    ['a certificate of another host', () => ({ host: '127.0.0.1' })],
    ['a wrong password', () => ({ password: 'anders' })],
    ['no such folder', () => ({ folder: 'Weg' })],
  ];
  test.each(unusable)('with %s is not read; after some tries a person is asked to look, and the way back closes that', async (_what, change) => {
    start({ idleMs: 10 }, change());
    await until(async () => (await hub.tasks()).some(({ kind, ref }) => kind === 'mailbox' && ref === 'politie'));
    await stop();
    await createMailboxStore(hub.hub.pool).goesOn('politie', hub.now());
  }, 60_000);
});
