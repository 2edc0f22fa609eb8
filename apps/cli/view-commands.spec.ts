import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { openTestHub, type TestHub } from '../../test/harness/hub.js';
import { storySchema } from '../practice/script.js';
import { addViewCommands } from './view-commands.js';

const before = { ...process.env };
let hub: TestHub;
let personal: readonly string[];
beforeAll(async () => {
  const story = storySchema.parse(parse(await readFile('config/practice/story.yaml', 'utf8')));
  hub = await openTestHub();
  const start = new Date(hub.now().getTime() - story.startMinutesAgo * 60_000);
  for (const step of story.steps) {
    await hub.send(step, start);
    await hub.settle();
  }
  // Numbers and names of persons anywhere in the story.
  personal = [...new Set([...JSON.stringify(story).matchAll(/"(?:bsn|naam|geslachtsnaam|voornamen|achternaam)":"([^"]+)"/g)].map(([, value]) => value ?? ''))];
  process.env['KETENSLUIS_DATABASE_URL'] = hub.database.connectionString;
  process.env['KETENSLUIS_DATA'] = dirname(hub.practiceFolder);
}, 180_000);
afterAll(async () => {
  process.env = before;
  await hub.close();
});

/** Lines of JSON a view writes. */
const view = async (name: string, ...words: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
  const told: string[] = [];
  const [write, note] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
  process.stdout.write = (text: string | Uint8Array) => told.push(String(text)) > 0;
  process.stderr.write = () => true;
  try {
    const program = new Command().exitOverride();
    addViewCommands(program);
    const since = words.includes('--since') ? [] : ['--since', '2020-01-01', '--until', '2099-01-01'];
    await program.parseAsync(['node', 'ketensluis', 'views', name, '--by', 'fg', '--purpose', 'toezicht.fg', ...since, ...words]);
  } finally {
    process.stdout.write = write;
    process.stderr.write = note;
  }
  return told.join('').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
};

const faultsOf = async (schema: string, lines: readonly unknown[]): Promise<readonly unknown[]> => {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(await readFile(`config/schema/views/${schema}.schema.json`, 'utf8')));
  return lines.flatMap((line) => (validate(line) ? [] : [{ line, errors: validate.errors }]));
};

describe('the practice story, for other systems', () => {
  test.each([['ldv', 'ldv'], ['otlp', 'ldv-otlp'], ['vng', 'vng-verwerkingsactie'], ['nen7513', 'nen7513'], ['adl', 'adl']])('%s follows its schema to the last line and names no person', async (name, schema) => {
    const lines = await view(name, '--all');
    expect(lines.length).toBeGreaterThan(20);
    expect(await faultsOf(schema, lines)).toEqual([]);
    expect(personal.length).toBeGreaterThan(3);
    const text = JSON.stringify(lines);
    expect(personal.filter((value) => text.includes(value))).toEqual([]);
  });

  test('has every processing, and every decision', async () => {
    // A view shows what is released: the looks of the tests before are entries as well.
    await hub.settle();
    const entries = await hub.entries();
    const [ldv, adl] = [await view('ldv', '--all'), await view('adl', '--all')];
    const actions = ldv.filter(({ parent_span_id }) => parent_span_id === undefined);
    // The look itself is the newest entry and not yet in what it shows.
    expect(actions.length).toBeGreaterThanOrEqual(entries.filter(({ kind }) => ['disclosure', 'hold', 'refusal', 'consultation'].includes(kind)).length);
    expect(adl.length).toBe(entries.filter(({ decision, to, toRole }) => decision !== undefined && (to ?? toRole) !== undefined).length);
    expect(ldv.length).toBeGreaterThan(actions.length);
    expect(ldv.some(({ status }) => status === 'Ok')).toBe(true);
  });

  test('shows a municipality its own cases only (I10), and keeps a trace together', async () => {
    const waterveen = '00000001900000000101';
    const lines = await view('adl', '--for', waterveen);
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines.map(({ resource }) => JSON.parse(JSON.stringify(resource)).controller))).toEqual(new Set([waterveen]));
    const ldv = await view('ldv', '--for', waterveen);
    for (const { trace_id, parent_span_id, span_id } of lines) {
      expect(parent_span_id).not.toBe(span_id);
      expect(ldv.some((line) => line.trace_id === trace_id && line.span_id === parent_span_id)).toBe(true);
    }
  });

  test('is recorded as a look, with its purpose and period', async () => {
    await view('vng', '--all', '--since', '2026-01-01', '--until', '2026-01-02');
    const { rows } = await hub.database.pool.query("select action, purpose, function, question from access order by seq desc limit 1");
    expect(rows).toEqual([{ action: 'export', purpose: 'toezicht.fg', function: 'fg', question: { view: 'vng', from: '2025-12-31T23:00:00.000Z', to: '2026-01-01T23:00:00.000Z' } }]);
    await hub.checkLog();
  });

  test('refuses a period that is none, and settings that are none', async () => {
    await expect(view('ldv', '--all', '--since', '2026-01-02', '--until', '2026-01-01')).rejects.toThrow('the period ends before it begins');
    await expect(view('ldv', '--all', '--settings', 'config/practice/parties.yaml')).rejects.toThrow('parties.yaml');
    await expect(view('ldv', '--all', '--settings', 'nowhere.yaml')).rejects.toThrow('cannot be read');
  });
});
