import { exampleDisclosure } from '@ketensluis/contract';
import { eventOf, isActive, messageTypes, takesTests, type MessageType, type Party, type SharingRule } from '@ketensluis/domain';
import { plainEntry } from '@ketensluis/flow';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { FaultSummary, SelectField } from '../shell/fields.js';
import { typeName } from '../shell/names.js';
import { Badge, Card, Copyable, Empty, Form, Moment, Submit } from '../shell/parts.js';
import { causeOf } from './causes.js';
import { hasArrived, rulesFor } from './checklist.js';
import { commandsFor, connectionsOf, ownOf, type Own } from './place.js';
import { connectWords } from './words.js';
import { testWords } from './words-test.js';

export const testerPath = '/aansluiten/proefbericht';
/** Nobody needs more, and each is an entry of the log. */
const betweenMs = 10_000;

const trailOf = (visit: Attended) => [{ href: '/aansluiten', text: connectWords(visit.language).title }];

/** The types a rule can bring this party, each with the first rule that does. */
export const receivable = ({ party, registers, pack }: Own, at: Date): ReadonlyMap<MessageType, SharingRule> => {
  const rules = rulesFor({ party, registers, pack, at }).map(({ rule }) => rule);
  return new Map(messageTypes.flatMap((type) => {
    const rule = rules.find(({ events }) => events.includes(eventOf[type]));
    return rule === undefined ? [] : [[type, rule] as const];
  }));
};

/** A disclosure of this type as the party would get it, with invented values. */
const exampleFor = (type: MessageType, rule: SharingRule, { oin, roles }: Party): string =>
  exampleDisclosure(type, { oin, role: roles.find((role) => rule.to.includes(role)) ?? roles[0] ?? '', rule });

/** The form to send a test, and how the last one ended. */
export const testerPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  return own === null ? nothingThere : shown(testWords(visit.language).title, await body(visit, own, null), trailOf(visit));
};

const body = async (visit: Attended, own: Own, fault: string | null) => {
  const { language, query, form, desk, now } = visit;
  const words = testWords(language);
  const types = receivable(own, now);
  const chosen = messageTypes.find((type) => type === (form.get('soort') ?? query.get('soort')) && types.has(type)) ?? null;
  const { channel } = own.party;
  return (
    <>
      {fault === null ? null : <FaultSummary faults={{ '': fault }} language={language} />}
      <p className="lead">{words.lead}</p>
      {channel === null ? <Empty title={words.noChannel}><p>{words.noChannelBody}</p><Copyable text={commandsFor(desk, own.party).receiver} language={language} /><p><a href="/aansluiten/adres">{connectWords(language).open.address}</a></p></Empty> : channel.kind === 'feed' ? <Empty title={words.title}><p>{words.feed}</p></Empty> : (
        <Card title={words.send}>
          {channel.kind === 'webhook' ? (
            <form method="get" action={testerPath} className="filters">
              <SelectField name="soort" language={language} label={words.kind} value={chosen ?? ''} options={[['', words.bare], ...[...types.keys()].map((type) => [type, `${type}: ${typeName(type, language)}`] as const)]} />
              <Submit isQuiet>{words.example}</Submit>
            </form>
          ) : <p>{words.onlyWebhook}</p>}
          <Form visit={visit} to={`${testerPath}/sturen`}><input type="hidden" name="soort" value={chosen ?? ''} /><p><Submit>{words.send}</Submit></p></Form>
        </Card>
      )}
      <LastTest visit={visit} own={own} test={await connectionsOf(desk).lastTest(own.party.oin)} />
      {chosen === null ? null : <ExampleCard type={chosen} rule={types.get(chosen)} visit={visit} party={own.party} />}
    </>
  );
};

/** An example in a card of its own. */
export const ExampleCard = ({ type, rule, visit: { language }, party }: { readonly type: MessageType; readonly rule: SharingRule | undefined; readonly visit: Attended; readonly party: Party }) => {
  const words = testWords(language);
  return rule === undefined ? null : <Card title={words.exampleTitle(type)} id="voorbeeld"><p>{words.exampleBody} {words.rule(rule.id, articleText(rule.basis, language))}</p><Copyable text={exampleFor(type, rule, party)} language={language} /></Card>;
};

type Test = Awaited<ReturnType<ReturnType<typeof connectionsOf>['lastTest']>>;

const LastTest = ({ visit, own, test }: { readonly visit: Attended; readonly own: Own; readonly test: Test }) => {
  const { language } = visit;
  const words = testWords(language);
  if (test === null) return own.party.channel === null || own.party.channel.kind === 'feed' ? null : <p>{words.never}</p>;
  const isGood = test.outcome === 'delivered' || test.outcome === 'announced';
  const isHere = hasArrived({ party: own.party, test });
  const cause = isGood || test.code === null ? null : causeOf(test.code, own.party.channel, language);
  return (
    <Card title={words.last} id="bevestig">
      <p><Badge tone={isGood ? 'good' : 'bad'}>{isGood ? words.outcomes.delivered : (test.code ?? test.outcome)}</Badge> <Moment at={test.sentAt} visit={visit} /></p>
      {cause === null ? null : <><p>{cause.text}</p>{cause.command === null ? null : <Copyable text={cause.command} language={language} />}</>}
      {!isHere ? null : test.confirmedAt !== null ? <p><Badge tone="good">{words.confirmed}</Badge> <Moment at={test.confirmedAt} visit={visit} /></p> : (
        <><h3>{words.confirmTitle}</h3><p>{words.confirmBody}</p><Form visit={visit} to={`${testerPath}/bevestig`}><input type="hidden" name="id" value={test.id} /><Submit isQuiet>{words.confirmButton}</Submit></Form></>
      )}
      {own.party.channel?.kind === 'webhook' ? <p><a href={`${testerPath}/handtekening`}>{words.wrong}</a></p> : null}
    </Card>
  );
};

/** Asks for one; whoever delivers makes it, and its own page shows all of it. */
export const sendOwnTest = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { desk: { hub: { store: { testWishes } } }, now, language, form } = visit;
  const words = testWords(language);
  const refuse = async (fault: string): Promise<Answer> => faulty(words.title, await body(visit, own, fault), trailOf(visit));
  const before = await testWishes.lastAskedAt(own.party.oin);
  if (before !== null && Math.abs(now.getTime() - before.getTime()) < betweenMs) return refuse(words.soon);
  if (!takesTests(own.party, now) && !isActive(own.party, now)) return refuse(words.paused);
  const type = messageTypes.find((one) => one === form.get('soort')) ?? null;
  const rule = type === null ? undefined : receivable(own, now).get(type);
  const example = type === null || rule === undefined ? null : { type, document: JSON.parse(exampleFor(type, rule, own.party)) };
  return goTo(`${testerPath}/${await testWishes.ask({ party: own.party.oin, example }, now)}`);
};

/** The word of the party that the test came and was genuine; in the log, with who said it. */
export const confirmTest = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  const id = visit.form.get('id') ?? '';
  if (own === null || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return nothingThere;
  const { desk: { hub }, person, now } = visit;
  if (!(await connectionsOf(visit.desk).confirmTest(own.party.oin, id, now))) return goTo(testerPath);
  await hub.store.own.record(plainEntry({ id: hub.ids.next(now), kind: 'policy', at: now.toISOString(), code: 'test.confirmed', schema: `test/${id}` }, { party: own.party.oin, by: person.account }));
  return goTo('/aansluiten?gedaan=bevestigd');
};
