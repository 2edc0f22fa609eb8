import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';

const run = promisify(execFile);
const program = '/usr/bin/promtool';
const config = new URL('../../config/', import.meta.url.replace('/dist/test/harness/', '/test/harness/'));

/** Where a file of the configuration stands. */
export const configFile = (name: string): string => fileURLToPath(new URL(name, config));

/** True when Prometheus' own tool can be asked; false leaves a test out in plain sight, and is a fault where everything must run. */
export const hasPromtool = (): boolean => {
  const isThere = existsSync(program);
  if (!isThere && process.env['CI'] === 'true') throw new Error('prometheus is not installed, and with CI=true no spec may be left out');
  return isThere;
};

/** Asks it; rejects with what it says when it does not agree. `input` goes to its standard input. */
export const promtool = async (words: readonly string[], input = ''): Promise<string> => {
  const asked = run(program, [...words], { timeout: 20_000 });
  asked.child.stdin?.end(input);
  const { stdout, stderr } = await asked;
  return `${stdout}${stderr}`;
};

/** One expression of a rule or a panel, and where it stands. */
export interface Expression {
  readonly place: string;
  readonly expr: string;
}

const rules = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(z.looseObject({ alert: z.string().optional(), record: z.string().optional(), expr: z.string() })) })) });

/** Of the rules; with the names they record. */
export const ruleExpressions = async (): Promise<{ readonly expressions: readonly Expression[]; readonly recorded: readonly string[] }> => {
  const { groups } = rules.parse(parse(await readFile(configFile('prometheus/rules.yaml'), 'utf8')));
  const all = groups.flatMap((group) => group.rules);
  return { expressions: all.map(({ alert, record, expr }) => ({ place: alert ?? record ?? '', expr })), recorded: all.flatMap(({ record }) => (record === undefined ? [] : [record])) };
};

const panel = z.looseObject({ id: z.int(), type: z.string(), title: z.string(), description: z.string().optional(), gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }), targets: z.array(z.looseObject({ refId: z.string(), expr: z.string() })).default([]) });
const dashboard = z.looseObject({ uid: z.string(), title: z.string(), panels: z.array(panel), templating: z.object({ list: z.array(z.looseObject({ name: z.string(), definition: z.string().optional() })) }) });

/** A dashboard as Grafana reads it, as far as the tests look. */
export type Dashboard = z.infer<typeof dashboard>;

/** Reads one of `config/grafana`. */
export const readDashboard = async (name: string): Promise<Dashboard> => dashboard.parse(JSON.parse(await readFile(configFile(`grafana/${name}.json`), 'utf8')));

/** Metrics an expression reads, each with the labels it asks for. */
export const metricsIn = (expr: string): readonly { readonly name: string; readonly labels: readonly string[] }[] =>
  [...expr.matchAll(/\b(ketensluis[a-z0-9_:]*|up|process_[a-z_]+|nodejs_[a-z0-9_]+)\b(?:\{([^}]*)\})?/g)]
    .map(([, name = '', inside = '']) => ({ name, labels: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label) }));

/** Labels by which an expression gathers. */
export const gatheredBy = (expr: string): readonly string[] => [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, inside = '']) => inside.split(',').map((label) => label.trim()));
