import { deskStore } from '@ketensluis/platform';
import { setTimeout as pause } from 'node:timers/promises';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { FaultSummary } from '../shell/fields.js';
import { ButtonLink, Card, Empty, Form, Notice, Submit, Table, Tiles, withQuery } from '../shell/parts.js';
import type { Language } from '../shell/language.js';
import { actWords } from './act-words.js';
import { bringOnce } from './delivery.js';
import { DeliveryTable, DoneNotice, shortId } from './deliveries.js';
import { readDeliveryFilter } from './delivery-filter.js';
import { partyBook } from './parties-book.js';
import { readReason, ReasonField, type ReadReason } from './reason.js';
import { deliveryWords } from './words.js';

/** So many go first; the others wait until these arrived. */
const firstCount = 10;
/** Together at most, and per turn: a turn ends well within the time a request has. */
const mostTogether = 1_000;
const mostPerTurn = 250;
const shownMost = 10;
const trailOf = (language: Language): Page['trail'] => [{ href: '/leveringen', text: deliveryWords(language).title }];

/** Says what would go, and asks why. Nothing was done yet. */
export const confirmReplay = (visit: Attended): Promise<Answer> => confirmPage(visit, undefined);

const confirmPage = async (visit: Attended, read: ReadReason | undefined): Promise<Page> => {
  const { desk, desk: { hub: { pool } }, language, query, now } = visit;
  const words = actWords(language);
  const { filter } = readDeliveryFilter(query, now);
  const ids = await deskStore.deliveryIds(pool, filter, mostTogether + 1);
  const count = Math.min(ids.length, mostTogether);
  const back = withQuery('/leveringen', query, { id: null });
  if (count === 0) return shown(words.nothing, <Empty title={words.nothing}><p>{words.nothingBody}</p><p><ButtonLink href={back}>{deliveryWords(language).title}</ButtonLink></p></Empty>, trailOf(language));
  const all = await deskStore.countDeliveries(pool, filter, mostTogether * 10);
  const rows = await deskStore.listDeliveries(pool, { ...deskStore.everyDelivery, ids: ids.slice(0, shownMost) }, { after: null, limit: shownMost });
  const to = withQuery('/leveringen/opnieuw', query, {});
  const body = (
    <>
      {read?.kind === 'fault' ? <FaultSummary faults={{ reden: read.fault }} language={language} /> : null}
      <p className="lead">{words.confirmLead(count)} {count > firstCount ? words.confirmFirst : ''}</p>
      {ids.length > mostTogether ? <p>{words.confirmMost(mostTogether)}</p> : all > ids.length ? <p>{words.confirmSkipped(all - ids.length)}</p> : null}
      <Card>
        <Form visit={visit} to={to}>
          <p className="small soft">{words.againHint}</p>
          <ReasonField language={language} read={read} />
          <div className="actions"><Submit>{words.confirmDo(count)}</Submit><ButtonLink isQuiet href={back}>{words.cancel}</ButtonLink></div>
        </Form>
      </Card>
      <Card><DeliveryTable rows={rows} book={await partyBook(desk, language)} visit={visit} />{count > shownMost ? <p className="soft">…</p> : null}</Card>
    </>
  );
  return read === undefined ? shown(words.confirmTitle, body, trailOf(language)) : faulty(words.confirmTitle, body, [...trailOf(language), { href: to, text: words.confirmTitle }]);
};

/** Begins a run: the first ten go at once. */
export const beginReplay = async (visit: Attended): Promise<Answer> => {
  const { desk, desk: { hub: { pool } }, query, now, person } = visit;
  const read = readReason(visit);
  if (read.kind === 'fault') return confirmPage(visit, read);
  const ids = await deskStore.deliveryIds(pool, readDeliveryFilter(query, now).filter, mostTogether);
  if (ids.length === 0) return confirmPage(visit, undefined);
  const { acts } = desk;
  const run = await acts.beginRun(ids, { by: person.account, reason: read.reason, at: now });
  await takeTurns(visit, run, firstCount);
  return goTo(`/leveringen/opnieuw/${run}`);
};

/** Lets the next ones of a run go, once the first ten arrived. */
export const continueReplay = async (visit: Attended): Promise<Answer> => {
  const { acts } = visit.desk;
  const run = await acts.findRun(visit.path['id'] ?? '');
  if (run === null) return nothingThere;
  if (standingOf(run) === 'first-done') await takeTurns(visit, run.id, mostPerTurn);
  return goTo(`/leveringen/opnieuw/${run.id}?gedaan=verder`);
};

const takeTurns = async ({ desk, person, now }: Attended, id: string, most: number): Promise<void> => {
  const { acts } = desk;
  const run = await acts.findRun(id);
  const reason = await acts.reasonOf(id);
  if (run === null || reason === null) return;
  for (const { mid, place } of run.items.filter(({ outcome }) => outcome === null).slice(0, most)) {
    // Two who press the button at once each take other ones.
    if (await acts.takeTurn(id, place)) await acts.endTurn(id, place, await bringOnce(desk, { mid, reason, by: person.account, at: now }));
  }
};

type Standing = 'first-busy' | 'first-failed' | 'first-done' | 'turned' | 'all-done';

const hasArrived = (state: string | null): boolean => state === 'delivered' || state === 'announced';

/** How far a run is. What was not permitted or was gone is no failure of the way; what stands still again is. */
export const standingOf = ({ items }: Pick<deskStore.ReplayRun, 'items'>): Standing => {
  const queued = items.filter(({ outcome }) => outcome === 'queued');
  if (items.every(({ outcome }) => outcome !== null)) return queued.length > 0 && queued.every(({ state }) => hasArrived(state)) ? 'all-done' : 'turned';
  const first = queued.filter(({ place }) => place <= firstCount);
  if (first.some(({ state }) => state === 'held' || state === 'dead')) return 'first-failed';
  if (first.length === 0) return 'first-failed';
  return first.every(({ state }) => hasArrived(state)) ? 'first-done' : 'first-busy';
};

/** How far a run is, with each number leading to its rows. */
export const runPage = async (visit: Attended): Promise<Answer> => {
  const { desk, language, path, query } = visit;
  const words = actWords(language);
  const run = await desk.acts.findRun(path['id'] ?? '');
  if (run === null) return nothingThere;
  const undone = run.items.filter(({ outcome }) => outcome !== null && outcome !== 'queued');
  return shown(words.runTitle, (
    <>
      <p className="lead">{words.runLead(run.by)}</p>
      <DoneNotice query={query} texts={words.done} />
      <div data-live={`/leveringen/opnieuw/${run.id}/volgen`}><RunPiece run={run} visit={visit} /></div>
      {undone.length === 0 ? null : (
        <Card title={words.notDone} id="niet-gedaan">
          <Table label={words.notDone} language={language} rows={undone} keyOf={({ mid }) => mid} columns={[
            { head: deliveryWords(language).message, isName: true, cell: ({ mid }) => <a href={`/leveringen/${mid}`}><code>{shortId(mid)}</code></a> },
            { head: words.outcome, cell: ({ outcome }) => outcomeText(outcome ?? '', language) },
          ]} />
        </Card>
      )}
    </>
  ), trailOf(language));
};

const outcomeText = (outcome: string, language: Language): string => {
  const { refusals, refusedNow } = actWords(language);
  return outcome === 'under-way' || outcome === 'absent' ? refusals[outcome] : refusedNow(outcome);
};

const RunPiece = ({ run, visit }: { readonly run: deskStore.ReplayRun; readonly visit: Attended }) => {
  const { language } = visit;
  const words = actWords(language);
  const queued = run.items.filter(({ outcome }) => outcome === 'queued');
  const count = (of: (state: string | null) => boolean): number => queued.filter(({ state }) => of(state)).length;
  const rest = run.items.filter(({ outcome }) => outcome === null).length;
  const list = (more: string): string => `/leveringen?reeks=${run.id}${more}`;
  const undone = run.items.length - queued.length - rest;
  const failed = count((state) => state === 'held' || state === 'dead');
  return (
    <>
      <Tiles label={words.runTitle} tiles={[
        { href: list(''), label: words.total, value: run.items.length },
        { href: list('&gegaan=aangekomen'), label: words.arrivedCount, value: count(hasArrived), tone: 'good' },
        { href: list('&gegaan=onderweg'), label: words.busy, value: count((state) => state === 'waiting') },
        { href: list('&gegaan=mislukt'), label: words.failed, value: failed, tone: failed > 0 ? 'bad' : 'plain' },
        ...(undone === 0 ? [] : [{ href: '#niet-gedaan', label: words.notAllowed, value: undone, tone: 'wait' as const }]),
        ...(rest === 0 ? [] : [{ href: list('&gegaan=niet'), label: words.waitingNext, value: rest }]),
      ]} />
      <NextStep run={run} rest={rest} visit={visit} />
    </>
  );
};

const NextStep = ({ run, rest, visit }: { readonly run: deskStore.ReplayRun; readonly rest: number; readonly visit: Attended }) => {
  const words = actWords(visit.language);
  const here = `/leveringen/opnieuw/${run.id}`;
  switch (standingOf(run)) {
    case 'first-busy': return <Notice tone="wait" title={words.firstBusy}><p><a href={here}>{words.refresh}</a></p></Notice>;
    case 'first-failed': return <Notice tone="bad" title={words.firstFailed}><p>{words.firstFailedBody} <a href="/vastgelopen">{words.stuckTitle}</a></p></Notice>;
    case 'first-done': return <Notice tone="good" title={words.firstDone(rest)}><Form visit={visit} to={here}><Submit>{words.goOn(Math.min(rest, mostPerTurn))}</Submit></Form></Notice>;
    case 'turned': return <Notice tone="plain" title={words.allTurned}><p><a href={here}>{words.refresh}</a></p></Notice>;
    case 'all-done': return <Notice tone="good" title={words.allDone} />;
  }
};

const lookMs = 1_000;
const liveMs = 10 * 60_000;

/** Follows a run until there is nothing to wait for. */
export const followReplay = async (visit: Attended): Promise<Answer> => {
  const { desk, path } = visit;
  const { acts } = desk;
  const id = path['id'] ?? '';
  if ((await acts.findRun(id)) === null) return nothingThere;
  return {
    kind: 'live',
    pieces: async function* (signal) {
      let before = '';
      for (let waitedMs = 0; waitedMs < liveMs && !signal.aborted; waitedMs += lookMs) {
        const run = await acts.findRun(id);
        if (run === null) return;
        const now = JSON.stringify(run.items);
        if (now !== before) yield <RunPiece run={run} visit={visit} />;
        before = now;
        if (!['first-busy', 'turned'].includes(standingOf(run))) return;
        await pause(lookMs);
      }
    },
  };
};
