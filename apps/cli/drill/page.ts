import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrillReport } from './drill.js';
import { at, type Counted, type Verdict } from './verdict.js';

const meaning: Readonly<Record<keyof Verdict['bad'], string>> = {
  notTaken: 'good messages not taken',
  acceptedNotStored: 'accepted and not stored',
  acceptedNotDelivered: 'accepted and not delivered',
  deliveredNotSealed: 'delivered and not sealed, or with a proof that does not hold',
  doubled: 'two disclosures where one is due',
  outOfOrder: 'cases in which a party got a later disclosure first',
  logFaults: 'faults of the log',
};

/** True when nothing was lost, doubled, unsealed or out of order. */
export const isGood = ({ verdict }: DrillReport): boolean => Object.values(verdict.bad).every((count) => count === 0);

const secondsOf = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const counts = ({ total, byWay }: Counted): string => `${total} (${Object.entries(byWay).map(([way, count]) => `${count} by ${way}`).join(', ')})`;

/** Names and values, as they are printed and as they stand on the page. */
export const rowsOf = ({ verdict, faults, processes, seconds, seed, leftOut }: DrillReport): readonly (readonly [string, string])[] => {
  const kinds = [...new Set(faults.map(({ kind }) => kind))].map((kind) => `${faults.filter((one) => one.kind === kind).length} ${kind}`);
  const { bad, accepted, delivered, sentAgain, handedOverAgain, deliveryMs, recoveryMs } = verdict;
  return [
    ['faults', `${faults.length} (${kinds.join(', ')}), seed ${seed}`],
    ['messages accepted', counts(accepted)],
    ['disclosures delivered', counts(delivered)],
    ...Object.entries(bad).map(([key, count]) => [Object.entries(meaning).find(([name]) => name === key)?.[1] ?? key, String(count)] as const),
    ['sent again under the same id', String(sentAgain)],
    ['handed over again by the sender', String(handedOverAgain)],
    ['from the answer to the sender to arrival', `p50 ${secondsOf(at(deliveryMs, 0.5))}, p95 ${secondsOf(at(deliveryMs, 0.95))}, longest ${secondsOf(deliveryMs.at(-1) ?? 0)}`],
    ['from a fault to the next arrival', `p50 ${secondsOf(at(recoveryMs, 0.5))}, p95 ${secondsOf(at(recoveryMs, 0.95))}, longest ${secondsOf(recoveryMs.at(-1) ?? 0)}`],
    ['started again', processes.filter(({ starts }) => starts > 1).map(({ name, starts }) => `${name} ${starts - 1}`).join(', ') || 'nothing'],
    ...(leftOut.length === 0 ? [] : [['not done here', leftOut.join('; ')] as const]),
    ['took', `${seconds} s`],
  ];
};

/** Writes the result as a page and as JSON below the folder of the drill; resolves to the page. */
export const writePage = async (report: DrillReport, when: Date): Promise<string> => {
  const folder = join(report.folder, 'result');
  await mkdir(folder, { recursive: true });
  const rows = rowsOf(report).map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  const faults = report.faults.map(({ kind, what, at: from, overAt }) => `<tr><td>${from.toISOString()}</td><td>${kind}</td><td>${what ?? ''}</td><td>${secondsOf(overAt.getTime() - from.getTime())}</td></tr>`);
  const page = join(folder, 'result.html');
  await writeFile(page, [
    '<!doctype html>', '<html lang="en"><meta charset="utf-8"><title>Fault drill</title>',
    `<h1>Fault drill: ${isGood(report) ? 'passed' : 'FAILED'}</h1>`, `<p>${when.toISOString()}. Invented cases, a hub of its own; nothing here is about anybody.</p>`,
    '<table>', ...rows, '</table>', '<h2>Faults</h2>', '<table><tr><th>At</th><th>What</th><th>To what</th><th>Over after</th></tr>', ...faults, '</table></html>', '',
  ].join('\n'));
  await writeFile(join(folder, 'result.json'), `${JSON.stringify({ at: when, passed: isGood(report), ...report }, null, 2)}\n`);
  return page;
};
