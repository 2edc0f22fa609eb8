import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Party } from '@ketensluis/domain';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expiredBefore, makePracticePki } from '../../certs/practice.js';
import type { Attempt, TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

const veiligThuis = 'veilig-thuis-noorderwaard';
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe('bringing a disclosure to a party that is not at its best', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(async () => {
    hub.behave(veiligThuis, 'normal');
    await hub.checkLog();
  });

  const imposed = async (): Promise<Situation> => {
    const situation = openSituation(hub);
    expect(await situation.send('huisverbod.opgelegd', 'waterveen')).toMatchObject({ permits: { [oin.veiligThuis]: 'WTH-08' } });
    return situation;
  };
  const tries = async (situation: Situation): Promise<readonly Attempt[]> => (await hub.attempts(oin.veiligThuis)).filter(({ caseNumber }) => caseNumber === situation.number);
  const taskOf = async (mid: string | undefined) => (await hub.tasks()).find(({ ref }) => ref === mid);
  const party = async (): Promise<Party> => {
    const document = await hub.document('party', veiligThuis);
    if (document.kind !== 'party') throw new Error('not a party');
    return document;
  };
  /** Moves the clock to the moment the last try asked for, and tells how long that was. */
  const waitForNext = async (situation: Situation): Promise<number> => {
    const last = (await tries(situation)).at(-1);
    const due = last?.nextDueAt?.getTime() ?? Number.NaN;
    await hub.advance(Math.max(0, due - hub.now().getTime()) + 1);
    await hub.settle();
    return due - (last?.finishedAt?.getTime() ?? Number.NaN);
  };

  test('busy: it is tried again after 5 s, 1, 5, 30 minutes, 2, 6 and then every 12 hours, at most a fifth later, with the same Message-ID', async () => {
    hub.behave(veiligThuis, '4xx');
    const situation = await imposed();
    for (const step of [5 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour, 12 * hour]) {
      const waited = await waitForNext(situation);
      expect(waited).toBeGreaterThanOrEqual(step);
      expect(waited).toBeLessThanOrEqual(step * 1.2 + 1);
    }
    expect(await situation.received(veiligThuis)).toEqual([]);
    hub.behave(veiligThuis, 'normal');
    await waitForNext(situation);
    const [got, ...more] = await situation.received(veiligThuis);
    const made = await tries(situation);
    expect(more).toEqual([]);
    expect(made.map(({ outcome }) => outcome)).toEqual([...Array<string>(9).fill('deferred'), 'delivered']);
    expect(got?.mail.messageId).toContain(made[0]?.mid);
    expect((await situation.duty('E8:INST'))?.closedBy).toBe(`delivery:${made[0]?.mid}`);
  });

  test('busy for more than five days: a dead letter with its cause, a task, and the duty stays open', async () => {
    hub.behave(veiligThuis, '4xx');
    const situation = await imposed();
    const begunAt = hub.now().getTime();
    for (let made = 0; made < 30 && (await tries(situation)).at(-1)?.state === 'waiting'; made += 1) await waitForNext(situation);
    const last = (await tries(situation)).at(-1);
    expect(last?.state).toBe('dead');
    expect(hub.now().getTime() - begunAt).toBeGreaterThanOrEqual(5 * 24 * hour);
    expect(await taskOf(last?.mid)).toMatchObject({ kind: 'dead-letter', party: oin.veiligThuis });
    expect((await situation.duty('E8:INST'))?.closedBy).toBeNull();
    expect((await hub.entries()).filter(({ msg, kind }) => kind === 'outcome' && msg === last?.mid).map(({ code }) => code)).toEqual(['expired']);
  });

  test('refuses for good: a dead letter at once and no second try, while the police got theirs', async () => {
    hub.behave(veiligThuis, '5xx');
    const situation = await imposed();
    const made = await tries(situation);
    expect(made).toMatchObject([{ outcome: 'rejected', state: 'dead', nextDueAt: null }]);
    expect(await taskOf(made[0]?.mid)).toMatchObject({ kind: 'dead-letter', party: oin.veiligThuis });
    hub.behave(veiligThuis, 'normal');
    await hub.advance(24 * hour);
    await hub.settle();
    expect(await situation.received(veiligThuis)).toEqual([]);
    expect((await situation.received('politie-noorderwaard')).length).toBe(1);
    expect((await hub.entries()).filter(({ msg, kind }) => kind === 'outcome' && msg === made[0]?.mid).map(({ code }) => code)).toEqual(['failed']);
  });

  test('breaks the connection after the mail: it is sent again under the same Message-ID, so that the party can see it is the same', async () => {
    hub.behave(veiligThuis, 'drop-after-data');
    const situation = await imposed();
    expect((await tries(situation)).map(({ outcome, state }) => [outcome, state])).toEqual([['unknown', 'waiting']]);
    hub.behave(veiligThuis, 'normal');
    await waitForNext(situation);
    const got = await situation.received(veiligThuis);
    expect(got.map(({ mail }) => mail.messageId)).toEqual([got[0]?.mail.messageId, got[0]?.mail.messageId]);
    expect(got[1]?.disclosure).toEqual(got[0]?.disclosure);
    expect((await tries(situation)).map(({ outcome }) => outcome)).toEqual(['unknown', 'delivered']);
  });

  const unsafe = [
    ['offers no encryption on the line', 'no-tls', 'starttls-not-supported'],
    ['shows a mail server certificate that has ended', 'expired-certificate', 'certificate-expired'],
  ] as const;
  test.each(unsafe)('%s: nothing is sent over it, it waits with a task, and goes when that is mended', async (_name, behaviour, code) => {
    hub.behave(veiligThuis, behaviour);
    const situation = await imposed();
    const made = await tries(situation);
    expect(made).toMatchObject([{ outcome: 'unusable', code, state: 'held' }]);
    expect(await taskOf(made[0]?.mid)).toMatchObject({ kind: 'certificate', party: oin.veiligThuis, cause: code });
    expect(await situation.received(veiligThuis)).toEqual([]);
    hub.behave(veiligThuis, 'normal');
    await hub.apply({ ...(await party()), name: `Veilig Thuis Noorderwaard, verbinding hersteld ${situation.number}` });
    await hub.settle();
    expect((await situation.received(veiligThuis)).length).toBe(1);
  });

  test('has no certificate: held with a task, never in plain text; once the certificate is there it goes', async () => {
    const { encryptionCertificate, ...without } = await party();
    await hub.apply(without);
    const situation = await imposed();
    const made = await tries(situation);
    expect(made).toMatchObject([{ outcome: 'unusable', code: 'no-certificate', state: 'held' }]);
    expect(await taskOf(made[0]?.mid)).toMatchObject({ kind: 'certificate', party: oin.veiligThuis, cause: 'no-certificate' });
    await hub.advance(hour);
    await hub.settle();
    expect(await situation.received(veiligThuis)).toEqual([]);
    expect((await situation.received('politie-noorderwaard')).length).toBe(1);
    await hub.apply({ ...without, encryptionCertificate });
    await hub.settle();
    expect((await situation.received(veiligThuis)).length).toBe(1);
    expect((await tries(situation)).at(-1)).toMatchObject({ mid: made[0]?.mid, outcome: 'delivered', state: 'delivered' });
    expect(await taskOf(made[0]?.mid)).toBeUndefined();
  });

  test('has a certificate that ended yesterday: held with a task, until a valid one is registered', async () => {
    const valid = await party();
    const { parties } = await makePracticePki({
      directory: hub.practiceFolder, at: hub.now(),
      parties: [{ id: 'verlopen', address: 'huisverbod@veiligthuis.example', name: 'Veilig Thuis Noorderwaard', keys: 'p-256', validity: expiredBefore(hub.now()) }],
    });
    await hub.apply({ ...valid, encryptionCertificate: await readFile(parties['verlopen']?.encrypt.certificate ?? '', 'utf8') });
    const situation = await imposed();
    expect(await tries(situation)).toMatchObject([{ outcome: 'unusable', code: 'certificate-unusable', state: 'held' }]);
    expect(await situation.received(veiligThuis)).toEqual([]);
    await hub.apply(valid);
    await hub.settle();
    expect((await situation.received(veiligThuis)).length).toBe(1);
  });

  test('has a certificate that is not one of those it named: held with a task, until it names it', async () => {
    const valid = await party();
    await hub.apply({ ...valid, certificateSha256: ['ab'.repeat(32)] });
    const situation = await imposed();
    const made = await tries(situation);
    expect(made).toMatchObject([{ outcome: 'unusable', code: 'certificate-unusable', state: 'held' }]);
    expect(await taskOf(made[0]?.mid)).toMatchObject({ kind: 'certificate', party: oin.veiligThuis, cause: 'certificate-unusable' });
    expect(await situation.received(veiligThuis)).toEqual([]);
    const own = new X509Certificate(valid.encryptionCertificate ?? '').fingerprint256.replaceAll(':', '').toLowerCase();
    await hub.apply({ ...valid, certificateSha256: [own] });
    await hub.settle();
    expect((await situation.received(veiligThuis)).length).toBe(1);
    await hub.apply(valid);
  });

  test('is slow with many mails at once: the police get every one of theirs meanwhile', async () => {
    hub.behave(veiligThuis, 'slow');
    const situations = Array.from({ length: 6 }, () => openSituation(hub));
    for (const situation of situations) expect((await situation.post('huisverbod.opgelegd', 'waterveen')).code).toBe(250);
    const arrived = async (who: string): Promise<number> => (await Promise.all(situations.map((situation) => situation.received(who)))).flat().length;
    const until = performance.now() + 15 * second;
    while ((await arrived('politie-noorderwaard')) < situations.length && performance.now() < until) await pause(50);
    expect([await arrived('politie-noorderwaard'), await arrived(veiligThuis)]).toEqual([6, 0]);
    hub.behave(veiligThuis, 'normal');
    await hub.settle();
    expect(await arrived(veiligThuis)).toBe(6);
  });
});
