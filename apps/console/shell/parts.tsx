import { randomUUID } from 'node:crypto';
import type { ReactNode } from 'react';
import { createElement, Fragment } from 'react';
import type { Visit } from '../route.js';
import type { Language } from './language.js';
import { exactText, momentText, nearText } from './moment.js';
import { shellWords } from './words.js';

/** How something stands; colour, text and place say the same. */
export type Tone = 'good' | 'wait' | 'bad' | 'plain';

// Class names of the NL Design System stand first, ours beside them where we add something.
const badgeClass: Readonly<Record<Tone, string>> = { good: 'safe', wait: 'warning', bad: 'danger', plain: 'neutral' };
const alertClass: Readonly<Record<Tone, string>> = { good: 'ok', wait: 'warning', bad: 'error', plain: 'info' };
/** Class names of a notice, for the few that are no `Notice`. */
export const noticeClass = (tone: Tone): string => `utrecht-alert utrecht-alert--${alertClass[tone]} notice notice--${tone}`;
/** Class names of a button, for what must carry more than `ButtonLink` or `Submit` give it. */
export const buttonClass = (isQuiet: boolean, tone?: 'bad'): string =>
  `utrecht-button utrecht-button--${isQuiet ? 'secondary' : 'primary'}-action${tone === 'bad' ? ' utrecht-button--danger' : ''} button${isQuiet ? ' button--quiet' : ''}${tone === 'bad' ? ' button--bad' : ''}`;

/** A state in one or two words. */
export const Badge = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => <span className={`utrecht-badge-status utrecht-badge-status--${badgeClass[tone]} badge badge--${tone}`}>{children}</span>;

/** A moment: civil time to read, the instant in UTC behind it. `near` says today and tomorrow. */
export const Moment = ({ at, visit, near = false }: { readonly at: Date; readonly visit: Pick<Visit, 'language' | 'now'>; readonly near?: boolean }) => (
  <time dateTime={at.toISOString()} title={exactText(at)}>{near ? nearText(at, visit.language, visit.now) : momentText(at, visit.language, visit.now)}</time>
);

/** A number that leads to exactly the rows it counts. */
export interface TileRow {
  readonly href: string;
  readonly label: string;
  readonly value: string | number;
  readonly note?: string;
  readonly tone?: Tone;
}

/** The numbers a person looks at first. */
export const Tiles = ({ label, tiles }: { readonly label: string; readonly tiles: readonly TileRow[] }) => (
  <ul className="tiles" aria-label={label}>
    {tiles.map(({ href, label: name, value, note, tone = 'plain' }) => (
      <li key={href} className={`tile tile--${tone}`}>
        <a href={href}><span className="tile__label">{name}</span><span className="tile__value">{value}</span>{note === undefined ? null : <span className="tile__note">{note}</span>}</a>
      </li>
    ))}
  </ul>
);

/** A framed part of a page. */
export const Card = ({ title, actions, id, children }: { readonly title?: ReactNode; readonly actions?: ReactNode; readonly id?: string; readonly children: ReactNode }) => (
  <section className="card" {...(id === undefined ? {} : { id })}>
    {title === undefined && actions === undefined ? null : <div className="card__head"><h2>{title}</h2>{actions === undefined ? null : <div className="card__actions">{actions}</div>}</div>}
    {children}
  </section>
);

/** Something to know or to do before anything else. `bad` is read out at once. */
export const Notice = ({ tone, title, children }: { readonly tone: Tone; readonly title: ReactNode; readonly children?: ReactNode }) => (
  <div className={noticeClass(tone)} role={tone === 'bad' ? 'alert' : 'status'}><p className="notice__title">{title}</p>{children === undefined ? null : <div className="notice__body">{children}</div>}</div>
);

/** Why there is nothing, and what to do next. */
export const Empty = ({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) => <div className="empty"><p className="empty__title">{title}</p><div>{children}</div></div>;

/** One column of a table. */
export interface Column<T> {
  readonly head: ReactNode;
  readonly cell: (row: T) => ReactNode;
  /** Numbers stand right. */
  readonly isNumber?: boolean;
  /** On a phone, where each cell says its head: of a column whose head is hidden. */
  readonly phoneHead?: string;
  /** The cell that names the row. */
  readonly isName?: boolean;
}

/** Rows of one kind; scrolls by itself when the screen is narrow, and stacks on a phone with the head of each column before its cell. */
export const Table = <T,>({ label, columns, rows, keyOf, language }: { readonly label: string; readonly columns: readonly Column<T>[]; readonly rows: readonly T[]; readonly keyOf: (row: T) => string; readonly language: Language }) => {
  const cells = columns.map(cellsOf);
  return (
    <div className="utrecht-table-container scroll" tabIndex={0} role="group" aria-label={`${label} (${shellWords(language).scroll})`}>
      <table className="utrecht-table table">
        <caption className="hidden">{label}</caption>
        <thead className="utrecht-table__header"><tr>{columns.map(({ head, isNumber }, place) => <th key={place} scope="col" className={`utrecht-table__header-cell${isNumber === true ? ' number' : ''}`}>{head}</th>)}</tr></thead>
        <tbody>{rows.map((row) => createElement('tr', { key: keyOf(row) }, ...cells.map((cellOf) => cellOf(row))))}</tbody>
      </table>
    </div>
  );
};

/** How each cell of a column is made: what is the same in all of them is made once. */
const cellsOf = <T,>({ head, phoneHead, cell, isNumber, isName }: Column<T>) => {
  const said = phoneHead ?? head;
  const same = { className: `utrecht-table__cell${isNumber === true ? ' utrecht-table__cell--numeric-data number' : ''}`, ...(typeof said === 'string' ? { 'data-head': said } : {}) };
  return (row: T): ReactNode => (isName === true ? createElement('th', { scope: 'row', ...same }, cell(row)) : createElement('td', same, cell(row)));
};

/** What is known of one thing, name by name. */
export const Facts = ({ facts }: { readonly facts: readonly (readonly [ReactNode, ReactNode])[] }) => (
  <dl className="utrecht-data-list utrecht-data-list--html-dl facts">
    {facts.map(([name, value], place) => <Fragment key={place}><dt className="utrecht-data-list__item-key">{name}</dt><dd className="utrecht-data-list__item-value utrecht-data-list__item-value--html-dd">{value}</dd></Fragment>)}
  </dl>
);

/** What happened, in order. */
export const Timeline = ({ label, steps }: { readonly label: string; readonly steps: readonly { readonly at: ReactNode; readonly tone: Tone; readonly title: ReactNode; readonly body?: ReactNode }[] }) => (
  <ol className="timeline" aria-label={label}>
    {steps.map(({ at, tone, title, body }, place) => (
      <li key={place} className={`timeline__step timeline__step--${tone}`}><span className="timeline__at">{at}</span><p className="timeline__title">{title}</p>{body === undefined ? null : <div className="timeline__body">{body}</div>}</li>
    ))}
  </ol>
);

/** Text to be taken along, with a button that copies it. */
export const Copyable = ({ text, language }: { readonly text: string; readonly language: Language }) => (
  <div className="copyable"><pre tabIndex={0}><code className="utrecht-code">{text}</code></pre><button type="button" className={`${buttonClass(true)} needs-script`} data-copy={text} data-copied={shellWords(language).copied}>{shellWords(language).copy}</button></div>
);

/** A link that looks like what it is: the next step. */
export const ButtonLink = ({ href, isQuiet = false, children }: { readonly href: string; readonly isQuiet?: boolean; readonly children: ReactNode }) => <a className={buttonClass(isQuiet)} href={href}>{children}</a>;

/** A form that does something: bound to this session, and done once however often it is sent. */
export const Form = ({ visit, to, hasFiles = false, id, className, children }: {
  readonly visit: Pick<Visit, 'formToken'>; readonly to: string; readonly hasFiles?: boolean; readonly id?: string; readonly className?: string; readonly children: ReactNode;
}) => (
  <form method="post" action={to} {...(hasFiles ? { encType: 'multipart/form-data' } : {})} {...(id === undefined ? {} : { id })} {...(className === undefined ? {} : { className })} noValidate>
    <input type="hidden" name="_teken" value={visit.formToken} />
    <input type="hidden" name="_eenmaal" value={randomUUID()} />
    {children}
  </form>
);

/** The button that sends a form. */
export const Submit = ({ isQuiet = false, tone, name, value, form, children }: {
  readonly isQuiet?: boolean; readonly tone?: 'bad'; readonly name?: string; readonly value?: string; readonly form?: string; readonly children: ReactNode;
}) => (
  <button type="submit" className={buttonClass(isQuiet, tone)} {...(name === undefined ? {} : { name, value })} {...(form === undefined ? {} : { form })}>{children}</button>
);

/** On to more rows; the place is in the address. */
export const Paging = ({ previous, next, language }: { readonly previous: string | null; readonly next: string | null; readonly language: Language }) => {
  const words = shellWords(language);
  return previous === null && next === null ? null : (
    <nav className="paging" aria-label={`${words.previous}, ${words.next}`}>
      {previous === null ? null : <a className={buttonClass(true)} rel="prev" href={previous}>{words.previous}</a>}
      {next === null ? null : <a className={buttonClass(true)} rel="next" href={next}>{words.next}</a>}
    </nav>
  );
};

/** The address of a page with some of its filters changed; null takes one away, and the place in the list with it. */
export const withQuery = (path: string, query: URLSearchParams, changes: Readonly<Record<string, string | null>>): string => {
  const next = new URLSearchParams(query);
  if (!('na' in changes) && !('voor' in changes)) for (const place of ['na', 'voor']) next.delete(place);
  for (const [name, value] of Object.entries(changes)) value === null || value === '' ? next.delete(name) : next.set(name, value);
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
};
