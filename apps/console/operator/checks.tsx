import type { Ending } from '@ketensluis/domain';
import { doctorFacts, findingText, findingsOf, type Finding } from '@ketensluis/platform';
import type { Desk } from '../desk.js';
import { shown, type Answer, type Attended } from '../route.js';
import { momentText } from '../shell/moment.js';
import { Badge, Card, Empty, Table, Tiles } from '../shell/parts.js';
import { certificatesNow } from './certificate-rows.js';
import { checkWords } from './check-words.js';
import { taskKindText } from './tasks.js';
import { partyBook, type PartyBook } from './parties-book.js';


/** Everything that is not right, the worst first. */
export const checksPage = async (visit: Attended): Promise<Answer> => {
  const { desk, language, query } = visit;
  const words = checkWords(language);
  const [findings, book] = [await findingsNow(desk, visit.now), await partyBook(desk, language)];
  const level = query.get('ernst') === 'nu' ? 'bad' : query.get('ernst') === 'straks' ? 'wait' : null;
  const rows = findings.filter((one) => level === null || one.level === level);
  const count = (of: Finding['level']): number => findings.filter((one) => one.level === of).length;
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <Tiles label={words.tiles} tiles={[
        { href: '/controlelijst?ernst=nu', label: words.bad, value: count('bad'), tone: count('bad') > 0 ? 'bad' : 'good' }, { href: '/controlelijst?ernst=straks', label: words.wait, value: count('wait'), tone: count('wait') > 0 ? 'wait' : 'plain' },
      ]} />
      {rows.length === 0 ? <Empty title={words.fine}><p>{words.fineBody}</p></Empty> : (
        <Card id="lijst">
          <Table label={words.title} language={language} rows={rows} keyOf={(one) => `${one.code}/${one.about ?? ''}/${one.at?.getTime() ?? ''}`} columns={[
            { head: words.level, cell: (one) => <Badge tone={one.level}>{words[one.level]}</Badge> },
            { head: words.what, isName: true, cell: (one) => textOf(one, book, visit).what },
            { head: words.todo, cell: (one) => <>{textOf(one, book, visit).todo}{one.remedy === null ? null : <><br /><code>{one.remedy}</code></>}</> },
            { head: words.look, cell: (one) => { const href = hrefOf(one, book); return href === null ? null : <a href={href}>{words.look}<span className="hidden">: {textOf(one, book, visit).what}</span></a>; } },
          ]} />
        </Card>
      )}
    </>
  ));
};

const textOf = (one: Finding, book: PartyBook, { language, now }: Attended) =>
  findingText(one, { about: one.code === 'tasks-open' ? taskKindText(one.about ?? '', language) : book.name(one.about ?? ''), count: one.count ?? 0, when: one.at === null ? checkWords(language).never : momentText(one.at, language, now) }, language);

/** Where the rows are that a finding counts. */
const hrefOf = ({ code, about }: Finding, book: PartyBook): string | null => {
  const party = about === null ? null : book.of(about);
  switch (code) {
    case 'own-certificate': case 'party-certificate': case 'authority': case 'revocation-list': return '/certificaten?dagen=60';
    case 'tasks-open': return `/controlelijst/taken?soort=${about ?? ''}`;
    case 'agreement-ending': case 'log-behind': case 'log-contradicted': case 'quorum-lost': case 'witness-silent': case 'clock-off': case 'disk-full': case 'backup-unknown': case 'sign-in-away': case 'sign-in-client': case 'no-own-oin': case 'log-put-back': case 'log-other': case 'signer-lost': case 'database-in-clear': return null;
    case 'no-channel': case 'no-certificate': case 'no-webhook-key': case 'endpoint-off': case 'party-paused': case 'no-police-agreement': return party === null ? null : `/partijen/${party.key}`;
  }
};

/** What the doctor finds now. */
const findingsNow = async (desk: Desk, at: Date): Promise<readonly Finding[]> =>
  findingsOf(await doctorFacts(desk.hub, { dataFolder: desk.configuration.dataFolder, databaseUrl: desk.configuration.databaseUrl, endings: await endingsOf(desk, at), signInFault: desk.signIn.fault }), at);

const endingsOf = async (desk: Desk, at: Date): Promise<readonly Ending[]> => {
  const { rows, lists } = await certificatesNow(desk, at);
  const used = rows.filter(({ state }) => state !== 'proposed' && state !== 'decrypt-only' && state !== 'retiring');
  const what = { ours: 'own-certificate', theirs: 'party-certificate', authority: 'authority' } as const;
  return [
    ...used.map(({ sha256, side, party, endsAt }) => ({ ref: sha256.slice(0, 16), party, what: what[side], endsAt })),
    ...lists.flatMap(({ issuer, nextUpdate }) => (nextUpdate === null ? [] : [{ ref: issuer, party: null, what: 'revocation-list' as const, endsAt: nextUpdate }])),
  ];
};
