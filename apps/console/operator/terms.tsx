import { mailboxOf, roleNames, roles, serves, type LawPack, type Party } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import { scaleTime } from 'd3-scale';
import { pageRows } from '../limits.js';
import { shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { dutySentence } from '../shell/duty.js';
import { SelectField } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { awayText, clockText, dayText, momentText } from '../shell/moment.js';
import { Badge, buttonClass, ButtonLink, Card, Empty, Moment, Paging, Submit, Table, Tiles, type Tone, withQuery } from '../shell/parts.js';
import { countMost, countText } from './deliveries.js';
import { partyBook, type PartyBook } from './parties-book.js';
import { termWords } from './terms-words.js';

const redMs = 2 * 86_400_000;
/** A call list is for one night; who has more has another problem. */
const callMost = 200;

/** The moment before which a term is red. */
export const redBefore = (now: Date): Date => new Date(now.getTime() + redMs);

/** Terms that run, the first to end first. */
export const termsPage = async (visit: Attended): Promise<Answer> => {
  const { desk, desk: { hub: { pool } }, language, query, now } = visit;
  const words = termWords(language);
  const municipality = /^\d{4}$/.exec(query.get('gemeente') ?? '')?.[0] ?? null;
  const only = query.get('tonen');
  const before = only === 'laat' ? now : only === 'rood' ? redBefore(now) : null;
  const [at = '', ref = ''] = (query.get('na') ?? '').split('~');
  const after = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) ? { dueAt: new Date(at), ref } : null;
  const rows = await deskStore.listTerms(pool, now, { before, municipality }, { after, limit: pageRows + 1 });
  const count = await deskStore.countTerms(pool, now, { before, municipality }, countMost + 1);
  const book = await partyBook(desk, language);
  const { pack } = await desk.hub.registers.current();
  const page = rows.slice(0, pageRows);
  const last = page.at(-1);
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <Tiles label={words.tiles} tiles={await tilesOf(visit)} />
      <Card actions={<ButtonLink isQuiet href="/termijnen/bellijst">{words.callList}</ButtonLink>} title={words.count(countText(count, language))}>
        <form method="get" action="/termijnen" className="filters">
          <SelectField name="tonen" label={words.only} language={language} value={only} options={[['', words.onlyAll], ['rood', words.onlyRed], ['laat', words.late]]} />
          <SelectField name="gemeente" label={words.municipality} language={language} value={municipality} options={[['', words.all], ...book.parties.flatMap(({ municipality: code, name }) => (code === null ? [] : [[code, name] as const]))]} />
          <Submit>{words.apply}</Submit>
        </form>
      </Card>
      {page.length === 0 ? <Empty title={words.empty}><p>{words.emptyBody}</p></Empty> : (
        <>
          <Card title={words.timeline}><TermChart terms={page} book={book} now={now} language={language} /></Card>
          <Card id="lijst"><TermTable terms={page} pack={pack} book={book} visit={visit} />
            <Paging language={language} previous={after === null ? null : withQuery('/termijnen', query, { na: null })} next={rows.length > pageRows && last !== undefined ? withQuery('/termijnen', query, { na: `${last.dueAt.toISOString()}~${last.ref}` }) : null} />
          </Card>
        </>
      )}
    </>
  ));
};

const tilesOf = async ({ desk: { hub: { pool } }, now, language }: Attended) => {
  const words = termWords(language);
  const count = (before: Date | null): Promise<number> => deskStore.countTerms(pool, now, { before, municipality: null }, countMost);
  const [late, red, all] = [await count(now), await count(redBefore(now)), await count(null)];
  return [
    { href: '/termijnen?tonen=laat', label: words.late, value: late, tone: late > 0 ? 'bad' : 'plain' }, { href: '/termijnen?tonen=rood', label: words.red, value: red, tone: red > 0 ? 'bad' : 'plain' },
    { href: '/termijnen', label: words.all, value: all },
  ] as const;
};

const toneOf = ({ dueAt }: deskStore.DeskTerm, now: Date): Tone => (dueAt < redBefore(now) ? 'bad' : 'plain');
const nameOf = (role: string | null, language: Language): string => {
  const known = roles.find((one) => one === role);
  return known === undefined ? (role ?? '') : roleNames[known][language];
};

/** Whom a duty binds in this case: its party, where one holds that role for the municipality. */
const bearerOf = ({ bearer, municipality }: deskStore.DeskTerm, book: PartyBook): Party | null => {
  const role = roles.find((one) => one === (bearer ?? 'BM'));
  return role === undefined ? null : (book.parties.find((party) => serves(party, role, municipality)) ?? null);
};

/** Toward whom: the party it is owed to, else the role. */
const towardOf = ({ recipient, toward }: deskStore.DeskTerm, book: PartyBook, language: Language): string => (recipient === null ? nameOf(toward, language) : book.name(recipient));

/** What must be done, as the rule says it; beneath it where that is written, and whose word the term is. */
const What = ({ term, pack, language }: { readonly term: deskStore.DeskTerm; readonly pack: LawPack; readonly language: Language }) => {
  const words = termWords(language);
  if (term.kind === 'end') return <>{words.end}</>;
  return <>{dutySentence({ name: term.ref.slice(term.ref.indexOf('/') + 1), rule: term.rule }, pack, language)}<br /><span className="small soft">{term.article === null ? null : `${articleText(term.article, language)} `}({term.authority === 'law' ? words.law : words.policy}){/^WTH/.test(term.rule ?? '') ? <>, <span className="nowrap">{term.rule}</span></> : null}</span></>;
};

const TermTable = ({ terms, pack, book, visit }: { readonly terms: readonly deskStore.DeskTerm[]; readonly pack: LawPack; readonly book: PartyBook; readonly visit: Attended }) => {
  const { language, now } = visit;
  const words = termWords(language);
  return (
    <Table label={words.title} language={language} rows={terms} keyOf={({ kind, ref }) => `${kind}/${ref}`} columns={[
      { head: words.due, cell: (term) => <><Badge tone={toneOf(term, now)}>{term.dueAt <= now ? words.late : term.dueAt < redBefore(now) ? words.red : words.running}</Badge><br /><Moment at={term.dueAt} visit={visit} /><br /><span className="small soft">{awayText(term.dueAt, language, now)}</span></> },
      { head: words.case, isName: true, cell: ({ caseId, municipality, caseNumber }) => <span className="nowrap"><a href={`/leveringen?zaak=${caseId}`}>{municipality}/{caseNumber}</a></span> },
      { head: words.what, cell: (term) => <What term={term} pack={pack} language={language} /> },
      { head: words.who, cell: (term) => <>{bearerOf(term, book)?.name ?? nameOf(term.bearer, language)}</> },
      { head: words.toward, cell: (term) => towardOf(term, book, language) },
      { head: words.warned, cell: ({ kind, toldAt, warnings }) => (kind === 'end' ? words.steps[warnings] : toldAt === null ? words.notWarned : words.toldAt(momentText(toldAt, language, now))) },
    ]} />
  );
};

interface ChartSize {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  /** Room for the name, left of the bars; none where it stands above. */
  readonly left: number;
  readonly rowHeight: number;
  readonly ticks: number;
  /** Rows; more are in the table. */
  readonly most: number;
}
const top = 24;
// A drawing that shrinks cannot be read on a phone, so there are two; the style sheet shows one.
const chartSizes: readonly ChartSize[] = [{ name: 'wide', width: 960, left: 310, rowHeight: 26, ticks: 6, most: pageRows }, { name: 'narrow', width: 340, left: 0, rowHeight: 38, ticks: 3, most: 8 }];

interface TermsDrawn {
  readonly terms: readonly deskStore.DeskTerm[];
  readonly book: PartyBook;
  readonly now: Date;
  readonly language: Language;
}

// The day where it changes; between, the hour.
const tickText = (tick: Date, before: Date | undefined, { language, now }: Pick<TermsDrawn, 'language' | 'now'>): string => {
  const day = dayText(tick, language, now);
  return before === undefined || dayText(before, language, now) !== day ? day : clockText(tick);
};

/** Bars from beginning to end, with a line for now; its name stands left or above, so that nothing lies on that line. */
const TermChart = (drawn: TermsDrawn) => <>{chartSizes.map((size) => <TermDrawing key={size.name} size={size} {...drawn} />)}</>;

const TermDrawing = ({ size, terms, book, now, language }: TermsDrawn & { readonly size: ChartSize }) => {
  const nameIn = (term: deskStore.DeskTerm): string => `${term.caseNumber.slice(0, 18)}${term.kind === 'end' ? '' : `, ${towardOf(term, book, language)}`}`.slice(0, 46);
  const words = termWords(language);
  const { width, left, rowHeight } = size;
  const first = Math.min(now.getTime() - 86_400_000, ...terms.map(({ beganAt, dueAt }) => Math.max(Math.min(beganAt.getTime(), dueAt.getTime()), now.getTime() - 14 * 86_400_000)));
  const last = Math.max(now.getTime() + 86_400_000, ...terms.map(({ dueAt }) => Math.min(dueAt.getTime(), now.getTime() + 60 * 86_400_000)));
  const x = scaleTime().domain([new Date(first), new Date(last)]).range([left, width - 10]).clamp(true);
  const height = top + Math.min(terms.length, size.most) * rowHeight + 8;
  return (
    <svg className={`chart chart--${size.name}`} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words.chart}>
      {x.ticks(size.ticks).filter((tick) => x(tick) > left + 20 && x(tick) < width - 25).map((tick, place, all) => <g key={tick.getTime()}><line className="line" x1={x(tick)} x2={x(tick)} y1={top - 4} y2={height} /><text className="axis" x={x(tick)} y={14} textAnchor="middle">{tickText(tick, all[place - 1], { language, now })}</text></g>)}
      <line className="today" x1={x(now)} x2={x(now)} y1={top - 4} y2={height} />
      {terms.slice(0, size.most).map((term, place) => {
        const [from, to, y] = [x(term.beganAt), x(term.dueAt), top + place * rowHeight];
        const barY = left === 0 ? y + 18 : y + 4;
        return (
          <g key={`${term.kind}/${term.ref}`}>
            <text className="chart__label" x={0} y={left === 0 ? y + 13 : y + 17}>{nameIn(term)}</text>
            <rect className={toneOf(term, now) === 'bad' ? 'fill-urgent' : 'fill-plain'} x={from} width={Math.max(3, to - from)} y={barY} height={16} rx={3} />
          </g>
        );
      })}
    </svg>
  );
};

/** Whom to call tonight, to be printed: case numbers and organisations only. */
export const callListPage = async (visit: Attended): Promise<Answer> => {
  const { desk, desk: { hub: { pool } }, language, now } = visit;
  const words = termWords(language);
  const terms = await deskStore.listTerms(pool, now, { before: redBefore(now), municipality: null }, { after: null, limit: callMost });
  const book = await partyBook(desk, language);
  const { pack } = await desk.hub.registers.current();
  return shown(words.callTitle, (
    <>
      <p className="lead">{words.callLead(momentText(now, language, now))} {words.callPhone}</p>
      {terms.length === 0 ? <Empty title={words.callEmpty}><p><a href="/termijnen">{words.back}</a></p></Empty> : (
        <Card title={words.count(countText(terms.length, language))} actions={<button type="button" className={`${buttonClass(true)} needs-script`} data-print="">{words.print}</button>}>
          <Table label={words.callTitle} language={language} rows={terms} keyOf={({ kind, ref }) => `${kind}/${ref}`} columns={[
            { head: words.due, cell: ({ dueAt }) => <Moment at={dueAt} visit={visit} /> }, { head: words.case, isName: true, cell: ({ municipality, caseNumber }) => <span className="nowrap">{municipality}/{caseNumber}</span> },
            { head: words.what, cell: (term) => <What term={term} pack={pack} language={language} /> }, { head: words.callWho, cell: (term) => <>{bearerOf(term, book)?.name ?? nameOf(term.bearer, language)}<br /><span className="small soft">{reachOf(bearerOf(term, book))}</span></> },
            { head: words.toward, cell: (term) => towardOf(term, book, language) }, { head: words.callDone, cell: () => '....................' },
          ]} />
        </Card>
      )}
    </>
  ), [{ href: '/termijnen', text: words.title }]);
};

const reachOf = (party: Party | null): string => (party === null ? '' : (mailboxOf(party.channel) ?? party.addresses[0] ?? ''));
