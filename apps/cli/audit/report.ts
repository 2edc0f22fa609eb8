import { defer, judgeSample, matrix, reportPerson, reportQuarter, sample, sampleCount, type DeferTarget } from '@ketensluis/flow';
import { verdicts } from '@ketensluis/domain';
import { createAudit } from '@ketensluis/platform';
import { matrixCsv, matrixText, personReportFiles, quarterReportFiles } from '@ketensluis/report';
import type { Command } from 'commander';
import { z } from 'zod';
import { withDatabase } from '../place.js';
import { PlainFault, say, terminal } from '../terminal.js';
import { addAskerOptions, addFilterOptions, addPeriodOptions, askerOf, filterOf, momentOf, read, spanOf } from './options.js';
import { readPersons } from './person.js';
import { writeFiles } from './write-files.js';

/** `ketensluis report`, `matrix`, `sample` and `defer`: what a privacy officer makes of the log. */
export const addReportCommands = (program: Command): void => {
  const report = program.command('report').description('reports from the log: PDF, CSV and JSON');
  addPeriodOptions(addAskerOptions(report.command('person <directory>').description('who got data about one person, read from standard input (AVG art. 15, Wpg art. 25)'))).action(personReport);
  addPeriodOptions(addAskerOptions(report.command('quarter <directory>').description('volumes, refusals, changes, agreements that end, checks and samples'))).action(quarterReport);
  addFilterOptions(addAskerOptions(program.command('matrix').description('who shares what: sender by recipient')))
    .option('--categories', 'a figure for each category of data')
    .option('--csv', 'as CSV')
    .option('--json', 'as JSON')
    .action(shownMatrix);
  const samples = program.command('sample').description(`${sampleCount} decisions of a period, drawn at random by a seed that is shown`);
  addPeriodOptions(addAskerOptions(samples.command('draw').description('draw and show a sample')))
    .option('--seed <seed>', 'draw an earlier sample again, together with --size')
    .option('--size <size>', 'size of the tree it was drawn from')
    .option('--json', 'as JSON')
    .action(drawn);
  addAskerOptions(samples.command('judge <sample> <index>').description('say how an entry of a sample was found to be'))
    .requiredOption('--verdict <verdict>', verdicts.join(', '))
    .option('--remark <text>', 'kept encrypted')
    .action(judged);
  addAskerOptions(program.command('defer <what>').description('withhold an entry (its index) or a case (municipality/number) from the person (Wpg art. 27, UAVG art. 41)'))
    .requiredOption('--until <moment>', 'until this day or moment; one that has passed ends it')
    .requiredOption('--reason <text>', 'why; kept encrypted')
    .action(deferred);
};

const personReport = (directory: string, options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const asker = askerOf(options);
    const ports = await createAudit(pool, configuration);
    const span = spanOf(options, ports.clock.now());
    const report = await reportPerson({ ...span, persons: await readPersons() }, asker, ports);
    if (report.kind === 'refused') throw new PlainFault(report.detail, 2);
    const controllerName = asker.controller === null ? 'alle gemeenten' : ((await ports.history()).partyAt(asker.controller, report.at)?.name ?? asker.controller);
    await writeFiles(directory, await personReportFiles({ report, controllerName, vkey: report.vkey ?? '' }));
    say(`${report.lines.length} disclosures written to ${directory}. Recorded under trace ${report.trace}.`);
    if (report.withheld > 0) terminal.err(`Not for the person: ${report.withheld} withheld (inzage uitgesteld).\n`);
  });

const quarterReport = (directory: string, options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const asker = askerOf(options);
    const ports = await createAudit(pool, configuration);
    const report = await reportQuarter(spanOf(options, ports.clock.now()), asker, ports);
    if (report.kind === 'refused') throw new PlainFault(report.detail, 2);
    await writeFiles(directory, await quarterReportFiles(report));
    say(`Written to ${directory}. Recorded under trace ${report.trace}.`);
  });

const shownMatrix = (options: { readonly categories?: boolean; readonly csv?: boolean; readonly json?: boolean }): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const asker = askerOf(options);
    const ports = await createAudit(pool, configuration);
    const found = await matrix({ filter: filterOf(options, ports.clock.now()), perCategory: options.categories === true ? 'each' : 'together' }, asker, ports);
    if (found.kind === 'refused') throw new PlainFault(found.detail, 2);
    if (options.json === true) return say(JSON.stringify(found, null, 2));
    if (options.csv === true) return terminal.out(Buffer.from(matrixCsv(found)).toString('utf8'));
    say(found.cells.length === 0 ? 'No disclosures.' : matrixText(found));
    if (found.cells.some(({ isSmall }) => isSmall)) say('* may point to a person: not for outside.');
  });

const drawSchema = z.object({ seed: z.string().regex(/^[0-9A-Za-z-]{1,64}$/).optional(), size: z.string().regex(/^\d{1,15}$/).transform(Number).optional(), json: z.boolean().optional() });

const drawn = (options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [asker, { seed, size, json }] = [askerOf(options), read(drawSchema, options)];
    const ports = await createAudit(pool, configuration);
    const found = await sample({ ...spanOf(options, ports.clock.now()), seed: seed ?? null, size: size ?? null }, asker, ports);
    if (json === true) return say(JSON.stringify(found, null, 2));
    const { draw, lines } = found;
    say(`Sample ${draw.id}: ${draw.indexes.length} of ${draw.population}. Draw it again with --seed ${draw.seed} --size ${draw.size}`);
    for (const { index, at, decision, sender, recipient, rule } of lines) say(`${String(index).padStart(8)}  ${at.toISOString()}  ${decision ?? ''}  ${sender?.name ?? ''} -> ${recipient?.name || (recipient?.role ?? '')}  ${rule ?? ''}`);
    say(`Judge each: ketensluis sample judge ${draw.id} INDEX --verdict 'in order' ...`);
  });

const judgeSchema = z.object({ verdict: z.enum(verdicts), remark: z.string().trim().min(1).max(2_000).optional() });

const judged = (sampleId: string, index: string, options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [asker, { verdict, remark }] = [askerOf(options), read(judgeSchema, options)];
    if (!/^[0-9a-f-]{36}$/.test(sampleId) || !/^\d{1,15}$/.test(index)) throw new PlainFault('Name the sample by its id and the entry by its index.', 2);
    const done = await judgeSample({ sampleId, index: Number(index), verdict, remark: remark ?? null }, asker, await createAudit(pool, configuration));
    if (done.kind === 'refused') throw new PlainFault(done.detail);
    say('Recorded.');
  });

const deferSchema = z.object({ until: z.string(), reason: z.string().trim().min(1).max(2_000) });

const deferred = (what: string, options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [asker, { until, reason }] = [askerOf(options), read(deferSchema, options)];
    const done = await defer({ target: targetOf(what), until: momentOf(until), reason }, asker, await createAudit(pool, configuration));
    if (done.kind === 'refused') throw new PlainFault(done.detail);
    say(`Recorded: ${done.entries} entries.`);
  });

const targetOf = (what: string): DeferTarget => {
  const [, municipality, number] = /^(\d{4})\/(.{1,40})$/.exec(what) ?? [];
  if (municipality !== undefined && number !== undefined) return { kind: 'case', municipality, number };
  if (!/^(0|[1-9]\d{0,14})$/.test(what)) throw new PlainFault('Name an entry by its index, or a case as municipality/number.', 2);
  return { kind: 'entry', index: Number(what) };
};
