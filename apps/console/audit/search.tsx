import { consultationWords, isBsn, type ConsultationPurpose, type PersonAsked } from '@ketensluis/domain';
import { faulty, goTo, shown, type Answer, type Attended } from '../route.js';
import { FaultSummary, RadioField, TextField, type Faults } from '../shell/fields.js';
import { readDay } from '../shell/moment.js';
import { Card, Form, Submit } from '../shell/parts.js';
import { askerOf, purposeOf, purposesOfPerson } from './asker.js';
import { disclosuresPath } from './disclosures.js';
import { logWords, searchWords } from './words.js';

const searchPath = `${disclosuresPath}/zoek`;
const nameMost = 200;

/** The form to look for one person: purpose first. */
export const searchPage = async (visit: Attended): Promise<Answer> => shown(searchWords(visit.language).title, formOf(visit, {}), trailOf(visit));

/** Keeps the search and goes to its results; the person never stands in an address (I13). */
export const searchPerson = async (visit: Attended): Promise<Answer> => {
  const words = searchWords(visit.language);
  const { purpose, person, faults } = readSearch(visit);
  if (purpose === null || person === null) return faulty(words.title, formOf(visit, faults), trailOf(visit));
  const { account, controller } = askerOf(visit);
  const id = await visit.desk.auditDesk.keepSearch({ account, party: controller }, { purpose, persons: [person] }, visit.now);
  return goTo(`${disclosuresPath}?zoekvraag=${id}`);
};

const trailOf = ({ language }: Attended) => [{ href: disclosuresPath, text: logWords(language).title }];

const readSearch = ({ form, language }: Attended): { readonly purpose: ConsultationPurpose | null; readonly person: PersonAsked | null; readonly faults: Faults } => {
  const words = searchWords(language);
  const purpose = purposeOf(form.get('doel'), purposesOfPerson);
  const why: Faults = purpose === null ? { doel: words.whyFault } : {};
  switch (form.get('op')) {
    case 'bsn': {
      const bsn = (form.get('bsn') ?? '').replace(/[\s.]/g, '');
      return isBsn(bsn) ? { purpose, person: { kind: 'bsn', bsn }, faults: why } : { purpose, person: null, faults: { ...why, bsn: words.bsnFault } };
    }
    case 'naam': {
      const [name, birthDate] = [(form.get('naam') ?? '').trim().slice(0, nameMost), readDay(form.get('geboren') ?? '')];
      const faults = { ...why, ...(name === '' ? { naam: words.nameFault } : {}), ...(birthDate === null ? { geboren: words.bornFault } : {}) };
      return { purpose, person: name === '' || birthDate === null ? null : { kind: 'name', name, birthDate }, faults };
    }
    default: return { purpose, person: null, faults: { ...why, op: words.byFault } };
  }
};

const formOf = (visit: Attended, faults: Faults) => {
  const { form, language } = visit;
  const words = searchWords(language);
  const of = (name: string) => ({ name, language, value: form.get(name), fault: faults[name] });
  return (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.lead}</p>
      <Card>
        <Form visit={visit} to={searchPath}>
          <RadioField {...of('doel')} label={words.why} hint={words.whyHint} options={purposesOfPerson.map((one) => [one, consultationWords[one][language]] as const)} />
          <RadioField {...of('op')} label={words.by} options={[['bsn', words.byBsn], ['naam', words.byName]]} />
          <TextField {...of('bsn')} label={words.bsn} hint={words.bsnHint} lengthMax={12} inputMode="numeric" />
          <TextField {...of('naam')} label={words.name} hint={words.nameHint} lengthMax={nameMost} />
          <TextField {...of('geboren')} label={words.born} hint={logWords(language).dayHint} lengthMax={10} inputMode="numeric" />
          <Submit>{words.go}</Submit>
        </Form>
      </Card>
    </>
  );
};
