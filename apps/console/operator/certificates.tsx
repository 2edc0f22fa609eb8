import { daysLeft } from '@ketensluis/domain';
import { approveCertificateOf, rejectCertificateOf, type CertificatePorts } from '@ketensluis/flow';
import { certificatePorts } from '@ketensluis/platform';
import type { Desk } from '../desk.js';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { FaultSummary } from '../shell/fields.js';
import { awayText, dayText } from '../shell/moment.js';
import { Badge, Card, Empty, Facts, Form, Moment, Submit, Table, Tiles, type Tone } from '../shell/parts.js';
import { certificatesNow, endsWithin, type CertificateRow } from './certificate-rows.js';
import { certificateWords } from './certificate-words.js';
import { PartyLink } from './delivery.js';
import { DoneNotice } from './deliveries.js';
import { keysCard } from './own-keys.js';
import { partyBook, type PartyBook } from './parties-book.js';

/** Everything that ends some day, with what is proposed and the keys of the hub. */
export const certificatesPage = async (visit: Attended): Promise<Answer> => {
  const { desk, language, query, now } = visit;
  const words = certificateWords(language);
  const { rows: all, lists } = await certificatesNow(desk, now);
  const book = await partyBook(desk, language);
  const rows = all.filter(filterOf(query, now));
  const count = (params: Readonly<Record<string, string>>): number => all.filter(filterOf(new URLSearchParams(params), now)).length;
  const [soon, proposed, unproven] = [count({ dagen: '30' }), count({ staat: 'voorgesteld' }), count({ keten: 'onbewezen' })];
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <DoneNotice query={query} texts={words.done} />
      <Tiles label={words.tiles} tiles={[
        { href: '/certificaten?dagen=30', label: words.soon, value: soon, tone: soon > 0 ? 'wait' : 'plain' }, { href: '/certificaten?staat=voorgesteld', label: words.proposed, value: proposed, tone: proposed > 0 ? 'wait' : 'plain' },
        { href: '/certificaten?keten=onbewezen', label: words.unproven, value: unproven, tone: unproven > 0 ? 'bad' : 'plain' }, { href: '/certificaten', label: words.all, value: all.length },
      ]} />
      {rows.length === 0 ? <Empty title={words.empty}><p><a href="/certificaten">{words.all}</a>: {words.emptyBody}</p></Empty> : <Card id="lijst" title={words.count(rows.length)}><CertificateTable rows={rows} book={book} visit={visit} /></Card>}
      {await keysCard(visit)}
      <Card title={words.lists}>
        <Table label={words.lists} language={language} rows={lists} keyOf={({ issuer }) => issuer} columns={[
          { head: words.issuer, isName: true, cell: ({ issuer }) => issuer }, { head: words.listFrom, cell: ({ thisUpdate }) => awayText(thisUpdate, language, now) }, { head: words.listNext, cell: ({ nextUpdate }) => (nextUpdate === null ? '' : <Moment at={nextUpdate} visit={visit} />) },
        ]} />
      </Card>
    </>
  ));
};

const filterOf = (query: URLSearchParams, now: Date): ((row: CertificateRow) => boolean) => {
  const days = /^\d{1,3}$/.exec(query.get('dagen') ?? '')?.[0];
  const party = query.get('partij');
  return (row) => (days === undefined || endsWithin(row, Number(days), now)) && (party === null || row.party === party) && (query.get('staat') !== 'voorgesteld' || row.state === 'proposed') && (query.get('keten') !== 'onbewezen' || row.problem !== null);
};

const daysTone = (days: number): Tone => (days <= 14 ? 'bad' : days <= 60 ? 'wait' : 'good');

const hrefOf = ({ id, side }: CertificateRow): string | null => (id === null ? null : side === 'ours' ? `/certificaten/sleutels/${id}` : `/certificaten/${id}`);

const CertificateTable = ({ rows, book, visit }: { readonly rows: readonly CertificateRow[]; readonly book: PartyBook; readonly visit: Attended }) => {
  const { language, now } = visit;
  const words = certificateWords(language);
  return (
    <Table label={words.title} language={language} rows={rows} keyOf={({ sha256, use, id }) => `${sha256}/${use}/${id ?? ''}`} columns={[
      { head: words.whose, isName: true, cell: ({ party, side, name }) => (party !== null ? <PartyLink oin={party} book={book} /> : side === 'ours' ? words.ours : name) },
      { head: words.use, cell: ({ use }) => words.uses[use] },
      { head: words.state, cell: (row) => { const href = hrefOf(row); return href === null ? words.states[row.state] : <a href={href}>{words.states[row.state]}</a>; } },
      { head: words.chain, cell: ({ problem, side }) => (side === 'authority' ? '' : problem === null ? <Badge tone="good">{words.proven}</Badge> : <><Badge tone="bad">{words.unproven}</Badge><br /><code>{problem}</code></>) },
      { head: words.revocation, cell: ({ revocationAt }) => (revocationAt === null ? words.never : <time dateTime={revocationAt.toISOString()}>{awayText(revocationAt, language, now)}</time>) },
      { head: words.left, cell: ({ endsAt }) => { const days = daysLeft(endsAt, now); return <><Badge tone={daysTone(days)}>{days > 0 ? days : words.ended}</Badge><br /><span className="small soft nowrap">{dayText(endsAt, language, now)}</span><DaysBar days={days} label={words.left} /></>; } },
      { head: words.sha, cell: ({ sha256 }) => <code>{sha256.slice(0, 16)}</code> },
    ]} />
  );
};

const barDays = 365;

/** The days left as a bar; the number beside it says the same. */
const DaysBar = ({ days, label }: { readonly days: number; readonly label: string }) => <progress className="progress" max={barDays} value={Math.max(0, Math.min(barDays, days))} aria-label={label} />;

/** What changing certificates takes, of the running hub. */
export const portsOf = ({ hub }: Desk): CertificatePorts => certificatePorts({ clock: hub.clock, ids: hub.ids, registers: hub.registers, store: hub.store.trust, believe: hub.trust });

/** A proposed certificate, to be checked and decided on. */
export const proposalPage = async (visit: Attended): Promise<Answer> => (await proposalPageOf(visit, null)) ?? nothingThere;

const proposalPageOf = async (visit: Attended, fault: string | null): Promise<Page | null> => {
  const { desk, path, language, person } = visit;
  const words = certificateWords(language);
  const { documents, certificates } = await desk.hub.store.trust.load();
  const found = documents.find((one) => one.kind === 'certificate' && one.id === path['id']);
  const kept = found?.kind === 'certificate' ? certificates.get(found.sha256) : undefined;
  if (found?.kind !== 'certificate' || kept === undefined) return null;
  const book = await partyBook(desk, language);
  const isOwn = [found.proposedBy, ...found.approvals.map(({ by }) => by)].some((by) => by.trim().toLowerCase() === person.account.trim().toLowerCase());
  const body = (
    <>
      {fault === null ? null : <FaultSummary faults={{ '': fault }} language={language} />}
      <DoneNotice query={visit.query} texts={words.done} />
      <p className="lead">{words.proposalLead}</p>
      <Card>
        <Facts facts={[
          [words.party, <PartyLink oin={found.party} book={book} />], [words.address, found.address], [words.sha, <code>{found.sha256.replace(/(.{8})(?=.)/g, '$1 ')}</code>], [words.subject, plainName(kept.subject)], [words.issuedBy, plainName(kept.issuer)],
          [words.serial, <code>{kept.serial}</code>], [words.validFrom, <Moment at={kept.notBefore} visit={visit} />], [words.validTo, <Moment at={kept.notAfter} visit={visit} />], [words.source, words.sources[found.source]], [words.proposedBy, found.proposedBy],
          [words.approvals, found.approvals.length === 0 ? words.none : found.approvals.map(({ by }) => by).join(', ')],
        ]} />
      </Card>
      <Card title={words.decideTitle}>
        {found.state !== 'proposed' ? <p>{words.decided}</p> : (
          <Form visit={visit} to={`/certificaten/${found.id}/besluit`}>
            {isOwn ? <p>{words.own}</p> : null}
            <div className="actions">{isOwn ? null : <Submit name="besluit" value="goed">{words.approve}</Submit>}<Submit tone="bad" name="besluit" value="af">{words.reject}</Submit></div>
          </Form>
        )}
      </Card>
    </>
  );
  const trail = [{ href: '/certificaten', text: words.title }];
  return fault === null ? shown(words.proposal, body, trail) : faulty(words.proposal, body, [...trail, { href: `/certificaten/${found.id}`, text: words.proposal }]);
};

// Names in certificates are text from outside: what could turn the reading order round is taken out.
const plainName = (text: string): string => text.replace(/\n/g, ', ').replace(/[\p{C}]/gu, '?');

/** Approves or rejects a proposal; with the second approval, of another person, it is used. */
export const decideProposal = async (visit: Attended): Promise<Answer> => {
  const { desk, path, form, person, language } = visit;
  const id = path['id'] ?? '';
  const isGood = form.get('besluit') === 'goed';
  if (!isGood && form.get('besluit') !== 'af') return nothingThere;
  const verdict = await (isGood ? approveCertificateOf : rejectCertificateOf)(id, person.account, portsOf(desk));
  if (verdict.kind !== 'changed') return (await proposalPageOf(visit, certificateWords(language).refused(verdict.detail))) ?? nothingThere;
  await desk.hub.keyring.refresh();
  return goTo(`/certificaten/${id}?gedaan=${isGood ? (verdict.certificate.state === 'approved' ? 'gebruikt' : 'goedgekeurd') : 'afgekeurd'}`);
};

/** How many proposals wait for somebody to decide. */
export const proposalCount = async ({ hub }: Pick<Desk, 'hub'>): Promise<number> => hub.keyring.records().documents.filter((one) => one.kind === 'certificate' && one.state === 'proposed').length;
