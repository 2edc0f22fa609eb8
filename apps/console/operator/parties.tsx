import { isActive, type Party } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import type { Desk } from '../desk.js';
import { shown, type Answer, type Attended } from '../route.js';
import { awayText } from '../shell/moment.js';
import { Badge, Card, Empty, Notice, Table, type Tone } from '../shell/parts.js';
import { dayOfHours } from './hours.js';
import { partyBook } from './parties-book.js';
import { partyWords } from './party-words.js';
import { deliveryWords } from './words.js';

/** How a connection stands, as people say it. */
export type PartyState = 'concept' | 'practice' | 'active' | 'paused' | 'ended' | 'not-begun';

/** By its document and the moment. */
export const partyStateOf = (party: Party, at: Date): PartyState => {
  if (party.to !== null && Date.parse(party.to) <= at.getTime()) return 'ended';
  if (party.pausedAt !== null) return 'paused';
  return party.stage === 'active' && !isActive(party, at) ? 'not-begun' : party.stage;
};

/** How each looks. */
export const partyTone: Readonly<Record<PartyState, Tone>> = { concept: 'plain', practice: 'wait', active: 'good', paused: 'bad', ended: 'plain', 'not-begun': 'wait' };

/** How many requests of parties wait for the second person. */
export const requestCount = async ({ hub: { pool } }: Pick<Desk, 'hub'>): Promise<number> => (await deskStore.createConnections(pool).openRequests()).length;

/** Every party, and whether what is brought to it arrives. */
export const partiesPage = async (visit: Attended): Promise<Answer> => {
  const { desk, desk: { hub: { pool } }, language, now } = visit;
  const words = partyWords(language);
  const { from, to } = dayOfHours(now);
  const book = await partyBook(desk, language);
  const [attempts, arrivals, groups] = [await deskStore.attemptsPerParty(pool, from), await deskStore.lastArrivals(pool, book.parties.map(({ oin }) => oin)), await deskStore.stuckGroups(pool)];
  const asked = await requestCount(desk);
  const tried = new Map(attempts.map((one) => [one.party, one]));
  const period = `van=${from.toISOString()}&tot=${to.toISOString()}`;
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      {asked === 0 ? <p><a href="/aansluiten/verzoeken">{words.requests}</a></p> : <Notice tone="wait" title={words.requestsWait(asked)}><p><a href="/aansluiten/verzoeken">{words.requestsOpen}</a></p></Notice>}
      {book.parties.length === 0 ? <Empty title={words.empty}><p><code>{words.emptyBody}</code></p></Empty> : (
        <Card>
          <Table label={words.title} language={language} rows={book.parties} keyOf={({ key }) => key} columns={[
            { head: words.name, isName: true, cell: ({ key, name, oin }) => <><a href={`/partijen/${key}`}>{name}</a><br /><span className="small soft">{oin}</span></> },
            { head: words.state, cell: (party) => <Badge tone={partyTone[partyStateOf(party, now)]}>{words.states[partyStateOf(party, now)]}</Badge> },
            { head: words.channel, cell: ({ channel }) => deliveryWords(language).channels[channel?.kind ?? 'none'] },
            { head: words.lastSuccess, cell: ({ oin }) => { const at = arrivals.get(oin); return at === undefined ? words.never : <time dateTime={at.toISOString()}>{awayText(at, language, now)}</time>; } },
            { head: words.errors, cell: ({ oin }) => { const one = tried.get(oin); return one === undefined || one.good + one.failed === 0 ? words.noAttempts : <a href={`/leveringen/pogingen?${period}&partij=${oin}`}>{words.errorRate(one.failed, one.good + one.failed)}</a>; } },
            { head: words.stuck, isNumber: true, cell: ({ oin }) => { const count = groups.filter(({ party }) => party === oin).reduce((sum, group) => sum + group.count, 0); return count === 0 ? '0' : <a href={`/leveringen?status=vastgelopen&partij=${oin}&periode=alles`}>{count}</a>; } },
          ]} />
        </Card>
      )}
    </>
  ));
};
