import { checkLog, reportPerson, reportProcessing, reportQuarter } from '@ketensluis/flow';
import type { deskStore } from '@ketensluis/platform';
import { personReportFiles, processingReportFiles, quarterReportFiles, type ReportFile } from '@ketensluis/report';
import type { Desk } from '../desk.js';
import { purposeOf, type OwnAsker } from './asker.js';

/** How often it looks by itself, how often it holds on to what it makes, and how often it forgets what is over. */
const [idleMs, holdMs, tidyMs] = [1_000, 15_000, 10 * 60_000] as const;
/** Entries counted between two looks, for the figures of who shares what. */
const countMost = 20_000;

/** What makes reports, until it is stopped. */
export interface ReportRunner {
  /** Resolves when nothing is being made any more. */
  readonly stop: () => Promise<void>;
}

interface Made {
  readonly files: readonly ReportFile[];
  readonly size: number;
  readonly outcome: string | null;
}

/** Makes the reports that were asked for, one at a time; one that a process left behind is made again. Also counts figures on and forgets what is over. */
export const startReports = (desk: Desk): ReportRunner => {
  const { hub, auditDesk } = desk;
  let isStopping = false;
  let wake: () => void = () => undefined;
  let tidiedAtMs = -tidyMs;
  const round = async (): Promise<boolean> => {
    const claimed = await auditDesk.reports.claim(hub.clock.now());
    if (claimed !== null) await makeHeld(desk, claimed);
    const { counted, size } = await auditDesk.figures.countOn(countMost);
    if (performance.now() - tidiedAtMs > tidyMs) {
      tidiedAtMs = performance.now();
      await auditDesk.reports.tidy(hub.clock.now());
      await auditDesk.tidySearches(hub.clock.now());
      await desk.sessions.tidy(hub.clock.now());
    }
    return claimed !== null || counted < size;
  };
  const run = async (): Promise<void> => {
    while (!isStopping) {
      const isMore = await round().catch((fault: unknown) => (hub.events.fault('report.failed', fault), false));
      if (!isMore && !isStopping) await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, idleMs);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  };
  const ended = run();
  return {
    stop: () => {
      isStopping = true;
      wake();
      return ended;
    },
  };
};

const makeHeld = async (desk: Desk, claimed: deskStore.ClaimedReport): Promise<void> => {
  const { hub, auditDesk: { reports } } = desk;
  const hold = setInterval(() => void reports.proceed(claimed, null, hub.clock.now()).catch((fault: unknown) => hub.events.fault('report.failed', fault)), holdMs);
  try {
    const made = await make(desk, claimed);
    if (typeof made === 'string') await reports.fail(claimed, made, hub.clock.now());
    else if (made !== null) await reports.finish(claimed, made, hub.clock.now());
    hub.events.tell('report.made', { kind: claimed.task.kind, outcome: made === null ? 'stopped' : typeof made === 'string' ? made : 'done' });
  } catch (fault) {
    hub.events.fault('report.failed', fault, { kind: claimed.task.kind });
    await reports.fail(claimed, 'fault', hub.clock.now());
  } finally {
    clearInterval(hold);
  }
};

/** Null when it was stopped meanwhile; a code when it cannot be made. */
const make = async (desk: Desk, claimed: deskStore.ClaimedReport): Promise<Made | string | null> => {
  const { task, persons } = claimed;
  const { hub, audit, auditDesk: { reports, logState } } = desk;
  const on = (step: number): Promise<boolean> => reports.proceed(claimed, step, hub.clock.now());
  const asker: OwnAsker = { account: task.account, function: 'fg', purpose: task.kind === 'log-check' ? 'controle.log' : purposeOf(task.purpose) ?? 'toezicht.fg', controller: task.party };
  const { size } = await logState();
  if (!(await on(1))) return null;
  switch (task.kind) {
    case 'log-check': {
      const check = await checkLog(asker, audit);
      return { files: [{ path: 'controle.json', bytes: Buffer.from(`${JSON.stringify(check, null, 2)}\n`, 'utf8') }], size: check.size, outcome: check.verdict };
    }
    case 'person': {
      // Without the key of its month nobody knows any more whom it was about.
      if (persons.length === 0) return 'refused';
      const report = await reportPerson({ from: task.from, to: task.to, persons }, asker, audit);
      if (report.kind === 'refused') return 'refused';
      if (!(await on(2))) return null;
      const controllerName = (await audit.history()).partyAt(task.party, report.at)?.name ?? task.party;
      return { files: await personReportFiles({ report, controllerName, vkey: report.vkey ?? '' }), size: report.size, outcome: null };
    }
    case 'quarter': {
      const report = await reportQuarter({ from: task.from, to: task.to }, asker, audit);
      if (report.kind === 'refused') return 'refused';
      return (await on(2)) ? { files: await quarterReportFiles(report), size, outcome: null } : null;
    }
    case 'processing': {
      const report = await reportProcessing(asker, audit);
      return (await on(2)) ? { files: await processingReportFiles(report), size, outcome: null } : null;
    }
  }
};
