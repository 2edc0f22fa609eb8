import type { ReactNode } from 'react';
import { lastAcceptance } from '@ketensluis/platform';
import { shown, nothingThere, type Answer, type Attended } from '../route.js';
import { Badge, ButtonLink, Card, Copyable, Facts, Moment, Notice, type Tone } from '../shell/parts.js';
import { agreementsFor, hasArrived, rulesFor, stepsOf, type Standing, type Step, type StepName } from './checklist.js';
import { addressOf, commandsFor, connectionsOf, ownOf } from './place.js';
import { connectWords } from './words.js';

/** Everything the steps are judged by, asked at once. Null when there is no party. */
export const standingOf = async (visit: Attended): Promise<Standing | null> => {
  const { desk: { hub }, desk, now } = visit;
  const own = await ownOf(visit);
  if (own === null) return null;
  const { oin, encryptionCertificate } = own.party;
  const connections = connectionsOf(desk);
  const [webhookKeys, clients, { documents }, test, requests] = await Promise.all([
    hub.store.webhookKeys.list(oin), hub.store.clients.list(), hub.store.trust.load(), connections.lastTest(oin), connections.requests(oin),
  ]);
  const approved = documents.filter((one) => one.kind === 'certificate' && one.party === oin && one.state === 'approved').length;
  return {
    ...own, webhookKeys, test, requests, at: now,
    clients: clients.filter((one) => one.oin === oin && one.revokedAt === null).length,
    certificates: approved + (encryptionCertificate === undefined ? 0 : 1),
  };
};

/** The list of steps, with the next one open. */
export const overview = async (visit: Attended): Promise<Answer> => {
  const standing = await standingOf(visit);
  if (standing === null) return nothingThere;
  const { language, query, desk } = visit;
  const words = connectWords(language);
  const steps = stepsOf(standing);
  const run = await lastAcceptance(desk.hub.pool, standing.party.oin);
  const done = query.get('gedaan');
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      {done === 'live' || done === 'bevestigd' ? <Notice tone="good" title={words.done[done]} /> : null}
      {steps.every(({ state }) => state === 'done') ? <Notice tone="good" title={words.allDone}><p>{words.allDoneBody} <a href="/aansluiten/log">/aansluiten/log</a></p></Notice> : null}
      <div className="columns wraps">
        <section className="steps" aria-label={words.steps}>{steps.map((step, place) => <StepCard key={step.name} {...{ step, place, standing, visit }} />)}</section>
        <div>
          <Card title={words.party}>
            <Facts facts={[
              [words.party, standing.party.name], [words.oin, <code key="o">{standing.party.oin}</code>],
              [words.stage, standing.party.pausedAt === null ? words.stages[standing.party.stage] : words.paused],
              [words.channel, standing.party.channel === null ? words.none : words.kindNames[standing.party.channel.kind]],
              [words.api, <code key="a">{`${desk.hub.publicUrl}/api/v1`}</code>],
            ]} />
          </Card>
          {run === null ? null : (
            <Card title={words.acceptance}>
              <p><Badge tone={run.passed === true ? 'good' : 'bad'}>{run.passed === true ? words.passed : words.failed}</Badge> {run.finishedAt === null ? null : <Moment at={run.finishedAt} visit={visit} />}</p>
              <ul>{(run.results ?? []).map(({ check, result, code }) => <li key={check}>{words.checks[check]}: {words.results[result]} ({code})</li>)}</ul>
            </Card>
          )}
          <FirstTime visit={visit} standing={standing} />
        </div>
      </div>
    </>
  ));
};

const tones: Readonly<Record<Step['state'], Tone>> = { done: 'good', asked: 'wait', next: 'wait', later: 'plain' };
const links: Readonly<Record<StepName, string>> = {
  keys: '/aansluiten/sleutels', address: '/aansluiten/adres', test: '/aansluiten/proefbericht', confirmed: '/aansluiten/proefbericht#bevestig', kinds: '/aansluiten/berichtsoorten', agreement: '/aansluiten/berichtsoorten', live: '/aansluiten/in-gebruik',
};

interface StepProps {
  readonly step: Step;
  readonly place: number;
  readonly standing: Standing;
  readonly visit: Attended;
}

const StepCard = ({ step: { name, state }, place, standing, visit }: StepProps) => {
  const words = connectWords(visit.language);
  return (
    <details className="step card" open={state === 'next'} id={`stap-${place + 1}`}>
      <summary><span className="step__name">{place + 1}. {words.names[name]}</span> <Badge tone={tones[state]}>{words.states[state]}</Badge></summary>
      <StepBody name={name} standing={standing} visit={visit} />
      <p><ButtonLink href={links[name]} isQuiet={state !== 'next'}>{words.open[name]}</ButtonLink></p>
    </details>
  );
};

const StepBody = ({ name, standing, visit }: Omit<StepProps, 'step' | 'place'> & { readonly name: StepName }): ReactNode => {
  const { language, desk } = visit;
  const words = connectWords(language);
  const commands = commandsFor(desk, standing.party);
  const line = (text: string): ReactNode => <><p className="small soft">{words.command}</p><Copyable text={text} language={language} /></>;
  switch (name) {
    case 'keys': return <><p>{words.keysBody}</p><p>{words.keysNow(standing.webhookKeys.filter(({ endsAt }) => endsAt === null || endsAt > visit.now).length, standing.clients, standing.certificates)}</p>{line(commands.newKey)}{line(commands.keys)}</>;
    case 'address': {
      const address = addressOf(standing.party);
      return <><p>{words.addressBody}</p><p>{address === null ? words.noAddress : words.addressNow(address)}</p>{address === null ? <><p>{words.noServer}</p>{line(commands.receiver)}</> : null}</>;
    }
    case 'test': return <><p>{words.testBody}</p>{standing.test === null ? null : <p>{hasArrived(standing) ? words.testGood : words.testFailed(standing.test.code ?? standing.test.outcome)}</p>}{line(commands.test)}</>;
    case 'confirmed': return <p>{words.confirmedBody}</p>;
    case 'kinds': {
      const rules = rulesFor(standing);
      return <><p>{words.kindsBody}</p><p>{words.kindsNow(rules.filter(({ isOn }) => isOn).length, rules.length)}</p></>;
    }
    case 'agreement': {
      const { present, missing } = agreementsFor(standing);
      return <><p>{words.agreementBody}</p><p>{present + missing === 0 ? words.agreementOwn : words.agreementNow(present, present + missing)}</p></>;
    }
    case 'live': return standing.party.stage === 'active' ? <><p>{words.liveNow}</p>{line(commands.deliveries)}</> : <p>{words.liveBody}</p>;
  }
};

const FirstTime = ({ visit: { language, desk }, standing: { party } }: { readonly visit: Attended; readonly standing: Standing }) => {
  const words = connectWords(language);
  const { receiver, secretFile } = commandsFor(desk, party);
  return (
    <Card title={words.firstTime}>
      <p>{words.firstTimeBody}</p>
      <ol>
        <li><a href="/aansluiten/adres">{words.first1}</a></li>
        <li><a href="/aansluiten/sleutels">{words.first2}</a><Copyable text={secretFile} language={language} /></li>
        <li>{words.first3}<Copyable text={receiver} language={language} /></li>
        <li><a href="/aansluiten/proefbericht">{words.first4}</a></li>
      </ol>
      <p className="small soft">{words.onlyHere}</p>
    </Card>
  );
};
