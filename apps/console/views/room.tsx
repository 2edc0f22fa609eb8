import { deskStore } from '@ketensluis/platform';
import { act, faulty, goTo, nothingThere, type Answer, type Attended, type Room } from '../route.js';
import { FaultSummary, TextField } from '../shell/fields.js';
import { ButtonLink, Card, Form, Submit } from '../shell/parts.js';
import { keptFilters, keptList, nameFault } from './lists.js';
import { viewWords } from './words.js';

const viewsOf = ({ desk }: Attended) => deskStore.createSavedViews(desk.hub.pool);

interface Wrong {
  readonly path: string;
  readonly filters: string;
  readonly fault: 'empty' | 'long' | 'number' | 'nothing' | 'full';
}

const again = ({ language, form, formToken }: Attended, { path, filters, fault }: Wrong): Answer => {
  const words = viewWords(language);
  const faults = { [fault === 'nothing' || fault === 'full' ? '' : 'naam']: words.faults[fault] };
  const back = filters === '' ? path : `${path}?${filters}`;
  return faulty(words.title, (
    <>
      <FaultSummary faults={faults} language={language} />
      <Card>
        {filters === '' ? null : (
          <Form visit={{ formToken }} to="/weergaven">
            <input type="hidden" name="lijst" value={path} /><input type="hidden" name="filters" value={filters} />
            <TextField name="naam" label={words.name} hint={words.hint} language={language} lengthMax={60} value={form.get('naam')} fault={faults['naam']} />
            <Submit>{words.save}</Submit>
          </Form>
        )}
        <p><ButtonLink href={back} isQuiet>{words.back}</ButtonLink></p>
      </Card>
    </>
  ), [{ href: back, text: words.back }]);
};

/** Keeps what of the filters can be kept; what a form says beside that is left out. */
const keep = async (visit: Attended): Promise<Answer> => {
  const { form, person, now } = visit;
  const path = form.get('lijst') ?? '';
  const list = keptList(path, person);
  if (list === null) return nothingThere;
  const filters = keptFilters(list, new URLSearchParams(form.get('filters') ?? ''));
  const name = (form.get('naam') ?? '').replace(/\s+/g, ' ').trim();
  const fault = filters === '' ? 'nothing' : nameFault(name);
  if (fault !== null) return again(visit, { path, filters, fault });
  const isKept = await viewsOf(visit).save({ account: person.account, page: path, name, query: filters }, now);
  return isKept ? goTo(`${path}?${filters}`) : again(visit, { path, filters, fault: 'full' });
};

const drop = async (visit: Attended): Promise<Answer> => {
  const page = await viewsOf(visit).drop(visit.person.account, visit.path['id'] ?? '');
  return page === null ? nothingThere : goTo(page);
};

/** Views of lists that people keep for themselves. */
export const viewsRoom: Room = { routes: [act('/weergaven', 'signed-in', keep), act('/weergaven/:id/weg', 'signed-in', drop)] };
