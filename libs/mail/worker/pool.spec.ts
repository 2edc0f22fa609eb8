import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inventedPair } from '../cms/fuzz/invented-keys.js';
import { party as partyAt, practiceTrust, sampleMail } from '../smime/fuzz/correspondents.js';
import type { Trust } from '../smime/identity.js';
import { openMail, type OpenContext } from '../smime/inbound.js';
import type { SealInput } from '../smime/outbound.js';
import { createMailPool, type MailPool, type MailPoolOptions } from './pool.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const workerUrl = new URL('../../../dist/libs/mail/worker/thread.js', import.meta.url);
const at = new Date('2026-06-01T12:00:00Z');
const hub = inventedPair('p256');
const party = inventedPair('rsa-2048');
const nobody: Trust = { anchors: [], intermediates: [], crls: [], revocation: 'if-available' };
const context: OpenContext = { keys: [party], trust: nobody, at };

const mail = (attachment: Uint8Array = Buffer.from('<bericht/>')): SealInput => ({
  from: 'sluis@hub.example',
  to: 'meldkamer@politie.example',
  subject: 'Zaak 9901-2026-17',
  messageId: '1@hub.example',
  date: at,
  text: 'Zie de bijlage.',
  attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: attachment }],
  signer: hub,
  recipientCertificate: party.certificate,
});

const pools: MailPool[] = [];
const pool = (options: Partial<MailPoolOptions> = {}): MailPool => {
  const made = createMailPool({ size: 2, workerUrl, ...options });
  pools.push(made);
  return made;
};

// A thread that does what the subject says, or answers any mail to open with a refusal.
const script = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', (job) => {
  if (job.kind === 'open') parentPort.postMessage({ kind: 'open', result: { kind: 'refused', hasTrust: job.trust !== null } });
  else if (job.input.subject === 'hang') for (;;);
  else if (job.input.subject === 'exit') process.exit(0);
  else throw new Error('bug: on purpose');
});`;
const strange = new URL(`data:text/javascript,${encodeURIComponent(script)}`);

beforeAll(() => void execFileSync('node', ['config/scripts/build.mjs'], { cwd: root }));
afterAll(() => Promise.all(pools.map((one) => one.close())));

describe('threads', () => {
  test('seal what the same code opens, with the answer the caller would have had', async () => {
    const threads = pool();
    const content = randomBytes(300_000);
    const kept = Buffer.from(content);
    const sealed = await threads.seal(mail(content));
    expect(content.length).toBe(0); // handed over
    expect(sealed.length).toBeGreaterThan(kept.length);
    const here = openMail(sealed, context);
    expect(here).toMatchObject({ kind: 'refused', code: 'unknown-signer' }); // opened and verified, by somebody we do not know
    expect(await threads.open(sealed, context)).toEqual(here);
    expect(sealed.length).toBe(0); // handed over
  });

  test('give back the mail they opened, and its large files as they were', async () => {
    const [hubParty, police] = [partyAt('sluis@hub.example', 'p256'), partyAt('meldkamer@politie.example', 'p256')];
    const files = [randomBytes(3_000_000), randomBytes(70_000), randomBytes(10)];
    const attachments = files.map((content, place) => ({ name: `${place}.bin`, contentType: 'application/octet-stream', content: new Uint8Array(content) }));
    const threads = pool();
    const sealed = await threads.seal({ ...sampleMail(hubParty, police, at), attachments });
    const before = Buffer.from(sealed);
    const opened = await threads.open(sealed, { keys: [police.encrypt], trust: practiceTrust(), at });
    if (opened.kind !== 'opened') throw new Error(opened.detail);
    expect(before.equals(opened.raw)).toBe(true);
    expect(opened.parts.slice(1).map(({ content }, place) => files[place]?.equals(content))).toEqual([true, true, true]);
  });

  test('go on after a mail so large that its thread ends with it', async () => {
    const threads = pool({ size: 1 });
    for (let times = 0; times < 3; times += 1) {
      const sealing = threads.seal(mail(randomBytes(9_000_000)));
      const following = threads.seal(mail());
      expect((await sealing).length).toBeGreaterThan(9_000_000);
      expect((await following).length).toBeGreaterThan(0);
    }
  });

  test('take many mails at once, each answered with its own', async () => {
    const threads = pool();
    const sealed = await Promise.all(Array.from({ length: 24 }, (_, n) => threads.seal({ ...mail(), to: `p${n}@politie.example` })));
    sealed.forEach((bytes, n) => expect(Buffer.from(bytes).toString('latin1')).toContain(`To: p${n}@politie.example\r\n`));
  });

  test('get trust and keys once, until they are other objects', async () => {
    const threads = pool({ size: 1, workerUrl: strange });
    const other: OpenContext = { ...context, trust: { ...nobody } };
    const seen = [];
    for (const each of [context, context, other, other, context]) seen.push(await threads.open(new Uint8Array(1), each));
    expect(seen.map((answer) => 'hasTrust' in answer && answer.hasTrust)).toEqual([true, false, true, false, true]);
  });
});

describe('a thread that fails is replaced, and its job answered with a fault', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['hang', 'mail-timeout'],
    ['exit', 'mail-thread-failed'],
    ['throw', 'mail-thread-failed'],
  ];
  test.each(rows)('when it does "%s"', async (subject, code) => {
    const threads = pool({ size: 1, workerUrl: strange, timeoutMs: 1_000 });
    const failing = threads.seal({ ...mail(), subject });
    const following = threads.open(new Uint8Array(1), context);
    await expect(failing).rejects.toMatchObject({ code, retry: true });
    expect(await following).toMatchObject({ kind: 'refused' });
  });

  test('when there is no such thread', async () => {
    const threads = pool({ workerUrl: new URL('file:///nowhere/thread.js') });
    await expect(threads.seal(mail())).rejects.toMatchObject({ code: 'mail-thread-failed' });
  });

  test('when a mail to seal would inject a header', async () => {
    await expect(pool().seal({ ...mail(), subject: 'a\r\nBcc: b@x.example' })).rejects.toMatchObject({ code: 'mail-thread-failed' });
  });
});

describe('a pool is bounded and ends', () => {
  test('more jobs than the queue holds are refused at once, the others are done', async () => {
    const threads = pool({ size: 1, queueMaxJobs: 2 });
    const jobs = Array.from({ length: 5 }, () => threads.open(new Uint8Array(1), context));
    const outcomes = (await Promise.allSettled(jobs)).map(({ status }) => status);
    expect(outcomes).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await expect(threads.open(new Uint8Array(1), context)).resolves.toMatchObject({ code: 'malformed' });
  });

  test('closing answers what waits and what runs, and whatever comes later', async () => {
    const threads = pool({ size: 1, workerUrl: strange });
    const jobs = [threads.seal({ ...mail(), subject: 'hang' }), threads.seal(mail())];
    const settled = Promise.allSettled(jobs);
    await threads.close();
    await threads.close();
    expect((await settled).map((one) => (one.status === 'rejected' ? one.reason.code : one.status))).toEqual(['mail-pool-closed', 'mail-pool-closed']);
    await expect(threads.seal(mail())).rejects.toMatchObject({ code: 'mail-pool-closed', retry: false });
  });
});
