import { proofFiles } from '@ketensluis/contract';
import { messageTypes } from '@ketensluis/domain';
import { deliveryStates, type DeliveryFilter, type OwnAttempt, type OwnDelivery } from '@ketensluis/flow';
import { csvOf } from '@ketensluis/report';
import { createHash } from 'node:crypto';
import { pageRows } from '../limits.js';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { SelectField } from '../shell/fields.js';
import { Badge, ButtonLink, Card, Copyable, Empty, Facts, Form, Moment, Paging, Submit, Table, Timeline, withQuery, type Tone } from '../shell/parts.js';
import { causeOf } from './causes.js';
import { commandsFor, ownOf, type Own } from './place.js';
import { connectWords } from './words.js';
import { logWords } from './words-log.js';

const here = '/aansluiten/log';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Rows of one file; who wants more asks the API, which pages. */
const csvMax = 5_000;

const trailOf = ({ language }: Attended) => [{ href: '/aansluiten', text: connectWords(language).title }];
const tones: Readonly<Record<OwnDelivery['state'], Tone>> = { waiting: 'wait', announced: 'wait', delivered: 'good', held: 'bad', dead: 'bad' };

const filterOf = ({ query }: Attended, limit: number): DeliveryFilter => {
  const after = query.get('na') ?? '';
  return {
    order: 'newest-first', limit, after: uuid.test(after) ? after : null, state: deliveryStates.find((one) => one === query.get('status')) ?? null,
    messageType: messageTypes.find((one) => one === query.get('soort')) ?? null, from: null, to: null,
  };
};

// What a peer says in its own words is not repeated here.
const codeOf = ({ code }: OwnAttempt): string | null => (code !== null && /^[A-Za-z0-9._-]{1,100}$/.test(code) ? code : null);

/** Deliveries to the party, the newest first. */
export const logPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { language, query, desk: { hub }, desk, now } = visit;
  const words = logWords(language);
  const filter = filterOf(visit, pageRows + 1);
  const found = await hub.store.own.deliveries(own.party.oin, filter, now);
  const rows = found.slice(0, pageRows);
  const isFiltered = filter.state !== null || filter.messageType !== null;
  return shown(words.log, (
    <>
      <p className="lead">{words.logLead}</p>
      <form method="get" action={here} className="filters card">
        <SelectField name="status" language={language} label={words.state} value={filter.state} options={[['', words.all], ...deliveryStates.map((state) => [state, words.states[state]] as const)]} />
        <SelectField name="soort" language={language} label={words.type} value={filter.messageType} options={[['', words.all], ...messageTypes.map((type) => [type, type] as const)]} />
        <Submit isQuiet>{words.apply}</Submit>
      </form>
      {rows.length === 0 ? (isFiltered ? <Empty title={words.emptyFilter}><p>{words.emptyFilterBody}</p></Empty> : (
        <Empty title={own.party.channel === null ? words.noAddress : words.empty}><p>{words.emptyBody} <a href="/aansluiten/proefbericht">{connectWords(language).open.test}</a></p>{own.party.channel === null ? <Copyable text={commandsFor(desk, own.party).receiver} language={language} /> : null}</Empty>
      )) : (
        <Card actions={<ButtonLink isQuiet href={withQuery(`${here}.csv`, query, {})}>{words.csv}</ButtonLink>} title={words.brought}>
          <Table label={words.log} language={language} rows={rows} keyOf={({ id }) => id} columns={[
            { head: words.made, isName: true, cell: ({ id, createdAt }) => <a href={`${here}/${id}`}><Moment at={createdAt} visit={visit} /></a> },
            { head: words.state, cell: ({ state }) => <Badge tone={tones[state]}>{words.states[state]}</Badge> },
            { head: words.type, cell: ({ messageType }) => messageType },
            { head: words.attempts, isNumber: true, cell: ({ id, attempts }) => <a href={`${here}/${id}`}>{attempts.length}</a> },
            { head: words.lastAnswer, cell: ({ attempts }) => answerOf(attempts.at(-1)) },
            { head: words.id, cell: ({ id }) => <code className="small">{id}</code> },
          ]} />
          <Paging language={language} previous={null} next={found.length > rows.length ? withQuery(here, query, { na: rows.at(-1)?.id ?? null }) : null} />
        </Card>
      )}
      <Card title={words.entries}><p>{words.entriesBody}</p><Copyable text={commandsFor(desk, own.party).deliveries.replace('/leveringen', '/logregels')} language={language} /></Card>
    </>
  ), trailOf(visit));
};

const answerOf = (attempt: OwnAttempt | undefined): string => (attempt === undefined ? '-' : (codeOf(attempt) ?? attempt.outcome ?? '-'));

/** The same rows as a file. */
export const logFile = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const found = await visit.desk.hub.store.own.deliveries(own.party.oin, filterOf(visit, csvMax), visit.now);
  const rows = found.map(({ id, createdAt, state, messageType, number, attempts, finishedAt, entryId }) =>
    [id, createdAt.toISOString(), state, messageType, number, attempts.length, answerOf(attempts.at(-1)), finishedAt?.toISOString() ?? '', entryId]);
  return { kind: 'file', name: 'leveringen.csv', contentType: 'text/csv; charset=utf-8', body: csvOf(['id', 'gemaakt', 'status', 'soort', 'volgnummer', 'pogingen', 'laatste antwoord', 'klaar', 'logregel'], rows) };
};

const findOwn = async (visit: Attended): Promise<{ readonly own: Own; readonly delivery: OwnDelivery } | null> => {
  const own = await ownOf(visit);
  const id = visit.path['id'] ?? '';
  const delivery = own === null || !uuid.test(id) ? null : await visit.desk.hub.store.own.delivery(own.party.oin, id, visit.now);
  return own === null || delivery === null ? null : { own, delivery };
};

/** One delivery with its tries; that of another party is as absent as one that never was. */
export const deliveryPage = async (visit: Attended): Promise<Answer> => {
  const found = await findOwn(visit);
  if (found === null) return nothingThere;
  const { own, delivery } = found;
  const { language } = visit;
  const words = logWords(language);
  const last = delivery.attempts.at(-1);
  const code = last === undefined || delivery.state === 'delivered' || delivery.state === 'announced' ? null : codeOf(last);
  const cause = code === null ? null : causeOf(code, own.party.channel, language);
  return shown(`${words.delivery} ${delivery.id.slice(0, 8)}…${delivery.id.slice(-6)}`, (
    <>
      <p><Badge tone={tones[delivery.state]}>{words.states[delivery.state]}</Badge> {words.nextStates[delivery.state]}</p>
      {cause === null ? null : <Card title={words.lastAnswer}><p>{cause.text}</p>{cause.command === null ? null : <Copyable text={cause.command} language={language} />}</Card>}
      <div className="columns wraps">
        <Card title={words.course}><Course visit={visit} delivery={delivery} /></Card>
        <div>
          <Card title={words.facts}><Facts facts={[
            [words.type, <a key="t" href={`/aansluiten/berichtsoorten/${delivery.messageType}`}>{delivery.messageType}</a>], [words.number, delivery.number], [words.id, <code key="i">{delivery.id}</code>], [words.entry, <code key="e">{delivery.entryId}</code>],
          ]} /></Card>
          {own.party.channel?.kind === 'webhook' ? <RequestCard visit={visit} delivery={delivery} /> : <Card title={words.content}><p>{words.contentProduction}</p></Card>}
          <Card title={words.proof}>
            <p>{words.proofBody}</p>
            <ul className="plain">{(['proof', 'leaf'] as const).map((part) => (
              <li key={part}><Form visit={visit} to={`${here}/${delivery.id}/${proofFiles[part].name}`}><Submit isQuiet>{part === 'proof' ? words.proofFile : words.leafFile}</Submit></Form></li>
            ))}</ul>
            <p className="small">{words.verify}</p><Copyable text={`npx ketensluis log proof ${proofFiles.proof.name} ${proofFiles.leaf.name} --vkey log.vkey`} language={language} />
          </Card>
        </div>
      </div>
    </>
  ), [...trailOf(visit), { href: here, text: words.log }]);
};

const isOutcome = (text: string, known: object): text is keyof ReturnType<typeof logWords>['outcomes'] => Object.hasOwn(known, text);

const Course = ({ visit, delivery }: { readonly visit: Attended; readonly delivery: OwnDelivery }) => {
  const words = logWords(visit.language);
  const toneOf = (outcome: string | null): Tone => (outcome === 'delivered' || outcome === 'announced' ? 'good' : outcome === 'rejected' || outcome === 'unusable' ? 'bad' : 'wait');
  return (
    <Timeline label={words.course} steps={[
      { at: <Moment at={delivery.createdAt} visit={visit} />, tone: 'good', title: words.recorded },
      ...delivery.attempts.map((attempt) => {
        const outcome = attempt.outcome ?? 'open';
        return {
          at: <Moment at={attempt.startedAt} visit={visit} />, tone: toneOf(attempt.outcome), title: `${words.attempt(attempt.number)}: ${isOutcome(outcome, words.outcomes) ? words.outcomes[outcome] : outcome}`,
          body: [codeOf(attempt), attempt.finishedAt === null ? null : words.took(attempt.finishedAt.getTime() - attempt.startedAt.getTime())].filter((part) => part !== null).join(', '),
        };
      }),
      ...(delivery.finishedAt === null ? [] : [{ at: <Moment at={delivery.finishedAt} visit={visit} />, tone: tones[delivery.state], title: delivery.state === 'delivered' || delivery.state === 'announced' ? words.finished : words.states[delivery.state] }]),
    ]} />
  );
};

/** Headers always; what stands in the request only in practice, where nothing is about anybody. */
const RequestCard = ({ visit: { language, desk }, delivery }: { readonly visit: Attended; readonly delivery: OwnDelivery }) => {
  const words = logWords(language);
  const body = { specversion: '1.0', id: delivery.id, type: 'nl.ketensluis.verstrekking.beschikbaar.v1', sequence: String(delivery.number), dataref: `${desk.hub.publicUrl}/api/v1/verstrekkingen/${delivery.id}` };
  return (
    <Card title={words.headers}>
      <p>{words.headersBody}</p><Copyable text={`content-type: application/cloudevents+json\nwebhook-id: ${delivery.id}`} language={language} />
      <h3>{words.content}</h3>{desk.practice === null ? <p>{words.contentProduction}</p> : <><p>{words.contentPractice}</p><Copyable text={JSON.stringify(body, null, 2)} language={language} /></>}
    </Card>
  );
};

/** A file of the proof; that it was asked for stands in the access log before it leaves. */
export const proofFile = async (visit: Attended): Promise<Answer> => {
  const found = await findOwn(visit);
  const part = (['leaf', 'proof'] as const).find((one) => proofFiles[one].name === visit.path['bestand']);
  if (found === null || part === undefined) return nothingThere;
  const { desk: { hub }, person, now } = visit;
  const { oin } = found.own.party;
  const { entryId } = found.delivery;
  const entry = await hub.logReads.entry({ role: 'party', oin }, entryId);
  const isGiven = entry !== null && entry !== 'foreign';
  // A person proves himself by his account; its digest stands where that of a program's key does.
  const proofSha256 = createHash('sha256').update(`account ${person.account}`).digest('hex');
  await hub.store.own.recordLook({ at: now, oin, proofSha256, scope: 'logregels', first: null, entryId, outcome: isGiven ? 'given' : entry === null ? 'absent' : 'refused', count: isGiven ? 1 : 0, trace: null });
  return isGiven ? { kind: 'file', name: proofFiles[part].name, contentType: proofFiles[part].contentType, body: entry[part] } : nothingThere;
};
