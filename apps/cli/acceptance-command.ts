import type { AcceptanceCheck, CheckResult } from '@ketensluis/flow';
import { askAcceptance, findAcceptance, practiceClock, registerReader, type AcceptanceRun } from '@ketensluis/platform';
import type { Command } from 'commander';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';

/** How long is waited for the running hub; a test over a slow line takes half a minute. */
const waitMaxMs = 90_000;
const lookMs = 200;

/** `ketensluis acceptance PARTY`: tries a connection before it comes into use, and writes what both sides keep. */
export const addAcceptanceCommand = (program: Command): void => {
  program
    .command('acceptance')
    .argument('<party>', 'key of the party, as `ketensluis party list` shows it first')
    .description('try a connection with a test message, and print the report both sides keep')
    .option('--out <file>', 'write the report to a file as well')
    .option('--by <name>', 'who asks; stands in the log', userInfo().username)
    .option('--json', 'as JSON')
    .action(run);
};

const run = (key: string, options: { readonly out?: string; readonly by: string; readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool) => {
    const clock = await practiceClock(pool);
    const { registers } = await registerReader(pool, clock).current();
    const party = registers.parties.find((one) => one.key === key);
    if (party === undefined) throw new PlainFault(`There is no party "${key}"; see: ketensluis party list`);
    const done = await finished(pool, await askAcceptance(pool, { party: party.oin, by: options.by }, clock.now()));
    const report = reportOf(done, { name: party.name, key, version: party.version });
    say(options.json === true ? JSON.stringify({ ...done, party: key }, null, 2) : report);
    if (options.out !== undefined) await writeFile(options.out, report);
    if (done.passed !== true) throw new PlainFault(['Not accepted; mend what failed and try again.', ...remediesOf(done, key)].join('\n'), 3);
  });

/** What to do about the codes an operator meets most; the others say it themselves. */
const remedies: Readonly<Record<string, (key: string) => string>> = {
  'no-key': (key) => `no-key: the hub has nothing to sign with yet: ketensluis webhook key add ${key}`,
  'no-usable-channel': () => 'no-usable-channel: webhooks need the OIN of the hub in its certificate for servers: ketensluis keys new tls --oin OIN --host NAME',
  'no-certificate': (key) => `no-certificate: there is no certificate to encrypt to: ketensluis certificates list, or a document with one: ketensluis party apply FILE (party ${key})`,
  'no-safe-route': (key) => `no-safe-route: ketensluis route ${key} says what its mail domain misses; for S/MIME its document may name the server instead (channel: host, port)`,
  'endpoint-disabled': (key) => `endpoint-disabled: it answered 410 before: ketensluis webhook enable ${key}`,
  'address-not-allowed': () => 'address-not-allowed: the endpoint stands in a network the hub may not call: KETENSLUIS_CALL_NETWORKS',
  'connection-refused': () => 'connection-refused: nobody listens at that address and port',
  'certificate-not-trusted': () => 'certificate-not-trusted: no authority the hub believes vouches for the server',
};

const remediesOf = ({ results }: AcceptanceRun, key: string): readonly string[] =>
  (results ?? []).flatMap(({ result, code }) => (result === 'failed' ? (remedies[code]?.(key) ?? []) : []));

const finished = async (pool: pg.Pool, id: string): Promise<AcceptanceRun> => {
  const until = performance.now() + waitMaxMs;
  while (performance.now() < until) {
    const found = await findAcceptance(pool, id);
    if (found?.results != null) return found;
    await pause(lookMs);
  }
  throw new PlainFault('The hub did not take it up. Is it running? The run stays asked for.');
};

const told: Readonly<Record<AcceptanceCheck, { readonly nl: string; readonly en: string }>> = {
  registered: { nl: 'Staat in het register en is bereikbaar', en: 'is registered and may be reached' },
  channel: { nl: 'Heeft een kanaal dat nu gebruikt kan worden', en: 'has a channel that can be used now' },
  'test-message': { nl: 'Nam een proefbericht aan', en: 'took a test message' },
  encrypted: { nl: 'Over een versleutelde, gecontroleerde verbinding', en: 'over an encrypted, checked connection' },
  sends: { nl: 'Kan zelf berichten sturen', en: 'can send messages itself' },
};
const words: Readonly<Record<CheckResult['result'], string>> = { passed: 'in orde / in order', failed: 'NIET in orde / NOT in order', 'not-applicable': 'niet van toepassing / not applicable' };

/** The same text for both sides; its last line is the hash over what stands above it. */
const reportOf = ({ id, askedAt, finishedAt, passed, results, entryId, askedBy }: AcceptanceRun, party: { readonly name: string; readonly key: string; readonly version: number }): string => {
  const lines = [
    'Aansluitproef / acceptance run',
    `partij / party    ${party.name} (${party.key}@${party.version})`,
    `kenmerk / id      ${id}`,
    `gevraagd / asked  ${askedAt.toISOString()} door / by ${askedBy}`,
    `klaar / finished  ${finishedAt?.toISOString() ?? ''}`,
    `logboek / log     ${entryId ?? ''}`,
    '',
    ...(results ?? []).map(({ check, result, code }) => `${told[check].nl} / ${told[check].en}: ${words[result]} (${code})`),
    '',
    passed === true ? 'Uitkomst: geslaagd / outcome: passed' : 'Uitkomst: niet geslaagd / outcome: not passed',
  ];
  const text = `${lines.join('\n')}\n`;
  return `${text}sha256 ${createHash('sha256').update(text).digest('hex')}\n`;
};
