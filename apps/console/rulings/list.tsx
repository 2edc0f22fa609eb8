import { courtShows, type CourtShow } from '@ketensluis/domain';
import type { CourtMessage } from '@ketensluis/flow';
import type { Desk } from '../desk.js';
import { shown, type Answer, type Attended } from '../route.js';
import { SelectField } from '../shell/fields.js';
import { Badge, ButtonLink, Card, Empty, Moment, Paging, Table, Tiles, withQuery, type Column, type Tone } from '../shell/parts.js';
import { shellWords } from '../shell/words.js';
import { copiesOf, copyTones, type Copy } from './copies.js';
import { courtOf, listPath, momentOf, rulingsOf, textIn, type Court } from './court.js';
import { FeedBox, FeedLines, QuietFeed, readFeedState, type FeedState } from './feed-box.js';
import { courtRows, outcomes, periods, readCourtFilter, showNames, type AskedCourt, type CourtRows } from './filter.js';
import { copyWords, courtWords, listWords } from './words.js';

/** How much waits for the registry: requests without a hearing, and rulings somebody has no copy of. */
export const countWaiting = async (desk: Desk, party: string | null): Promise<number> => {
  if (party === null) return 0;
  const counts = await (await rulingsOf(desk)).counts(party, desk.hub.clock.now());
  return counts.new + counts.unsent;
};

/** The list of a court, with its numbers and its feed. */
export const listPage = async (visit: Attended): Promise<Answer> => {
  const words = listWords(visit.language);
  const court = await courtOf(visit);
  const rulings = await rulingsOf(visit.desk);
  const asked = readCourtFilter(visit.query, court.municipalities, visit.now);
  const after = visit.query.get('na');
  const [counts, rows, feed] = await Promise.all([rulings.counts(court.oin, visit.now), courtRows(rulings, court.oin, asked, { after, at: visit.now }), readFeedState(visit, court)]);
  const isFiltered = asked.filter.show !== null || asked.filter.municipality !== null || asked.outcome !== null || asked.days !== null || after !== null;
  const isEmpty = rows.messages.length === 0 && !isFiltered;
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <QuietFeed feed={feed} visit={visit} />
      <Tiles label={words.numbers} tiles={courtShows.map((show) => tileOf(show, counts[show], visit))} />
      <p className="actions"><ButtonLink href={`${listPath}/toevoegen`}>{words.add}</ButtonLink></p>
      {isEmpty ? <NoRulings feed={feed} visit={visit} /> : <><Filters asked={asked} court={court} visit={visit} /><Rows rows={rows} court={court} visit={visit} /></>}
      <FeedBox feed={feed} visit={visit} />
    </>
  ));
};

const tones: Readonly<Record<CourtShow, Tone>> = { new: 'wait', hearing: 'wait', unsent: 'wait', sent: 'good' };

const tileOf = (show: CourtShow, value: number, { language }: Attended) => {
  const words = listWords(language);
  return { href: `${listPath}?toon=${showNames[show]}`, label: words.tiles[show], value, note: words.tileNotes[show], tone: value === 0 ? ('plain' as const) : tones[show] };
};

const NoRulings = ({ feed, visit }: { readonly feed: FeedState; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  return <Empty title={words.empty}><p>{words.emptyBody}</p><FeedLines feed={feed} visit={visit} isShort /><p>{words.emptyNext}</p></Empty>;
};

const Filters = ({ asked, court, visit: { language } }: { readonly asked: AskedCourt; readonly court: Court; readonly visit: Attended }) => {
  const [words, codes, shell] = [listWords(language), courtWords(language), shellWords(language)];
  const all = ['', words.all] as const;
  return (
    <Card>
      <form method="get" action={listPath} className="filters">
        <SelectField name="toon" label={words.show} language={language} value={asked.filter.show === null ? '' : showNames[asked.filter.show]} options={[all, ...courtShows.map((show) => [showNames[show], codes.shows[show]] as const)]} />
        <SelectField name="uitkomst" label={words.outcome} language={language} value={asked.outcome} options={[all, ...outcomes.map((code) => [code, codes.dicta[code] ?? code] as const)]} />
        <SelectField name="gemeente" label={words.municipality} language={language} value={asked.filter.municipality} options={[all, ...court.municipalities]} />
        <SelectField name="periode" label={words.period} language={language} value={asked.days === null ? '' : String(asked.days)} options={[all, ...periods.map((days) => [String(days), days === 365 ? words.year : words.days(days)] as const)]} />
        <button type="submit" className="utrecht-button utrecht-button--primary-action button">{shell.apply}</button>
        <a href={listPath}>{shell.clear}</a>
      </form>
    </Card>
  );
};

const Rows = ({ rows, court, visit }: { readonly rows: CourtRows; readonly court: Court; readonly visit: Attended }) => {
  const { language, query } = visit;
  const words = listWords(language);
  const next = rows.next === null ? null : withQuery(listPath, query, { na: rows.next });
  if (rows.messages.length === 0 && next === null) return <Empty title={words.none}><p>{words.noneNext} <a href={listPath}>{words.clear}</a></p></Empty>;
  return (
    <Card title={words.count(rows.messages.length, next !== null || query.has('na'))}>
      {rows.messages.length === 0 ? <p>{words.scanned}</p> : <Table label={words.title} language={language} rows={rows.messages} keyOf={({ id }) => id} columns={columnsOf(rows, court, visit)} />}
      <Paging previous={query.has('na') ? withQuery(listPath, query, { na: null }) : null} next={next} language={language} />
    </Card>
  );
};

const columnsOf = (rows: CourtRows, court: Court, visit: Attended): readonly Column<CourtMessage>[] => {
  const [words, codes] = [listWords(visit.language), courtWords(visit.language)];
  const { columns } = words;
  return [
    { head: columns.court, isName: true, cell: ({ id, fields }) => <a href={`${listPath}/${id}`}>{textIn(fields, 'zaaknummer_rechtbank') || words.unknown}</a> },
    { head: columns.hub, cell: ({ number, municipality }) => <span><span className="nowrap">{number}</span><br /><span className="soft small">{court.municipalities.get(municipality) ?? municipality}</span></span> },
    { head: columns.type, cell: ({ type }) => codes.types[type] },
    { head: columns.date, cell: (message) => <DateCell message={message} visit={visit} /> },
    { head: columns.outcome, cell: ({ fields }) => codes.dicta[textIn(fields, 'dictum')] ?? textIn(fields, 'dictum') },
    { head: columns.copies, cell: (message) => <CopiesCell message={message} copies={copiesOf(message.id, rows)} visit={visit} /> },
  ];
};

/** When what the message tells of happened; a request also says when it is heard. */
const DateCell = ({ message: { type, fields, receivedAt }, visit }: { readonly message: CourtMessage; readonly visit: Attended }) => {
  const hearing = momentOf(fields, 'zitting_op');
  if (type === 'zitting.bepaald') return <Moment at={hearing ?? receivedAt} visit={visit} near />;
  if (type !== 'voorziening.verzocht') return <Moment at={momentOf(fields, 'uitspraak_op') ?? receivedAt} visit={visit} near />;
  return <span><Moment at={momentOf(fields, 'verzoek_ontvangen_op') ?? receivedAt} visit={visit} near />{hearing === null ? null : <><br /><span className="soft small">{listWords(visit.language).hearing} <Moment at={hearing} visit={visit} near /></span></>}</span>;
};

const CopiesCell = ({ message, copies, visit }: { readonly message: CourtMessage; readonly copies: readonly Copy[]; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  if (message.isReplaced) return <Badge tone="plain">{words.replaced}</Badge>;
  switch (message.state) {
    case 'accepted': return <Badge tone="wait">{words.deciding}</Badge>;
    case 'refused': return <Badge tone="bad">{words.refused}</Badge>;
    case 'parked': return <Badge tone="bad">{words.parked}</Badge>;
    case 'applied': return <CopyBadges copies={copies.filter(({ role }) => role !== 'UHG')} visit={visit} />;
  }
};

/** Who has his copy and who has not, in as few words as will do. */
const CopyBadges = ({ copies, visit: { language } }: { readonly copies: readonly Copy[]; readonly visit: Pick<Attended, 'language'> }) => {
  const [short, states] = [courtWords(language).short, copyWords(language)];
  return copies.length === 0 ? null : <span className="badges">{copies.map(({ key, role, state }) => <Badge key={key} tone={copyTones[state]}>{short[role] ?? role} {states[state]}</Badge>)}</span>;
};

