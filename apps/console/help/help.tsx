import { nothingThere, shown, type Answer, type Visit, type Room } from '../route.js';
import { bilingual } from '../shell/language.js';
import { HelpBody, inline } from './markdown.js';
import { helpPages, helpText, statementText, type HelpPage } from './pages.js';

/** Help and the statement on accessibility: for everybody, also before signing in. */
export const helpRoom: Room = {
  routes: [
    { method: 'GET', path: '/hulp', roles: 'everybody', answer: listPage },
    { method: 'GET', path: '/hulp/:pagina', roles: 'everybody', answer: textPage },
    { method: 'GET', path: '/toegankelijkheid', roles: 'everybody', answer: statementPage },
  ],
};

const helpWords = bilingual(
  { title: 'Hulp', lead: 'Korte uitleg, per taak en per foutmelding. De hulp hoort bij deze versie en staat op deze computer zelf.', desks: 'Voor uw werk', more: 'Voor iedereen', keys: 'Sneltoetsen', keysLead: 'Toetsen zonder Ctrl of Alt. U kunt ze uitzetten; dat onthoudt deze browser.', keysOn: 'Sneltoetsen aan', keysNoScript: 'Zonder JavaScript zijn er geen sneltoetsen.', search: 'naar het zoekveld', room: 'en daarna een letter uit uw menu: naar dat scherm' },
  { title: 'Help', lead: 'Short explanations, by task and by error. The help belongs to this version and stands on this computer itself.', desks: 'For your work', more: 'For everybody', keys: 'Keyboard shortcuts', keysLead: 'Keys without Ctrl or Alt. You can switch them off; this browser remembers that.', keysOn: 'Shortcuts on', keysNoScript: 'There are no shortcuts without JavaScript.', search: 'to the search field', room: 'and then a letter of your menu: to that screen' },
);

const deskCount = 6;

async function listPage({ language }: Visit): Promise<Answer> {
  const words = helpWords(language);
  const texts = await Promise.all(helpPages.map(async (page) => ({ page, text: await helpText(page, language) })));
  const list = (rows: typeof texts) => <ul className="help__list">{rows.map(({ page, text }) => <li key={page}><a className="utrecht-link utrecht-link--html-a" href={`/hulp/${page}`}>{text.title}</a><span>{inline(text.lead)}</span></li>)}</ul>;
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <h2>{words.desks}</h2>{list(texts.slice(0, deskCount))}
      <h2>{words.more}</h2>{list(texts.slice(deskCount))}
      <Shortcuts language={language} />
    </>
  ));
}

async function textPage({ path, language }: Visit): Promise<Answer> {
  const page = helpPages.find((one): one is HelpPage => one === path['pagina']);
  if (page === undefined) return nothingThere;
  const { title, lead, blocks } = await helpText(page, language);
  return shown(title, <><p className="lead">{inline(lead)}</p><HelpBody blocks={blocks} language={language} /></>, [{ href: '/hulp', text: helpWords(language).title }]);
}

async function statementPage({ language }: Visit): Promise<Answer> {
  const { title, lead, blocks } = await statementText(language);
  return shown(title, <><p className="lead">{inline(lead)}</p><HelpBody blocks={blocks} language={language} /><Shortcuts language={language} /></>);
}

/** The switch of the shortcuts: a key alone must be able to be off (WCAG 2.2, 2.1.4). It works in this browser only, and needs no session. */
const Shortcuts = ({ language }: Pick<Visit, 'language'>) => {
  const words = helpWords(language);
  return (
    <section id="sneltoetsen" className="help">
      <h2>{words.keys}</h2>
      <p>{words.keysLead}</p>
      <ul className="utrecht-unordered-list"><li><kbd>/</kbd> {words.search}</li><li><kbd>g</kbd> {words.room}</li></ul>
      <div className="check needs-script"><input type="checkbox" className="utrecht-checkbox utrecht-checkbox--html-input" id="v-toetsen" data-keys="" /><label className="utrecht-form-label utrecht-form-label--checkbox" htmlFor="v-toetsen">{words.keysOn}</label></div>
      <noscript><p>{words.keysNoScript}</p></noscript>
    </section>
  );
};
