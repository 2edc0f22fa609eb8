import { closeTask, openTasks } from '@ketensluis/platform';
import { pageRows } from '../limits.js';
import { goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { dutySentence } from '../shell/duty.js';
import { bilingual } from '../shell/language.js';
import { Card, Empty, Form, Moment, Paging, Submit, Table, withQuery } from '../shell/parts.js';
import { causeText, parkedText } from './causes.js';
import { checkWords } from './check-words.js';
import { PartyLink } from './delivery.js';
import { partyBook } from './parties-book.js';

type Kinds = Readonly<Record<string, string>>;
const kindsNl: Kinds = {
  'dead-letter': 'Opgegeven na vijf dagen of geweigerd', certificate: 'Geen bruikbaar kanaal of certificaat', stopped: 'Waar het op rustte is geëindigd', 'parked-case': 'Zaak staat stil', 'refused-message': 'Geweigerd bericht', 'duty-late': 'Plicht te laat',
  log: 'Logboek', witness: 'Getuige', 'not-fetched': 'Aangekondigd en niet opgehaald', ecli: 'Uitspraak koppelen', 'receipt-missing': 'Ontvangstbewijs ontbreekt', reconcile: 'Verschil in de vergelijking', expiry: 'Certificaat eindigt', proposal: 'Certificaat voorgesteld',
  mailbox: 'Postbus', undelivered: 'Gesloten levering, aan de afzender', 'undelivered-privacy': 'Gesloten levering, aan de FG',
};
const kindsEn: Kinds = {
  'dead-letter': 'Given up after five days or refused', certificate: 'No usable channel or certificate', stopped: 'What it rested on ended', 'parked-case': 'Case stands still', 'refused-message': 'Refused message', 'duty-late': 'Duty late',
  log: 'Log', witness: 'Witness', 'not-fetched': 'Announced and not fetched', ecli: 'Linking a ruling', 'receipt-missing': 'Receipt missing', reconcile: 'Difference in the reconciliation', expiry: 'Certificate ends', proposal: 'Certificate proposed',
  mailbox: 'Mailbox', undelivered: 'Closed delivery, to the sender', 'undelivered-privacy': 'Closed delivery, to the privacy officer',
};
const words = bilingual(
  { title: 'Open taken', lead: 'Wat iemand moet bekijken. Sluit wat klaar is.', empty: 'Er zijn geen open taken van deze soort.', about: 'Kenmerk', kind: 'Soort', party: 'Partij', cause: 'Oorzaak', since: 'Sinds', todo: 'Doen', close: 'Dit is klaar', itself: 'sluit vanzelf als de oorzaak weg is', count: (count: number) => (count === 1 ? '1 open taak' : `${count} open taken`), kinds: kindsNl },
  { title: 'Open tasks', lead: 'What somebody must look at. Close what is done.', empty: 'There are no open tasks of this kind.', about: 'Reference', kind: 'Kind', party: 'Party', cause: 'Cause', since: 'Since', todo: 'Do', close: 'This is done', itself: 'closes by itself when its cause is gone', count: (count) => (count === 1 ? '1 open task' : `${count} open tasks`), kinds: kindsEn },
);

/** Of these a person says that they are done; the others close when what they are about is. */
const closedByHand = ['refused-message', 'receipt-missing', 'reconcile', 'not-fetched', 'log', 'ecli'];
const isDelivery = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** Of these the cause is that of a delivery, which has words of its own. */
const caused = ['dead-letter', 'certificate', 'stopped', 'undelivered', 'undelivered-privacy'];
const ofDelivery = ['dead-letter', 'certificate', 'stopped', 'receipt-missing', 'reconcile', 'undelivered', 'undelivered-privacy', 'not-fetched'];

/** Name of a kind of task. */
export const taskKindText = (kind: string, language: Attended['language']): string => words(language).kinds[kind] ?? kind;

/** Open tasks of one kind, or all. */
export const tasksPage = async (visit: Attended): Promise<Answer> => {
  const { desk, language, query } = visit;
  const own = words(language);
  const kind = query.get('soort');
  const all = (await openTasks(desk.hub.pool)).filter((one) => kind === null || one.kind === kind);
  const skip = Number(/^\d{1,6}$/.exec(query.get('na') ?? '')?.[0] ?? 0);
  const rows = all.slice(skip, skip + pageRows);
  const book = await partyBook(desk, language);
  const { pack } = await desk.hub.registers.current();
  const here = withQuery('/controlelijst/taken', query, { gedaan: null });
  return shown(own.title, (
    <>
      <p className="lead">{own.lead}</p>
      {rows.length === 0 ? <Empty title={own.empty}><p><a href="/controlelijst">{checkWords(language).title}</a></p></Empty> : (
        <Card id="lijst" title={own.count(all.length)}>
          <Table label={own.title} language={language} rows={rows} keyOf={(one) => `${one.kind}/${one.ref}`} columns={[
            { head: own.kind, cell: (one) => taskKindText(one.kind, language) },
            { head: own.about, isName: true, cell: (one) => (ofDelivery.includes(one.kind) && isDelivery.test(one.ref) ? <a href={`/leveringen/${one.ref}`}><code>{one.ref}</code></a> : one.duty === null ? <code>{one.ref}</code> : dutyOf(one).caseName) },
            { head: own.party, cell: (one) => (one.party === null ? '' : <PartyLink oin={one.party} book={book} />) }, { head: own.cause, cell: (one) => (one.kind === 'parked-case' ? parkedText(language).what : caused.includes(one.kind) ? causeText(one.cause, book.name(one.party ?? ''), language).what : one.duty === null ? <span lang="en">{one.cause}</span> : dutySentence(dutyOf(one), pack, language)) },
            { head: own.since, cell: (one) => <Moment at={one.openedAt} visit={visit} /> },
            { head: own.todo, cell: (one) => (closedByHand.includes(one.kind) ? <Form visit={visit} to={here}><input type="hidden" name="soort" value={one.kind} /><input type="hidden" name="kenmerk" value={one.ref} /><Submit isQuiet>{own.close}</Submit></Form> : <span className="small soft">{own.itself}</span>) },
          ]} />
          <Paging language={language} previous={skip === 0 ? null : withQuery('/controlelijst/taken', query, { na: skip <= pageRows ? null : String(skip - pageRows) })} next={all.length > skip + pageRows ? withQuery('/controlelijst/taken', query, { na: String(skip + pageRows) }) : null} />
        </Card>
      )}
    </>
  ), [{ href: '/controlelijst', text: checkWords(language).title }]);
};

// A duty is told by its case and its name, and its cause begins with the rule that gave it.
const dutyOf = ({ duty, cause }: { readonly duty: string | null; readonly cause: string }) => {
  const [caseName = '', name = ''] = (duty ?? '').split(' ');
  return { caseName, name, rule: cause.split(' ')[0] ?? null };
};

/** Closes a task of which a person says that it is done. */
export const closeOneTask = async ({ desk: { hub }, form, query, now }: Attended): Promise<Answer> => {
  const kind = form.get('soort') ?? '';
  if (!closedByHand.includes(kind) || !(await closeTask(hub.pool, kind, form.get('kenmerk') ?? '', now))) return nothingThere;
  return goTo(withQuery('/controlelijst/taken', query, {}));
};
