import { viewLog } from '@ketensluis/flow';
import { createAudit, readViewSettings } from '@ketensluis/platform';
import { adlRecord, ldvLines, nen7513Line, otlpRequest, verwerkingsactie, type ViewedEntry, type ViewSettings } from '@ketensluis/views';
import type { Command } from 'commander';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { addAskerOptions, askerOf, momentOf, read } from './audit/options.js';
import { withDatabase } from './place.js';
import { PlainFault, say, terminal } from './terminal.js';

type View = (entry: ViewedEntry, settings: ViewSettings) => readonly unknown[];

const one = (view: (entry: ViewedEntry, settings: ViewSettings) => unknown): View => (entry, settings) => {
  const line = view(entry, settings);
  return line === null ? [] : [line];
};

const views = {
  ldv: { view: ldvLines, description: 'Logboek dataverwerkingen 0.8 (working version): one line for each person' },
  otlp: { view: one(otlpRequest), description: 'the same as OTLP/JSON, a request to a collector for each entry' },
  vng: { view: one(verwerkingsactie), description: 'VNG Verwerkingenlogging 0.9: verwerkingsacties' },
  nen7513: { view: one(nen7513Line), description: 'NEN 7513, in the shape of the draft extension of Logboek dataverwerkingen' },
  adl: { view: one(adlRecord), description: 'Authorization Decision Log (draft) with AuthZEN question and answer' },
} as const satisfies Readonly<Record<string, { readonly view: View; readonly description: string }>>;

// Beside the program, be it compiled or not.
const ownSettings = fileURLToPath(new URL('../../config/views/practice.yaml', import.meta.url.replace('/dist/apps/cli/', '/apps/cli/')));

/** `ketensluis views ldv|otlp|vng|nen7513|adl`: entries for other systems as JSON lines; each look is recorded. */
export const addViewCommands = (program: Command): void => {
  const command = program.command('views').description('entries of the log as JSON lines for other systems; each look is recorded');
  for (const [name, { view, description }] of Object.entries(views)) {
    addAskerOptions(command.command(name).description(description))
      .requiredOption('--since <moment>', 'from this day or moment on')
      .requiredOption('--until <moment>', 'until just before this day or moment')
      .option('--settings <file>', 'activities of the municipality and codes of the receiver; those of practice are invented', ownSettings)
      .action((options: unknown) => write(name, view, options));
  }
};

const optionsSchema = z.object({ since: z.string(), until: z.string(), settings: z.string().min(1) });

const write = (name: string, view: View, options: unknown): Promise<void> =>
  withDatabase(async (pool, configuration) => {
    const [asker, { since, until, settings: file }] = [askerOf(options), read(optionsSchema, options)];
    const settings = await readViewSettings(file).catch((fault: unknown) => {
      throw new PlainFault(fault instanceof Error ? fault.message : 'the settings cannot be read', 2);
    });
    const viewed = await viewLog({ view: name, from: momentOf(since), to: momentOf(until) }, asker, await createAudit(pool, configuration));
    if (viewed.kind === 'refused') throw new PlainFault(viewed.detail, 2);
    const lines = viewed.entries.flatMap((entry) => view(entry, settings));
    for (const line of lines) say(JSON.stringify(line));
    terminal.err(`${lines.length} lines of ${viewed.entries.length} entries. Recorded under trace ${viewed.trace}.\n`);
  });
