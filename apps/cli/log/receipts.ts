import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkReceipts } from '@ketensluis/tlog';
import type { KeptProof, ReceiptsReport } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { folderReader, isFolder, readIfPresent, readTrust, trustOptions } from './files.js';
import { grouped, progressBar } from './progress.js';

/** How `log receipts` is called. */
const receiptsUsage =
  'usage: ketensluis log receipts DIR [--log EXPORT] [--vkey FILE | --policy FILE] [--json]\n' +
  '  DIR    what recipients kept: every NAME.tlog-proof below it, with NAME.leaf.json and NAME.opening.json beside it,\n' +
  '         and the document as NAME.xml, or as verstrekking.xml beside the files of one mail\n' +
  '  --log  the log as the hub shows it now, exported; without it the proofs are held against each other\n' +
  '  --vkey, --policy  whose signature to believe (default: EXPORT/log.vkey)';

/**
 * Holds what recipients kept against an exported log and against each other. 0 when all of it agrees, 1 when the log or a proof was changed, 2 when something
 * could not be compared, 3 when called wrongly or when there is nothing to check.
 */
export const logReceipts = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: [...trustOptions, 'log'], flags: ['json'] });
  const [directory, ...rest] = given?.positionals ?? [];
  if (given === null || directory === undefined || rest.length > 0) return usage(io, receiptsUsage);
  const log = given.value('log');
  for (const folder of [directory, ...(log === null ? [] : [log])]) if (!isFolder(folder)) return usage(io, `${folder}: no such folder`);
  const found = readTrust(given, log === null ? null : join(log, 'log.vkey'));
  if (found.kind === 'refused') return usage(io, found.detail);
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(suffix)).sort();
  if (names.length === 0) return usage(io, `${directory}: no ${suffix} in it`);
  const bar = progressBar(io, 'proofs');
  const report = checkReceipts({ kept: keptIn(directory, names, bar.step), trust: found.trust, log: log === null ? null : folderReader(log) });
  bar.end();
  io.out(given.isSet('json') ? `${JSON.stringify({ ...report, keyFrom: found.from })}\n` : asText(report, found.from));
  switch (report.verdict) {
    case 'good': return 0;
    case 'tampered': return 1;
    case 'incomplete': return 2;
  }
};

const suffix = '.tlog-proof';
/** What the files of a mail are called by whoever saves them as they are. */
const asSent = { proof: `bewijs${suffix}`, documents: ['verstrekking.xml', 'verstrekking.json'] };

/** One at a time: what is kept may be many times larger than memory. */
function* keptIn(directory: string, names: readonly string[], step: (done: number, total: number) => void): Generator<KeptProof> {
  for (const [place, name] of names.entries()) {
    const stem = join(directory, name.slice(0, -suffix.length));
    const documents = [`${stem}.xml`, ...(join(directory, name).endsWith(asSent.proof) ? asSent.documents.map((file) => join(dirname(stem), file)) : [])];
    const proof = readIfPresent(join(directory, name));
    if (proof !== null) {
      yield {
        name, proof, leaf: readIfPresent(`${stem}.leaf.json`), opening: readIfPresent(`${stem}.opening.json`),
        document: documents.map(readIfPresent).find((bytes) => bytes !== null) ?? null,
      };
    }
    step(place + 1, names.length);
  }
}

const summaries = { good: 'agree', tampered: 'CONTRADICTED', incomplete: 'INCOMPLETE' } as const;

const asText = (report: ReceiptsReport, keyFrom: 'file' | 'export'): string => {
  const lines = report.findings.map(({ code, name, index, detail }) => `${code}  ${index === null ? '' : `entry ${grouped(index)}  `}${name}  ${detail}`);
  const against = report.size === null ? 'with each other; no log given to compare with (--log)' : `with each other, ${grouped(report.compared)} compared with the log at ${grouped(report.size)}`;
  lines.push(`${summaries[report.verdict]}; ${grouped(report.proofs)} proofs ${against}; ${grouped(report.documents)} documents opened`);
  if (keyFrom === 'export') lines.push('the key came with the export: compare log.vkey with the one the hub gave you');
  return `${lines.join('\n')}\n`;
};
