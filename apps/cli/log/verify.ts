import { join } from 'node:path';
import { verifyLog } from '@ketensluis/tlog';
import type { VerifyReport } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { folderReader, isFolder, readIfPresent, readTrust, trustOptions } from './files.js';
import { grouped, progressBar } from './progress.js';

/** How `log verify` is called. */
const verifyUsage =
  'usage: ketensluis log verify DIR [--vkey FILE | --policy FILE] [--since FILE] [--hashes-only] [--json]\n' +
  '  --vkey         key of the log, as you got it from elsewhere (default: DIR/log.vkey)\n' +
  '  --policy       keys of log and witnesses, and how many of these must have signed (C2SP tlog-policy)\n' +
  '  --since        a checkpoint you kept: the log must still begin with it\n' +
  '  --hashes-only  check the tree without its entries';

/**
 * Checks an exported log with nothing but Node: no database, no network, no hub. Prints what it found and returns 0 when all of it
 * is what was signed, 1 when something was changed, 2 when files are missing, 3 when it was called wrongly.
 */
export const logVerify = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: [...trustOptions, 'since'], flags: ['json', 'hashes-only'] });
  const [directory, ...rest] = given?.positionals ?? [];
  if (given === null || directory === undefined || rest.length > 0) return usage(io, verifyUsage);
  if (!isFolder(directory)) return usage(io, `${directory}: no such folder`);
  const found = readTrust(given, join(directory, 'log.vkey'));
  if (found.kind === 'refused') return usage(io, found.detail);
  const kept = given.value('since');
  const since = kept === null ? null : readIfPresent(kept);
  if (kept !== null && since === null) return usage(io, `${kept}: no such file`);
  const bar = progressBar(io);
  const report = verifyLog({
    read: folderReader(directory), trust: found.trust, since,
    scope: given.isSet('hashes-only') ? 'hashes' : 'entries',
    progress: bar.step,
  });
  bar.end();
  io.out(given.isSet('json') ? `${asJson(report, found.from)}\n` : asText(report, found.from));
  return exitOf(report);
};

const exitOf = (report: VerifyReport): LogExit => {
  switch (report.verdict) {
    case 'good': return 0;
    case 'tampered': return 1;
    case 'incomplete': return 2;
  }
};

const asJson = (report: VerifyReport, keyFrom: 'export' | 'file'): string => JSON.stringify({
  verdict: report.verdict, origin: report.origin, size: report.size,
  root: report.root === null ? null : Buffer.from(report.root).toString('base64'),
  entries: report.entries, keyFrom, findingsTotal: report.findingsTotal, findings: report.findings,
});

const asText = (report: VerifyReport, keyFrom: 'export' | 'file'): string => {
  const lines = report.findings.map((finding) => `${finding.code}  ${finding.index === null ? '' : `entry ${grouped(finding.index)}  `}${finding.path ?? ''}  ${finding.detail}`);
  if (report.findingsTotal > report.findings.length) lines.push(`and ${grouped(report.findingsTotal - report.findings.length)} more`);
  lines.push(`${summary(report)}${report.origin === null ? '' : `; ${report.origin} at ${grouped(report.size)}, ${grouped(report.entries)} entries read`}`);
  // A log that brings its own key proves that it is whole, not whose it is.
  if (keyFrom === 'export') lines.push('the key came with the export: compare log.vkey with the one the hub gave you');
  return `${lines.join('\n')}\n`;
};

const summary = (report: VerifyReport): string => {
  switch (report.verdict) {
    case 'good': return 'unchanged';
    case 'tampered': return 'CHANGED';
    case 'incomplete': return 'INCOMPLETE';
  }
};
