import type { CommandIo } from './command.js';

const barWidth = 20;
const redrawMs = 100;

/** A number with dots between thousands, as the console writes it. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '.');

/** Draws `48.213 / 48.213 entries  [====] 100%  0:04` on a terminal, at most ten times a second; elsewhere nothing. */
export const progressBar = (io: CommandIo, what = 'entries'): { readonly step: (done: number, total: number) => void; readonly end: () => void } => {
  if (!io.isTerminal) return { step: () => undefined, end: () => undefined };
  const startedMs = performance.now();
  let drawnMs = -Infinity;
  let line = '';
  const step = (done: number, total: number): void => {
    const nowMs = performance.now();
    if (nowMs - drawnMs < redrawMs && done < total) return;
    drawnMs = nowMs;
    const seconds = Math.floor((nowMs - startedMs) / 1000);
    const filled = total === 0 ? barWidth : Math.floor((done / total) * barWidth);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    line = `${grouped(done)} / ${grouped(total)} ${what}  [${'='.repeat(filled).padEnd(barWidth)}] ${percent}%  ${time}`;
    io.err(`\r${line}`);
  };
  return { step, end: () => { if (line !== '') io.err('\n'); } };
};
