import { describe, expect, test } from '@jest/globals';
import { metricRows } from '@ketensluis/platform';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFile, gatheredBy, hasPromtool, metricsIn, promtool, readDashboard, ruleExpressions, type Dashboard, type Expression } from '../harness/prometheus.js';

const isThere = hasPromtool();
if (!isThere) test.skip('Prometheus reads the rules as we do: NOT RUN, install prometheus', () => undefined);
const boards = ['hub', 'parties'] as const;

const expressionsOf = ({ title, panels }: Dashboard): readonly Expression[] => panels.flatMap((panel) => panel.targets.map(({ expr }) => ({ place: `${title}, ${panel.title}`, expr })));
const all = async (): Promise<{ readonly expressions: readonly Expression[]; readonly recorded: readonly string[] }> => {
  const { expressions, recorded } = await ruleExpressions();
  return { expressions: [...expressions, ...(await Promise.all(boards.map(readDashboard))).flatMap(expressionsOf)], recorded };
};

// What a scrape shows of a metric of ours; `test/e2e/watched.spec.ts` holds a scrape of a real hub against the same rows.
const shown = new Map(Object.entries(metricRows).flatMap(([name, { kind, labels }]): readonly (readonly [string, readonly string[]])[] =>
  kind === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => [`${name}${end}`, [...labels, 'le']] as const) : [[name, labels]]));
const ofTarget = ['job', 'instance'];

describe('rules and dashboards', () => {
  test('ask for nothing that the hub does not tell, nor for a label it does not give', async () => {
    const { expressions, recorded } = await all();
    const wrong = expressions.flatMap(({ place, expr }) => {
      const metrics = metricsIn(expr);
      if (metrics.length === 0) return [`${place}: asks for no metric`];
      const given = new Set([...ofTarget, ...metrics.flatMap(({ name }) => shown.get(name) ?? (recorded.includes(name) ? ['party'] : []))]);
      return [
        ...metrics.filter(({ name }) => name.startsWith('ketensluis') && !shown.has(name) && !recorded.includes(name)).map(({ name }) => `${place}: ${name}`),
        ...[...metrics.flatMap(({ labels }) => labels), ...gatheredBy(expr)].filter((label) => !given.has(label)).map((label) => `${place}: ${label}`),
      ];
    });
    expect(wrong).toEqual([]);
    expect(expressions.length).toBeGreaterThan(50);
  });

  test('that ask for something else are seen', () => {
    expect(metricsIn('sum by (party) (rate(ketensluis_nothing_total{case="x",outcome!~"a|b"}[5m])) > up{job="ketensluis"}')).toEqual([
      { name: 'ketensluis_nothing_total', labels: ['case', 'outcome'] }, { name: 'up', labels: ['job'] },
    ]);
    expect(gatheredBy('sum by (le, step) (x)')).toEqual(['le', 'step']);
  });

  test('show every metric of the hub somewhere', async () => {
    const used = new Set((await all()).expressions.flatMap(({ expr }) => metricsIn(expr)).map(({ name }) => name.replace(/_(bucket|count|sum)$/, '')));
    expect(Object.keys(metricRows).filter((name) => !used.has(name))).toEqual([]);
  });

  test.each(boards)('%s: every panel has a name of its own, says what it shows, and lies on no other', async (name) => {
    const { panels, uid } = await readDashboard(name);
    expect(uid).toBe(`ketensluis-${name}`);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ type, description }) => type !== 'row' && (description ?? '') === '').map(({ title }) => title)).toEqual([]);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, place) => `${x + (place % w)},${y + Math.floor(place / w)}`));
    expect(cells.length - new Set(cells).size).toBe(0);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  (isThere ? describe : describe.skip)('as Prometheus reads them', () => {
    test('the rules are rules, and alarms come when they should and not before', async () => {
      expect(await promtool(['check', 'rules', configFile('prometheus/rules.yaml')])).toContain('SUCCESS');
      expect(await promtool(['test', 'rules', configFile('prometheus/rules.test.yaml')])).toContain('SUCCESS');
    }, 30_000);

    test('every expression of a dashboard is one', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ketensluis-prometheus-'));
      try {
        const expressions = (await Promise.all(boards.map(readDashboard))).flatMap(expressionsOf);
        const file = join(folder, 'panels.yaml');
        const check = async (exprs: readonly string[]): Promise<string> => {
          await writeFile(file, JSON.stringify({ groups: [{ name: 'panels', rules: exprs.map((expr, place) => ({ record: `panel:${place}`, expr: expr.replaceAll('$party', '.*') })) }] }));
          return promtool(['check', 'rules', file]).catch((fault: Error) => fault.message);
        };
        expect(await check(expressions.map(({ expr }) => expr))).toContain(`SUCCESS: ${expressions.length} rules`);
        expect(await check(['sum(rate(up))'])).toContain('FAILED');
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }, 30_000);
  });
});
