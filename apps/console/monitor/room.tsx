import { clockOf, halfYearNamed, halfYearsTo, isSmallCount, monitorCounts, monitorQuestions, monitorSmall, startedBefore, toldBeforeMs, type HalfYear, type MonitorQuestion } from '@ketensluis/domain';
import { monitorFile } from '@ketensluis/report';
import { scaleLinear } from 'd3-scale';
import { act, nothingThere, page, shown, type Answer, type Attended, type Room } from '../route.js';
import { ownMunicipality, type OwnMunicipality } from '../sharing/municipality.js';
import { SelectField } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { ButtonLink, Card, Empty, Notice, Table } from '../shell/parts.js';
import { FiguresCard, figuresOf, startFigures, stopFigures } from './figures.js';
import { monitorWords, questionWords } from './words.js';

const path = '/monitor';
const who = ['municipality-officer'] as const;
/** As far back as a ban is kept. */
const halfYears = 10;

interface Counted {
  readonly half: HalfYear;
  readonly counts: Readonly<Record<MonitorQuestion, number>>;
}

const halfOf = ({ query, now }: Attended): HalfYear | null => {
  const [current] = halfYearsTo(now, 1);
  const asked = query.get('halfjaar');
  return asked === null ? current ?? null : halfYearsTo(now, halfYears).find(({ name }) => name === halfYearNamed(asked)?.name) ?? null;
};

const countedOf = async ({ desk }: Attended, own: OwnMunicipality, half: HalfYear): Promise<Counted> =>
  ({ half, counts: monitorCounts(await desk.countedMessages(own.code, new Date(half.from.getTime() - toldBeforeMs)), half) });

const periodText = ({ name }: HalfYear, language: Language): string => {
  const [year = '', half = ''] = name.split('-');
  return monitorWords(language).half(year, half);
};

const countText = (count: number, language: Language): string => (isSmallCount(count) ? monitorWords(language).small : String(count));

const monitorPage = async (visit: Attended): Promise<Answer> => {
  const [own, half] = [await ownMunicipality(visit), halfOf(visit)];
  if (own === null || half === null) return nothingThere;
  const { language, now } = visit;
  const words = monitorWords(language);
  const [counted, wish] = await Promise.all([countedOf(visit, own, half), figuresOf(visit).find(visit.person.account)]);
  const isEmpty = monitorQuestions.every((question) => counted.counts[question] === 0);
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <form method="get" action={path} className="filters">
        <SelectField name="halfjaar" label={words.period} language={language} value={half.name} options={halfYearsTo(now, halfYears).map((one) => [one.name, periodText(one, language)])} />
        <button type="submit" className="utrecht-button utrecht-button--secondary-action button button--quiet">{words.show}</button>
      </form>
      {isGoing(visit, half) ? <Notice tone="wait" title={words.goneTitle}><p>{words.goneBody}</p></Notice> : null}
      {now < half.to ? <p>{words.running}</p> : null}
      {isEmpty ? <Empty title={words.empty}><p>{words.emptyBody}</p></Empty> : (
        <Card title={periodText(half, language)} actions={<ButtonLink isQuiet href={`${path}/csv?halfjaar=${half.name}`}>{words.csv}</ButtonLink>}>
          <Bars counted={counted} language={language} />
          <Answers counted={counted} language={language} />
        </Card>
      )}
      <Notice tone="plain" title={words.smallTitle}><p>{words.smallBody}</p></Notice>
      <FiguresCard visit={visit} wish={wish} />
    </>
  ));
};

// Whatever may be gone is said, so that nobody takes a low number for a fact.
const isGoing = ({ desk: { retention }, now }: Attended, { from }: HalfYear): boolean => {
  const clock = clockOf(retention, 'no-ban-file', 'WTH');
  const before = clock === null ? null : startedBefore(clock, now);
  return before !== null && from < before;
};

const Answers = ({ counted: { counts }, language }: { readonly counted: Counted; readonly language: Language }) => {
  const [words, questions] = [monitorWords(language), questionWords(language)];
  return (
    <Table label={words.table} language={language} rows={monitorQuestions} keyOf={(question) => question} columns={[
      { head: words.number, cell: (question) => question },
      { head: words.question, isName: true, cell: (question) => questions[question].name },
      { head: words.count, isNumber: true, cell: (question) => countText(counts[question], language) },
      { head: words.how, cell: (question) => <span className="small">{questions[question].how}</span> },
    ]} />
  );
};

// A drawing that shrinks cannot be read on a phone: there are two, and the style sheet shows one.
const sizes = [{ name: 'wide', width: 900, left: 330 }, { name: 'narrow', width: 340, left: 0 }] as const;

const Bars = ({ counted, language }: { readonly counted: Counted; readonly language: Language }) => (
  <>{sizes.map((size) => <Drawing key={size.name} size={size} counted={counted} language={language} />)}</>
);

const Drawing = ({ size: { name, width, left }, counted: { half, counts }, language }: { readonly size: (typeof sizes)[number]; readonly counted: Counted; readonly language: Language }) => {
  const [words, questions] = [monitorWords(language), questionWords(language)];
  const step = left === 0 ? 42 : 28;
  const x = scaleLinear([0, Math.max(monitorSmall * 2, ...Object.values(counts))], [left, width - 90]);
  return (
    <svg className={`chart chart--${name}`} viewBox={`0 0 ${width} ${monitorQuestions.length * step + 4}`} role="img" aria-label={words.chart(periodText(half, language))}>
      {monitorQuestions.map((question, place) => {
        const [count, y] = [counts[question], place * step + (left === 0 ? 18 : 4)];
        const isSmall = isSmallCount(count);
        // A hidden number has a bar of one length, whatever it is.
        const end = x(isSmall ? monitorSmall - 1 : count);
        return (
          <g key={question}>
            <text x={left === 0 ? 0 : left - 10} y={left === 0 ? y - 5 : y + 14} textAnchor={left === 0 ? 'start' : 'end'}>{`${question}. ${questions[question].name}`}</text>
            <rect className={isSmall ? 'fill-maybe' : 'fill-plain'} x={left} y={y} width={Math.max(1, end - left)} height={18} rx={2} />
            <text x={end + 6} y={y + 14}>{isSmall ? words.small : count}</text>
          </g>
        );
      })}
    </svg>
  );
};

const csvFile = async (visit: Attended): Promise<Answer> => {
  const [own, half] = [await ownMunicipality(visit), halfOf(visit)];
  if (own === null || half === null) return nothingThere;
  const { counts } = await countedOf(visit, own, half);
  const { name, bytes } = monitorFile(half, counts, visit.language);
  return { kind: 'file', name, contentType: 'text/csv; charset=utf-8', body: bytes };
};

/** The figures of a municipality. */
export const monitorRoom: Room = {
  routes: [page(path, who, monitorPage), page(`${path}/csv`, who, csvFile), act(`${path}/mail`, who, startFigures), act(`${path}/mail/uit`, who, stopFigures)],
};
