import type { Person } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import type { ReactNode } from 'react';
import type { Desk } from '../desk.js';
import { TextField } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { Form, Submit } from '../shell/parts.js';
import { keptFilters, keptList } from './lists.js';
import { viewWords } from './words.js';

/** The page somebody looks at. */
export interface LookedAt {
  readonly person: Person;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly language: Language;
  readonly formToken: string;
}

/** Stands above a list: the views this person keeps of it as links, and the form to keep what is chosen now. Null where a page is no such list. */
export const viewsBar = async ({ hub }: Desk, { person, path, query, language, formToken }: LookedAt): Promise<ReactNode> => {
  const list = keptList(path, person);
  if (list === null) return null;
  const views = await deskStore.createSavedViews(hub.pool).list(person.account, path);
  const words = viewWords(language);
  const now = keptFilters(list, query);
  const canKeep = now !== '' && !views.some((view) => view.query === now);
  if (views.length === 0 && !canKeep) return null;
  return (
    <div className="picks">
      {views.length === 0 ? null : (
        <nav className="picks__row" aria-label={words.label}>
          <span className="soft">{words.label}:</span>
          <ul>{views.map(({ id, name, query: kept }) => <li key={id}><a id={`weergave-${id}`} href={`${path}?${kept}`} {...(kept === now ? { 'aria-current': 'true' as const } : {})}>{name}</a></li>)}</ul>
        </nav>
      )}
      {views.filter((view) => view.query === now).map(({ id, name }) => (
        <Form key={id} visit={{ formToken }} to={`/weergaven/${id}/weg`}><Submit isQuiet>{words.drop}: {name}</Submit></Form>
      ))}
      {!canKeep ? null : (
        <details><summary>{words.keep}</summary>
          <Form visit={{ formToken }} to="/weergaven">
            <input type="hidden" name="lijst" value={path} /><input type="hidden" name="filters" value={now} />
            <TextField name="naam" label={words.name} hint={words.hint} language={language} lengthMax={60} />
            <Submit isQuiet>{words.save}</Submit>
          </Form>
        </details>
      )}
    </div>
  );
};
