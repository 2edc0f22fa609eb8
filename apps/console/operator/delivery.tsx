import { categoryNames, type LawPack } from '@ketensluis/domain';
import { replay, type ReplayPorts } from '@ketensluis/flow';
import { deskStore } from '@ketensluis/platform';
import type { Desk } from '../desk.js';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { articleText } from '../shell/article.js';
import { FaultSummary } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { awayText, nearText } from '../shell/moment.js';
import { typeName, versionText } from '../shell/names.js';
import { Badge, ButtonLink, Card, Copyable, Facts, Form, Moment, Notice, Submit, Timeline, type Tone } from '../shell/parts.js';
import { actWords } from './act-words.js';
import { causeOf, causeText } from './causes.js';
import { answerText, DoneNotice, stateTone } from './deliveries.js';
import { partyBook, type PartyBook } from './parties-book.js';
import { RouteCard } from './route-card.js';
import { readReason, ReasonField, type ReadReason } from './reason.js';
import { deliveryWords } from './words.js';

type Detail = deskStore.DeskDeliveryDetail;

/** One delivery from the message that came in to the receipt, and what can be done. */
export const deliveryPage = async (visit: Attended): Promise<Answer> => (await pageOf(visit)) ?? nothingThere;

/** Offers it once more. */
export const replayOne = async (visit: Attended): Promise<Answer> => {
  const { desk, path, person, language } = visit;
  const words = actWords(language);
  const mid = path['id'] ?? '';
  const read = readReason(visit);
  if (read.kind === 'fault') return (await pageOf(visit, { read, fault: read.fault })) ?? nothingThere;
  const outcome = await bringOnce(desk, { mid, reason: read.reason, by: person.account, at: visit.now });
  if (outcome === 'queued') return goTo(`/leveringen/${mid}?gedaan=opnieuw`);
  const fault = outcome === 'under-way' || outcome === 'absent' ? words.refusals[outcome] : words.refusedNow(outcome);
  return (await pageOf(visit, { read: undefined, fault })) ?? nothingThere;
};

/** What bringing once more needs of the hub. */
const replayPorts = ({ hub }: Desk): ReplayPorts => ({ clock: hub.clock, ids: hub.ids, registers: hub.registers, replays: hub.store.replays });

/** Brings one delivery once more: what stands still is tried again, what arrived is decided anew first. `queued`, or a code of why not. */
export const bringOnce = async (desk: Desk, act: deskStore.OperatorAct): Promise<string> => {
  const { acts } = desk;
  if (await acts.retry(act)) return 'queued';
  const done = await replay({ id: act.mid, reason: act.reason, by: act.by }, replayPorts(desk));
  return done.kind === 'refused' ? done.reason : done.kind;
};

const pageOf = async (visit: Attended, wrong: { readonly read: ReadReason | undefined; readonly fault: string } | null = null): Promise<Page | null> => {
  const { desk, path, language, query } = visit;
  const found = await deskStore.findDelivery(desk.hub.pool, path['id'] ?? '');
  if (found === null) return null;
  const words = actWords(language);
  const book = await partyBook(desk, language);
  const { pack } = await desk.hub.registers.current();
  const title = words.delivery(typeName(found.messageType, language), book.name(found.recipient));
  const body = (
    <>
      {wrong === null ? null : <FaultSummary faults={wrong.read === undefined ? { '': wrong.fault } : { reden: wrong.fault }} language={language} />}
      <DoneNotice query={query} texts={words.done} />
      <p><Badge tone={stateTone[found.state]}>{deliveryWords(language).states[found.state]}</Badge></p>
      <Standing found={found} book={book} visit={visit} />
      <div className="columns">
        <div>
          <Card title={words.course}><Timeline label={words.course} steps={stepsOf(found, book, pack, visit)} /></Card>
          {found.route === null ? null : <RouteCard route={found.route} language={language} />}
        </div>
        <div>
          <FactsCard found={found} book={book} visit={visit} />
          <Doing found={found} book={book} visit={visit} read={wrong?.read} />
        </div>
      </div>
    </>
  );
  const trail = [{ href: '/leveringen', text: deliveryWords(language).title }, ...(wrong === null ? [] : [{ href: `/leveringen/${found.mid}`, text: title }])];
  return wrong === null ? shown(title, body, trail) : faulty(title, body, trail);
};

/** What is the matter, who can mend it, and what happens by itself and when. */
const Standing = ({ found, book, visit: { language, now } }: { readonly found: Detail; readonly book: PartyBook; readonly visit: Attended }) => {
  const words = actWords(language);
  const cause = causeOf(found);
  if (cause === null) return <Notice tone={found.state === 'delivered' || found.state === 'announced' ? 'good' : 'plain'} title={found.state === 'delivered' || found.state === 'announced' ? words.arrived : words.onItsWay}>{found.awaits === null ? undefined : <p>{words.awaits}</p>}</Notice>;
  const { what, who } = causeText(found.isGivenUp && found.state === 'ended' ? 'given-up' : cause, book.name(found.recipient), language);
  return (
    <Notice tone={found.state === 'stuck' ? 'bad' : found.state === 'ended' ? 'plain' : 'wait'} title={what}>
      <p>{who} {found.nextAt === null ? words.nothingMore : words.nextTry(`${awayText(found.nextAt, language, now)} (${nearText(found.nextAt, language, now)})`)}</p>
      {found.last === null ? null : <p><code>{answerText(found.last, language)}</code></p>}
    </Notice>
  );
};

interface Step {
  readonly at: Date;
  readonly tone: Tone;
  readonly title: string;
  readonly body?: string;
}

const tryTone = (outcome: string | null): Tone => (outcome === 'delivered' || outcome === 'announced' ? 'good' : outcome === 'rejected' || outcome === 'unusable' ? 'bad' : outcome === null ? 'plain' : 'wait');

/** Why it was permitted, in words: the rule, the article, whose agreement and whose choice. */
const groundOf = ({ leaf }: Detail, book: PartyBook, pack: LawPack, language: Language): string => {
  const words = actWords(language);
  const rule = pack.rules.find(({ id }) => id === leaf.rule);
  const controller = leaf.controller === undefined ? '' : book.name(leaf.controller);
  return [
    rule?.explain[language], leaf.basis === undefined ? undefined : words.ground(rule === undefined ? leaf.basis : articleText(rule.basis, language)),
    leaf.agreement === undefined ? undefined : words.agreement(controller, versionText(leaf.agreement, language)), leaf.setting === undefined ? undefined : words.setting(controller, versionText(leaf.setting, language)),
  ].filter((part) => part !== undefined).join(' ');
};

const stepsOf = (found: Detail, book: PartyBook, pack: LawPack, visit: Attended) => {
  const { language } = visit;
  const words = actWords(language);
  const { leaf, message } = found;
  const kinds = (leaf.cat ?? []).flatMap((one) => Object.entries(categoryNames).filter(([code]) => code === one).map(([, names]) => names[language]));
  const begun: readonly Step[] = [
    { at: message.receivedAt, tone: 'good', title: words.receivedFrom(book.name(message.sender)), body: words.byChannel[message.channel] ?? message.channel },
    { at: found.createdAt, tone: 'good', title: words.permitted(leaf.rule ?? '?'), body: groundOf(found, book, pack, language) },
    { at: found.createdAt, tone: 'good', title: words.given(kinds.length), body: `${kinds.join(', ')}. ${words.leftOut}` },
    { at: found.createdAt, tone: found.logNumber === null ? 'wait' : 'good', title: found.logNumber === null ? words.notYetLogged : words.logged(found.logNumber), ...(found.logNumber === null ? { body: words.notYetLoggedBody } : {}) },
  ];
  const later: readonly Step[] = [
    ...found.tries.map((one): Step => ({
      at: one.startedAt, tone: tryTone(one.outcome), title: words.try(one.number, answerText(one, language)), ...(one.finishedAt === null ? {} : { body: words.took(one.finishedAt.getTime() - one.startedAt.getTime()) }),
    })),
    ...found.receipts.map(({ kind, at }): Step => ({ at, tone: 'good', title: words.receipt, body: words.receipts[kind] ?? kind })),
    ...found.acts.map(({ at, code, logNumber }): Step => ({ at, tone: code === 'given-up' || code === 'replay-refused' ? 'bad' : 'plain', title: words.acts[code] ?? code, ...(logNumber === null ? {} : { body: words.logged(logNumber) }) })),
  ];
  return [...begun, ...later.toSorted((a, b) => a.at.getTime() - b.at.getTime())].map(({ at, ...step }) => ({ ...step, at: <Moment at={at} visit={visit} /> }));
};

const FactsCard = ({ found, book, visit: { language } }: { readonly found: Detail; readonly book: PartyBook; readonly visit: Attended }) => {
  const words = actWords(language);
  const channel = book.of(found.recipient)?.channel?.kind ?? 'none';
  return (
    <Card title={words.facts}>
      <Facts facts={[
        [words.type, <>{typeName(found.messageType, language)} <code className="soft">{found.messageType}</code></>], [words.case, <a href={`/leveringen?zaak=${found.caseId}`}>{found.caseName}</a>], [words.from, <PartyLink oin={found.message.sender} book={book} />], [words.to, <PartyLink oin={found.recipient} book={book} />],
        [words.channel, deliveryWords(language).channels[channel]], [words.place, found.place], [words.attachments, found.attachments], [words.signer, <code>{found.message.signerSha256.slice(0, 16)}…</code>],
        ...(found.sealedSha256 === null ? [] : [[words.hash, <code>{found.sealedSha256.slice(0, 16)}…</code>] as const]), ...(found.leaf.trace === undefined ? [] : [[words.trace, <code>{found.leaf.trace}</code>] as const]),
      ]} />
      <p className="hint">{words.copy}</p>
      <Copyable text={found.mid} language={language} />
      <p className="small soft">{words.noContent}</p>
    </Card>
  );
};

/** A party by name, with a link where it is in the register. */
export const PartyLink = ({ oin, book }: { readonly oin: string; readonly book: PartyBook }) => {
  const party = book.of(oin);
  return party === null ? <>{book.name(oin)}</> : <a href={`/partijen/${party.key}`}>{party.name}</a>;
};

const Doing = ({ found, book, visit, read }: { readonly found: Detail; readonly book: PartyBook; readonly visit: Attended; readonly read: ReadReason | undefined }) => {
  const { language } = visit;
  const words = actWords(language);
  const party = book.of(found.recipient);
  const isUnderWay = found.state === 'queued' || found.state === 'again';
  return (
    <Card title={words.again}>
      {isUnderWay ? <p>{words.underWay}</p> : (
        <Form visit={visit} to={`/leveringen/${found.mid}/opnieuw`}>
          <p className="small soft">{words.againHint}</p>
          <ReasonField language={language} read={read} />
          <Submit>{words.again}</Submit>
        </Form>
      )}
      <div className="actions">
        {found.state === 'stuck' ? <ButtonLink isQuiet href={`/vastgelopen/sluiten?id=${found.mid}`}>{words.close}</ButtonLink> : null}
        {party === null ? null : <ButtonLink isQuiet href={`/partijen/${party.key}#pauze`}>{words.pause(party.name)}</ButtonLink>}
      </div>
    </Card>
  );
};
