import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { parse } from 'yaml';
import { readMessage, writeMessage } from '@ketensluis/contract';
import { sealMail } from '@ketensluis/mail';
import { readIdentity } from '@ketensluis/platform';
import { documentOf, storySchema, type Step } from '../../apps/practice/script.js';
import { configFolder, openHubBench, type HubBench } from './hub-bench.js';
import { loadAverage, memoryMegabytes } from './processor-time.js';

const attachmentBytes = 25_000_000; // the most the contract takes (libs/contract)
const recipients = 3;
const atOnce = 3;
const limitMegabytes = 400;
const arrivalMaxMs = 120_000;
const restMs = 3_000;
const comeBackMs = 500;
const sender = 'hovj-1@politie.example';

/** One mail that a party received. */
interface Arrival {
  readonly party: string;
  readonly file: string;
}

interface Bench extends HubBench {
  readonly arrivals: Arrival[];
}

/** A mail to the hub, and what its file must be when it comes out. */
interface LargeMail {
  readonly raw: Uint8Array;
  readonly sha256: string;
}

/** Prints the most memory the hub process had while mails with a 25 MB attachment went in and out, whole and unchanged; throws above 400 MB for one. */
export async function run(): Promise<void> {
  const arrivals: Arrival[] = [];
  const bench = { ...(await openHubBench((party, file) => void arrivals.push({ party, file }))), arrivals };
  try {
    console.log(`One process with gateway, worker and S/MIME threads; database, sender and mailboxes are other processes; load ${loadAverage()}.`);
    await pause(restMs);
    console.log(`  at rest after the start ${memoryMegabytes(bench.hub.pid, 'VmRSS').toFixed(0)} MB`);
    const most = await measured(bench, 1);
    await measured(bench, 1);
    await measured(bench, atOnce);
    await pause(restMs);
    console.log(`  ${restMs / 1000} s later ${memoryMegabytes(bench.hub.pid, 'VmRSS').toFixed(0)} MB`);
    if (most > limitMegabytes) throw new Error(`one mail took ${most.toFixed(0)} MB (target ${limitMegabytes})`);
  } finally {
    await bench.close();
  }
}

/** Sends so many large mails at once; the most memory the hub had until every recipient had every file. */
const measured = async (bench: Bench, count: number): Promise<number> => {
  const { hub, arrivals } = bench;
  const mails = await Promise.all(Array.from({ length: count }, () => largeMail(bench)));
  const before = arrivals.length;
  await forgetPeak(hub.pid);
  const startedAt = performance.now();
  await Promise.all(mails.map(({ raw }) => submit(bench, raw)));
  const [acceptedMs, intakePeak] = [performance.now() - startedAt, memoryMegabytes(hub.pid, 'VmHWM')];
  while (arrivals.length < before + count * recipients) {
    if (performance.now() - startedAt > arrivalMaxMs) throw new Error('the mails did not arrive');
    await pause(5);
  }
  const [arrivedMs, peak] = [performance.now() - startedAt, memoryMegabytes(hub.pid, 'VmHWM')];
  const files = await filesIn(bench, arrivals.slice(before));
  if (files.length === 0 || files.some((sha256) => !mails.some((mail) => mail.sha256 === sha256))) throw new Error('a file came out as another');
  console.log(`  ${count} mail${count === 1 ? '' : 's at once'} with 25 MB (${((mails[0]?.raw.length ?? 0) / 1e6).toFixed(1)} MB each): accepted after ${(acceptedMs / 1000).toFixed(1)} s, `
    + `with all ${count * recipients} recipients after ${(arrivedMs / 1000).toFixed(1)} s, ${files.length} of them with the file; most ${intakePeak.toFixed(0)} MB until accepted, ${peak.toFixed(0)} MB in all (target ${limitMegabytes} for one)`);
  return peak;
};

/** From now on VmHWM is the most there was since now (proc(5), clear_refs). */
const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');

const largeMail = async ({ directory, chain: { identity: hub } }: Bench): Promise<LargeMail> => {
  const story = storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8')));
  const step = story.steps.find(({ soort }) => soort === 'huisverbod.opgelegd');
  if (step === undefined) throw new Error('the story has no written ban');
  const { bijlagen: _none, ...rest } = step;
  const large: Step = { ...rest, zaak: { gemeente: '9901', nummer: `BENCH-${randomUUID().slice(0, 8)}` } };
  const read = readMessage(documentOf(large, new Date(Date.now() - 60 * 60_000), new Date()).document, 'application/xml');
  if (read.kind === 'refused') throw new Error(read.detail);
  const content = randomBytes(attachmentBytes);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const file = { name: 'beschikking.pdf', mediaType: 'application/pdf', sha256, sizeBytes: content.length, category: 'C-GROUND' } as const;
  const document = writeMessage({ ...read.message, attachments: [file] }, 'application/xml');
  const police = await readIdentity(sender, join(directory, 'practice', 'politie-noorderwaard-hovj-1'));
  const raw = sealMail({
    from: sender, to: hub.address, subject: 'huisverbod.opgelegd', text: 'Zie de bijlage.', messageId: `<${randomUUID()}@politie.example>`, date: new Date(),
    signer: police.sign, recipientCertificate: hub.encrypt.certificate,
    attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, { name: file.name, contentType: file.mediaType, content }],
  });
  return { raw, sha256 };
};

const submit = async ({ hub, tlsCa, chain }: Bench, raw: Uint8Array): Promise<void> => {
  const transport = createTransport({ host: '127.0.0.1', port: hub.port, requireTLS: true, name: 'politie.example', tls: { ca: tlsCa, servername: 'localhost' } });
  const mail = { envelope: { from: sender, to: [chain.identity.address] }, raw: Buffer.from(raw.buffer, raw.byteOffset, raw.length) };
  // As a mail server does it: who is told "busy" comes back.
  for (;;) {
    const answer = await transport.sendMail(mail).then(() => null, (error: Error) => error);
    if (answer === null) break;
    if (!/\b452 /.test(answer.message)) throw answer;
    await pause(comeBackMs);
  }
  transport.close();
};

/** SHA-256 of every large file in these mails, opened with the keys of whoever received them. */
const filesIn = async ({ directory, chain }: Bench, arrived: readonly Arrival[]): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { party, file } of arrived) {
    const opened = await chain.open(party, await readFile(join(directory, 'practice', party, 'inbox', file)), new Date());
    found.push(...opened.parts.filter(({ name }) => name === 'beschikking.pdf').map(({ sha256 }) => sha256));
  }
  return found;
};
