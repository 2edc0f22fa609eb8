import { civilDay } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import { csvOf } from '@ketensluis/report';
import { pageRows } from '../limits.js';
import { faulty, goTo, shown, type Answer, type Attended } from '../route.js';
import { FaultSummary, SelectField, TextField } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { awayText, exactText, nearText } from '../shell/moment.js';
import { typeName } from '../shell/names.js';
import { Badge, ButtonLink, Card, Empty, Form, Moment, Notice, Paging, Submit, Table, Tiles, withQuery, type Tone } from '../shell/parts.js';
import { causeOf, causeText } from './causes.js';
import { endingSoon } from './certificate-rows.js';
import { HoursChart } from './chart.js';
import { periods, placeOf, readDeliveryFilter, stateNames, type AskedDeliveries } from './delivery-filter.js';
import { attemptResultsOf, dayOfHours, hourBars, hourHref, type HourBar } from './hours.js';
import { partyBook, type PartyBook } from './parties-book.js';
import { deliveryWords } from './words.js';

/** More than this are not counted one by one. */
export const countMost = 10_000;
/** Rows of a file at most; who needs more chooses a shorter period. */
const csvMost = 10_000;

/** How a state looks. */
export const stateTone: Readonly<Record<deskStore.DeskState, Tone>> = { delivered: 'good', announced: 'good', queued: 'plain', again: 'wait', stuck: 'bad', ended: 'plain' };

/** The room of deliveries: numbers, a day of tries, and the list. */
export const deliveriesPage = async (visit: Attended): Promise<Answer> => shown(deliveryWords(visit.language).title, await deliveriesBody(visit, {}));

/** Looks for a case number or a reference; what was typed is in no address. */
export const searchDeliveries = async (visit: Attended): Promise<Answer> => {
  const words = deliveryWords(visit.language);
  const asked = (visit.form.get('kenmerk') ?? '').trim();
  const to = await foundAt(visit, asked);
  if (to !== null) return goTo(to);
  const fault = asked === '' ? words.searchEmpty : words.notFound;
  return faulty(words.title, <><FaultSummary faults={{ kenmerk: fault }} language={visit.language} />{await deliveriesBody(visit, { asked, fault })}</>, []);
};

const foundAt = async ({ desk }: Attended, asked: string): Promise<string | null> => {
  const id = /^(?:<)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:@[^\s>]*>?)?$/i.exec(asked)?.[1]?.toLowerCase();
  if (id !== undefined) {
    const named = await deskStore.whatIsNamed(desk.hub.pool, id);
    if (named !== null) return named.kind === 'delivery' ? `/leveringen/${named.id}` : `/leveringen?bericht=${named.id}`;
  }
  const [, municipality = null, number = ''] = /^(?:(\d{4})\/)?(\S{1,40})$/.exec(asked) ?? [];
  const cases = number === '' ? [] : await deskStore.casesNumbered(desk.hub.pool, number, municipality);
  return cases.length === 0 ? null : `/leveringen?zaak=${cases.join(',')}`;
};

const deliveriesBody = async (visit: Attended, search: { readonly asked?: string; readonly fault?: string }) => {
  const { desk: { hub: { pool } }, desk, language, query, now } = visit;
  const words = deliveryWords(language);
  const asked = readDeliveryFilter(query, now);
  const day = dayOfHours(now);
  const [book, tiles, hours] = [await partyBook(desk, language), await tilesOf(visit), hourBars(await deskStore.attemptsPerHour(pool, day.from, day.to), day)];
  return (
    <>
      <p className="lead">{words.lead}</p>
      <Tiles label={words.tiles} tiles={tiles} />
      <HoursCard hours={hours} language={language} />
      <Card>
        <Form visit={visit} to="/leveringen/zoeken" className="filters">
          <TextField name="kenmerk" label={words.search} hint={words.searchHint} type="search" language={language} value={search.asked} fault={search.fault} lengthMax={120} />
          <Submit isQuiet>{words.find}</Submit>
        </Form>
        <FilterBar asked={asked} query={query} book={book} language={language} />
      </Card>
      {await listCard(visit, asked, book)}
    </>
  );
};

const tilesOf = async ({ desk, desk: { hub: { pool } }, language, now }: Attended) => {
  const words = deliveryWords(language);
  const every = deskStore.everyDelivery;
  const from = new Date(now.getTime() - 86_400_000);
  const [delivered, again, groups, refused, certificates] = [
    await deskStore.countDeliveries(pool, { ...every, state: 'delivered', from }, countMost), await deskStore.listDeliveries(pool, { ...every, state: 'again' }, { after: null, limit: 200 }),
    await deskStore.stuckGroups(pool), await deskStore.countRefusals(pool, from, countMost), await endingSoon(desk, now),
  ];
  const stuck = groups.reduce((sum, { count }) => sum + count, 0);
  const waiting = again.length < 200 ? again.length : await deskStore.countDeliveries(pool, { ...every, state: 'again' }, countMost);
  const next = again.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt])).toSorted((a, b) => a.getTime() - b.getTime())[0];
  const [oldest] = groups;
  return [
    { href: '/leveringen?status=afgeleverd', label: words.delivered, value: delivered, note: words.day },
    { href: '/leveringen?status=opnieuw&periode=alles', label: words.again, value: waiting, note: next === undefined ? words.none : words.next(awayText(next, language, now)), tone: waiting > 0 ? 'wait' : 'plain' },
    { href: '/leveringen?status=vastgelopen&periode=alles', label: words.stuck, value: stuck, note: oldest === undefined ? words.none : words.oldest(awayText(oldest.oldestAt, language, now)), tone: stuck > 0 ? 'bad' : 'plain' },
    { href: '/leveringen/geweigerd?periode=24u', label: words.refused, value: refused, note: words.refusedNote },
    { href: '/certificaten?dagen=30', label: words.certificates, value: certificates, note: words.certificatesNote, tone: certificates > 0 ? 'wait' : 'plain' },
  ] as const;
};

const HoursCard = ({ hours, language }: { readonly hours: readonly HourBar[]; readonly language: Language }) => {
  const words = deliveryWords(language);
  const all = hours.reduce((sum, { total }) => sum + total, 0);
  const bad = hours.reduce((sum, { counts }) => sum + counts.bad, 0);
  if (all === 0) return <Card title={words.chart}><p className="soft">{words.chartNone}</p></Card>;
  return (
    <Card title={words.chart}>
      <HoursChart hours={hours} language={language} />
      <p>{words.chartSum(all, bad)}</p>
      <details>
        <summary>{words.asTable}</summary>
        <Table label={words.chart} language={language} rows={hours.filter(({ total }) => total > 0)} keyOf={({ at }) => at.toISOString()} columns={[
          { head: words.hour, isName: true, cell: ({ at }) => <Moment at={at} visit={{ language, now: hours.at(-1)?.at ?? at }} /> },
          ...attemptResultsOf.map((result) => ({ head: words.results[result], isNumber: true, cell: (hour: HourBar) => (hour.counts[result] === 0 ? '0' : <a href={hourHref(hour, result)}>{hour.counts[result]}</a>) })),
          { head: words.tries, isNumber: true, cell: (hour) => <a href={hourHref(hour, null)}>{hour.total}</a> },
        ]} />
      </details>
    </Card>
  );
};

const FilterBar = ({ asked: { filter, period }, query, book, language }: { readonly asked: AskedDeliveries; readonly query: URLSearchParams; readonly book: PartyBook; readonly language: Language }) => {
  const words = deliveryWords(language);
  const held = [['zaak', words.byCase], ['bericht', words.byMessage], ['reeks', words.byRun], ['gegaan', words.byPart]].flatMap(([name = '', text = '']) => (query.has(name) ? [{ name, text, value: query.get(name) ?? '' }] : []));
  return (
    <form method="get" action="/leveringen" className="filters" aria-label={words.filters}>
      <SelectField name="status" label={words.state} language={language} value={filter.state === null ? '' : stateNames[filter.state]} options={[['', words.all], ...deskStore.deskStates.map((state) => [stateNames[state], words.states[state]] as const)]} />
      <SelectField name="partij" label={words.party} language={language} value={filter.party ?? ''} options={[['', words.all], ...book.options]} />
      <SelectField name="periode" label={words.period} language={language} value={period} options={periods.map((one) => [one, words.periods[one]] as const)} />
      {held.map(({ name, value }) => <input key={name} type="hidden" name={name} value={value} />)}
      {filter.cause === null ? null : <input type="hidden" name="oorzaak" value={filter.cause} />}
      <Submit>{words.apply}</Submit><a href="/leveringen">{words.clear}</a>
      {held.length === 0 && filter.cause === null ? null : <p className="small">{words.narrowed}: {[...held.map(({ text }) => text), ...(filter.cause === null ? [] : [words.byCause(filter.cause)])].join(', ')}.</p>}
    </form>
  );
};

/** A count for people: beyond what is counted it says so. */
export const countText = (count: number, language: Language): string => (count > countMost ? deliveryWords(language).more(countMost) : String(count));

const listCard = async (visit: Attended, { filter, period }: AskedDeliveries, book: PartyBook) => {
  const { desk: { hub: { pool } }, language, query } = visit;
  const words = deliveryWords(language);
  const after = placeOf(query);
  const rows = await deskStore.listDeliveries(pool, filter, { after, limit: pageRows + 1 });
  const count = await deskStore.countDeliveries(pool, filter, countMost + 1);
  const shownRows = rows.slice(0, pageRows);
  const text = words.periodText[period];
  const whole = withQuery('', query, { na: null });
  if (count === 0) {
    const isNarrow = [...query.keys()].some((name) => name !== 'gedaan');
    return <Empty title={words.empty}><p>{isNarrow ? words.emptyBody : words.emptyHub}</p>{isNarrow ? <p><ButtonLink isQuiet href="/leveringen?periode=alles">{words.clear}</ButtonLink></p> : null}</Empty>;
  }
  const actions = <><ButtonLink isQuiet href={`/leveringen/opnieuw${whole === '' ? `?periode=${period}` : whole}`}>{words.replayAll(countText(count, language))}</ButtonLink><ButtonLink isQuiet href={`/leveringen/csv${whole}`}>{words.csv}</ButtonLink></>;
  return (
    <Card id="lijst" title={count === 1 ? words.one(text) : words.count(countText(count, language), text)} actions={actions}>
      <form method="get" action="/leveringen/opnieuw">
        <DeliveryTable rows={shownRows} book={book} visit={visit} canChoose />
        <div className="actions"><Submit isQuiet>{words.replayChosen}</Submit></div>
      </form>
      <Paging language={language} previous={after === null ? null : withQuery('/leveringen', query, { na: null })} next={rows.length > pageRows ? withQuery('/leveringen', query, { na: shownRows.at(-1)?.mid ?? null }) : null} />
    </Card>
  );
};

/** Short enough to read, long enough to tell one from another: the end of an id is random, its beginning is its moment. */
export const shortId = (id: string): string => `${id.slice(0, 8)}…${id.slice(-6)}`;

/** Characters of an answer that is shown: its code and what it means stand first. */
const answerMost = 48;

/** What was answered last, in a few words. */
export const answerText = (row: { readonly outcome: string | null; readonly code: string | null; readonly reply: string | null } | null, language: Language): string => {
  const words = deliveryWords(language);
  if (row === null) return words.untried;
  if (row.outcome === null) return words.underWay;
  const reply = row.reply ?? '';
  const text = row.code === null || reply.startsWith(row.code) ? reply : `${row.code} ${reply}`;
  return text.trim() === '' ? row.outcome : text.length > answerMost ? `${text.slice(0, answerMost)}…` : text;
};

/** Deliveries as a table; a row can be chosen where a form is around it. */
export const DeliveryTable = ({ rows, book, visit, canChoose = false }: { readonly rows: readonly deskStore.DeskDelivery[]; readonly book: PartyBook; readonly visit: Attended; readonly canChoose?: boolean }) => {
  const { language } = visit;
  const words = deliveryWords(language);
  return (
    <Table label={words.title} language={language} rows={rows} keyOf={({ mid }) => mid} columns={[
      ...(canChoose ? [{ head: <span className="hidden">{words.choose}</span>, phoneHead: words.choose, cell: ({ mid, state }: deskStore.DeskDelivery) => (state === 'queued' || state === 'again' ? null : <span className="check"><input type="checkbox" name="id" value={mid} aria-label={words.chooseOne(shortId(mid))} /></span>) }] : []),
      { head: words.time, cell: ({ createdAt }) => <Moment at={createdAt} visit={visit} /> },
      { head: words.state, cell: ({ state }) => <Badge tone={stateTone[state]}>{words.states[state]}</Badge> },
      { head: words.message, isName: true, cell: ({ mid, messageType, caseName }) => <span className="named"><a href={`/leveringen/${mid}`}>{typeName(messageType, language)}</a><br /><span className="small soft"><span className="nowrap">{caseName}</span>, <code className="nowrap">{shortId(mid)}</code></span></span> },
      { head: words.to, cell: ({ recipient }) => book.name(recipient) },
      { head: words.channel, cell: ({ recipient }) => <span className="nowrap">{words.channels[book.of(recipient)?.channel?.kind ?? 'none']}</span> },
      { head: words.attempts, isNumber: true, cell: ({ attempts }) => attempts },
      { head: words.last, cell: (row) => <LastAnswer row={row} book={book} visit={visit} /> },
    ]} />
  );
};

// What arrived needs no more than its code: the rest is how the other server calls it.
const codeOf = (answer: string): string => /^\d{3}( \d\.\d+\.\d+)?(?= |$)/.exec(answer)?.[0] ?? answer;

const LastAnswer = ({ row, book, visit }: { readonly row: deskStore.DeskDelivery; readonly book: PartyBook; readonly visit: Attended }) => {
  const { language, now } = visit;
  const cause = causeOf(row);
  return (
    <>{row.state === 'delivered' ? codeOf(answerText(row.last, language)) : answerText(row.last, language)}
      {cause === null ? null : <><br /><span className="small soft">{causeText(cause, book.name(row.recipient), language).what}</span></>}
      {row.nextAt === null || row.state !== 'again' ? null : <><br /><span className="small">{deliveryWords(language).next(nearText(row.nextAt, language, now))}</span></>}</>
  );
};

/** The list of the filter as a file; its name holds no case and no party. */
export const deliveriesCsv = async (visit: Attended): Promise<Answer> => {
  const { desk, desk: { hub: { pool } }, language, query, now } = visit;
  const words = deliveryWords(language);
  const { filter } = readDeliveryFilter(query, now);
  const book = await partyBook(desk, language);
  const rows = await deskStore.listDeliveries(pool, filter, { after: null, limit: csvMost });
  const body = csvOf(words.csvHead, rows.map((row) => [
    exactText(row.createdAt), words.states[row.state], row.mid, row.messageType, row.caseName, book.name(row.recipient), row.recipient, words.channels[book.of(row.recipient)?.channel?.kind ?? 'none'],
    row.attempts, row.last === null ? '' : exactText(row.last.at), answerText(row.last, language), causeOf(row) ?? '',
  ]));
  return { kind: 'file', name: `leveringen-${civilDay(now)}.csv`, contentType: 'text/csv; charset=utf-8', body };
};

/** What a query says was just done, as a notice. */
export const DoneNotice = ({ query, texts }: { readonly query: URLSearchParams; readonly texts: Readonly<Record<string, string>> }) => {
  const done = query.get('gedaan') ?? '';
  const text = Object.hasOwn(texts, done) ? texts[done] : undefined;
  return text === undefined ? null : <Notice tone="good" title={text} />;
};
