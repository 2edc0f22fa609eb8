import { questionSubjects, returnReasons } from '@ketensluis/domain';
import { tellSender, type OpenedNotice, type SenderWord } from '@ketensluis/flow';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { FaultSummary, RadioField, type Faults } from '../shell/fields.js';
import { ButtonLink, Card, Form, Submit } from '../shell/parts.js';
import { backTo } from './act.js';
import { CaseLine, openedOf } from './case.js';
import { casePath, listPath } from './list.js';
import { caseWords, listWords, writeWords } from './words.js';

type Kind = SenderWord['kind'];

/** The two codes a form can ask for; what is not of the list asks nothing. */
const wordOf = (kind: Kind, text: string | null): SenderWord | null => {
  if (kind === 'question') {
    const reason = questionSubjects.find((one) => one === text);
    return reason === undefined ? null : { kind, reason };
  }
  const reason = returnReasons.find((one) => one === text);
  return reason === undefined ? null : { kind, reason };
};

const trailOf = (visit: Attended, caseId: string): Page['trail'] => [{ href: listPath, text: listWords(visit.language).title }, { href: casePath(caseId), text: caseWords(visit.language).title }];

const formOf = (visit: Attended, opened: OpenedNotice, kind: Kind, faults: Faults) => {
  const words = writeWords(visit.language);
  const at = `${casePath(opened.caseId)}/${kind === 'question' ? 'vraag' : 'niet-voor-ons'}`;
  const fault = faults['reden'];
  const options = kind === 'question' ? questionSubjects.map((one) => [one, words.asked[one]] as const) : returnReasons.map((one) => [one, words.returned[one]] as const);
  return (
    <>
      <CaseLine opened={opened} visit={visit} />
      <FaultSummary faults={faults} language={visit.language} />
      <Card>
        <p>{kind === 'question' ? words.questionLead : words.notOursLead}</p>
        <Form visit={visit} to={at}>
          <RadioField name="reden" label={kind === 'question' ? words.subject : words.reason} options={options} {...(fault === undefined ? {} : { fault })} />
          <p className="actions"><Submit>{kind === 'question' ? words.ask : words.giveBack}</Submit><ButtonLink href={casePath(opened.caseId)} isQuiet>{words.back}</ButtonLink></p>
        </Form>
      </Card>
    </>
  );
};

const asked = (kind: Kind) => async (visit: Attended): Promise<Answer> => {
  const opened = await openedOf(visit);
  const words = writeWords(visit.language);
  return opened === null ? nothingThere : shown(kind === 'question' ? words.question : words.notOurs, formOf(visit, opened, kind, {}), trailOf(visit, opened.caseId));
};

const sent = (kind: Kind) => async (visit: Attended): Promise<Answer> => {
  const opened = await openedOf(visit);
  const newest = opened?.told[0];
  if (opened === null || newest === undefined) return nothingThere;
  const words = writeWords(visit.language);
  const word = wordOf(kind, visit.form.get('reden'));
  if (word === null) {
    const title = kind === 'question' ? words.question : words.notOurs;
    return faulty(title, formOf(visit, opened, kind, { reden: kind === 'question' ? words.chooseSubject : words.chooseReason }), trailOf(visit, opened.caseId));
  }
  const { clock, ids } = visit.desk.hub;
  const told = await tellSender({ party: visit.person.party ?? '', mid: newest.mid, by: visit.person.account, word }, { clock, ids, notices: visit.desk.notices });
  if (told === 'absent') return nothingThere;
  if (told === 'repeated') return backTo(visit, 'al-gezegd');
  return kind === 'question' ? backTo(visit, 'gevraagd') : goTo(`${listPath}?gedaan=teruggegeven`);
};

/** Asks the sender to call, with a subject of a list. */
export const questionForm = asked('question');
/** Sends that. */
export const sendQuestion = sent('question');
/** Gives a notice back, with a reason of a list. */
export const notOursForm = asked('returned');
/** Sends that. */
export const sendNotOurs = sent('returned');
