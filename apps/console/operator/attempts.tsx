import { refusalTexts } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import { pageRows } from '../limits.js';
import { shown, type Answer, type Attended } from '../route.js';
import { momentText } from '../shell/moment.js';
import { Badge, Card, Empty, Moment, Paging, Table, withQuery, type Tone } from '../shell/parts.js';
import { typeName } from '../shell/names.js';
import { answerText, countMost, countText, shortId } from './deliveries.js';
import { periodOf, periodStart } from './delivery-filter.js';
import { dayOfHours } from './hours.js';
import { partyBook } from './parties-book.js';
import { deliveryWords } from './words.js';

const tones: Readonly<Record<deskStore.AttemptResult, Tone>> = { good: 'good', wait: 'wait', bad: 'bad', open: 'plain' };
const momentOf = (text: string | null): Date | null => (text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text) ? new Date(text) : null);

/** Every try of a stretch of time: what a bar of the chart counts. */
export const attemptsPage = async (visit: Attended): Promise<Answer> => {
  const { desk, language, query, now } = visit;
  const words = deliveryWords(language);
  const day = dayOfHours(now);
  const party = query.get('partij');
  const filter = { from: momentOf(query.get('van')) ?? day.from, to: momentOf(query.get('tot')) ?? day.to, result: deskStore.attemptResults.find((one) => one === query.get('uitkomst')) ?? null, party: party !== null && /^\d{20}$/.test(party) ? party : null };
  const skip = Math.min(100_000, Number(/^\d{1,6}$/.exec(query.get('na') ?? '')?.[0] ?? 0));
  const rows = await deskStore.listAttempts(desk.hub.pool, filter, { skip, limit: pageRows + 1 });
  const book = await partyBook(desk, language);
  return shown(words.attemptsTitle, (
    <>
      <p className="lead">{words.attemptsLead(momentText(filter.from, language, now), momentText(filter.to, language, now))}</p>
      {rows.length === 0 ? <Empty title={words.chartNone}><p><a href="/leveringen">{words.title}</a></p></Empty> : (
        <Card id="lijst">
          <Table label={words.attemptsTitle} language={language} rows={rows.slice(0, pageRows)} keyOf={({ mid, number }) => `${mid}/${number}`} columns={[
            { head: words.time, cell: ({ startedAt }) => <Moment at={startedAt} visit={visit} /> },
            { head: words.state, cell: ({ result }) => <Badge tone={tones[result]}>{words.results[result]}</Badge> },
            { head: words.message, isName: true, cell: ({ mid }) => <a href={`/leveringen/${mid}`}><code>{shortId(mid)}</code></a> },
            { head: words.number, isNumber: true, cell: ({ number }) => number },
            { head: words.to, cell: ({ recipient }) => book.name(recipient) },
            { head: words.answer, cell: ({ result, code, reply }) => answerText({ outcome: result === 'open' ? null : result, code, reply }, language) },
          ]} />
          <Paging language={language} previous={skip === 0 ? null : withQuery('/leveringen/pogingen', query, { na: skip <= pageRows ? null : String(skip - pageRows) })} next={rows.length > pageRows ? withQuery('/leveringen/pogingen', query, { na: String(skip + pageRows) }) : null} />
        </Card>
      )}
    </>
  ), [{ href: '/leveringen', text: words.title }]);
};

/** What the rules refused. */
export const refusalsPage = async (visit: Attended): Promise<Answer> => {
  const { desk: { hub: { pool } }, desk, language, query, now } = visit;
  const words = deliveryWords(language);
  const period = periodOf(query);
  const from = periodStart(period, now) ?? new Date(0);
  const [messageId = '', recipient = '', event = ''] = (query.get('na') ?? '').split('~');
  const after = /^[0-9a-f-]{36}$/.test(messageId) ? { messageId, recipient, event } : null;
  const [rows, count, book] = [await deskStore.listRefusals(pool, from, { after, limit: pageRows + 1 }), await deskStore.countRefusals(pool, from, countMost + 1), await partyBook(desk, language)];
  const page = rows.slice(0, pageRows);
  const last = page.at(-1);
  const textOf = (reason: string | null): string => Object.entries(refusalTexts).find(([code]) => code === reason)?.[1][language] ?? reason ?? '';
  return shown(words.refusedTitle, (
    <>
      <p className="lead">{words.refusedLead}</p>
      {count === 0 ? <Empty title={words.refusedEmpty}><p><a href="/leveringen">{words.title}</a></p></Empty> : (
        <Card id="lijst" title={`${countText(count, language)}, ${words.periodText[period]}`}>
          <Table label={words.refusedTitle} language={language} rows={page} keyOf={(row) => `${row.messageId}/${row.recipient}/${row.event}`} columns={[
            { head: words.received, cell: ({ receivedAt }) => <Moment at={receivedAt} visit={visit} /> },
            { head: words.message, isName: true, cell: (row) => <><a href={`/leveringen?bericht=${row.messageId}`}>{row.event === '' ? typeName(row.messageType, language) : row.event}</a><br /><span className="small soft">{row.caseName}, <code className="nowrap">{shortId(row.messageId)}</code></span></> },
            { head: words.to, cell: (row) => book.name(row.recipient) },
            { head: words.reason, cell: ({ reason }) => textOf(reason) },
          ]} />
          <Paging language={language} previous={after === null ? null : withQuery('/leveringen/geweigerd', query, { na: null })} next={rows.length > pageRows && last !== undefined ? withQuery('/leveringen/geweigerd', query, { na: [last.messageId, last.recipient, last.event].join('~') }) : null} />
        </Card>
      )}
    </>
  ), [{ href: '/leveringen', text: words.title }]);
};
