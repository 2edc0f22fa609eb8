import { keyStateAt, partyStages, roleNames, type Party } from '@ketensluis/domain';
import { lastAcceptance } from '@ketensluis/platform';
import { faulty, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { CheckField, FaultSummary, SelectField, type Faults } from '../shell/fields.js';
import { momentText } from '../shell/moment.js';
import { Badge, Card, Facts, Form, Notice, Submit } from '../shell/parts.js';
import { DoneNotice } from './deliveries.js';
import { dayOfHours } from './hours.js';
import { partyStateOf, partyTone } from './parties.js';
import { partyBook, type PartyBook } from './parties-book.js';
import { partyWords } from './party-words.js';
import { ReasonField, type ReadReason } from './reason.js';
import { deliveryWords } from './words.js';

/** A form of the page that was not taken. */
export interface PartyFault {
  readonly faults: Faults;
  readonly read?: ReadReason;
}

/** The party of an address; null when there is none. */
export const partyOfPath = async ({ desk, path, language }: Attended): Promise<Party | null> => (await partyBook(desk, language)).parties.find(({ key }) => key === path['sleutel']) ?? null;

/** One party: its channel and keys, what it gets, and the switches. */
export const partyPage = async (visit: Attended): Promise<Answer> => (await partyPageOf(visit, null)) ?? nothingThere;

/** The page, with what was wrong with a form. */
export const partyPageOf = async (visit: Attended, wrong: PartyFault | null): Promise<Page | null> => {
  const { desk, language, query, now } = visit;
  const party = await partyOfPath(visit);
  if (party === null) return null;
  const words = partyWords(language);
  const state = partyStateOf(party, now);
  const { pack } = await desk.hub.registers.current();
  const rules = pack.rules.filter(({ to }) => party.roles.some((role) => to.includes(role))).length;
  const body = (
    <>
      {wrong === null ? null : <FaultSummary faults={wrong.faults} language={language} />}
      <DoneNotice query={query} texts={words.done} />
      <p><Badge tone={partyTone[state]}>{words.states[state]}</Badge></p>
      <div className="columns">
        <div><FactsCard party={party} book={await partyBook(desk, language)} visit={visit} rules={rules} />{await channelCard(party, visit)}</div>
        <div><PauseCard party={party} visit={visit} read={wrong?.read} /><StageCard party={party} visit={visit} />{await testCard(party, visit)}</div>
      </div>
    </>
  );
  const trail = [{ href: '/partijen', text: words.title }, ...(wrong === null ? [] : [{ href: `/partijen/${party.key}`, text: party.name }])];
  return wrong === null ? shown(party.name, body, trail) : faulty(party.name, body, trail);
};

/** A municipality by its name, where it is connected itself. */
const municipalityOf = (parties: readonly Party[], code: string): string => parties.find(({ municipality }) => municipality === code)?.name ?? code;

const FactsCard = ({ party, book, visit: { language, now }, rules }: { readonly party: Party; readonly book: PartyBook; readonly visit: Attended; readonly rules: number }) => {
  const words = partyWords(language);
  const { from, to } = dayOfHours(now);
  const list = `/leveringen?partij=${party.oin}&periode=`;
  return (
    <Card title={words.contact}>
      <Facts facts={[
        [words.oin, <code>{party.oin}</code>], [words.roles, party.roles.map((role) => roleNames[role][language]).join(', ')], [words.serves, party.serves.map((code) => municipalityOf(book.parties, code)).join(', ')], [words.addresses, party.addresses.join(', ')],
        ...(party.functions.length === 0 ? [] : [[words.posts, party.functions.map(({ code, addresses }) => `${code} (${addresses.join(', ')})`).join('; ')] as const]),
        [words.rules, words.rulesCount(rules)],
      ]} />
      <p className="actions"><a href={`${list}alles`}>{words.deliveriesAll}</a><a href={`${list}alles&status=vastgelopen`}>{words.deliveriesStuck}</a><a href={`/leveringen/pogingen?van=${from.toISOString()}&tot=${to.toISOString()}&partij=${party.oin}`}>{words.attemptsToday}</a></p>
    </Card>
  );
};

const channelCard = async (party: Party, visit: Attended) => {
  const { desk: { hub: { store } }, language, now } = visit;
  const words = partyWords(language);
  const { channel } = party;
  const address = channel === null || channel.kind === 'feed' ? null : channel.kind === 'webhook' ? channel.url : channel.kind === 'portal' ? channel.portalNotice : channel.address;
  const facts = [[words.channel, deliveryWords(language).channels[channel?.kind ?? 'none']], ...(address === null ? [] : [[words.address, address]]), ...(channel?.kind === 'webhook' ? [[words.form, words[channel.form]]] : [])] as const;
  if (channel?.kind !== 'webhook') return <Card title={words.connection}><Facts facts={facts.map(([name = '', value = '']) => [name, value] as const)} /><p><a href={`/certificaten?partij=${party.oin}`}>{words.certificates}</a></p></Card>;
  const [keys, isOff] = [(await store.webhookKeys.list(party.oin)).filter((key) => ['active', 'retiring'].includes(keyStateAt(key, now))), await store.webhookEndpoints.isOff(party.oin, channel.url)];
  return (
    <Card title={words.connection}>
      <Facts facts={[...facts.map(([name = '', value = '']) => [name, value] as const), [words.keys, keys.map(({ id, direction, scheme }) => `${direction} ${scheme} (${id.slice(-6)})`).join(', ')]]} />
      {keys.some(({ direction }) => direction === 'to-party') ? null : <Notice tone="bad" title={words.noKeys}><p><code>{`${words.noKeysFix} ${party.key}`}</code></p></Notice>}
      {isOff ? <Notice tone="bad" title={words.endpointOff}><Form visit={visit} to={`/partijen/${party.key}/eindpunt`}><Submit>{words.enable}</Submit></Form></Notice> : <p>{words.endpointOn}</p>}
    </Card>
  );
};

const PauseCard = ({ party, visit, read }: { readonly party: Party; readonly visit: Attended; readonly read: ReadReason | undefined }) => {
  const { language, now } = visit;
  const words = partyWords(language);
  const isPaused = party.pausedAt !== null;
  return (
    <Card title={isPaused ? words.resumeTitle : words.pauseTitle} id="pauze">
      <p>{party.pausedAt === null ? words.pauseHint : words.resumeSince(momentText(new Date(party.pausedAt), language, now))}</p>
      <Form visit={visit} to={`/partijen/${party.key}/pauze`}>
        <input type="hidden" name="stap" value={isPaused ? 'hervat' : 'pauze'} />
        <ReasonField language={language} read={read} />
        {isPaused ? <Submit>{words.resume}</Submit> : <Submit tone="bad">{words.pause}</Submit>}
      </Form>
    </Card>
  );
};

const StageCard = ({ party, visit }: { readonly party: Party; readonly visit: Attended }) => {
  const { language } = visit;
  const words = partyWords(language);
  return (
    <Card title={words.stageTitle}>
      <p className="small soft">{words.stageHint}</p>
      <details>
        <summary>{words.stageNow(words.stages[party.stage])}</summary>
        <Form visit={visit} to={`/partijen/${party.key}/staat`}>
          <SelectField name="staat" label={words.stage} language={language} options={partyStages.filter((stage) => stage !== party.stage).map((stage) => [stage, words.stages[stage]] as const)} />
          <StageReason language={language} />
          <CheckField name="zonder" label={words.without} />
          <Submit isQuiet>{words.stageDo}</Submit>
        </Form>
      </details>
    </Card>
  );
};

// Of its own name: two questions of one page must not share an id.
const StageReason = ({ language }: Pick<Attended, 'language'>) => <ReasonField language={language} name="reden-staat" />;

const testCard = async (party: Party, visit: Attended) => {
  const { desk: { hub: { pool } }, language, now } = visit;
  const words = partyWords(language);
  const last = await lastAcceptance(pool, party.oin);
  return (
    <Card title={words.testTitle}>
      <p className="small soft">{words.testHint}</p>
      <p>{last?.finishedAt == null ? words.noAcceptance : <a href={`/partijen/${party.key}/aansluitproef/${last.id}`}>{words.lastAcceptance(momentText(last.finishedAt, language, now), last.passed === true)}</a>}</p>
      <div className="actions">
        <Form visit={visit} to={`/partijen/${party.key}/proefbericht`}><Submit isQuiet>{words.test}</Submit></Form>
        <Form visit={visit} to={`/partijen/${party.key}/aansluitproef`}><Submit isQuiet>{words.acceptance}</Submit></Form>
      </div>
    </Card>
  );
};
