import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { openMail, sealMail } from '@ketensluis/mail';
import { readIdentity, readTrust } from '@ketensluis/platform';
import { documentOf, storySchema, type Step } from '../../apps/practice/script.js';
import { parse } from 'yaml';
import { configFolder, disclosureOf, openHubBench, type HubBench } from './hub-bench.js';
import { familyTimeMs, loadAverage, processorTimeMs } from './processor-time.js';

const documentBytes = 10 * 1024;
const recipients = 3;
const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const rounds = isQuick ? 1 : 3;
const cryptoTimes = 60;
const fullSpeedMails = isQuick ? 120 : 200;
const fullSpeedAtOnce = 8;
const paceMs = 100;
const pacedMails = isQuick ? 60 : 300;
const warmUpMails = isQuick ? 60 : 500;
const arrivalMaxMs = 60_000;

const sender = 'hovj-1@politie.example';

/** One police mail, made beforehand. */
type Mail = Uint8Array;

interface Bench extends HubBench {
  /** When each disclosure came in its mailbox, by its id. */
  readonly arrivals: Map<string, number>;
}

/** Prints what one police mail to three parties costs beside the cryptography in it, and how long it takes at ten per second. */
export async function run(): Promise<void> {
  const arrivals = new Map<string, number>();
  const bench = await openHubBench((_party, file) => arrivals.set(disclosureOf(file), performance.now()));
  try {
    await measure({ ...bench, arrivals });
  } finally {
    await bench.close();
  }
}

const measure = async (bench: Bench): Promise<void> => {
  const mails = await policeMails(bench, warmUpMails + pacedMails + 2 * rounds * fullSpeedMails);
  console.log(`huisverbod.opgelegd of ${documentBytes / 1024} KB XML, each mail another case; sender and hub RSA-3072, recipients P-256, P-256, RSA-3072; load ${loadAverage()}.`);
  console.log('CPU: hub process with its threads, and every PostgreSQL process. Not counted: sender and mailboxes, which are another process.');
  await sendAtOnce(bench, mails.splice(0, warmUpMails), 'kept');
  for (const lines of ['kept', 'fresh'] as const) {
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const crypto = await cryptoMs(bench, mails.slice(0, cryptoTimes));
      const spent = await spentBy(bench, () => sendAtOnce(bench, mails.splice(0, fullSpeedMails), lines));
      const total = (spent.hub + spent.postgres) / fullSpeedMails;
      ratios.push(total / crypto);
      console.log(`  at full speed, ${lines} SMTP connections: ${(fullSpeedMails / spent.seconds).toFixed(0)} mails/s, CPU ${total.toFixed(1)} ms a mail = hub ${(spent.hub / fullSpeedMails).toFixed(1)}`
        + ` + PostgreSQL ${(spent.postgres / fullSpeedMails).toFixed(1)}; open 1 + seal ${recipients} in one thread ${crypto.toFixed(1)} ms; ratio ${(total / crypto).toFixed(2)}`);
    }
    console.log(`  median ratio ${at(ratios, 0.5).toFixed(2)} (${lines} connections; target 2.50)`);
  }
  const crypto = await cryptoMs(bench, mails.slice(0, cryptoTimes));
  const latencies = { accepted: new Array<number>(), fromStart: new Array<number>(), fromAccepted: new Array<number>() };
  const spent = await spentBy(bench, async () => {
    for (const one of await sendPaced(bench, mails.splice(0, pacedMails))) {
      latencies.accepted.push(one.acceptedAt - one.startedAt);
      latencies.fromStart.push(one.arrivedAt - one.startedAt);
      latencies.fromAccepted.push(one.arrivedAt - one.acceptedAt);
    }
  });
  const spread = (values: readonly number[]): string => `p50 ${at(values, 0.5).toFixed(0)} ms, p99 ${at(values, 0.99).toFixed(0)} ms`;
  console.log(`  at ${1000 / paceMs} per second over ${pacedMails} mails, a new SMTP connection for each (load ${loadAverage()}):`);
  console.log(`    start of SMTP to 250: ${spread(latencies.accepted)}`);
  console.log(`    250 to the last of ${recipients} mailboxes: ${spread(latencies.fromAccepted)} (target 400 and 1000)`);
  console.log(`    start of SMTP to the last of ${recipients} mailboxes: ${spread(latencies.fromStart)}`);
  const total = (spent.hub + spent.postgres) / pacedMails;
  console.log(`    CPU ${total.toFixed(1)} ms a mail = hub ${(spent.hub / pacedMails).toFixed(1)} + PostgreSQL ${(spent.postgres / pacedMails).toFixed(1)}; ratio ${(total / crypto).toFixed(2)}, with all that a quiet hub does anyway`);
};

/** Police mails about one new case each, sealed before the clock runs. */
const policeMails = async ({ directory, chain }: Bench, count: number): Promise<Mail[]> => {
  const story = storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8')));
  const step = story.steps.find(({ soort }) => soort === 'huisverbod.opgelegd');
  if (step === undefined) throw new Error('the story has no written ban');
  const hub = chain.identity;
  const police = await readIdentity(sender, join(directory, 'practice', 'politie-noorderwaard-hovj-1'));
  const start = new Date(Date.now() - 60 * 60_000);
  const empty = documentOf(caseOf(step, 0, ''), start, new Date()).document.length;
  const filler = 'Betrokkene sloeg zijn echtgenote in het bijzijn van hun dochter. '.repeat(documentBytes / 60).slice(0, documentBytes - empty);
  return Array.from({ length: count }, (_none, number) =>
    sealMail({
      from: sender, to: hub.address, subject: 'huisverbod.opgelegd', text: 'Zie de bijlage.', messageId: `<${crypto.randomUUID()}@politie.example>`,
      date: new Date(), signer: police.sign, recipientCertificate: hub.encrypt.certificate,
      attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: documentOf(caseOf(step, number, filler), start, new Date()).document }],
    }));
};

const caseOf = (step: Step, number: number, more: string): Step => {
  const { bijlagen: _none, ...rest } = step;
  return {
    ...rest,
    zaak: { gemeente: '9901', nummer: `BENCH-${String(number).padStart(6, '0')}` },
    inhoud: { ...step.inhoud, feiten_en_omstandigheden: `${String(step.inhoud['feiten_en_omstandigheden'])} ${more}` },
  };
};

/** CPU of opening one such mail and sealing three of the disclosures in it, in this thread, with the same keys. */
const cryptoMs = async ({ directory, chain: { identity: hub } }: Bench, mails: readonly Mail[]): Promise<number> => {
  const practice = join(directory, 'practice');
  const keys = [hub.encrypt];
  const trust = await readTrust(join(practice, 'ca'), null);
  const parties = await Promise.all(
    ['gemeente-waterveen', 'veilig-thuis-noorderwaard', 'politie-noorderwaard'].map((key) => readIdentity(hub.address, join(practice, key))),
  );
  const once = (mail: Mail): void => {
    const opened = openMail(mail, { keys, trust, at: new Date() });
    if (opened.kind === 'refused') throw new Error(opened.detail);
    const content = opened.parts.find(({ contentType }) => contentType === 'application/xml')?.content ?? new Uint8Array();
    for (const party of parties) {
      sealMail({
        from: hub.address, to: 'party@party.example', subject: 'Verstrekking', messageId: `<${crypto.randomUUID()}@ketensluis.example>`, date: new Date(),
        text: 'Zie de bijlage.', signer: hub.sign, recipientCertificate: party.encrypt.certificate, encryptionCertificate: hub.encrypt.certificate,
        attachments: [{ name: 'verstrekking.xml', contentType: 'application/xml', content }],
      });
    }
  };
  mails.slice(0, cryptoTimes / 3).forEach(once);
  const before = process.cpuUsage();
  mails.forEach(once);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / mails.length;
};

const spentBy = async ({ hub, postgres }: Bench, work: () => Promise<unknown>) => {
  const [hubBefore, postgresBefore, startedAt] = [processorTimeMs(hub.pid), familyTimeMs(postgres), performance.now()];
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  return { hub: processorTimeMs(hub.pid) - hubBefore, postgres: familyTimeMs(postgres) - postgresBefore, seconds };
};

type Lines = 'kept' | 'fresh';

const submitter = ({ hub, tlsCa, chain }: Bench, lines: Lines) => {
  const options = { host: '127.0.0.1', port: hub.port, requireTLS: true, name: 'politie.example', tls: { ca: tlsCa, servername: 'localhost' } };
  const transport = lines === 'kept' ? createTransport({ ...options, pool: true, maxConnections: fullSpeedAtOnce, maxMessages: Infinity }) : createTransport(options);
  return {
    submit: async (mail: Mail): Promise<string> => {
      const { response } = await transport.sendMail({ envelope: { from: sender, to: [chain.identity.address] }, raw: Buffer.from(mail) });
      const id = /accepted (\S+)/.exec(response)?.[1];
      if (id === undefined) throw new Error(`not accepted: ${response}`);
      return id;
    },
    close: () => transport.close(),
  };
};

/** Resolves when every disclosure of these mails is in its mailbox. */
const sendAtOnce = async (bench: Bench, mails: readonly Mail[], lines: Lines): Promise<void> => {
  const wanted = bench.arrivals.size + mails.length * recipients;
  const { submit, close } = submitter(bench, lines);
  const waiting = [...mails];
  const hand = async (): Promise<void> => {
    for (let mail = waiting.pop(); mail !== undefined; mail = waiting.pop()) await submit(mail);
  };
  await Promise.all(Array.from({ length: fullSpeedAtOnce }, hand));
  close();
  await untilArrived(bench, wanted);
};

interface Sent {
  readonly startedAt: number;
  readonly acceptedAt: number;
  readonly arrivedAt: number;
}

const sendPaced = async (bench: Bench, mails: readonly Mail[]): Promise<readonly Sent[]> => {
  const wanted = bench.arrivals.size + mails.length * recipients;
  const { submit, close } = submitter(bench, 'fresh');
  const begun = performance.now();
  const sending = mails.map(async (mail, place) => {
    await pause(Math.max(0, begun + place * paceMs - performance.now()));
    const startedAt = performance.now();
    const id = await submit(mail);
    return { id, startedAt, acceptedAt: performance.now() };
  });
  const sent = await Promise.all(sending);
  close();
  await untilArrived(bench, wanted);
  const { rows } = await bench.pool.query<{ mid: string; message_id: string }>('select mid, message_id from delivery where message_id = any($1::uuid[])', [sent.map(({ id }) => id)]);
  return sent.map(({ id, startedAt, acceptedAt }) => {
    const came = rows.filter((row) => row.message_id === id).map(({ mid }) => bench.arrivals.get(mid) ?? Number.NaN);
    return { startedAt, acceptedAt, arrivedAt: Math.max(...came) };
  });
};

const untilArrived = async ({ arrivals }: Bench, wanted: number): Promise<void> => {
  const until = performance.now() + arrivalMaxMs;
  while (arrivals.size < wanted) {
    if (performance.now() > until) throw new Error(`${wanted - arrivals.size} disclosures did not arrive`);
    await pause(5);
  }
};

const at = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
