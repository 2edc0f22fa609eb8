import { factsTogether, isRunning, messageDefinitions, noticeFacts, noticeStatus, partyOf, type NoticeFacts, type NoticeStatus } from '@ketensluis/domain';
import { openNotice, type OpenedNotice, type ToldMessage } from '@ketensluis/flow';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { SelectField } from '../shell/fields.js';
import { Badge, buttonClass, ButtonLink, Card, Facts, Form, Moment, Notice as Box, Submit } from '../shell/parts.js';
import { casePath, listPath, municipalityNames, personsText, statusTone } from './list.js';
import { Sent, Told, type Shown } from './told.js';
import { caseWords, listWords, type Done } from './words.js';

/** What opening needs, with the account that is written down. */
export const noticePorts = ({ desk }: Attended) => ({ ...desk.audit, clock: desk.hub.clock, ids: desk.hub.ids, registers: desk.hub.registers, notices: desk.notices });

/** The case of the address as this person's party may read it; the look is recorded. */
export const openedOf = (visit: Attended): Promise<OpenedNotice | null> =>
  openNotice({ party: visit.person.party ?? '', account: visit.person.account, caseId: visit.path['id'] ?? '' }, noticePorts(visit));

/** Of the messages of a case, those that wait for the party's word. */
const waitingOf = ({ told, desk }: OpenedNotice): readonly ToldMessage[] =>
  desk?.returnedAt == null ? told.filter(({ confirmedAt, isReplaced, state }) => confirmedAt === null && !isReplaced && state !== 'gone') : [];

/** One case: what waits, what was told and what was said, and who has it. */
export const casePage = async (visit: Attended): Promise<Answer> => {
  const opened = await openedOf(visit);
  if (opened === null) return nothingThere;
  const { registers } = await visit.desk.hub.registers.current();
  const colleagues = await visit.desk.notices.colleagues(visit.person.party ?? '', visit.now);
  const words = caseWords(visit.language);
  const page = { opened, registers, colleagues, visit };
  return shown(words.title, (
    <>
      <AtOnce {...page} />
      <DoneBox visit={visit} />
      <WaitingBox {...page} />
      <Actions {...page} />
      <div className="columns">
        <div>
          <h2>{words.received}</h2>
          {opened.told.map((told) => <Told key={told.mid} told={told} {...page} />)}
          <h2>{words.sent}</h2>
          {opened.sent.length === 0 ? <p className="soft">{words.noneSent}</p> : opened.sent.map((sent) => <Sent key={sent.id} sent={sent} {...page} />)}
        </div>
        <div>
          <CaseFacts {...page} />
          <Contacts {...page} />
          <p className="soft small">{words.opened}</p>
        </div>
      </div>
    </>
  ), [{ href: listPath, text: listWords(visit.language).title }]);
};

/** What somebody wants to know first, on a phone as well. */
const AtOnce = ({ opened, registers, visit }: Shown) => {
  const { status } = standing(opened, visit.now);
  return (
    <p className="lead"><strong>{opened.number}</strong>, {municipalityNames(registers).get(opened.municipality) ?? opened.municipality}. <Badge tone={statusTone[status]}>{caseWords(visit.language).status[status]}</Badge> <BanEnds opened={opened} visit={visit} /></p>
  );
};

/** Until when the ban runs, or since when it does not. */
const BanEnds = ({ opened, visit }: { readonly opened: OpenedNotice; readonly visit: Attended }) => {
  const words = caseWords(visit.language);
  const { facts: { endsAt }, isRunning: runs } = standing(opened, visit.now);
  return endsAt === null || (!runs && endsAt > visit.now) ? null : <>{runs ? words.endsAt : words.endedAt} <strong><Moment at={endsAt} visit={visit} near /></strong>.</>;
};

/** Which case somebody writes in, as two may be open beside each other, and whether its ban still runs. */
export const CaseLine = ({ opened, visit }: { readonly opened: OpenedNotice; readonly visit: Attended }) =>
  <p className="lead">{listWords(visit.language).case} <strong>{opened.number}</strong>. <BanEnds opened={opened} visit={visit} /></p>;

const doneTones: Readonly<Record<Done, 'good' | 'wait' | 'bad'>> = { ontvangen: 'good', toegewezen: 'good', geopend: 'good', verstuurd: 'good', gevraagd: 'good', teruggegeven: 'good', 'al-gezegd': 'wait', later: 'bad', weg: 'bad' };
const isDone = (text: string | null): text is Done => text !== null && Object.hasOwn(doneTones, text);

const DoneBox = ({ visit }: { readonly visit: Attended }) => {
  const done = visit.query.get('gedaan');
  return isDone(done) ? <Box tone={doneTones[done]} title={caseWords(visit.language).done[done]} /> : null;
};

const WaitingBox = ({ opened, visit }: Shown) => {
  const words = caseWords(visit.language);
  const waiting = waitingOf(opened);
  const had = waiting.filter(({ state }) => state === 'had');
  const toFetch = waiting.filter(({ state }) => state === 'fetchable');
  const due = waiting.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
  return waiting.length === 0 ? null : (
    <Box tone="wait" title={words.waits}>
      <ul>{waiting.map(({ mid, type }) => <li key={mid}><a href={`#b-${mid}`}>{messageDefinitions[type].label[visit.language]}</a></li>)}</ul>
      {due === undefined ? null : <p>{words.due}: <Moment at={due} visit={visit} near />{due < visit.now ? <> <Badge tone="bad">{words.late}</Badge></> : null}</p>}
      {toFetch.map(({ mid, type }) => (
        <Form key={mid} visit={visit} to={`${casePath(opened.caseId)}/openen`}>
          <input type="hidden" name="bericht" value={mid} /><p>{words.fetchHint}</p>
          <p><Submit>{words.fetch}: {messageDefinitions[type].label[visit.language]}</Submit></p>
        </Form>
      ))}
      {had.length === 0 ? null : (
        <Form visit={visit} to={`${casePath(opened.caseId)}/ontvangst`}>
          {had.map(({ mid }) => <input key={mid} type="hidden" name="bericht" value={mid} />)}
          <p>{words.confirmHint}</p><Submit>{words.confirm}</Submit>
        </Form>
      )}
    </Box>
  );
};

/** Which messages this party may write in the case, with the role it was told in. */
export const writableIn = ({ told }: OpenedNotice) => {
  const roles = told.flatMap(({ roles: own }) => own);
  const roleFor = (type: 'advies.gegeven' | 'overleg.antwoord') => messageDefinitions[type].senderRoles.find((role) => roles.includes(role)) ?? null;
  const has = (prefix: string): boolean => told.some(({ type, state }) => state === 'had' && type.startsWith(prefix));
  return { advies: has('huisverbod.') ? roleFor('advies.gegeven') : null, antwoord: has('overleg.gevraagd') ? roleFor('overleg.antwoord') : null };
};

const Actions = ({ opened, visit }: Shown) => {
  const words = caseWords(visit.language);
  const can = writableIn(opened);
  const at = casePath(opened.caseId);
  return (
    <p className="actions actions--case">
      {can.antwoord === null ? null : <ButtonLink href={`${at}/antwoord`} isQuiet>{words.answer}</ButtonLink>}
      {can.advies === null ? null : <ButtonLink href={`${at}/advies`} isQuiet>{words.advice}</ButtonLink>}
      <ButtonLink href={`${at}/vraag`} isQuiet>{words.question}</ButtonLink>
      {opened.desk?.returnedAt == null ? <ButtonLink href={`${at}/niet-voor-ons`} isQuiet>{words.notOurs}</ButtonLink> : null}
      <button type="button" className={`${buttonClass(true)} needs-script`} data-print="">{words.print}</button>
    </p>
  );
};

const standing = ({ told, sent, desk }: OpenedNotice, at: Date): { readonly status: NoticeStatus; readonly isRunning: boolean; readonly facts: NoticeFacts } => {
  const valid = told.filter(({ isReplaced }) => !isReplaced);
  const facts = factsTogether([...valid].reverse().flatMap(({ document }) => (document === null ? [] : [noticeFacts(document)])));
  const of = { told: valid.map(({ type }) => type), endsAt: facts.endsAt };
  const status = noticeStatus({
    ...of, said: sent.filter(({ state }) => state !== 'refused').map(({ type }) => type), isConfirmed: told.some(({ confirmedAt }) => confirmedAt !== null),
    isAssigned: desk?.assignedTo != null, isReturned: desk?.returnedAt != null,
  }, at);
  return { status, facts, isRunning: isRunning(of, at) };
};

const CaseFacts = ({ opened, registers, colleagues, visit }: Shown) => {
  const words = caseWords(visit.language);
  const { status, facts } = standing(opened, visit.now);
  const { desk } = opened;
  const { person } = visit;
  const options = new Map(colleagues.map(({ account, name }) => [account, name]));
  options.set(person.account, `${person.name} (${words.you})`);
  const assignedTo = desk?.assignedTo ?? null;
  const assigned = assignedTo === person.account ? words.you : assignedTo === null ? words.nobody : desk?.assignedName;
  return (
    <Card title={words.facts}>
      <Facts facts={[
        [words.number, <strong key="n">{opened.number}</strong>],
        [words.municipality, municipalityNames(registers).get(opened.municipality) ?? opened.municipality],
        [words.state, <Badge key="s" tone={statusTone[status]}>{words.status[status]}</Badge>],
        [words.persons, personsText(facts.persons, visit.language) ?? listWords(visit.language).unknownPersons],
        [words.end, facts.endsAt === null ? words.noEnd : <Moment key="e" at={facts.endsAt} visit={visit} near />],
        [words.assigned, assigned],
      ]} />
      {desk?.assignedTo === person.account ? null : (
        <Form visit={visit} to={`${casePath(opened.caseId)}/toewijzen`} className="actions"><input type="hidden" name="aan" value={person.account} /><Submit>{words.toMe}</Submit></Form>
      )}
      <Form visit={visit} to={`${casePath(opened.caseId)}/toewijzen`} className="assign">
        <SelectField name="aan" label={words.assignTo} language={visit.language} value={desk?.assignedTo ?? ''} options={[['', words.unassigned], ...options]} />
        <Submit isQuiet>{words.assign}</Submit>
      </Form>
    </Card>
  );
};

/** Who sent, with its posts: institutions, so no address of a person. */
const Contacts = ({ opened, registers, visit }: Shown) => {
  const words = caseWords(visit.language);
  const parties = [...new Set(opened.told.map(({ from }) => from))].flatMap((oin) => partyOf(registers, oin) ?? []);
  return (
    <Card title={words.contacts}>
      <ul className="plain">{parties.map(({ oin, name, addresses, functions }) => (
        <li key={oin}><strong>{name}</strong>
          <ul>{addresses.length + functions.length === 0 ? <li>{words.noAddress}</li> : null}
            {addresses.map((address) => <li key={address}><a href={`mailto:${address}`}>{address}</a></li>)}
            {functions.flatMap(({ code, name: post, addresses: own }) => own.map((address) => <li key={code + address}>{post}: <a href={`mailto:${address}`}>{address}</a></li>))}
          </ul>
        </li>
      ))}</ul>
    </Card>
  );
};
