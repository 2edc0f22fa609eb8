import { renderToStaticMarkup } from 'react-dom/server';
import type { ReactNode } from 'react';
import type { Person } from '@ketensluis/domain';
import type { Assets } from '../assets.js';
import type { Page } from '../route.js';
import type { Language } from './language.js';
import { menus } from './menu.js';
import { Submit } from './parts.js';
import { shellWords } from './words.js';

/** What the frame around a page shows beside it. */
export interface FrameInput {
  readonly page: Page;
  readonly language: Language;
  readonly person: Person | null;
  /** Nobody could be asked who this is: nothing is said about it. */
  readonly isBare?: boolean;
  /** Name of the party the person works for. */
  readonly partyName: string | null;
  /** Of `GET` requests: where the switch of language comes back to. */
  readonly url: string;
  readonly formToken: string | null;
  readonly assets: Pick<Assets, 'styles' | 'script'>;
  /** Stands in the header of a practice chain. */
  readonly practice: ReactNode | null;
  /** Stands between the title and the page. */
  readonly above?: ReactNode;
  /** How much waits, by the address of the room. */
  readonly waiting: ReadonlyMap<string, number>;
}

/** The page as a whole document; nothing in it is inline, so the policy can forbid that. */
export const documentOf = (input: FrameInput): string => `<!doctype html>${renderToStaticMarkup(<Whole {...input} />)}`;

/** A piece of a page, for what follows by itself. */
export const pieceOf = (piece: ReactNode): string => renderToStaticMarkup(<>{piece}</>);

const Whole = (input: FrameInput) => {
  const { page, language, assets } = input;
  const words = shellWords(language);
  return (
    <html lang={language} className="no-script">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>{`${page.status === 422 ? words.faultTitle(page.title) : page.title} - Ketensluis`}</title>
        <link rel="icon" href="/middelen/teken.svg" type="image/svg+xml" />
        <meta name="color-scheme" content="light dark" />
        {assets.styles.map(({ name, media }) => <link key={name} rel="stylesheet" href={`/middelen/${name}`} {...(media === null ? {} : { media })} />)}
        <script src={`/middelen/${assets.script}`} defer />
      </head>
      <body className="utrecht-document">
        <a className="utrecht-skip-link utrecht-skip-link--visible-on-focus skip" href="#inhoud">{words.skip}</a>
        <Header {...input} />
        <div className="frame">
          <Menu {...input} />
          <main id="inhoud" tabIndex={-1}>
            <Trail {...input} />
            <h1>{page.title}</h1>
            {input.above}
            {page.body}
          </main>
        </div>
        <footer className="footer"><a href="/hulp">{words.help}</a><a href="/toegankelijkheid">{words.accessibility}</a></footer>
      </body>
    </html>
  );
};

const Header = ({ language, person, partyName, url, formToken, practice, isBare }: FrameInput) => {
  const words = shellWords(language);
  const other = language === 'nl' ? 'en' : 'nl';
  return (
    <header className="top">
      <a className="top__name" href="/"><Mark />Ketensluis</a>
      {practice === null ? null : <span className="top__practice">{words.practice}</span>}
      {practice}
      <div className="top__person">
        <a href={`/taal/${other}?terug=${encodeURIComponent(url)}`} hrefLang={other} lang={other} title={words.otherTitle}>{words.other}</a>
        {isBare === true ? null : person === null ? <a href={`/aanmelden?terug=${encodeURIComponent(url)}`}>{words.signIn}</a> : (
          <details className="account">
            <summary><span className="account__name">{person.name}</span><span className="account__role">{partyName ?? person.roles.map((role) => words.roles[role]).join(', ')}</span></summary>
            <p><a href="/mijn/mail">{words.ownMail}</a></p>
            <form method="post" action="/afmelden">
              <input type="hidden" name="_teken" value={formToken ?? ''} />
              <Submit isQuiet>{words.signOut}</Submit>
              <Submit isQuiet name="overal" value="ja">{words.signOutEverywhere}</Submit>
            </form>
          </details>
        )}
      </div>
    </header>
  );
};

/** A lock gate between two quays. */
const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="7" className="mark__back" /><path className="mark__line" d="M6 8v16M26 8v16M6 12l10 5 10-5M6 22c2 0 2-2 4-2s2 2 4 2 2-2 4-2 2 2 4 2 2-2 4-2" /></svg>
);

const Menu = ({ page, person, language, url, waiting }: FrameInput) => {
  if (person === null) return null;
  const words = shellWords(language);
  const here = url.split('?')[0] ?? '';
  const places = [here, ...page.trail.map(({ href }) => href)];
  const items = person.roles.flatMap((role) => menus[role]);
  // The most exact one: a room inside another is not that other one.
  const current = items.map(({ href }) => href).filter((href) => places.some((place) => place === href || place.startsWith(`${href}/`))).sort((a, b) => b.length - a.length)[0];
  return (
    <nav className="menu" aria-label={words.menu}>
      {person.roles.map((role) => (
        <div key={role} className="menu__group">
          <p className="menu__desk">{words.roles[role]}</p>
          <ul>
            {menus[role].map(({ name, href, key }) => {
              const count = waiting.get(href) ?? 0;
              return (
                <li key={href}>
                  <a href={href} data-key={key} {...(href === current ? { 'aria-current': 'page' as const } : {})}>{words.rooms[name]}{count === 0 ? null : <span className="count">{count}<span className="hidden"> {name === 'cases' || name === 'terms' ? words.waitingAs[name] : words.waiting}</span></span>}</a>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
};

const Trail = ({ page, language }: FrameInput) => {
  // A page with faults names itself, to be come back to.
  const above = page.trail.filter(({ text }) => text !== page.title);
  return above.length === 0 ? null : (
    <nav className="utrecht-breadcrumb-nav trail" aria-label={shellWords(language).trail}>
      <ol className="utrecht-breadcrumb-nav__list utrecht-breadcrumb-nav__list--html-ol">{above.map(({ href, text }) => <li key={href}><a className="utrecht-link utrecht-link--html-a utrecht-breadcrumb-nav__link" href={href}>{text}</a></li>)}<li aria-current="page">{page.title}</li></ol>
    </nav>
  );
};
