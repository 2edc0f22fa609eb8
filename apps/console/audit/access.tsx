import { consultationWords, type AccessAction } from '@ketensluis/domain';
import { everyLook, readAccess, type AccessAsked, type AccessLine, type AccessMark } from '@ketensluis/flow';
import { pageRows } from '../limits.js';
import { shown, type Answer, type Attended } from '../route.js';
import { CheckField, SelectField } from '../shell/fields.js';
import { ButtonLink, Card, Empty, Moment, Paging, Submit, Table, withQuery } from '../shell/parts.js';
import { askerOf, purposeOf } from './asker.js';
import { disclosuresPath } from './disclosures.js';
import { accessWords } from './room-words.js';
import { coded } from './words.js';
import { shellWords } from '../shell/words.js';

/** Where the room is. */
export const accessPath = '/toegang';
/** A look that shows so many entries at once is a mass view. */
const massView = 100;

/** What is asked for, by the word in the address. */
const sorts: Readonly<Record<string, Partial<AccessAsked>>> = {
  zoeken: persons('search'), openen: persons('open'), meenemen: persons('report', 'export', 'defer'), steekproef: persons('sample', 'judge'), controle: persons('verify'), programma: { kind: 'http' },
};
function persons(...actions: readonly AccessAction[]): Partial<AccessAsked> {
  return { kind: 'person', actions };
}

const markOf = (text: string | null): AccessMark | null => {
  const [, http, seq] = /^(h?)(\d{1,15})$/.exec(text ?? '') ?? [];
  return seq === undefined ? null : { kind: http === 'h' ? 'http' : 'person', seq: Number(seq) };
};
const nameOf = ({ kind, seq }: AccessMark): string => `${kind === 'http' ? 'h' : ''}${seq}`;

/** Who looked into the log: persons and programs, newest first. */
export const accessPage = async (visit: Attended): Promise<Answer> => {
  const { query, language, desk } = visit;
  const words = accessWords(language);
  const what = query.get('wat') ?? '';
  const sort = Object.hasOwn(sorts, what) ? sorts[what] : undefined;
  const asked: AccessAsked = { ...everyLook, ...sort, countMin: query.get('veel') === 'ja' ? massView : null, outsideHours: query.get('buiten') === 'ja' };
  // One more than is shown tells whether there is a next page.
  const found = await readAccess({ before: markOf(query.get('na')), limit: pageRows + 1, asked }, askerOf(visit), desk.audit);
  const lines = found.slice(0, pageRows);
  const last = lines.at(-1);
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <Card>
        <form method="get" action={accessPath}>
          <SelectField name="wat" language={language} label={words.what} value={what} options={Object.entries(words.kinds)} />
          <CheckField name="buiten" label={words.outside} isChecked={asked.outsideHours} />
          <CheckField name="veel" label={words.many} isChecked={asked.countMin !== null} />
          <div className="actions"><Submit>{words.show}</Submit><ButtonLink href={accessPath} isQuiet>{words.clear}</ButtonLink></div>
        </form>
      </Card>
      {lines.length === 0 ? <Empty title={words.empty}><p>{words.emptyNext}</p></Empty> : (
        <Card>
          <Looks visit={visit} lines={lines} />
          <Paging language={language} previous={query.has('na') ? withQuery(accessPath, query, { na: null }) : null} next={found.length > pageRows && last !== undefined ? withQuery(accessPath, query, { na: nameOf(last) }) : null} />
        </Card>
      )}
    </>
  ));
};

const Looks = ({ visit, lines }: { readonly visit: Attended; readonly lines: readonly AccessLine[] }) => {
  const words = accessWords(visit.language);
  return (
    <Table label={words.title} language={visit.language} rows={lines} keyOf={nameOf} columns={[
      { head: words.nr, isName: true, cell: nameOf },
      { head: words.at, cell: ({ at }) => <Moment at={at} visit={visit} /> },
      { head: words.who, cell: (line) => (line.kind === 'person' ? <>{functionText(line.function, visit)} <span className="soft">({line.account})</span></> : <>{line.reader.name} <span className="soft">({line.reader.role})</span></>) },
      { head: words.did, cell: (line) => <Did line={line} visit={visit} /> },
      { head: words.why, cell: (line) => (line.kind === 'person' ? purposeText(line.purpose, visit) : '') },
      { head: words.seen, isNumber: true, cell: (line) => (line.kind === 'person' ? line.objectCount : line.count) },
      { head: words.trace, cell: ({ trace }) => <code>{trace?.slice(0, 8) ?? ''}</code> },
    ]} />
  );
};

// What the log calls a function: a role of the console, or what another program wrote.
const functionText = (code: string, { language }: Attended): string => coded(shellWords(language).roles)[code === 'fg' ? 'privacy-officer' : code] ?? code;

const purposeText = (code: string, { language }: Attended): string => {
  const purpose = code === 'controle.log' || code === 'teruggave' ? code : purposeOf(code);
  return purpose === null ? code : consultationWords[purpose][language];
};

const Did = ({ line, visit }: { readonly line: AccessLine; readonly visit: Attended }) => {
  const words = accessWords(visit.language);
  if (line.kind === 'http') return <>{words.questions[line.question]}, {words.ways[line.way]}: {words.outcomes[line.outcome]}</>;
  const index = line.question['index'];
  return (
    <>
      {words.actions[line.action] ?? line.action}
      {line.question['person'] === true || line.question['report'] === 'person' ? `, ${words.aboutPerson}` : null}
      {typeof index === 'number' ? <>, <a href={`${disclosuresPath}/${index}`}>{words.entry(String(index))}</a></> : null}
      {line.controller === null ? `, ${words.everybody}` : null}
    </>
  );
};
