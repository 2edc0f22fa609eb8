import { destructionOf, measureTerms, roleNames, roles, stateAt, type CaseState } from '@ketensluis/domain';
import type { CaseFilter, ListedCase } from '@ketensluis/flow';
import type { ReactNode } from 'react';
import { pageRows } from '../limits.js';
import { RunningChart } from '../notices/timeline.js';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { ownMunicipality } from '../sharing/municipality.js';
import { articleText } from '../shell/article.js';
import { SelectField } from '../shell/fields.js';
import { dayText } from '../shell/moment.js';
import { Badge, Card, Empty, Moment, Paging, Table, Tiles, withQuery, type Tone } from '../shell/parts.js';
import { listWords, namedIn } from './words.js';

/** Where the list is. */
export const listPath = '/zaken';
/** Running bans that are drawn; the table has all. */
const drawnMax = 12;

const standings = { loopt: 'running', afgelopen: 'ended', zonder: 'no-ban' } as const;
const duties = { open: 'open', 'te-laat': 'late' } as const;
const namedOf = <T extends object>(table: T, name: string | null): T[keyof T] | null => Object.entries(table).find(([one]) => one === name)?.[1] ?? null;

/** The filter of an address; a word nobody knows asks for nothing. */
export const filterOf = (query: URLSearchParams): CaseFilter => ({ standing: namedOf(standings, query.get('stand')), duty: namedOf(duties, query.get('plicht')) });

/** Every case of the municipality, newest first. */
export const listPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  if (own === null) return nothingThere;
  const { desk: { cases }, now, query, language } = visit;
  const words = listWords(language);
  const filter = filterOf(query);
  const every: CaseFilter = { standing: null, duty: null };
  const [found, count, all, running, late, owed, drawn] = await Promise.all([
    cases.list(own.code, filter, { at: now, after: query.get('na'), limit: pageRows + 1 }), cases.count(own.code, filter, now),
    cases.count(own.code, every, now), cases.count(own.code, { ...every, standing: 'running' }, now), cases.count(own.code, { ...every, duty: 'late' }, now), cases.count(own.code, { ...every, duty: 'open' }, now),
    cases.list(own.code, { ...every, standing: 'running' }, { at: now, after: null, limit: drawnMax }),
  ]);
  const rows = found.slice(0, pageRows);
  const last = found.length > pageRows ? rows.at(-1) : undefined;
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      {all === 0 ? <Empty title={words.empty}><p>{words.emptyBody}</p></Empty> : (
        <>
          <Tiles label={words.tiles} tiles={[
            { href: `${listPath}?stand=loopt`, label: words.running, value: running }, { href: `${listPath}?plicht=te-laat`, label: words.late, value: late, note: words.lateNote, tone: late > 0 ? 'bad' : 'plain' },
            { href: `${listPath}?plicht=open`, label: words.owed, value: owed, note: words.owedNote, tone: owed > 0 ? 'wait' : 'plain' }, { href: listPath, label: words.all, value: all },
          ]} />
          {drawn.length === 0 ? null : <Card title={words.chartTitle}><p className="soft small">{words.chartLead}</p><RunningChart notices={drawn.map((one) => chartedOf(one, now))} visit={visit} /></Card>}
          <Card title={words.count(count)}>
            <Filters visit={visit} />
            {rows.length === 0 ? <Empty title={words.emptyFilter}><p>{words.emptyFilterBody} <a href={listPath}>{words.clear.toLowerCase()}</a>.</p></Empty> : <Cases rows={rows} visit={visit} />}
            <Paging language={language} previous={query.has('na') ? withQuery(listPath, query, { na: null }) : null} next={last === undefined ? null : withQuery(listPath, query, { na: last.caseId })} />
          </Card>
        </>
      )}
    </>
  ));
};

/** Whether extending is still possible: a ban that ended, or was withdrawn, is not extended (Wth art. 9(1)). */
export const canBeExtended = ({ endsAt }: Pick<ReturnType<typeof measureTerms>, 'endsAt'>, now: Date): boolean => endsAt !== null && endsAt > now;

/** A case as the drawing takes it. */
export const chartedOf = ({ caseId, number, file }: ListedCase, now: Date) => {
  const terms = file === null ? null : measureTerms(file, now);
  return { caseId, number, facts: { imposedAt: terms?.imposedAt ?? null, firstEndsAt: terms?.firstEndsAt ?? null, endsAt: terms?.endsAt ?? null, persons: null } };
};

const Filters = ({ visit }: { readonly visit: Attended }) => {
  const { query, language } = visit;
  const words = listWords(language);
  return (
    <form method="get" action={listPath} className="filters">
      <SelectField name="stand" label={words.standing} language={language} value={query.get('stand')} options={[['', words.any], ...Object.entries(words.standings)]} />
      <SelectField name="plicht" label={words.duty} language={language} value={query.get('plicht')} options={[['', words.any], ...Object.entries(words.duties)]} />
      <button type="submit" className="utrecht-button utrecht-button--secondary-action button button--quiet">{words.apply}</button>
    </form>
  );
};

const tones: Readonly<Partial<Record<CaseState, Tone>>> = { IMPOSED_ORAL: 'wait', DECISION_PENDING: 'wait', CONSULT_VT: 'wait', IMPOSED: 'good', EXTENDED: 'good' };

/** How a case stands, in a word. */
export const Standing = ({ one, visit }: { readonly one: ListedCase; readonly visit: Pick<Attended, 'language' | 'now'> }) => {
  const state = one.file === null ? null : stateAt(one.file, visit.now);
  return <Badge tone={state === null ? 'plain' : tones[state] ?? 'plain'}>{namedIn(visit.language).states[state ?? 'WAITING']}</Badge>;
};

/** A role in words; a code of another version as it is. */
export const roleText = (code: string, language: Attended['language']): string => {
  const role = roles.find((one) => one === code);
  return role === undefined ? code : roleNames[role][language];
};

/** Who owes something to whom; an act of one body owed to nobody else, such as deciding, names it once. */
export const owedText = (bearer: string, { role, party }: { readonly role: string; readonly party: string | null }, language: Attended['language']): string =>
  (bearer === role && party === null ? roleText(bearer, language) : listWords(language).toward(roleText(bearer, language), party ?? roleText(role, language)));

/** From when on a case is destroyed, or until when it must stay. */
export const Destruction = ({ one, visit }: { readonly one: ListedCase; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  const due = destructionOf(visit.desk.retention, one.law, one);
  if (one.heldUntil !== null) return <>{words.held} {dayText(one.heldUntil, visit.language, visit.now)}</>;
  return due === null ? <>{words.none}</> : <time dateTime={due.at.toISOString()}>{dayText(due.at, visit.language, visit.now)}</time>;
};

const Cases = ({ rows, visit }: { readonly rows: readonly ListedCase[]; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  const moment = (pick: (terms: ReturnType<typeof measureTerms>) => Date | null) => ({ file }: ListedCase): ReactNode => {
    const at = file === null ? null : pick(measureTerms(file, visit.now));
    return at === null ? '–' : <Moment at={at} visit={visit} near />;
  };
  return (
    <Table label={words.title} language={visit.language} rows={rows} keyOf={({ caseId }) => caseId} columns={[
      { head: words.number, isName: true, cell: ({ caseId, number }) => <span className="nowrap"><a href={`${listPath}/${caseId}`}>{number}</a></span> },
      { head: words.state, cell: (one) => <Standing one={one} visit={visit} /> },
      { head: words.imposed, cell: moment(({ imposedAt }) => imposedAt) }, { head: words.ends, cell: moment(({ endsAt }) => endsAt) },
      { head: words.decide, cell: moment(({ decideBy }) => decideBy) }, { head: words.limit, cell: moment((terms) => (canBeExtended(terms, visit.now) ? terms.limitAt : null)) },
      { head: words.next, cell: (one) => <NextDuty one={one} visit={visit} /> },
      { head: words.destroyed, cell: (one) => <Destruction one={one} visit={visit} /> },
    ]} />
  );
};

const NextDuty = ({ one: { nextDuty, openDuties }, visit }: { readonly one: ListedCase; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  if (nextDuty === null) return <>{words.none}</>;
  const { bearer, toward, dueAt, article } = nextDuty;
  return (
    <>
      {owedText(bearer, { role: toward, party: null }, visit.language)}, {articleText(article, visit.language)}, {dueAt === null ? words.noTerm : <Moment at={dueAt} visit={visit} near />}
      {dueAt !== null && dueAt < visit.now ? <> <Badge tone="bad">{words.tooLate}</Badge></> : null}
      {openDuties > 1 ? <span className="soft small"> {words.more(openDuties - 1)}</span> : null}
    </>
  );
};
