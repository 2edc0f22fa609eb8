import { attemptResultsOf, type HourBar } from './hours.js';
import { scaleLinear } from 'd3-scale';
import type { Language } from '../shell/language.js';
import { clockText } from '../shell/moment.js';
import { deliveryWords } from './words.js';

interface ChartSize {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  readonly height: number;
  /** Hours between two that are named. */
  readonly every: number;
}
const [left, bottom, top] = [44, 28, 10];
// A drawing that shrinks cannot be read on a phone, so there are two; the style sheet shows one.
const sizes: readonly ChartSize[] = [{ name: 'wide', width: 960, height: 220, every: 3 }, { name: 'narrow', width: 340, height: 200, every: 6 }];
const fills = { good: 'fill-good', wait: 'fill-wait', bad: 'fill-bad', open: 'fill-plain' } as const;

/** Tries of each hour as bars; the table beside it says the same. */
export const HoursChart = ({ hours, language }: { readonly hours: readonly HourBar[]; readonly language: Language }) => {
  const words = deliveryWords(language);
  return (
    <>
      <ul className="legend" aria-hidden="true">{attemptResultsOf.map((result) => <li key={result}><svg className="swatch" viewBox="0 0 12 12" width="12" height="12"><rect className={fills[result]} width="12" height="12" rx="2" /></svg> {words.results[result]}</li>)}</ul>
      {sizes.map((size) => <Drawing key={size.name} size={size} hours={hours} label={words.chart} />)}
    </>
  );
};

const Drawing = ({ size: { name, width, height, every }, hours, label }: { readonly size: ChartSize; readonly hours: readonly HourBar[]; readonly label: string }) => {
  const most = Math.max(4, ...hours.map(({ total }) => total));
  const y = scaleLinear().domain([0, most]).nice(4).range([height - bottom, top]);
  const step = (width - left) / Math.max(1, hours.length);
  return (
    <svg className={`chart chart--${name}`} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {y.ticks(4).filter(Number.isInteger).map((tick) => (
        <g key={tick}><line className="line" x1={left} x2={width} y1={y(tick)} y2={y(tick)} /><text className="axis" x={left - 8} y={y(tick) + 4} textAnchor="end">{tick}</text></g>
      ))}
      {hours.map((hour, place) => (
        <g key={hour.at.toISOString()}>
          {stacked(hour).map(({ result, from, to }) => <rect key={result} className={fills[result]} x={left + place * step + step * 0.12} width={step * 0.76} y={y(to)} height={y(from) - y(to)} />)}
          {place % every === 0 ? <text className="axis" x={left + (place + 0.5) * step} y={height - 8} textAnchor="middle">{clockText(hour.at)}</text> : null}
        </g>
      ))}
    </svg>
  );
};

const stacked = ({ counts }: HourBar) => {
  let from = 0;
  return attemptResultsOf.flatMap((result) => {
    const piece = { result, from, to: from + counts[result] };
    from = piece.to;
    return counts[result] === 0 ? [] : [piece];
  });
};
