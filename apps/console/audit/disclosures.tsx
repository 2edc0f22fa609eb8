import { categories, categoryNames, civilDay, consultationWords, roleNames } from '@ketensluis/domain';
import { ask, pageMax, type Answer as Answered, type LogLine, type NamedParty, type RegisterHistory } from '@ketensluis/flow';
import type { deskStore } from '@ketensluis/platform';
import { csvOf } from '@ketensluis/report';
import type { ReactNode } from 'react';
import { pageRows } from '../limits.js';
import { faulty, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { CheckField, FaultSummary, SelectField, TextField, type Faults } from '../shell/fields.js';
import { dayText, momentText } from '../shell/moment.js';
import { lawText } from '../shell/names.js';
import { ButtonLink, Badge, Card, Empty, Form, Moment, Notice, Paging, Submit, Table, withQuery, type Tone } from '../shell/parts.js';
import { askerOf, purposeOf, purposesHere } from './asker.js';
import { decisions, firstPage, readFilter, writtenDay, type ReadFilter } from './filter.js';
import { LogStateCard } from './log-state.js';
import { logWords } from './words.js';

/** Where the room is. */
export const disclosuresPath = '/verstrekkingen';
/** Rows are counted this far; further a page says that there are more. */
const countMost = 1_000;
const csvMost = 2_000;

/** A search about one person, as its pages need it. */
interface Searched {
  readonly id: string;
  readonly search: deskStore.StoredSearch;
}

/** The entries of the log: the list, narrowed by what stands in the address, or about the person of a search that was kept. */
export const disclosuresPage = async (visit: Attended): Promise<Answer> => {
  const words = logWords(visit.language);
  const searched = await searchOf(visit);
  if (searched === 'gone') return shown(words.searchGone, <><p>{words.searchGoneNext}</p><ButtonLink href={`${disclosuresPath}/zoek`}>{words.again}</ButtonLink></>, [{ href: disclosuresPath, text: words.title }]);
  if (searched === 'malformed') return nothingThere;
  const { filter, faults } = await readOf(visit, searched);
  const history = await visit.desk.audit.history();
  const frame = { visit, filter, history, searched };
  if (Object.keys(faults).length > 0) return faulty(words.title, <><FaultSummary faults={faults} language={visit.language} /><Filters {...frame} faults={faults} /></>);
  const found = await answerOf(visit, filter, history);
  if (found === null) return faulty(words.title, <><FaultSummary faults={{ wet: words.unknownFault }} language={visit.language} /><Filters {...frame} faults={{ wet: words.unknownFault }} /></>);
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      {searched === null ? <LogStateCard visit={visit} state={await visit.desk.auditDesk.logState()} /> : <PersonNotice visit={visit} searched={searched} />}
      <Filters {...frame} faults={{}} />
      <Results {...frame} found={found} span={found.lines.length > 0 ? null : await visit.desk.auditDesk.span(askerOf(visit).controller)} />
    </>
  ), searched === null ? [] : [{ href: disclosuresPath, text: words.title }]);
};

const searchId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const searchOf = async ({ desk, query, person, now }: Attended): Promise<Searched | null | 'gone' | 'malformed'> => {
  const id = query.get('zoekvraag');
  if (id === null) return null;
  if (!searchId.test(id) || person.party === null) return 'malformed';
  const search = await desk.auditDesk.findSearch(id, { account: person.account, party: person.party }, now);
  return search === null ? 'gone' : { id, search };
};

const readOf = async (visit: Attended, searched: Searched | null): Promise<{ readonly filter: ReadFilter; readonly faults: Faults }> => {
  const words = logWords(visit.language);
  const read = readFilter(visit.query, visit.now, searched === null ? 'list' : 'person');
  const texts = { day: words.dayFault, order: words.orderFault, unknown: words.unknownFault } as const;
  const faults = Object.fromEntries(Object.entries(read.faults).map(([name, fault]) => [name, texts[fault]]));
  const purpose = searched === null ? read.purpose : purposeOf(searched.search.purpose) ?? 'toezicht.fg';
  return { filter: { ...read, purpose, asked: { ...read.asked, persons: searched?.search.persons ?? [] } }, faults };
};

const answerOf = async (visit: Attended, { asked, purpose, size }: ReadFilter, history: RegisterHistory): Promise<Answered | null> => {
  // The page and its rows speak of the same registers, looked at once.
  const ports = { ...visit.desk.audit, history: async () => history };
  const answer = await ask({ filter: asked, cursor: visit.query.get('na') ?? firstPage(size), limit: pageRows, countMost: countMost + 1 }, askerOf(visit, purpose), ports);
  return answer.kind === 'refused' ? null : answer;
};

/** The same entries as a file for a spreadsheet; each of its pages is a look of its own. */
export const disclosuresCsv = async (visit: Attended): Promise<Answer> => {
  const searched = await searchOf(visit);
  if (searched === 'gone' || searched === 'malformed') return nothingThere;
  const { filter, faults } = await readOf(visit, searched);
  if (Object.keys(faults).length > 0) return nothingThere;
  const rows: LogLine[] = [];
  for (let cursor = firstPage(filter.size); rows.length < csvMost;) {
    const answer = await ask({ filter: filter.asked, cursor, limit: pageMax }, askerOf(visit, filter.purpose), visit.desk.audit);
    if (answer.kind === 'refused') return nothingThere;
    rows.push(...answer.lines);
    ({ cursor } = answer);
    if (cursor === null) break;
  }
  return { kind: 'file', name: 'verstrekkingen.csv', contentType: 'text/csv; charset=utf-8', body: csvOf(csvHead, rows.slice(0, csvMost).map(csvRow)) };
};

const csvHead = ['nummer', 'tijdstip', 'soort', 'besluit', 'afzender', 'afzender_oin', 'ontvanger', 'ontvanger_oin', 'soort_gegevens', 'doel', 'grondslag', 'regel', 'regelversie', 'overeenkomst', 'redenen', 'uitkomst'];
const csvRow = (line: LogLine): readonly (string | number)[] => [
  line.index, line.at.toISOString(), line.kind, line.decision ?? '', line.sender?.name ?? '', line.sender?.oin ?? '', line.recipient?.name ?? '', line.recipient?.oin ?? '', line.categoryWords.map(({ nl }) => nl).join(', '),
  line.purpose ?? '', line.article ?? '', line.rule ?? '', line.law ?? '', line.agreement ?? '', line.kind === 'disclosure' ? '' : line.reasons.join(', '), line.outcome?.words.nl ?? '',
];

const PersonNotice = ({ visit, searched }: { readonly visit: Attended; readonly searched: Searched }) => {
  const words = logWords(visit.language);
  const purpose = purposeOf(searched.search.purpose);
  return (
    <Notice tone="plain" title={words.personNotice(purpose === null ? '' : consultationWords[purpose][visit.language])}>
      <p>{words.personNext}</p>
      <div className="actions">
        <Form visit={visit} to="/rapporten/persoon"><input type="hidden" name="zoekvraag" value={searched.id} /><Submit>{words.makeReport}</Submit></Form>
        <ButtonLink href={`${disclosuresPath}/zoek`} isQuiet>{words.newSearch}</ButtonLink>
      </div>
    </Notice>
  );
};

interface Frame {
  readonly visit: Attended;
  readonly filter: ReadFilter;
  readonly history: RegisterHistory;
  readonly searched: Searched | null;
}

const byName = new Intl.Collator('nl');

/** Parties by number, with the name they have now. */
export const partyOptions = (history: RegisterHistory): readonly (readonly [string, string])[] =>
  [...new Map(history.parties.map(({ party }) => [party.oin, party.name])).entries()].sort((a, b) => byName.compare(a[1], b[1]));

const Filters = ({ visit, filter, history, searched, faults }: Frame & { readonly faults: Faults }) => {
  const { language, query } = visit;
  const words = logWords(language);
  const of = (name: string) => ({ name, language, value: query.get(name), fault: faults[name] });
  const parties = [['', words.anybody] as const, ...partyOptions(history)];
  const isMore = ['afzender', 'categorie', 'grond', 'regel', 'wet', 'kanaal', 'buiten'].some((name) => (query.get(name) ?? '') !== '');
  return (
    <Card>
      <form method="get" action={disclosuresPath}>
        {searched === null ? null : <input type="hidden" name="zoekvraag" value={searched.id} />}
        {filter.size === null ? null : <input type="hidden" name="stand" value={filter.size} />}
        <div className="filters">
          {searched === null ? <SelectField {...of('doel')} label={words.purpose} value={filter.purpose} options={purposesHere.map((one) => [one, consultationWords[one][language]] as const)} /> : null}
          <TextField {...of('van')} label={words.first} hint={words.dayHint} value={query.get('van') ?? writtenDay(filter.days.first)} lengthMax={10} inputMode="numeric" />
          <TextField {...of('tot')} label={words.last} hint={words.dayHint} value={query.get('tot') ?? writtenDay(filter.days.last)} lengthMax={10} inputMode="numeric" />
          <SelectField {...of('ontvanger')} label={words.recipient} options={[...parties, ['-', words.nobody]]} />
          <SelectField {...of('besluit')} label={words.decision} options={[['', words.anybody], ...Object.keys(decisions).map((one) => [one, wordOf(words.decisions, one)] as const)]} />
        </div>
        <details open={isMore}>
          <summary>{words.moreFilters}</summary>
          <div className="filters">
            <SelectField {...of('afzender')} label={words.sender} options={parties} />
            <SelectField {...of('categorie')} label={words.category} options={[['', words.anybody], ...categories.map((one) => [one, categoryNames[one][language]] as const)]} />
            <SelectField {...of('kanaal')} label={words.channel} options={[['', words.anybody], ...Object.entries(words.channels)]} />
            <SelectField {...of('wet')} label={words.law} options={[['', words.anybody], ...history.packs.map(({ key, version }) => [`${key}@${version}`, lawText(`${key}@${version}`, language)] as const)]} />
            <TextField {...of('grond')} label={words.basis} hint={words.basisHint} lengthMax={40} />
            <TextField {...of('regel')} label={words.ruleId} hint={words.ruleHint} lengthMax={40} />
          </div>
          <CheckField name="buiten" label={words.outside} hint={words.outsideHint} isChecked={query.get('buiten') === 'ja'} />
        </details>
        <div className="actions">
          <Submit>{words.search}</Submit>
          <ButtonLink href={searched === null ? disclosuresPath : `${disclosuresPath}?zoekvraag=${searched.id}`} isQuiet>{words.clear}</ButtonLink>
          {searched === null ? <ButtonLink href={`${disclosuresPath}/zoek`} isQuiet>{words.byPerson}</ButtonLink> : null}
        </div>
      </form>
    </Card>
  );
};

const wordOf = (words: Readonly<Record<string, string>>, code: string): string => words[code] ?? code;

// Entries of one moment come in any order, and their numbers then look out of order.
const newestFirst = (a: LogLine, b: LogLine): number => b.at.getTime() - a.at.getTime() || b.index - a.index;

const Results = ({ visit, filter, found, span, searched }: Frame & { readonly found: Answered; readonly span: { readonly first: Date; readonly last: Date } | null }) => {
  const { language, query, now } = visit;
  const words = logWords(language);
  if (found.lines.length === 0) return <NothingFound visit={visit} span={span} isPerson={searched !== null} />;
  const count = found.tally?.count ?? 0;
  const heading = words.found(words.rows(Math.min(count, countMost), count > countMost), dayText(filter.asked.from, language, now), dayText(new Date(filter.asked.to.getTime() - 1), language, now));
  const next = found.cursor === null ? null : withQuery(disclosuresPath, query, { na: found.cursor });
  return (
    <Card title={heading} actions={<ButtonLink href={withQuery(`${disclosuresPath}/csv`, query, { na: null })} isQuiet>{words.csv}</ButtonLink>}>
      {filter.size === null ? null : <p className="soft small">{words.upTo(filter.size)}</p>}
      <LineTable visit={visit} label={heading} lines={found.lines.toSorted(newestFirst)} persons={found.tally?.persons ?? new Map()} purpose={filter.purpose} />
      {count > csvMost ? <p className="soft small">{words.csvMost(csvMost)}</p> : null}
      <Paging previous={query.has('na') ? withQuery(disclosuresPath, query, { na: null }) : null} next={next} language={language} />
    </Card>
  );
};

const NothingFound = ({ visit, span, isPerson }: { readonly visit: Attended; readonly span: { readonly first: Date; readonly last: Date } | null; readonly isPerson: boolean }) => {
  const { language, now } = visit;
  const words = logWords(language);
  if (isPerson) return <Empty title={words.emptyPerson}><p>{words.emptyPersonNext}</p><ButtonLink href={`${disclosuresPath}/zoek`}>{words.again}</ButtonLink></Empty>;
  if (span === null) return <Empty title={words.empty}><p>{words.emptyNone}</p></Empty>;
  const day = (at: Date): string => writtenDay(civilDay(at));
  return (
    <Empty title={words.empty}>
      <p>{words.emptySpan(momentText(span.first, language, now), momentText(span.last, language, now))}</p>
      <ButtonLink href={`${disclosuresPath}?van=${day(span.first)}&tot=${day(span.last)}`}>{words.emptyAll}</ButtonLink>
    </Empty>
  );
};

const tones: Readonly<Record<string, Tone>> = { permit: 'good', hold: 'wait', refuse: 'bad' };

/** A decision in one word. */
export const DecisionBadge = ({ line, visit }: { readonly line: LogLine; readonly visit: Pick<Attended, 'language'> }) => {
  const words = logWords(visit.language);
  const texts: Readonly<Record<string, string>> = { permit: words.permit, hold: words.hold, refuse: words.refuse };
  return <Badge tone={tones[line.decision ?? ''] ?? 'plain'}>{texts[line.decision ?? ''] ?? words.none}</Badge>;
};

const roleTexts: Readonly<Record<string, { readonly nl: string; readonly en: string }>> = roleNames;

/** An organisation by its name; somebody without one, such as a person of the household, by the role. */
export const nameOf = (party: NamedParty | null, language: Attended['language']): string =>
  party === null ? '' : party.name || (party.role === null ? '' : roleTexts[party.role]?.[language] ?? party.role);

const namesMost = 3;
const some = (texts: readonly string[], more: (count: number) => string): string =>
  texts.length <= namesMost + 1 ? texts.join(', ') : `${texts.slice(0, namesMost).join(', ')} ${more(texts.length - namesMost)}`;

/** How a person is written who has no name here. */
const pseudonymText = (pseudonym: string): string => `p-${pseudonym.slice(0, 6)}`;

// Each on a line of its own, as a pseudonym that breaks cannot be compared.
const Persons = ({ names, otherwise, more }: { readonly names: readonly { readonly pseudonym: string }[]; readonly otherwise: string; readonly more: (count: number) => string }) => {
  const most = names.length <= namesMost + 1 ? names.length : namesMost;
  return names.length === 0 ? <span className="code">{otherwise}</span> : <span className="code">{names.slice(0, most).map(({ pseudonym }) => <span key={pseudonym} className="line">{pseudonymText(pseudonym)}</span>)}{most < names.length ? more(names.length - most) : null}</span>;
};

/** Entries of the log, one a row. */
export const LineTable = ({ visit, label, lines, persons, purpose, last }: {
  readonly visit: Attended; readonly label: string; readonly lines: readonly LogLine[]; readonly persons: NonNullable<Answered['tally']>['persons']; readonly purpose: string;
  readonly last?: { readonly head: string; readonly cell: (line: LogLine) => ReactNode };
}) => {
  const { language } = visit;
  const words = logWords(language);
  return (
    <Table label={label} language={language} rows={lines} keyOf={({ id }) => id} columns={[
      { head: words.nr, isName: true, cell: ({ index }) => <a href={`${disclosuresPath}/${index}?doel=${encodeURIComponent(purpose)}`}>{index}</a> },
      { head: words.at, cell: ({ at }) => <Moment at={at} visit={visit} /> },
      { head: words.from, cell: ({ sender }) => nameOf(sender, language) },
      { head: words.to, cell: ({ recipient }) => nameOf(recipient, language) },
      { head: words.given, cell: ({ categoryWords }) => some(categoryWords.map((one) => one[language]), words.more) },
      { head: words.ground, cell: (line) => <Ground line={line} language={language} /> },
      { head: words.decision, cell: (line) => <DecisionBadge line={line} visit={visit} /> },
      last === undefined
        ? { head: words.about, cell: ({ id, kind }) => <Persons names={persons.get(id) ?? []} otherwise={kind === 'consultation' ? '' : words.gone} more={words.more} /> }
        : { head: last.head, cell: last.cell },
    ]} />
  );
};

/** The article, and below it the rule of the hub that reads it so, with the version of its law pack. */
const Ground = ({ line: { article, rule, law }, language }: { readonly line: LogLine; readonly language: Attended['language'] }) => {
  const own = [rule, law].filter((part) => part !== null);
  return <>{article === null ? null : <span className="ground">{articleText(article, language)}</span>}{own.length === 0 ? null : <span className="code">{own.join(', ')}</span>}</>;
};
