import { destructionOf, measureTerms, messageDefinitions, partyOf, type LawPack, type Registers } from '@ketensluis/domain';
import { openCase, type CaseDuty, type CaseStepLine, type OpenedCase } from '@ketensluis/flow';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { RunningChart } from '../notices/timeline.js';
import { ownMunicipality, type OwnMunicipality } from '../sharing/municipality.js';
import { articleText } from '../shell/article.js';
import { dutySentence } from '../shell/duty.js';
import { Badge, Card, Facts, Moment, Notice, Table, Timeline, type Tone } from '../shell/parts.js';
import { canBeExtended, chartedOf, Destruction, listPath, owedText, Standing } from './list.js';
import { Shares } from './shares.js';
import { caseWords, listWords, namedIn } from './words.js';

interface Shown {
  readonly opened: OpenedCase;
  readonly registers: Registers;
  readonly pack: LawPack;
  readonly visit: Attended;
}

const openedOf = (visit: Attended, own: OwnMunicipality): Promise<OpenedCase | null> => {
  const { desk: { audit, cases, notices, hub }, person, path } = visit;
  return openCase({ caseId: path['id'] ?? '', party: own.oin, municipality: own.code, account: person.account }, { ...audit, clock: hub.clock, ids: hub.ids, cases, notices });
};

/** One case: its steps, what is owed, who got what, and whom it is about. That it was opened is written down. */
export const casePage = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  const opened = own === null ? null : await openedOf(visit, own);
  if (own === null || opened === null) return nothingThere;
  const words = caseWords(visit.language);
  const page = { opened, registers: own.registers, pack: own.pack, visit };
  const late = opened.duties.filter((duty) => isLate(duty, visit.now)).length;
  return shown(words.title, (
    <>
      <p className="lead">{words.lead(opened.number)}. <Standing one={opened} visit={visit} /></p>
      {visit.query.get('gedaan') === 'plicht' ? <Notice tone="good" title={words.done} /> : null}
      {late === 0 ? null : <Notice tone="bad" title={words.lateTitle(late)}><p>{words.lateBody} <a href="#plichten">{words.toDuties}</a>.</p></Notice>}
      {opened.file?.imposedAt == null ? null : <Card title={words.line}><RunningChart notices={[chartedOf(opened, visit.now)]} visit={visit} /></Card>}
      <div className="columns">
        <div><Duties {...page} /><Steps {...page} /></div>
        <div><Terms {...page} /><Persons {...page} /><p className="soft small">{words.opened}</p></div>
      </div>
      <Shares lines={opened.lines} visit={visit} />
    </>
  ), [{ href: listPath, text: listWords(visit.language).title }]);
};

const isLate = ({ closedAt, dueAt }: CaseDuty, now: Date): boolean => closedAt === null && dueAt !== null && dueAt < now;

const Terms = ({ opened, visit }: Shown) => {
  const words = caseWords(visit.language);
  const terms = opened.file === null ? null : measureTerms(opened.file, visit.now);
  const due = destructionOf(visit.desk.retention, opened.law, opened);
  const rows = terms === null ? [] : [[words.imposed, terms.imposedAt], [words.firstEnd, terms.firstEndsAt], [words.ends, terms.endsAt], [words.decide, terms.decideBy], [words.limit, canBeExtended(terms, visit.now) ? terms.limitAt : null]] as const;
  return (
    <Card title={words.facts}>
      <Facts facts={[
        [words.state, <Standing key="state" one={opened} visit={visit} />],
        ...rows.flatMap(([name, at]) => (at === null ? [] : [[name, <Moment key={name} at={at} visit={visit} near />] as const])),
        [opened.heldUntil === null ? words.destroyed : words.held, <Destruction key="destruction" one={opened} visit={visit} />],
      ]} />
      <p className="soft small">{opened.heldUntil !== null ? words.heldNote : due === null ? null : words.destroyedNote(articleText(due.clock.basis, visit.language))}</p>
    </Card>
  );
};

const Persons = ({ opened: { persons }, visit }: Shown) => {
  const words = caseWords(visit.language);
  return (
    <Card title={words.persons}>
      {persons.length === 0 ? <p>{words.noPersons}</p> : (
        <>
          <Table label={words.persons} language={visit.language} rows={persons} keyOf={({ part, name }) => `${part} ${name}`} columns={[
            { head: words.name, isName: true, cell: ({ name }) => name }, { head: words.part, cell: ({ part }) => namedIn(visit.language).parts[part] },
            { head: words.born, cell: ({ birthDate }) => (birthDate === null ? '–' : <span className="nowrap">{birthDate.split('-').reverse().join('-')}</span>) },
          ]} />
          <p className="soft small">{words.personsNote}</p>
        </>
      )}
    </Card>
  );
};

const stepTones: Readonly<Record<CaseStepLine['state'], Tone>> = { applied: 'good', accepted: 'wait', parked: 'bad', refused: 'bad' };

const Steps = ({ opened: { steps }, registers, visit }: Shown) => {
  const words = caseWords(visit.language);
  const noteOf = ({ state, isReplaced }: CaseStepLine): string => (isReplaced ? `, ${words.replaced}` : state === 'applied' ? '' : `, ${words[state]}`);
  return (
    <Card title={words.steps}>
      {steps.length === 0 ? <p>{words.noSteps}</p> : (
        <Timeline label={words.steps} steps={steps.map((step) => ({
          at: <Moment at={step.receivedAt} visit={visit} />, tone: step.isReplaced ? 'plain' : stepTones[step.state], title: messageDefinitions[step.type].label[visit.language],
          body: <p className="soft small">{words.from(partyOf(registers, step.sender)?.name ?? step.sender)}{noteOf(step)}</p>,
        }))} />
      )}
    </Card>
  );
};

/** Where an act outside the hub is recorded. */
export const dutyPath = (caseId: string, name: string): string => `${listPath}/${caseId}/plicht?plicht=${encodeURIComponent(name)}`;

/** A duty in words: who owes it to whom; a party by its name where it is owed to that one. */
export const dutyText = ({ bearer, toward, recipient }: Pick<CaseDuty, 'bearer' | 'toward' | 'recipient'>, registers: Registers, language: Attended['language']): string => {
  const party = recipient === '' ? null : partyOf(registers, recipient)?.name ?? recipient;
  return owedText(bearer, { role: toward, party }, language);
};

/** What is still owed; what is done stands behind one line, for a case has dozens of duties and asks for few. */
const Duties = (page: Shown) => {
  const { opened: { duties }, visit: { language } } = page;
  const words = caseWords(language);
  const [open, closed] = [duties.filter(({ closedAt }) => closedAt === null), duties.filter(({ closedAt }) => closedAt !== null)];
  return (
    <Card title={words.duties} id="plichten">
      {duties.length === 0 ? <p>{words.noDuties}</p> : open.length === 0 ? <p>{words.allDone}</p> : <DutyTable {...page} label={words.duties} duties={open} />}
      {closed.length === 0 ? null : <details><summary>{words.doneCount(closed.length)}</summary><DutyTable {...page} label={words.doneCount(closed.length)} duties={closed} /></details>}
    </Card>
  );
};

const DutyTable = ({ opened: { caseId }, registers, pack, visit, label, duties }: Shown & { readonly label: string; readonly duties: readonly CaseDuty[] }) => {
  const { language, now } = visit;
  const words = caseWords(language);
  const closedOf = ({ closedBy }: CaseDuty): string => (closedBy?.startsWith('outside:') === true ? words.outside(closedBy.slice('outside:'.length)) : words.byHub);
  return (
    <Table label={label} language={language} rows={duties} keyOf={({ name }) => name} columns={[
      { head: words.asked, isName: true, cell: (duty) => <>{dutySentence(duty, pack, language)}<br /><span className="soft small">{dutyText(duty, registers, language)}</span></> },
      { head: words.article, cell: ({ article, authority }) => <span className="ground">{articleText(article, language)} <span className="soft small">({words[authority]})</span></span> },
      { head: words.due, cell: ({ dueAt }) => (dueAt === null ? words.noTerm : <Moment at={dueAt} visit={visit} near />) },
      {
        head: words.standing, cell: (duty) => (duty.closedAt !== null
          ? <><Badge tone="good">{words.closed}</Badge> <span className="soft small"><Moment at={duty.closedAt} visit={visit} />, {closedOf(duty)}</span></>
          : <><Badge tone={isLate(duty, now) ? 'bad' : 'wait'}>{isLate(duty, now) ? words.late : words.open}</Badge> <a href={dutyPath(caseId, duty.name)} aria-label={words.recordLabel(dutySentence(duty, pack, language))}>{words.record}</a></>),
      },
    ]} />
  );
};
