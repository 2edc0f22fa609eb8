import { banLimit } from '@ketensluis/domain';
import type { Notice } from '@ketensluis/flow';
import { scaleTime } from 'd3-scale';
import type { Visit } from '../route.js';
import { dayText, momentText } from '../shell/moment.js';
import { listWords } from './words.js';

const rowHeight = 44;
const top = 26;
const barHeight = 24;
/** Rows of a chart; more are in the table. */
const chartRows = 12;
const soonMs = 2 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** What of a case is drawn. */
export type ChartedCase = Pick<Notice, 'caseId' | 'number' | 'facts'>;

interface Size {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  /** Room for the case and its state, left of the bars; none where they stand above. */
  readonly left: number;
  readonly ticks: number;
}

// A drawing that shrinks cannot be read on a phone, so there are two; the style sheet shows one.
const sizes: readonly Size[] = [{ name: 'wide', width: 900, left: 170, ticks: 7 }, { name: 'narrow', width: 340, left: 0, ticks: 3 }];

/** Running bans along time, as drawings; the table beside it says the same to who cannot see them. */
export const RunningChart = ({ notices, visit }: { readonly notices: readonly ChartedCase[]; readonly visit: Visit }) => {
  const words = listWords(visit.language);
  const shown = notices.filter(({ facts }) => facts.imposedAt !== null && facts.endsAt !== null).slice(0, chartRows);
  return shown.length === 0 ? null : (
    <>
      {sizes.map((size) => <Drawing key={size.name} size={size} notices={shown} visit={visit} />)}
      <p className="soft small">{words.legend}{notices.length > shown.length ? ` ${words.chartMore(notices.length - shown.length)}` : ''}</p>
    </>
  );
};

const Drawing = ({ size, notices, visit }: { readonly size: Size; readonly notices: readonly ChartedCase[]; readonly visit: Visit }) => {
  const words = listWords(visit.language);
  const rows = notices.map((notice) => barOf(notice, visit.now));
  const step = size.left === 0 ? rowHeight + 14 : rowHeight;
  const [from, to] = [Math.min(visit.now.getTime() - 3 * dayMs, ...rows.map(({ start }) => start)) - dayMs, Math.max(visit.now.getTime(), ...rows.map(({ limit }) => limit)) + dayMs];
  const x = scaleTime([new Date(from), new Date(to)], [size.left, size.width - 8]);
  const height = top + rows.length * step + 4;
  const nowAt = x(visit.now);
  return (
    <svg className={`chart chart--${size.name}`} viewBox={`0 0 ${size.width} ${height}`} role="img" aria-label={words.chart(notices.length)}>
      {x.ticks(size.ticks).filter((tick) => Math.abs(x(tick) - nowAt) > 34).map((tick) => (
        <g key={tick.getTime()}><line className="line" x1={x(tick)} x2={x(tick)} y1={top - 6} y2={height} /><text className="axis" x={x(tick)} y={12} textAnchor="middle">{dayText(tick, visit.language, visit.now)}</text></g>
      ))}
      {rows.map((row, place) => <Bar key={row.notice.caseId} row={row} y={top + place * step} size={size} x={x} />)}
      <line className="today" x1={nowAt} x2={nowAt} y1={top - 6} y2={height} /><text className="chart__now" x={nowAt} y={12} textAnchor="middle">{words.today}</text>
      {rows.map((row, place) => <Label key={row.notice.caseId} row={row} y={top + place * step} size={size} visit={visit} />)}
    </svg>
  );
};

interface BarRow {
  readonly notice: ChartedCase;
  readonly start: number;
  readonly middle: number | null;
  readonly end: number;
  readonly limit: number;
  readonly isUrgent: boolean;
}

const barOf = (notice: ChartedCase, now: Date): BarRow => {
  const { imposedAt, firstEndsAt, endsAt } = notice.facts;
  const start = imposedAt?.getTime() ?? 0;
  const end = endsAt?.getTime() ?? start;
  return {
    notice, start, end, isUrgent: end - now.getTime() < soonMs, middle: firstEndsAt === null || firstEndsAt.getTime() >= end ? null : firstEndsAt.getTime(), // What has ended is not extended.
    limit: end <= now.getTime() ? end : Math.max(end, banLimit(new Date(start)).getTime()),
  };
};

const Bar = ({ row, y, size, x }: { readonly row: BarRow; readonly y: number; readonly size: Size; readonly x: (at: Date) => number }) => {
  const { start, middle, end, limit, isUrgent } = row;
  const at = (time: number): number => x(new Date(time));
  const barY = size.left === 0 ? y + 22 : y + 6;
  return (
    <g>
      {(middle === null ? [[start, end]] : [[start, middle], [middle, end]]).map(([a = 0, b = 0]) => <rect key={a} className={isUrgent ? 'fill-urgent' : 'fill-plain'} x={at(a)} y={barY} width={Math.max(2, at(b) - at(a))} height={barHeight} rx={3} />)}
      {limit > end && middle === null ? <rect className="fill-maybe" x={at(end)} y={barY + 4} width={at(limit) - at(end)} height={barHeight - 8} rx={3} /> : null}
    </g>
  );
};

// After the line of now, which would else run through it.
const Label = ({ row, y, size, visit }: { readonly row: BarRow; readonly y: number; readonly size: Size; readonly visit: Visit }) => {
  const ends = `${listWords(visit.language).until} ${momentText(new Date(row.end), visit.language, visit.now)}`;
  return size.left === 0
    ? <g><text className="chart__name" x={0} y={y + 14}>{row.notice.number}</text><text className="chart__name chart__end" x={size.width - 8} y={y + 14} textAnchor="end">{ends}</text></g>
    : <g><text className="chart__name" x={0} y={y + 16}>{row.notice.number}</text><text className="axis" x={0} y={y + 32}>{ends}</text></g>;
};
