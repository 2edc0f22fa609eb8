import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { parse } from 'yaml';
import { readMessage, writeMessage } from '@ketensluis/contract';
import { sealMail } from '@ketensluis/mail';
import { readIdentity } from '@ketensluis/platform';
import { freePort } from '../../apps/practice/free-port.js';
import { documentOf, storySchema, type Step } from '../../apps/practice/script.js';
import { loadAverage, memoryMegabytes, processorTimeMs } from './processor-time.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const rounds = process.env['KETENSLUIS_BENCH_QUICK'] === undefined ? 3 : 1;
const attachmentBytes = 25_000_000; // the most the contract takes (libs/contract)
const restMs = 10_000;
/** Settings of whoever runs this are not those of the hub that is measured. */
const withoutOurs = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('KETENSLUIS_')));
const waitMaxMs = 180_000;
const sender = 'hovj-1@politie.example';
const hubAddress = 'hub@ketensluis.example';

/** Prints the time from `npm start` on a fresh data folder to the first accepted mail, and the memory of that one process at rest and with 25 MB. */
export async function run(): Promise<void> {
  console.log('From spawning `node config/scripts/start.mjs` (installed and built, fresh data folder) to the first mail the hub accepts: database, keys, registers and listening are in it.');
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) seconds.push(await once(round === rounds - 1));
  console.log(`  median ${[...seconds].sort((a, b) => a - b)[Math.floor(rounds / 2)]?.toFixed(1)} s of ${rounds} (target 10)`);
}

const once = async (withMemory: boolean): Promise<number> => {
  const data = mkdtempSync(join(tmpdir(), 'ketensluis-start-'));
  await chmod(data, 0o755);
  const [smtp, http, api, console_, signIn] = [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()];
  const startedAt = performance.now();
  const hub = spawn(process.execPath, [join(root, 'config', 'scripts', 'start.mjs')], {
    cwd: root, stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...withoutOurs, KETENSLUIS_DATA: data, KETENSLUIS_SMTP_PORT: `${smtp}`, KETENSLUIS_HTTP_PORT: `${http}`, KETENSLUIS_API_PORT: `${api}`, KETENSLUIS_CONSOLE_PORT: `${console_}`, KETENSLUIS_SIGN_IN_PORT: `${signIn}` },
  });
  let told = '';
  hub.stdout.on('data', (chunk: Buffer) => { told += chunk.toString(); });
  try {
    await until(hub, () => existsSync(join(data, 'hub.log')) && readFileSync(join(data, 'hub.log'), 'utf8').includes('"mail.accepted"'));
    const seconds = (performance.now() - startedAt) / 1000;
    const pid = hub.pid ?? 0;
    console.log(`  ${seconds.toFixed(1)} s, of which CPU of the hub process ${(processorTimeMs(pid) / 1000).toFixed(1)} s; load ${loadAverage()}`);
    await until(hub, () => told.includes('Ketensluis is running'));
    if (withMemory) await memory(hub, { data, smtp });
    return seconds;
  } finally {
    const ended = new Promise((resolve) => hub.once('exit', resolve));
    hub.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
};

interface Running {
  readonly data: string;
  readonly smtp: number;
}

const memory = async (hub: ChildProcess, { data, smtp }: Running): Promise<void> => {
  const pid = hub.pid ?? 0;
  await pause(restMs);
  console.log(`Memory of the all-in-one process with its threads and the mailboxes of the practice parties, ${restMs / 1000} s after the story:`);
  console.log(`  at rest ${memoryMegabytes(pid, 'VmRSS').toFixed(0)} MB (target 300), most so far ${memoryMegabytes(pid, 'VmHWM').toFixed(0)} MB`);
  const inbox = join(data, 'practice', 'gemeente-waterveen', 'inbox');
  const before = (await readdir(inbox)).length;
  const mail = await largeMail(join(data, 'practice'));
  const ca = await readFile(join(data, 'practice', 'ca', 'root.cert.pem'), 'utf8');
  const transport = createTransport({ host: '127.0.0.1', port: smtp, requireTLS: true, name: 'politie.example', tls: { ca, servername: 'localhost' } });
  await transport.sendMail({ envelope: { from: sender, to: [hubAddress] }, raw: Buffer.from(mail) });
  transport.close();
  const startedAt = performance.now();
  while ((await readdir(inbox)).filter((name) => name.endsWith('.eml')).length <= before && performance.now() < startedAt + waitMaxMs) await pause(100);
  console.log(`  25 MB attachment (${(mail.length / 1e6).toFixed(0)} MB mail) in and out to those the law lets have it: most ${memoryMegabytes(pid, 'VmHWM').toFixed(0)} MB, with the practice mailboxes that receive it; the hub alone is measured by the bench large-mail (target 400)`);
};

const largeMail = async (practice: string): Promise<Uint8Array> => {
  const story = storySchema.parse(parse(await readFile(join(root, 'config', 'practice', 'story.yaml'), 'utf8')));
  const step = story.steps.find(({ soort }) => soort === 'huisverbod.opgelegd');
  if (step === undefined) throw new Error('the story has no written ban');
  const [hub, police] = [await readIdentity(hubAddress, join(practice, 'hub')), await readIdentity(sender, join(practice, 'politie-noorderwaard-hovj-1'))];
  const { bijlagen: _none, ...rest } = step;
  const large: Step = { ...rest, zaak: { ...step.zaak, nummer: 'BENCH-LARGE' } };
  const read = readMessage(documentOf(large, new Date(Date.now() - 60 * 60_000), new Date()).document, 'application/xml');
  if (read.kind === 'refused') throw new Error(read.detail);
  const file = randomBytes(attachmentBytes);
  const attachment = { name: 'beschikking.pdf', mediaType: 'application/pdf', sha256: createHash('sha256').update(file).digest('hex'), sizeBytes: file.length, category: 'C-GROUND' } as const;
  const document = writeMessage({ ...read.message, attachments: [attachment] }, 'application/xml');
  return sealMail({
    from: sender, to: hubAddress, subject: 'huisverbod.opgelegd', text: 'Zie de bijlage.', messageId: `<${crypto.randomUUID()}@politie.example>`, date: new Date(),
    signer: police.sign, recipientCertificate: hub.encrypt.certificate,
    attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, { name: 'beschikking.pdf', contentType: 'application/pdf', content: file }],
  });
};

const until = async (hub: ChildProcess, isSo: () => boolean): Promise<void> => {
  for (const giveUpAt = performance.now() + waitMaxMs; !isSo(); await pause(20)) {
    if (hub.exitCode !== null || performance.now() > giveUpAt) throw new Error('the hub did not get that far');
  }
};
