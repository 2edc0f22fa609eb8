import { categoryNames, messageDefinitions, partyOf, roleNames, type Registers } from '@ketensluis/domain';
import type { Colleague, OpenedNotice, SentNotice, ToldMessage } from '@ketensluis/flow';
import type { Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { Badge, Card, Facts, Moment, Notice as Box } from '../shell/parts.js';
import { Content, fieldLabel } from './content.js';
import { casePath } from './list.js';
import { caseWords } from './words.js';

/** What each part of the page of a case is made from. */
export interface Shown {
  readonly opened: OpenedNotice;
  readonly registers: Registers;
  readonly colleagues: readonly Colleague[];
  readonly visit: Attended;
}

const atOnceMs = 300_000;

const nameOf = (registers: Registers, oin: string): string => partyOf(registers, oin)?.name ?? oin;

/** One message as the party got it: what it says, what was left out of it, and on what ground it came. */
export const Told = ({ told, opened, registers, visit }: Shown & { readonly told: ToldMessage }) => {
  const words = caseWords(visit.language);
  const { document, type, confirmedAt, isReplaced, state } = told;
  return (
    <Card id={`b-${told.mid}`} title={messageDefinitions[type].label[visit.language]} actions={confirmedAt === null && !isReplaced ? <Badge tone="wait">{words.new}</Badge> : undefined}>
      <Facts facts={[
        [words.from, nameOf(registers, told.from)],
        ...(document === null ? [] : [[words.at, <Moment key="a" at={document.sentAt} visit={visit} />] as const]),
        // What came at once has one moment.
        ...(document !== null && told.at.getTime() - document.sentAt.getTime() < atOnceMs ? [] : [[words.got, <Moment key="g" at={told.at} visit={visit} />] as const]),
        ...(confirmedAt === null ? [] : [[words.confirmed, <Moment key="c" at={confirmedAt} visit={visit} />] as const]),
      ]} />
      {isReplaced ? <Box tone="bad" title={words.replaced} /> : null}
      {state === 'gone' ? <p>{words.gone}</p> : null}
      {state === 'fetchable' ? <p>{words.fetchHint}</p> : null}
      {document === null ? null : (
        <>
          <Content type={type} fields={document.fields} visit={visit} />
          <LeftOut document={document} visit={visit} />
          <Files caseId={opened.caseId} told={told} document={document} visit={visit} />
          <details><summary>{words.ground2}</summary><Ground told={told} document={document} visit={visit} /></details>
        </>
      )}
    </Card>
  );
};

type Read = NonNullable<ToldMessage['document']>;

interface ReadMessage {
  readonly told: ToldMessage;
  readonly document: Read;
  readonly visit: Attended;
}

const LeftOut = ({ document, visit }: { readonly document: Read; readonly visit: Attended }) => {
  const words = caseWords(visit.language);
  const { omitted, ground, type } = document;
  return omitted.length === 0 ? <p className="soft small">{words.leftNone} {words.leftRest}</p> : (
    <details className="left"><summary>{words.left(omitted.length)}</summary>
      <ul>{omitted.map(({ path, category }) => <li key={path}>{fieldLabel(type, path, visit.language)} <span className="soft">({categoryNames[category][visit.language]})</span></li>)}</ul>
      <p>{words.leftWhy(ground.rule, articleText(ground.article, visit.language))} {words.leftRest}</p>
    </details>
  );
};

const Files = ({ caseId, told, document, visit }: ReadMessage & { readonly caseId: string }) => {
  const words = caseWords(visit.language);
  return document.attachments.length === 0 ? null : (
    <>
      <h3>{words.files}</h3>
      <ul className="plain">{document.attachments.map(({ name, sha256, sizeBytes }, place) => (
        <li key={sha256}>
          <a href={`${casePath(caseId)}/bijlage/${told.mid}/${place}`}>{words.download}: {name}</a> <span className="soft">{Math.max(1, Math.round(sizeBytes / 1000))} {words.kb}</span>
          <br /><span className="soft small">{words.hash}</span> <code className="hash">{sha256}</code>
        </li>
      ))}</ul>
    </>
  );
};

const Ground = ({ told, document, visit }: ReadMessage) => {
  const words = caseWords(visit.language);
  const { ground, recipient } = document;
  const { channel, signedAt } = told.proof;
  const way = { mail: words.byMail, webhook: words.byWebhook, api: words.byApi, console: words.byConsole }[channel];
  return (
    <Facts facts={[
      [words.rule, ground.rule], [words.ground, `${articleText(ground.article, visit.language)} (${ground.authority === 'law' ? words.byLaw : words.byPolicy})`],
      [words.to, roleNames[recipient.role][visit.language]],
      [words.signature, <span key="s">{way}{signedAt === null ? null : <>, {words.signedAt} <Moment at={signedAt} visit={visit} /></>}; {words.inLog}</span>],
    ]} />
  );
};

/** One message of the party itself, and who got it. */
export const Sent = ({ sent, registers, visit }: Shown & { readonly sent: SentNotice }) => {
  const words = caseWords(visit.language);
  const tone = { accepted: 'wait', applied: 'good', refused: 'bad', parked: 'bad' } as const;
  const said = ({ kind, isDelivered }: SentNotice['to'][number]): string => {
    if (kind === 'refuse') return words.notGiven;
    if (kind === 'hold') return words.held;
    return isDelivered ? words.delivered : words.underWay;
  };
  return (
    <Card title={messageDefinitions[sent.type].label[visit.language]} actions={<Badge tone={tone[sent.state]}>{words.states[sent.state]}</Badge>}>
      <Facts facts={[
        [words.at, <Moment key="a" at={sent.at} visit={visit} />],
        ...sent.to.map((to) => [words.to, `${partyOf(registers, to.recipient)?.name ?? to.recipient}: ${said(to)}`] as const),
      ]} />
      <details><summary>{words.content}</summary><Content type={sent.type} fields={sent.fields} visit={visit} /></details>
    </Card>
  );
};
