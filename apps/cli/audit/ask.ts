import { ask, checkLog, openEntry, pageMax, readAccess, type AccessLine, type AccessMark, type Asker, type LogLine } from '@ketensluis/flow';
import { createAudit, evidenceOfEntry, receiptsOfEntry, type MailEvidence } from '@ketensluis/platform';
import type { Command } from 'commander';
import { z } from 'zod';
import { withDatabase } from '../place.js';
import { PlainFault, say } from '../terminal.js';
import { addAskerOptions, addFilterOptions, askerOf, filterOf, read } from './options.js';
import { readPersons } from './person.js';
import { programSentence } from './program-sentence.js';
import { writeFiles } from './write-files.js';

/** `ketensluis ask`, `entry`, `access` and `audit check`: looking into the log, each look recorded. */
export const addAskCommands = (program: Command): void => {
  addFilterOptions(addAskerOptions(program.command('ask').description('who got which data about whom, when, on which ground; the question itself is recorded')))
    .option('--person', 'about one person, read from standard input: BSN, or name and day of birth')
    .option('--limit <rows>', `rows of one page, at most ${pageMax}`, '50')
    .option('--cursor <cursor>', 'the next page: what the page before ended with')
    .option('--json', 'as JSON')
    .action(asked);
  addAskerOptions(program.command('entry <index>').description('one entry in words; with --out its bytes and proof'))
    .option('--out <directory>', 'write leaf, .tlog-proof and key of the log there')
    .option('--json', 'as JSON')
    .action(opened);
  addAskerOptions(program.command('access').description('who looked into the log, persons and programs over HTTP; reading this is recorded as well'))
    .option('--limit <rows>', 'rows of one page', '50')
    .option('--before <number>', 'the next page: number of the last row, as 45 or h45')
    .option('--json', 'as JSON')
    .action(accessed);
  addAskerOptions(program.command('check-log').description('check the log where it lies and record the result; exit 3 when it was changed')).option('--json', 'as JSON').action(checked);
};

const rows = z.string().regex(/^[1-9]\d{0,4}$/, 'a number of rows').transform(Number);
const askSchema = z.object({
  person: z.boolean().optional(), json: z.boolean().optional(), limit: rows,
  cursor: z.string().regex(/^\d{1,15}\.\d{1,15}$/, 'what the page before ended with').optional(),
});

const asked = (options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [asker, { person, json, limit, cursor }] = [askerOf(options), read(askSchema, options)];
    const ports = await createAudit(pool, configuration);
    const filter = filterOf(options, ports.clock.now());
    const persons = person === true ? await readPersons() : [];
    const answer = await ask({ filter: { ...filter, persons }, cursor: cursor ?? null, limit }, asker, ports);
    if (answer.kind === 'refused') throw new PlainFault(answer.detail, 2);
    if (json === true) return say(JSON.stringify(answer, null, 2));
    say(answer.lines.length === 0 ? 'No entries.' : answer.lines.map((line) => lineText(line, asker)).join('\n'));
    say(`\nOf the first ${answer.size} entries of the log. Recorded under trace ${answer.trace}.`);
    if (answer.cursor !== null) say(`More: the same with --cursor ${answer.cursor}`);
  });

/** One entry in a few lines of a terminal. */
const lineText = (line: LogLine, { controller, function: by, purpose }: Asker): string => [
  `${String(line.index).padStart(8)}  ${line.at.toISOString()}  ${line.decision ?? line.kind}  ${line.sender?.name ?? ''}${line.recipient === null ? '' : ` -> ${line.recipient.name || (line.recipient.role ?? '')}`}`,
  `          ${[line.type, line.purpose, line.rule === null ? null : `${line.rule} (${line.article ?? ''})`, line.agreement, line.senderAgreement, line.setting].filter((part) => part !== null).join(', ')}`,
  ...(line.categoryWords.length === 0 ? [] : [`          ${line.categoryWords.map(({ en }) => en).join(', ')}`]),
  ...(line.reasons.length === 0 || line.kind === 'disclosure' ? [] : [`          because: ${line.reasons.join(', ')}`]),
  ...(line.outcome === null ? [] : [`          ${line.outcome.words.en}${line.outcome.at === null ? '' : ` ${line.outcome.at.toISOString()}`}`]),
  `          proof: ketensluis entry ${line.index} --out DIRECTORY ${controller === null ? '--all' : `--for ${controller}`} --by ${by} --purpose ${purpose}`,
].join('\n');

const opened = (index: string, options: { readonly out?: string; readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const asker = askerOf(options);
    if (!/^(0|[1-9]\d{0,14})$/.test(index)) throw new PlainFault('An entry is named by its index in the log.', 2);
    const found = await openEntry(Number(index), asker, await createAudit(pool, configuration));
    if (found.kind === 'refused') throw new PlainFault(found.detail);
    const [receipts, evidence] = await Promise.all([receiptsOfEntry(pool, found.line.id), evidenceOfEntry(pool, found.line.id)]);
    say(options.json === true ? JSON.stringify({ ...found.line, receipts, evidence }, null, 2) : [lineText(found.line, asker), ...receipts.map(receiptText), ...(evidence === null ? [] : [evidenceText(evidence)])].join('\n'));
    if (options.out === undefined) return;
    await writeFiles(options.out, [
      { path: `${index}.leaf`, bytes: found.proof.leaf }, { path: `${index}.tlog-proof`, bytes: found.proof.proof }, { path: 'log.vkey', bytes: Buffer.from(`${found.vkey ?? ''}\n`) },
    ]);
    say(`Check it: ketensluis log proof ${options.out}/${index}.tlog-proof ${options.out}/${index}.leaf --vkey ${options.out}/log.vkey`);
  });

/** By what the signature under the mail it rests on was believed: the same as is kept, so that it can be looked up and checked again. */
const evidenceText = ({ path, trustSet, policies, signedAt, revocation }: MailEvidence): string => [
  `          the mail it rests on was signed${signedAt === null ? '' : ` ${signedAt.toISOString()}`} by ${path.at(-1) ?? '-'}`,
  `            believed by ${path.toReversed().slice(1).join(' below ')}, trust set ${trustSet ?? '-'}, policies ${policies.join(' ') || '-'}`,
  ...revocation.map((one) => `            not revoked by ${one.kind === 'list' ? `list ${one.number ?? '-'} of ${one.thisUpdate}` : `answer of ${one.producedAt ?? one.thisUpdate}`}, ${one.sha256}`),
].join('\n');

const receiptText = ({ kind, at, facts }: Awaited<ReturnType<typeof receiptsOfEntry>>[number]): string =>
  `          receipt ${kind} ${at.toISOString()}: ${Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`).join(', ')}`;

const accessSchema = z.object({ limit: rows, json: z.boolean().optional(), before: z.string().regex(/^h?\d{1,15}$/, 'the number of the last row, as it was shown').optional() });

/** How a line is called: a number, with an h before it for what came over HTTP. */
const nameOf = ({ kind, seq }: AccessMark): string => `${kind === 'http' ? 'h' : ''}${seq}`;
const markOf = (name: string): AccessMark => (name.startsWith('h') ? { kind: 'http', seq: Number(name.slice(1)) } : { kind: 'person', seq: Number(name) });

const accessed = (options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [asker, { limit, before, json }] = [askerOf(options), read(accessSchema, options)];
    const found = await readAccess({ before: before === undefined ? null : markOf(before), limit }, asker, await createAudit(pool, configuration));
    if (json === true) return say(JSON.stringify(found, null, 2));
    for (const line of found) say(accessText(line));
    const last = found.at(-1);
    if (found.length === limit && last !== undefined) say(`More: the same with --before ${nameOf(last)}`);
  });

const accessText = (line: AccessLine): string => {
  const start = `${nameOf(line).padStart(6)}  ${line.at.toISOString()}`;
  if (line.kind === 'http') return `${start}  ${programSentence(line)}`;
  const { account, function: by, action, purpose, objectCount, trace, question } = line;
  return `${start}  ${by} (${account})  ${action}, ${purpose}; ${objectCount} entries shown; trace ${trace}\n        ${JSON.stringify(question)}`;
};

const checked = (options: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const check = await checkLog(askerOf(options), await createAudit(pool, configuration));
    if (options.json === true) say(JSON.stringify(check, null, 2));
    else say(check.verdict === 'unchanged' ? `unchanged: ${check.size} entries` : check.problems.join('\n'));
    if (check.verdict === 'changed') throw new PlainFault('The log was changed. The hub must not go on sending: call whoever guards it.', 3);
  });
