import { recordOutsideAct } from '@ketensluis/platform';
import { act, faulty, goTo, nothingThere, page, shown, type Answer, type Attended, type Room } from '../route.js';
import type { CaseDuty, StoredMunicipalCase } from '@ketensluis/flow';
import { ownMunicipality, type OwnMunicipality } from '../sharing/municipality.js';
import { articleText } from '../shell/article.js';
import { dutySentence } from '../shell/duty.js';
import { FaultSummary, TextArea, type Faults } from '../shell/fields.js';
import { Facts, Form, Moment, Submit } from '../shell/parts.js';
import { casePage, dutyPath, dutyText } from './case.js';
import { listPage, listPath } from './list.js';
import { caseWords, listWords } from './words.js';

const who = ['municipality-officer'] as const;
/** Shorter tells nobody anything. */
const howMin = 10;
const howMax = 1_000;

interface Owed {
  readonly own: OwnMunicipality;
  readonly found: StoredMunicipalCase;
  readonly duty: CaseDuty;
}

// In codes only, so that asking how something was done opens nothing of anybody.
const owedOf = async (visit: Attended, name: string): Promise<Owed | null> => {
  const own = await ownMunicipality(visit);
  const found = own === null ? null : await visit.desk.cases.open(own.code, visit.path['id'] ?? '', visit.now);
  const duty = found?.duties.find((one) => one.name === name) ?? null;
  return own === null || found === null || duty === null ? null : { own, found, duty };
};

const dutyForm = ({ own, found, duty }: Owed, visit: Attended, faults: Faults = {}): Answer => {
  const { language } = visit;
  const words = caseWords(language);
  const body = (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.actLead}</p>
      <Facts facts={[
        [listWords(language).number, found.number], [words.asked, <strong key="asked">{dutySentence(duty, own.pack, language)}</strong>], [words.duty, dutyText(duty, own.registers, language)],
        [words.article, articleText(duty.article, language)],
        [words.due, duty.dueAt === null ? words.noTerm : <Moment key="due" at={duty.dueAt} visit={visit} near />],
      ]} />
      <Form visit={visit} to={`${listPath}/${found.caseId}/plicht`}>
        <input type="hidden" name="plicht" value={duty.name} />
        <TextArea name="hoe" label={words.how} hint={words.howHint} language={language} fault={faults['hoe']} value={visit.form.get('hoe')} lengthMax={howMax} />
        <div className="actions"><Submit>{words.send}</Submit><a href={`${listPath}/${found.caseId}`}>{words.back}</a></div>
      </Form>
    </>
  );
  const trail = [{ href: listPath, text: listWords(language).title }, { href: `${listPath}/${found.caseId}`, text: words.title }];
  return Object.keys(faults).length === 0 ? shown(words.actTitle, body, trail) : faulty(words.actTitle, body, [...trail, { href: dutyPath(found.caseId, duty.name), text: words.actTitle }]);
};

const dutyPage = async (visit: Attended): Promise<Answer> => {
  const owed = await owedOf(visit, visit.query.get('plicht') ?? '');
  if (owed === null) return nothingThere;
  return owed.duty.closedAt === null ? dutyForm(owed, visit) : goTo(`${listPath}/${owed.found.caseId}`);
};

/** Closes a duty that was done outside the hub, by the same way as `ketensluis duty done`. */
const closeDuty = async (visit: Attended): Promise<Answer> => {
  const owed = await owedOf(visit, visit.form.get('plicht') ?? '');
  if (owed === null) return nothingThere;
  const { desk: { hub, configuration }, person, language } = visit;
  const words = caseWords(language);
  const how = (visit.form.get('hoe') ?? '').trim();
  if (how.length < howMin || how.length > howMax) return dutyForm(owed, visit, { hoe: words.howFault });
  const { own, found, duty } = owed;
  const done = await recordOutsideAct(hub.pool, configuration, { municipality: own.code, number: found.number, key: duty.name, by: person.account, how, at: hub.clock.now() });
  return done ? goTo(`${listPath}/${found.caseId}?gedaan=plicht`) : dutyForm(owed, visit, { '': words.gone });
};

/** Where a municipality follows its cases. */
export const casesRoom: Room = {
  routes: [
    page(listPath, who, listPage), page(`${listPath}/:id`, who, casePage),
    page(`${listPath}/:id/plicht`, who, dutyPage), act(`${listPath}/:id/plicht`, who, closeDuty),
  ],
  waiting: [{
    href: listPath, roles: who, count: async ({ hub, cases }, { party }) => {
      const { registers } = await hub.registers.current();
      const municipality = registers.parties.find(({ oin }) => oin === party)?.municipality ?? null;
      return municipality === null ? 0 : cases.count(municipality, { standing: null, duty: 'late' }, hub.clock.now());
    },
  }],
};
