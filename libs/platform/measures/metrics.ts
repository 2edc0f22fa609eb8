import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Hearer } from '../logging.js';
import { countsOf } from './counts.js';
import { metricRows, type MetricName, type MetricRow } from './metric-rows.js';

/** One number with the labels it stands under. */
export interface Sample {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What is counted in one process, and what a scrape gives of it. */
export interface Metrics {
  readonly hearer: Hearer;
  /** The text of a scrape (Prometheus exposition format). `figures` take the place of those of the scrape before. */
  readonly text: (figures: readonly Sample[]) => Promise<string>;
  readonly contentType: string;
}

/** From a decision of milliseconds to a party that takes a minute to answer. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Opens them, with those of Node.js itself. Nothing is served yet. */
export const openMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map(named('counter').map(([name, row]) => [name, new Counter({ ...optionsOf(name, row), registers: [registry] })]));
  const histograms = new Map(named('histogram').map(([name, row]) => [name, new Histogram({ ...optionsOf(name, row), buckets, registers: [registry] })]));
  const gauges = new Map(named('gauge').map(([name, row]) => [name, new Gauge({ ...optionsOf(name, row), registers: [registry] })]));
  return {
    hearer: {
      hearsDetails: false,
      hear: (event) => {
        for (const { name, labels, value } of countsOf(event)) {
          counters.get(name)?.inc(labels, value);
          histograms.get(name)?.observe(labels, value);
        }
      },
    },
    contentType: registry.contentType,
    text: async (figures) => {
      for (const [name, gauge] of gauges) {
        gauge.reset();
        // Without labels it begins at 0 again; what is not known must not look like nothing.
        if (metricRows[name].labels.length === 0) gauge.remove();
      }
      for (const { name, labels, value } of figures) gauges.get(name)?.set(labels, value);
      return registry.metrics();
    },
  };
};

const named = (kind: MetricRow['kind']): readonly (readonly [MetricName, MetricRow])[] =>
  rows.filter(([, row]) => row.kind === kind);

const names: readonly MetricName[] = Object.keys(metricRows).filter((name): name is MetricName => name in metricRows);
const rows: readonly (readonly [MetricName, MetricRow])[] = names.map((name) => [name, metricRows[name]]);

const optionsOf = (name: string, { help, labels }: MetricRow) => ({ name, help, labelNames: [...labels] });
