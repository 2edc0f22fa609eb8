import { noticeStatuses, partyOf, type NoticePersons, type NoticeStatus, type Registers } from '@ketensluis/domain';
import { listNotices, type Notice } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReactNode } from 'react';
import { pageRows } from '../limits.js';
import { shown, type Answer, type Attended, type LiveAnswer } from '../route.js';
import { Badge, buttonClass, Card, Empty, Moment, Notice as Box, Paging, Table, withQuery, type Tone } from '../shell/parts.js';
import { clockText, nearText } from '../shell/moment.js';
import { RunningChart } from './timeline.js';
import { listWords } from './words.js';

/** Where the list is. */
export const listPath = '/zaakmeldingen';

/** Where a case is. */
export const casePath = (caseId: string): string => `${listPath}/${caseId}`;
/** New notices named in the box; more are in the list. */
const namedMax = 3;
/** How often a page that is open looks for what is new; and for how long it does so by itself. */
const lookMs = 3_000;
const followMs = 8 * 3_600_000;

/** Colour of a status; its words say the same. */
export const statusTone: Readonly<Record<NoticeStatus, Tone>> = {
  nieuw: 'wait', ontvangen: 'good', 'in behandeling': 'good', 'advies nodig': 'bad', verlengd: 'good', ingetrokken: 'plain', afgelopen: 'plain', teruggegeven: 'plain',
};

interface Listed {
  readonly all: readonly Notice[];
  readonly names: ReadonlyMap<string, string>;
  /** Changes when anything on the page does. */
  readonly mark: string;
}

const partyIn = (visit: Attended): string => visit.person.party ?? '';

const listed = async (visit: Attended): Promise<Listed> => {
  const { desk, now } = visit;
  const all = await listNotices(partyIn(visit), now, { notices: desk.notices, memory: desk.noticeMemory });
  const { registers } = await desk.hub.registers.current();
  const said = all.map(({ caseId, status, waiting, deadline, desk: own }) => [caseId, status, waiting.map(({ mid }) => mid), deadline?.at, own?.assignedTo, own?.assignedAt]);
  return { all, names: municipalityNames(registers), mark: createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 16) };
};

/** Municipalities by code, as their own party is called. */
export const municipalityNames = (registers: Registers): ReadonlyMap<string, string> =>
  new Map(registers.parties.flatMap(({ municipality, oin }) => (municipality === null ? [] : [[municipality, partyOf(registers, oin)?.name ?? municipality]])));

/** How many notices wait for somebody of the party. */
export const countWaiting = async (desk: Attended['desk'], party: string | null): Promise<number> =>
  party === null ? 0 : (await listNotices(party, desk.hub.clock.now(), { notices: desk.notices, memory: desk.noticeMemory })).filter(({ waiting }) => waiting.length > 0).length;

/** The list: what is new, what runs, and every case with its first deadline. */
export const listPage = async (visit: Attended): Promise<Answer> => {
  const words = listWords(visit.language);
  const list = await listed(visit);
  const live = withQuery(`${listPath}/volgt`, visit.query, { stand: list.mark, na: visit.query.get('na') });
  const done = words.done[visit.query.get('gedaan') === 'teruggegeven' ? 'teruggegeven' : 'ontvangen'];
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      {visit.query.get('gedaan') === null ? null : <Box tone="good" title={done} />}
      <div data-live={live}><Pieces list={list} visit={visit} /></div>
    </>
  ));
};

/** The list again each time it changes, until the page is left, the session ends or a shift is over. */
export const followList = async (visit: Attended): Promise<LiveAnswer> => ({
  kind: 'live',
  pieces: async function* (signal) {
    let mark = visit.query.get('stand') ?? '';
    const until = visit.now.getTime() + followMs;
    while (!signal.aborted) {
      const now = visit.desk.hub.clock.now();
      if (now.getTime() >= until || !(await visit.desk.sessions.isOpen(visit.token, now))) return;
      const list = await listed({ ...visit, now });
      if (list.mark !== mark) {
        mark = list.mark;
        yield <Pieces list={list} visit={{ ...visit, now }} />;
      }
      await pause(lookMs, undefined, { signal }).catch(() => undefined);
    }
  },
});

const Pieces = ({ list, visit }: { readonly list: Listed; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  const { all, names } = list;
  const waiting = all.filter(({ waiting: some }) => some.length > 0);
  const running = all.filter(({ isRunning }) => isRunning);
  const chosen = all.filter(chosenBy(visit));
  const after = chosen.findIndex(({ caseId }) => caseId === visit.query.get('na')) + 1;
  const rows = chosen.slice(after, after + pageRows);
  const last = rows.at(-1);
  return (
    <>
      <p className="soft small">{words.updated} {clockText(visit.now)}. <a id="ververs" href={withQuery(listPath, visit.query, { stand: null, gedaan: null })}>{words.refresh}</a></p>
      {waiting.length === 0 ? null : <Waiting waiting={waiting} names={names} visit={visit} />}
      {running.length === 0 ? null : <Card title={words.running}><RunningChart notices={running} visit={visit} /></Card>}
      {all.length === 0 ? <Empty title={words.empty}><p>{words.emptyBody}</p></Empty> : (
        <Card title={words.count(chosen.length)}>
          <Choices all={all} names={names} visit={visit} />
          {rows.length === 0 ? <Empty title={words.emptyFilter}><p>{words.emptyFilterBody} <a href={listPath}>{words.clear}</a>.</p></Empty> : <Cases rows={rows} names={names} visit={visit} />}
          <Paging language={visit.language} previous={after === 0 ? null : addressOf(visit, { na: null })} next={last !== undefined && after + pageRows < chosen.length ? addressOf(visit, { na: last.caseId }) : null} />
        </Card>
      )}
    </>
  );
};

const addressOf = (visit: Attended, changes: Readonly<Record<string, string | null>>): string => withQuery(listPath, visit.query, { stand: null, gedaan: null, ...changes });

/** `nieuw` is whatever waits: a later message of a case that is long in hand as well. */
const isStatus = (notice: Notice, status: string): boolean => (status === 'nieuw' ? notice.waiting.length > 0 : notice.status === status);

// Cases that were given back are shown when they are asked for.
const chosenBy = ({ query, person }: Attended) => (notice: Notice): boolean => {
  const [status, municipality] = [query.get('status'), query.get('gemeente')];
  return (status === null ? notice.status !== 'teruggegeven' : isStatus(notice, status))
    && (municipality === null || notice.municipality === municipality) && (query.get('wie') !== 'mijn' || notice.desk?.assignedTo === person.account);
};

const Waiting = ({ waiting, names, visit }: { readonly waiting: readonly Notice[]; readonly names: ReadonlyMap<string, string>; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  return (
    <Box tone="wait" title={words.waits(waiting.length)}>
      <ul className="plain">
        {waiting.slice(0, namedMax).map((notice) => (
          <li key={notice.caseId}>
            <strong>{notice.number}</strong>, {names.get(notice.municipality) ?? notice.municipality}, <Due notice={notice} visit={visit} />{' '}
            <a id={`wacht-${notice.caseId}`} className={buttonClass(false)} href={`${listPath}/${notice.caseId}`}>{words.open}<span className="hidden"> {notice.number}</span></a>
          </li>
        ))}
      </ul>
      {waiting.length > namedMax ? <p><a href={`${listPath}?status=nieuw`}>{words.more(waiting.length - namedMax)}</a></p> : null}
    </Box>
  );
};

const Due = ({ notice, visit }: { readonly notice: Notice; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  const due = notice.waiting.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
  return due === undefined ? <>{words.noTerm}.</> : <>{due <= visit.now ? words.late : words.before} <Moment at={due} visit={visit} near />.</>;
};

interface Choice {
  readonly id: string;
  readonly text: string;
  readonly count: number;
  readonly change: Readonly<Record<string, string | null>>;
  readonly isOn: boolean;
}

/** Every filter is a link with the number of cases it leads to. */
const Choices = ({ all, names, visit }: { readonly all: readonly Notice[]; readonly names: ReadonlyMap<string, string>; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  const { query } = visit;
  const choice = (name: string, value: string | null, text: string): Choice => {
    const changed = new URLSearchParams(query);
    value === null ? changed.delete(name) : changed.set(name, value);
    return { id: `keuze-${name}-${value ?? 'alle'}`, text, change: { [name]: value, na: null }, count: all.filter(chosenBy({ ...visit, query: changed })).length, isOn: query.get(name) === value };
  };
  const codes = [...new Set(all.map(({ municipality }) => municipality))].sort();
  return (
    <div className="picks">
      <ChoiceRow label={words.statuses} visit={visit} choices={[choice('status', null, words.all), ...noticeStatuses.map((status) => choice('status', status, words.status[status])).filter(({ count, isOn }) => count > 0 || isOn)]} />
      {codes.length < 2 && query.get('gemeente') === null ? null : <ChoiceRow label={words.municipalities} visit={visit} choices={[choice('gemeente', null, words.all), ...codes.map((code) => choice('gemeente', code, names.get(code) ?? code))]} />}
      <ChoiceRow label={words.whose} visit={visit} choices={[choice('wie', null, words.everybody), choice('wie', 'mijn', words.mine)]} />
    </div>
  );
};

const ChoiceRow = ({ label, choices, visit }: { readonly label: string; readonly choices: readonly Choice[]; readonly visit: Attended }) => (
  <nav className="picks__row" aria-label={label}>
    <span className="soft">{label}:</span>
    <ul>{choices.map(({ id, text, count, change, isOn }) => <li key={id}><a id={id} href={addressOf(visit, change)} {...(isOn ? { 'aria-current': 'true' as const } : {})}>{text} <span className="number">{count}</span></a></li>)}</ul>
  </nav>
);

const Cases = ({ rows, names, visit }: { readonly rows: readonly Notice[]; readonly names: ReadonlyMap<string, string>; readonly visit: Attended }) => {
  const words = listWords(visit.language);
  return (
    <Table
      label={words.title} language={visit.language} rows={rows} keyOf={({ caseId }) => caseId}
      columns={[
        { head: words.case, isName: true, cell: ({ caseId, number }) => <a id={`zaak-${caseId}`} href={`${listPath}/${caseId}`}>{number}</a> },
        { head: words.state, cell: ({ status, waiting }) => <span><Badge tone={statusTone[status]}>{words.status[status]}</Badge>{waiting.length > 0 && status !== 'nieuw' ? <> <Badge tone="wait">{words.newMessage}</Badge></> : null}</span> },
        { head: words.municipality, cell: ({ municipality }) => names.get(municipality) ?? municipality },
        { head: words.persons, cell: ({ facts, waiting }) => personsText(facts.persons, visit.language) ?? (waiting.some(({ state }) => state === 'fetchable') ? words.afterOpening : words.unknownPersons) },
        { head: words.deadline, cell: (notice) => deadlineText(notice, visit) },
        { head: words.assigned, cell: ({ desk }) => (desk?.assignedTo == null ? words.nobody : desk.assignedTo === visit.person.account ? words.you : desk.assignedName) },
      ]}
    />
  );
};

const deadlineText = ({ deadline }: Notice, visit: Attended): ReactNode => {
  const words = listWords(visit.language);
  if (deadline === null) return words.none;
  return <span>{deadline.kind === 'end' ? words.ends : words.confirm} <time dateTime={deadline.at.toISOString()}>{nearText(deadline.at, visit.language, visit.now)}</time>{deadline.kind === 'confirm' && deadline.at < visit.now ? <> <Badge tone="bad">{words.tooLate}</Badge></> : null}</span>;
};

/** How many of which kind; null when the disclosures say nothing of it. */
export const personsText = (persons: NoticePersons | null, language: Attended['language']): string | null => {
  if (persons === null) return null;
  const words = listWords(language);
  const { evicted, adults, children } = persons;
  return [...(evicted > 0 ? [words.evicted] : []), ...(adults > 0 ? [words.adults(adults)] : []), ...(children > 0 ? [words.children(children)] : [])].join(', ');
};
