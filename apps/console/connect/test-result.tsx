import { signedTextOf } from '@ketensluis/contract';
import type { AskedTest, TestResult } from '@ketensluis/flow';
import type { ReactNode } from 'react';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { Badge, ButtonLink, Card, Copyable, Facts, Form, Notice, Submit } from '../shell/parts.js';
import { causeOf } from './causes.js';
import { ownOf, type Own } from './place.js';
import { testerPath } from './tester.js';
import { connectWords } from './words.js';
import { testWords } from './words-test.js';

interface Found {
  readonly own: Own;
  readonly test: AskedTest;
}

const foundOf = async (visit: Attended): Promise<Found | null> => {
  const [own, id] = [await ownOf(visit), visit.path['id'] ?? ''];
  const test = own === null || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? null : await visit.desk.hub.store.testWishes.find(own.party.oin, id, visit.now);
  return own === null || test === null ? null : { own, test };
};

/** One test of the party's own: under way, or how it ended with all that was sent. */
export const ownTestPage = async (visit: Attended): Promise<Answer> => {
  const found = await foundOf(visit);
  if (found === null) return nothingThere;
  const words = testWords(visit.language);
  const { test } = found;
  const live = test.result === null ? { 'data-live': `${testerPath}/${test.id}/volgen` } : {};
  return shown(words.outcome, <div {...live}><Piece {...found} visit={visit} /></div>, [{ href: '/aansluiten', text: connectWords(visit.language).title }, { href: testerPath, text: words.title }]);
};

/** Follows it until it has ended. */
export const followOwnTest = async (visit: Attended): Promise<Answer> => {
  const found = await foundOf(visit);
  return found === null ? nothingThere : followed(visit, found.own.party.oin, found.test.id, (test) => <Piece own={found.own} test={test} visit={visit} />);
};

/** One piece, once a test has a result. */
export const followed = ({ desk: { hub } }: Attended, party: string, id: string, pieceOf: (test: AskedTest) => ReactNode): Answer => ({
  kind: 'live',
  pieces: async function* (signal) {
    const test = await hub.store.testWishes.awaitResult(party, id, hub.clock, signal);
    if (test !== null && test.result !== null) yield pieceOf(test);
  },
});

const Piece = ({ own, test: { id, result }, visit }: Found & { readonly visit: Attended }) => {
  const words = testWords(visit.language);
  switch (result?.kind) {
    case undefined: return <Notice tone="wait" title={words.busy}><p><a href={`${testerPath}/${id}`}>{words.refresh}</a></p></Notice>;
    case 'no-channel': return <Notice tone="bad" title={words.noChannel} />;
    case 'later': return <Notice tone="bad" title={words.later} />;
    case 'not-taken-up': return <Notice tone="bad" title={words.notTakenUp} />;
    case 'tried': return <Tried visit={visit} own={own} id={id} result={result} />;
  }
};

interface TriedProps {
  readonly visit: Attended;
  readonly own: Own;
  readonly id: string;
  readonly result: Extract<TestResult, { readonly kind: 'tried' }>;
}

const Tried = ({ visit, own, id, result }: TriedProps) => {
  const { language } = visit;
  const words = testWords(language);
  const { outcome, code, durationMs, tls, request } = result;
  const isGood = outcome === 'delivered' || outcome === 'announced';
  const cause = isGood || code === null ? null : causeOf(code, own.party.channel, language);
  return (
    <>
      <Card title={words.answer}>
        <p><Badge tone={isGood ? 'good' : 'bad'}>{words.outcomes[outcome]}</Badge></p>
        {cause === null ? null : <><p>{words.cause}: {cause.text}</p>{cause.command === null ? null : <Copyable text={cause.command} language={language} />}</>}
        <Facts facts={[
          [words.id, <code key="i">{id}</code>], [words.answer, code ?? '-'],
          ...(durationMs === null ? [] : [[words.took, words.ms(durationMs)] as const, [words.tls, tls === null ? words.noTls : `${tls.version}, ${tls.cipher}`] as const]),
        ]} />
        {isGood ? <><h3>{words.confirmTitle}</h3><p>{words.confirmBody}</p><Form visit={visit} to={`${testerPath}/bevestig`}><input type="hidden" name="id" value={id} /><Submit>{words.confirmButton}</Submit></Form></> : null}
        <p className="actions"><ButtonLink href={testerPath} isQuiet>{words.again}</ButtonLink>{request === null ? null : <ButtonLink href={`${testerPath}/handtekening`} isQuiet>{words.wrong}</ButtonLink>}</p>
      </Card>
      {request === null ? null : <Sent visit={visit} request={request} />}
    </>
  );
};

const Sent = ({ visit: { language }, request: { url, headers, body } }: { readonly visit: Attended; readonly request: NonNullable<TriedProps['result']['request']> }) => {
  const words = testWords(language);
  const signed = signedTextOf({ headers, body });
  return signed === null ? null : (
    <>
      <Card title={words.request}><Facts facts={[[words.address, <code key="u">POST {url}</code>]]} />
        <h3>{words.headers}</h3><Copyable text={Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n')} language={language} />
        <h3>{words.body}</h3><div className="wraps"><Copyable text={body} language={language} /></div></Card>
      <Card title={words.signed}><p>{words.signedBody}</p><div className="wraps"><Copyable text={signed.text} language={language} /></div><Facts facts={[[words.hash, <code key="h" className="breaks">{signed.sha256}</code>]]} /></Card>
    </>
  );
};
