import { readWebhookVerifier } from '@ketensluis/contract';
import { derOf, readIdentity, readTrust } from '@ketensluis/platform';
import { openMail, type Trust } from '@ketensluis/mail';
import { parseKeyFile, parsePolicy, type LogTrust } from '@ketensluis/tlog';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { receiverAnswers, startReceiver, type ReceiverAnswer } from '../practice/receiver/server.js';
import { startReceiverMailbox } from '../practice/receiver/mailbox.js';
import { PlainFault, say } from './terminal.js';

interface Given {
  readonly oin: string;
  readonly keys: string;
  readonly secret?: string;
  readonly log: string;
  readonly policy?: string;
  readonly ca?: string;
  readonly listen: string;
  readonly smtp?: string;
  readonly address?: string;
  readonly hub: string;
  readonly answer: string;
  readonly fetch: boolean;
  readonly show?: boolean;
}

/** `ketensluis receiver`: a local endpoint and mailbox for whoever connects a system, that checks everything a recipient should check. */
export const addReceiverCommand = (program: Command): void => {
  program
    .command('receiver')
    .description('receive webhooks and mail as a party would: check signatures and proofs, fetch, and say what came')
    .requiredOption('--oin <oin>', 'OIN of the party (required)')
    .requiredOption('--keys <folder>', 'keys of the party: tls.key.pem, tls.cert.pem and chain.pem, and for mail sign.* and encrypt.* (required)')
    .requiredOption('--log <file>', 'key of the hub’s log, log.vkey (required)')
    .option('--policy <file>', 'witnesses of that log (C2SP tlog-policy)')
    .option('--secret <file>', 'what the hub signs webhooks with: whsec_... or whpk_..., one on a line; without it no webhooks')
    .option('--ca <file>', 'root certificate to believe (default: ../ca/root.cert.pem beside the keys)')
    .option('--listen <host:port>', 'where webhooks come', '127.0.0.1:9443')
    .option('--smtp <host:port>', 'where mail comes; needs --address')
    .option('--address <address>', 'mail address of the party')
    .option('--hub <address>', 'mail address of the hub', 'hub@ketensluis.example')
    .option('--answer <answer>', `how to answer webhooks: ${receiverAnswers.join(', ')}`, '202')
    .option('--no-fetch', 'do not fetch what a thin webhook points to')
    .option('--show', 'show contents too; otherwise identifiers only')
    .action(run);
};

const run = async (given: Given): Promise<void> => {
  const answer = receiverAnswers.find((one): one is ReceiverAnswer => one === given.answer);
  if (answer === undefined) throw new PlainFault(`--answer: choose one of ${receiverAnswers.join(', ')}`, 2);
  if (given.secret === undefined && given.smtp === undefined) throw new PlainFault('give --secret for webhooks, --smtp for mail, or both', 2);
  const tls = { key: await text(join(given.keys, 'tls.key.pem')), cert: `${await text(join(given.keys, 'tls.cert.pem'))}\n${await text(join(given.keys, 'chain.pem'))}` };
  const log = await logTrust(given);
  const closing: (() => Promise<void>)[] = [];
  if (given.secret !== undefined) {
    const verifiers = (await text(given.secret)).split(/\s+/).filter((line) => line !== '').map((line) => readWebhookVerifier(line) ?? fail('--secret: a line is no key'));
    const ca = await text(given.ca ?? join(given.keys, '..', 'ca', 'root.cert.pem'));
    const server = await listening('--listen', given.listen, startReceiver({
      ...placeOf(given.listen, '--listen'), tls, trust: { oin: given.oin, verifiers, log }, now, say, answer,
      ...(given.fetch ? { fetching: { client: tls, ca } } : {}), ...(given.show === true ? { shows: true } : {}),
    }));
    closing.push(server.close);
    say(`Webhooks: https://${given.listen.replace(/:\d+$/, '')}:${server.port}/ (answers ${answer})`);
  }
  if (given.smtp !== undefined) {
    // What listens already would keep the command from ending.
    closing.push(await mailbox(given, given.smtp, tls).catch(async (fault: unknown) => {
      await Promise.all(closing.map((close) => close()));
      throw fault;
    }));
  }
  say('Ctrl-C stops it.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void Promise.all(closing.map((close) => close())));
};

const now = (): Date => new Date();

const mailbox = async (given: Given, smtp: string, tls: { readonly key: string; readonly cert: string }): Promise<() => Promise<void>> => {
  const { address, oin, keys, hub, log, policy } = given;
  if (address === undefined) return fail('--smtp needs --address');
  const [trust, identity] = [await trustOf(given), await readIdentity(address, keys)];
  const server = await listening('--smtp', smtp, startReceiverMailbox({
    ...placeOf(smtp, '--smtp'), oin, address, tls, folder: keys, hubAddress: hub, logKeyFile: log, policyFile: policy ?? join(keys, 'no-policy'), say, now,
    open: async (raw, at) => {
      const opened = openMail(raw, { keys: [identity.encrypt], trust, at });
      return opened.kind === 'refused' ? fail('a mail that cannot be opened') : opened;
    },
  }));
  say(`Mail for ${address}: port ${server.port}`);
  return server.close;
};

/** The practice authority with its lists; or the root that was named, of which no lists are at hand here. */
const trustOf = async ({ keys, ca }: Given): Promise<Trust> => {
  if (ca === undefined) return readTrust(join(keys, '..', 'ca'), null).catch(() => fail('there is no authority of practice beside the keys: name the root of yours with --ca'));
  say('Whether a certificate was revoked is not looked at here: for trying out only.');
  const anchors = derOf(await text(ca)).map((certificate) => ({ certificate, policies: null }));
  return { anchors, intermediates: derOf(await text(join(keys, 'chain.pem'))), crls: [], revocation: 'if-available' };
};

const logTrust = async ({ log, policy }: Given): Promise<LogTrust> => {
  const read = policy === undefined ? parseKeyFile(Buffer.from(await text(log))) : parsePolicy(Buffer.from(await text(policy)));
  return 'kind' in read ? fail(`${policy ?? log}: no key of a log`) : read;
};

const listening = <T>(option: string, place: string, starting: Promise<T>): Promise<T> =>
  starting.catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'EADDRINUSE') return fail(`${option}: ${place} is taken by another program; choose another port, or stop that one`);
    if (fault.code === 'EACCES') return fail(`${option}: this account may not listen on ${place}; choose a port above 1023`);
    if (fault.syscall === 'listen' || fault.syscall === 'getaddrinfo') return fail(`${option}: cannot listen on ${place} (${fault.code ?? 'unknown'})`);
    throw fault;
  });

const placeOf = (place: string, option: string): { readonly host: string; readonly port: number } => {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(place) ?? [];
  return host === undefined || Number(port) > 65_535 ? fail(`${option}: expected host:port`) : { host, port: Number(port) };
};

const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => fail(`${file}: cannot be read`));

const fail = (message: string): never => {
  throw new PlainFault(message, 2);
};
