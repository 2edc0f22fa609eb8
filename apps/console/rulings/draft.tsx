import { categoryNames, holdTexts, messageDefinitions, partyOf, refusalTexts, roleNames, type Decision, type Duty, type MessageBody } from '@ketensluis/domain';
import { planDisclosure, receiveEvent, recordSending, type LoadedMessage } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import { goTo, shown, type Answer, type Attended, type Page } from '../route.js';
import { articleText } from '../shell/article.js';
import { Badge, ButtonLink, Card, Facts, Form, Moment, Notice, Submit, Table, type Column } from '../shell/parts.js';
import { copyKind } from './copies.js';
import { basisIn, courtOf, listPath, momentOf, rulingPorts, rulingsOf, textIn, type BasisOf, type Court } from './court.js';
import { postedBody } from './ruling-form.js';
import { addWords, courtWords, draftWords, listWords, rulingWords } from './words.js';

/** Where a draft is. */
const draftPath = (id: string): string => `${listPath}/concept/${id}`;

/** What a message would do if it came in now. */
type Preview =
  | { readonly kind: 'planned'; readonly decisions: readonly Decision[]; readonly duties: readonly Duty[]; readonly basisOf: BasisOf }
  | { readonly kind: 'refused'; readonly cause: string };

/** Decides as the worker will, with the same rules and registers, and writes nothing. What changes until it is sent is decided anew then. */
const previewOf = async (loaded: LoadedMessage, { desk: { hub }, now }: Attended): Promise<Preview> => {
  const { registers, pack } = await hub.registers.current();
  const plan = planDisclosure(loaded, { registers, pack, at: now, nextId: () => hub.ids.next(now) });
  return plan.outcome === 'refused' ? { kind: 'refused', cause: plan.tasks[0]?.cause ?? '' } : { kind: 'planned', decisions: plan.decisions.map(({ decision }) => decision), duties: plan.duties, basisOf: basisIn(pack) };
};

const trailOf = ({ language }: Attended): Page['trail'] => [{ href: listPath, text: listWords(language).title }, { href: `${listPath}/toevoegen`, text: addWords(language).title }];

const gone = (visit: Attended): Answer => {
  const words = draftWords(visit.language);
  return { kind: 'page', status: 409, title: words.gone, trail: trailOf(visit), body: <><p>{words.goneBody}</p><p><ButtonLink href={`${listPath}/toevoegen`}>{words.again}</ButtonLink></p></> };
};

/** Who will get what, on which article, and what the registry does itself: before anything is sent. */
export const draftPage = async (visit: Attended): Promise<Answer> => {
  const found = await (await rulingsOf(visit.desk)).findDraft(visit.person.party ?? '', visit.path['id'] ?? '', visit.now);
  return found === null ? gone(visit) : shown(draftWords(visit.language).title, await bodyOf(visit, found.draft.message, await previewOf(found.loaded, visit)), trailOf(visit));
};

const bodyOf = async (visit: Attended, message: MessageBody, preview: Preview, failure: string | null = null) => {
  const words = draftWords(visit.language);
  const court = await courtOf(visit);
  return (
    <>
      {failure === null ? null : <Notice tone="bad" title={failure} />}
      {preview.kind === 'refused' ? <Notice tone="bad" title={words.refused}><p>{words.causes[preview.cause] ?? preview.cause}</p></Notice> : <p className="lead">{words.lead}</p>}
      <Card><DraftFacts message={message} court={court} visit={visit} /></Card>
      {preview.kind === 'refused' ? null : <Previewed preview={preview} visit={visit} />}
      <div className="actions">
        {preview.kind === 'refused' ? null : <Form visit={visit} to={`${draftPath(message.id)}/versturen`}><Submit>{words.send}</Submit></Form>}
        <ButtonLink href={`${listPath}/toevoegen?concept=${message.id}`} isQuiet>{words.change}</ButtonLink>
        <Form visit={visit} to={`${draftPath(message.id)}/weggooien`}><Submit isQuiet>{words.drop}</Submit></Form>
      </div>
      <p className="soft small">{words.kept}</p>
    </>
  );
};

const DraftFacts = ({ message: { type, case: of, fields, attachments }, court, visit }: { readonly message: MessageBody; readonly court: Court; readonly visit: Attended }) => {
  const [words, codes] = [rulingWords(visit.language), courtWords(visit.language)];
  const [ruledAt, until] = [momentOf(fields, 'uitspraak_op'), momentOf(fields, 'werking_tot')];
  return <Facts facts={[
    [words.court, textIn(fields, 'zaaknummer_rechtbank')], [words.hub, `${of.number}, ${court.municipalities.get(of.municipality) ?? of.municipality}`], [listWords(visit.language).columns.type, messageDefinitions[type].label[visit.language]],
    [words.outcome, codes.dicta[textIn(fields, 'dictum')] ?? textIn(fields, 'dictum')], [words.effect, <>{codes.effects[textIn(fields, 'gevolg_voor_maatregel')]}{until === null ? null : <>, <Moment at={until} visit={visit} /></>}</>],
    [words.ruledAt, ruledAt === null ? '' : <Moment at={ruledAt} visit={visit} />], [words.documents, `PDF, ${words.kB(Math.ceil((attachments[0]?.sizeBytes ?? 0) / 1000))}`],
  ]} />;
};

const nameOf = ({ recipient: { oin, name, role } }: Decision, language: 'nl' | 'en'): string => (oin === null ? roleNames[role][language] : `${name ?? oin} (${roleNames[role][language]})`);
const keyOf = ({ event, recipient: { oin, role } }: Decision): string => `${event} ${oin ?? role}`;

const Previewed = ({ preview: { decisions, duties, basisOf }, visit }: { readonly preview: Extract<Preview, { kind: 'planned' }>; readonly visit: Attended }) => {
  const { language } = visit;
  const words = draftWords(language);
  const [gets, not] = [decisions.filter(({ kind }) => kind === 'permit'), decisions.filter((one) => one.kind === 'refuse' || (one.kind === 'hold' && one.reasons[0] !== 'outside-hub'))];
  const hands = duties.filter(({ bearer, toward, recipient }) => (bearer === 'RB' || bearer === 'RVS') && recipient === null && !gets.some(({ recipient: to }) => to.role === toward));
  const who: Column<Decision> = { head: words.who, isName: true, cell: (one) => nameOf(one, language) };
  return (
    <>
      <Card title={words.gets}>
        <Table label={words.gets} language={language} rows={gets} keyOf={keyOf} columns={[
          who,
          { head: words.what, cell: ({ categories, fieldsOnly }) => <span>{categories.map((category) => categoryNames[category][language]).join(', ')}{!fieldsOnly && categories.includes('C-RULDOC') ? <> <Badge tone="plain">{words.withFile}</Badge></> : null}</span> },
          { head: words.how, cell: ({ from }) => (from === 'BM' ? words.byMayor : words.byHub) },
          { head: words.ground, cell: ({ basis, ruleId }) => <span>{basis === null ? null : articleText(basis, language)} <span className="soft small nowrap">({ruleId})</span></span> },
        ]} />
      </Card>
      <Card title={words.hands}>
        {hands.length === 0 ? <p>{words.noHands}</p> : <Table label={words.hands} language={language} rows={hands} keyOf={({ key }) => key} columns={[
          { head: words.who, isName: true, cell: ({ toward }) => roleNames[toward][language] },
          { head: words.what, cell: ({ key }) => words.asked[copyKind(key)] },
          { head: words.ground, cell: ({ rule, article }) => articleText(basisOf(rule) ?? article, language) },
          { head: words.due, cell: ({ dueAt, authority }) => (dueAt === null ? words.noTerm : <span><Moment at={dueAt} visit={visit} near /> <span className="soft small">({authority === 'law' ? words.law : words.policy})</span></span>) },
        ]} />}
      </Card>
      {not.length === 0 ? null : <Card title={words.nobody}><Table label={words.nobody} language={language} rows={not} keyOf={keyOf} columns={[who, { head: words.why, cell: (one) => whyNot(one, language) }]} /></Card>}
    </>
  );
};

const whyNot = (decision: Decision, language: 'nl' | 'en'): string => {
  switch (decision.kind) {
    case 'permit': return '';
    case 'hold': return decision.reasons.map((reason) => holdTexts[reason][language]).join(' ');
    case 'refuse': return decision.sentence?.[language] ?? decision.reasons.map((reason) => refusalTexts[reason][language]).join(' ');
  }
};

/** Sends the draft the way every message over HTTP comes in: checked, stored, decided, sealed and delivered. Twice is once. */
export const sendDraft = async (visit: Attended): Promise<Answer> => {
  const { desk: { hub }, person, language, path } = visit;
  const rulings = await rulingsOf(visit.desk);
  const found = await rulings.findDraft(person.party ?? '', path['id'] ?? '', visit.now);
  if (found === null) return gone(visit);
  const { draft, loaded } = found;
  const words = draftWords(language);
  const preview = await previewOf(loaded, visit);
  const again = async (failure: string | null): Promise<Answer> => ({ kind: 'page', status: 409, title: words.title, trail: [...trailOf(visit), { href: draftPath(draft.message.id), text: words.title }], body: await bodyOf(visit, draft.message, preview, failure) });
  const party = partyOf((await hub.registers.current()).registers, person.party ?? '');
  if (preview.kind === 'refused') return again(null);
  if (party === null) return again(words.failures.other);
  await recordSending({ party: party.oin, account: person.account }, draft, await rulingPorts(visit));
  const body = postedBody(draft.message, draft.file);
  const verdict = await receiveEvent(
    { way: 'console', path: `${listPath}/concept/versturen`, key: draft.message.id, body, mediaType: 'application/json', party, proofSha256: createHash('sha256').update(`account ${person.account}`).digest('hex'), account: person.account },
    { clock: hub.clock, ids: hub.ids, registers: hub.registers, keys: hub.store.webhookKeys, intake: hub.store.intake, take: () => 0 },
  );
  hub.events.tell(`message.${verdict.kind}`, { ...('id' in verdict ? { messageId: verdict.id } : {}), channel: 'console', bytes: body.length });
  switch (verdict.kind) {
    case 'accepted':
      await rulings.dropDraft(party.oin, draft.message.id);
      return goTo(`${listPath}/${verdict.id}?gedaan=verstuurd`);
    case 'invalid': return again(words.failures.invalid);
    case 'busy': return again(words.failures.busy);
    case 'conflict': return again(words.failures.conflict);
    case 'tested':
    case 'unproven': return again(words.failures.other);
  }
};

/** Throws a draft away. */
export const dropDraft = async (visit: Attended): Promise<Answer> => {
  await (await rulingsOf(visit.desk)).dropDraft(visit.person.party ?? '', visit.path['id'] ?? '');
  return goTo(listPath);
};
