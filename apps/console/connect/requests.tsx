import { channelSchema, partyOf, partySchema, stepParty, type Party } from '@ketensluis/domain';
import { applyRegister, previewRegister } from '@ketensluis/flow';
import { askAcceptance, lastAcceptance, type deskStore } from '@ketensluis/platform';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { FaultSummary, TextField } from '../shell/fields.js';
import { Badge, Card, Empty, Facts, Form, Moment, Notice, Submit } from '../shell/parts.js';
import { channelLine } from './address.js';
import { stepsOf } from './checklist.js';
import { standingOf } from './overview.js';
import { shellWords } from '../shell/words.js';
import { connectionsOf } from './place.js';
import { connectWords } from './words.js';

/** To ask for the connection to come into use. */
export const livePage = async (visit: Attended): Promise<Answer> => {
  const standing = await standingOf(visit);
  if (standing === null) return nothingThere;
  const { language } = visit;
  const words = connectWords(language);
  const asked = standing.requests.find(({ kind }) => kind === 'live');
  const isReady = stepsOf(standing).every(({ name, state }) => !['address', 'test', 'confirmed'].includes(name) || state === 'done');
  return shown(words.names.live, (
    <>
      <p className="lead">{words.liveBody}</p>
      {asked === undefined ? null : <Card title={words.asked}><p><Badge tone={asked.state === 'open' ? 'wait' : asked.state === 'approved' ? 'good' : 'bad'}>{words.requestStates[asked.state]}</Badge> <Moment at={asked.decidedAt ?? asked.askedAt} visit={visit} /></p>{asked.answer === null ? null : <p>{asked.answer}</p>}</Card>}
      {standing.party.stage === 'active' ? <Notice tone="good" title={words.liveNow} /> : isReady ? (
        <Card title={words.askLive}>
          <Form visit={visit} to="/aansluiten/in-gebruik">
            <TextField name="waarom" lengthMax={500} language={language} label={words.reason} hint={words.reasonHint} />
            <Submit>{words.askLive}</Submit>
          </Form>
        </Card>
      ) : <Empty title={words.notYet}><p>{words.notYetBody}</p><p><a href="/aansluiten">{words.title}</a></p></Empty>}
    </>
  ), [{ href: '/aansluiten', text: words.title }]);
};

/** Asks, and has the connection tried meanwhile: the operator decides by how that ended. */
export const askLive = async (visit: Attended): Promise<Answer> => {
  const standing = await standingOf(visit);
  if (standing === null) return nothingThere;
  const { desk, form, person, now, language } = visit;
  const words = connectWords(language);
  const reason = (form.get('waarom') ?? '').trim();
  if (reason === '' || reason.length > 500) return faulty(words.names.live, <><FaultSummary faults={{ '': words.faults.reason }} language={language} /><p><a href="/aansluiten/in-gebruik">{words.askLive}</a></p></>, [{ href: '/aansluiten', text: words.title }]);
  const { oin } = standing.party;
  await connectionsOf(desk).ask({ party: oin, kind: 'live', channel: null, reason, askedBy: person.account, askedAt: now });
  await askAcceptance(desk.hub.pool, { party: oin, by: person.account }, now);
  desk.hub.events.tell('connection.asked', { oin });
  return goTo('/aansluiten?gedaan=live');
};

/** What parties asked, for the second person: the operator. */
export const requestsPage = async (visit: Attended): Promise<Answer> => shown(connectWords(visit.language).requests, await requestsBody(visit, null), requestsTrail(visit));

// Parties ask here; the operator comes from the list of parties.
const requestsTrail = ({ language }: Attended) => [{ href: '/partijen', text: shellWords(language).rooms.parties }];

const requestsBody = async (visit: Attended, fault: string | null) => {
  const { desk, language, query } = visit;
  const words = connectWords(language);
  const open = await connectionsOf(desk).openRequests();
  const { registers } = await desk.hub.registers.current();
  return (
    <>
      {fault === null ? null : <FaultSummary faults={{ '': fault }} language={language} />}
      <p className="lead">{words.requestsLead}</p>
      {query.get('gedaan') === null ? null : <Notice tone={query.get('gedaan') === 'beslist' ? 'good' : 'wait'} title={query.get('gedaan') === 'beslist' ? words.decided : words.gone} />}
      {open.length === 0 ? <Empty title={words.noRequests}><p>{words.noRequestsBody}</p></Empty> : null}
      {open.map((request) => {
        const party = partyOf(registers, request.party);
        const to = `/aansluiten/verzoeken/${request.party}/${request.kind}`;
        return (
          <Card key={to} title={`${words.requestKinds[request.kind]}: ${party?.name ?? request.party}`}>
            <Facts facts={[
              [words.askedBy, request.askedBy], [words.askedAt, <Moment key="m" at={request.askedAt} visit={visit} />],
              ...(request.kind === 'channel' ? [[words.before, <code key="b">{channelLine(party?.channel)}</code>] as const, [words.after, <code key="a">{channelLine(request.channel)}</code>] as const] : []),
              [words.reason, request.reason],
            ]} />
            <Form visit={visit} to={to}>
              <input type="hidden" name="gevraagd" value={request.askedAt.toISOString()} />
              <TextField name={`reden-${request.party}-${request.kind}`} lengthMax={500} language={language} label={words.decision} />
              <p className="actions"><Submit name="besluit" value="approved">{words.approve}</Submit><Submit name="besluit" value="refused" isQuiet>{words.refuse}</Submit></p>
            </Form>
          </Card>
        );
      })}
    </>
  );
};

/** Another person decides; an approval is a new version of the register, with its reason in the log. */
export const decideRequest = async (visit: Attended): Promise<Answer> => {
  const { desk, path, form, person, now, language } = visit;
  const words = connectWords(language);
  const connections = connectionsOf(desk);
  const request = (await connections.openRequests()).find(({ party, kind, askedAt }) => party === path['oin'] && kind === path['soort'] && askedAt.toISOString() === form.get('gevraagd'));
  if (request === undefined) return goTo('/aansluiten/verzoeken?gedaan=eerder');
  const answer = (form.get(`reden-${request.party}-${request.kind}`) ?? '').trim().slice(0, 500);
  const refused = async (fault: string): Promise<Answer> => faulty(words.requests, await requestsBody(visit, fault), [...requestsTrail(visit), { href: '/aansluiten/verzoeken', text: words.requests }]);
  if (answer === '') return refused(words.decisionFault);
  if (request.askedBy.toLowerCase() === person.account.toLowerCase()) return refused(words.own);
  const state = form.get('besluit') === 'approved' ? 'approved' : 'refused';
  if (state === 'approved') {
    const fault = await apply(visit, request, answer);
    if (fault !== null) return refused(fault);
  }
  await connections.decide(request, { state, by: person.account, at: now, answer });
  return goTo('/aansluiten/verzoeken?gedaan=beslist');
};

/** Null when the register has it; may be done twice, since what is equal to the version of now is no change. */
const apply = async ({ desk, person, now, language }: Attended, request: deskStore.ConnectionRequest, reason: string): Promise<string | null> => {
  const words = connectWords(language);
  const { registers } = await desk.hub.registers.current();
  const key = partyOf(registers, request.party)?.key ?? '';
  const current = partySchema.safeParse((await desk.register.register.find('party', key))?.body);
  if (!current.success) return words.gone;
  if (request.kind === 'live' && (await lastAcceptance(desk.hub.pool, request.party))?.passed !== true) return words.noRun;
  const party = changed(current.data, request, now);
  if (party === null) return words.gone;
  const preview = await previewRegister([party], desk.register.register);
  if (preview.kind === 'refused') return words.gone;
  await applyRegister(preview.steps.map((step) => ({ ...step, reason: `${request.reason} / ${reason} (${request.askedBy})` })), person.account, desk.register);
  return null;
};

const changed = (party: Party, { kind, channel }: deskStore.ConnectionRequest, at: Date): Party | null => {
  if (kind === 'channel') {
    const read = channelSchema.safeParse(channel);
    return read.success ? { ...party, channel: read.data } : null;
  }
  const step = stepParty(party, { kind: 'stage', stage: 'active' }, at);
  return step.kind === 'changed' ? step.party : null;
};
