import { deskStore, openTasks, releaseParked } from '@ketensluis/platform';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { FaultSummary } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { awayText } from '../shell/moment.js';
import { ButtonLink, Card, Empty, Form, Moment, Submit, Table, withQuery } from '../shell/parts.js';
import { actWords } from './act-words.js';
import { causeText, parkedText } from './causes.js';
import { PartyLink } from './delivery.js';
import { DeliveryTable, DoneNotice } from './deliveries.js';
import { readDeliveryFilter } from './delivery-filter.js';
import { partyBook } from './parties-book.js';
import { readReason, ReasonField, type ReadReason } from './reason.js';

/** Given up together at most. */
const closeMost = 200;
const shownMost = 25;

const groupQuery = ({ party, cause }: deskStore.StuckGroup): string => `?${new URLSearchParams({ status: 'vastgelopen', partij: party, oorzaak: cause, periode: 'alles' }).toString()}`;

/** What stands still, by party and cause, and the cases that do. */
export const stuckPage = async (visit: Attended): Promise<Answer> => {
  const { desk, desk: { hub: { pool } }, language, now, query } = visit;
  const words = actWords(language);
  const [groups, tasks, book] = [await deskStore.stuckGroups(pool), await openTasks(pool), await partyBook(desk, language)];
  const parked = tasks.filter(({ kind }) => kind === 'parked-case').slice(0, shownMost);
  return shown(words.stuckTitle, (
    <>
      <p className="lead">{words.stuckLead}</p>
      <DoneNotice query={query} texts={words.done} />
      {groups.length === 0 ? <Empty title={words.stuckEmpty}><p>{words.stuckEmptyBody}</p><p><ButtonLink isQuiet href="/leveringen">{actWords(language).total}</ButtonLink></p></Empty> : (
        <Card>
          <Table label={words.stuckTitle} language={language} rows={groups} keyOf={({ party, cause }) => `${party}/${cause}`} columns={[
            { head: words.party, isName: true, cell: ({ party }) => <PartyLink oin={party} book={book} /> },
            { head: words.cause, cell: ({ party, cause }) => <Reason cause={cause} party={book.name(party)} language={language} /> },
            { head: words.count, isNumber: true, cell: (group) => <a href={`/leveringen${groupQuery(group)}`}>{group.count}</a> },
            { head: words.oldest, cell: ({ oldestAt }) => <><Moment at={oldestAt} visit={visit} /><br /><span className="small soft">{awayText(oldestAt, language, now)}</span></> },
            { head: words.todo, cell: (group) => <span className="actions"><ButtonLink isQuiet href={`/leveringen/opnieuw${groupQuery(group)}`}>{words.again}</ButtonLink><ButtonLink isQuiet href={`/vastgelopen/sluiten${groupQuery(group)}`}>{words.close}</ButtonLink></span> },
          ]} />
        </Card>
      )}
      {parked.length === 0 ? null : (
        <Card title={words.parked} id="zaken">
          <p className="soft">{words.parkedLead}</p>
          <Table label={words.parked} language={language} rows={parked} keyOf={({ ref }) => ref} columns={[
            { head: words.message, isName: true, cell: ({ ref }) => <code className="breaks">{ref}</code> },
            { head: words.cause, cell: ({ cause }) => <Parked cause={cause} language={language} /> },
            { head: words.since, cell: ({ openedAt }) => <Moment at={openedAt} visit={visit} /> },
            { head: words.todo, cell: ({ ref }) => <Form visit={visit} to={`/vastgelopen/zaken/${ref}`}><Submit isQuiet>{words.release}</Submit></Form> },
          ]} />
        </Card>
      )}
    </>
  ));
};

const Reason = ({ cause, party, language }: { readonly cause: string; readonly party: string; readonly language: Language }) => {
  const { what, who } = causeText(cause, party, language);
  return <>{what}<br /><span className="small soft">{who} <code lang="en">{cause}</code></span></>;
};

const Parked = ({ cause, language }: { readonly cause: string; readonly language: Language }) => {
  const { what, who } = parkedText(language);
  return <>{what}<br /><span className="small soft">{who} <code lang="en">{cause}</code></span></>;
};

/** How many stand still. */
export const stuckCount = async (pool: Parameters<typeof deskStore.stuckGroups>[0]): Promise<number> => (await deskStore.stuckGroups(pool)).reduce((sum, { count }) => sum + count, 0);

/** Lets a case go on from the message it stopped at. */
export const releaseCase = async ({ desk: { hub }, path, now }: Attended): Promise<Answer> => {
  const message = path['id'] ?? '';
  if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(message) || !(await releaseParked(hub.pool, message, now))) return nothingThere;
  return goTo('/vastgelopen?gedaan=zaak');
};

/** Says what would be given up, and asks why. */
export const confirmClose = (visit: Attended): Promise<Answer> => closePage(visit, undefined);

const stuckIds = ({ desk: { hub: { pool } }, query, now }: Attended): Promise<readonly string[]> =>
  deskStore.deliveryIds(pool, { ...readDeliveryFilter(query, now).filter, from: null, state: 'stuck' }, closeMost);

const closePage = async (visit: Attended, read: ReadReason | undefined): Promise<Page> => {
  const { desk, desk: { hub: { pool } }, language, query } = visit;
  const words = actWords(language);
  const trail = [{ href: '/vastgelopen', text: words.stuckTitle }];
  const isNarrow = ['id', 'partij', 'oorzaak'].some((name) => query.has(name));
  const ids = isNarrow ? await stuckIds(visit) : [];
  if (ids.length === 0) return shown(words.closeNothing, <Empty title={words.closeNothing}><p><ButtonLink href="/vastgelopen">{words.stuckTitle}</ButtonLink></p></Empty>, trail);
  const rows = await deskStore.listDeliveries(pool, { ...deskStore.everyDelivery, ids: ids.slice(0, shownMost) }, { after: null, limit: shownMost });
  const to = withQuery('/vastgelopen/sluiten', query, {});
  const body = (
    <>
      {read?.kind === 'fault' ? <FaultSummary faults={{ reden: read.fault }} language={language} /> : null}
      <p className="lead">{words.closeLead(ids.length)}</p><p>{words.closeNote}</p>
      <Card>
        <Form visit={visit} to={to}>
          <ReasonField language={language} read={read} />
          <div className="actions"><Submit tone="bad">{words.closeDo}</Submit><ButtonLink isQuiet href="/vastgelopen">{words.cancel}</ButtonLink></div>
        </Form>
      </Card>
      <Card><DeliveryTable rows={rows} book={await partyBook(desk, language)} visit={visit} />{ids.length > shownMost ? <p className="soft">…</p> : null}</Card>
    </>
  );
  return read === undefined ? shown(words.closeTitle, body, trail) : faulty(words.closeTitle, body, [...trail, { href: to, text: words.closeTitle }]);
};

/** Gives them up: sender and privacy officer are told by a task, and the log says who and why. */
export const closeStuck = async (visit: Attended): Promise<Answer> => {
  const read = readReason(visit);
  if (read.kind === 'fault') return closePage(visit, read);
  for (const mid of await stuckIds(visit)) await visit.desk.acts.giveUp({ mid, reason: read.reason, by: visit.person.account, at: visit.now });
  return goTo('/vastgelopen?gedaan=gesloten');
};
