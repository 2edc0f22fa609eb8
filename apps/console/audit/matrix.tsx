import { categories, categoryNames, civilDay } from '@ketensluis/domain';
import { absent, smallFigure, whoShares, type SharedRow, type WhoShares } from '@ketensluis/flow';
import { createElement, type ReactNode } from 'react';
import { shown, type Answer, type Attended } from '../route.js';
import { SelectField } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { ButtonLink, Card, Empty, Notice, Submit, Table, withQuery } from '../shell/parts.js';
import { askerOf } from './asker.js';
import { disclosuresPath } from './disclosures.js';
import { writtenDay } from './filter.js';
import { periods, periodText, readPeriod, thisQuarter } from './period.js';
import { matrixWords } from './room-words.js';

/** Where the room is. */
export const matrixPath = '/wie-deelt-wat';

/** In the address: nobody is left out of the table. */
const everybody = 'alle';

/** What a page of figures is drawn from. */
interface Drawn {
  readonly visit: Attended;
  readonly found: WhoShares;
  readonly names: ReadonlyMap<string, string>;
  /** Where every link to the rows of a figure begins: the list with the period, the category, and up to which entry it was counted. */
  readonly list: string;
}

/** Who shares what: senders by recipients, or by ground. Every number leads to exactly the rows it counts. */
export const matrixPage = async (visit: Attended): Promise<Answer> => {
  const { query, language, now, desk } = visit;
  const words = matrixWords(language);
  const chosen = query.get('periode') ?? '';
  const given = readPeriod(chosen);
  const asked = given === null ? thisQuarter(now) : chosen;
  const span = given ?? readPeriod(asked);
  if (span === null) throw new Error('bug: this quarter is no period');
  const category = categories.find((one) => one === query.get('categorie')) ?? null;
  const [history, found] = [await desk.audit.history(), await whoShares({ first: span.first, last: span.last, category }, askerOf(visit), { ...desk.audit, figures: desk.auditDesk.figures })];
  const day = (at: Date): string => writtenDay(civilDay(at));
  const drawn: Drawn = {
    visit, found, names: new Map(history.parties.map(({ party }) => [party.oin, party.name])),
    list: withQuery(disclosuresPath, new URLSearchParams(), { van: day(span.period.from), tot: day(new Date(span.period.to.getTime() - 1)), stand: String(found.counted), categorie: category }),
  };
  const isByGround = query.get('per') === 'grond';
  return shown(words.title, (
    <>
      <p className="lead">{words.lead(periodText(asked, language))}</p>
      <Card><Choices visit={visit} period={asked} category={category} /></Card>
      {found.counted < found.size ? <Notice tone="wait" title={words.behind(found.counted, found.size)} /> : null}
      {found.rows.length === 0
        ? <Empty title={words.empty}><p>{words.emptyNext}</p><ButtonLink href={disclosuresPath}>{words.toList}</ButtonLink></Empty>
        : <Card>{isByGround ? <Grounds {...drawn} /> : <Pairs {...drawn} />}<Legend {...drawn} isByGround={isByGround} /></Card>}
    </>
  ));
};

const Choices = ({ visit, period, category }: { readonly visit: Attended; readonly period: string; readonly category: string | null }) => {
  const { language, now, query } = visit;
  const words = matrixWords(language);
  return (
    <form method="get" action={matrixPath} className="filters">
      <SelectField name="periode" language={language} label={words.period} value={period} options={periods(now, language)} />
      <SelectField name="categorie" language={language} label={words.category} value={category} options={[['', words.all], ...categories.map((one) => [one, categoryNames[one][language]] as const)]} />
      <SelectField name="per" language={language} label={words.view} value={query.get('per')} options={[['', words.perPair], ['grond', words.perGround]]} />
      {query.get('wie') === everybody ? <input type="hidden" name="wie" value={everybody} /> : null}
      <Submit>{words.show}</Submit>
    </form>
  );
};

const kindWords = { disclosure: 'toegestaan', hold: 'wacht', refusal: 'geweigerd' } as const;

const sumOf = (rows: readonly SharedRow[], kind: SharedRow['kind']): number => rows.reduce((sum, row) => (row.kind === kind ? sum + row.count : sum), 0);
const hrefOf = ({ list }: Pick<Drawn, 'list'>, kind: SharedRow['kind'], more: Readonly<Record<string, string>>): string =>
  `${list}${Object.entries(more).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('')}&besluit=${kindWords[kind]}`;

const grouped = (rows: readonly SharedRow[], keyOf: (row: SharedRow) => string): ReadonlyMap<string, readonly SharedRow[]> => {
  const groups = new Map<string, SharedRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
};

/** More senders or recipients than this are too many to read across, unless somebody asks for all of them. */
const partiesMost = 30;

/** Those with the most decisions of one side, and how many there are. */
const busiest = (rows: readonly SharedRow[], side: 'sender' | 'recipient', most: number): { readonly shown: readonly string[]; readonly all: number } => {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row[side], (counts.get(row[side]) ?? 0) + row.count);
  return { shown: [...counts].sort(([, a], [, b]) => b - a).slice(0, most).map(([oin]) => oin), all: counts.size };
};

const collators: Readonly<Record<Language, Intl.Collator>> = { nl: new Intl.Collator('nl'), en: new Intl.Collator('en') };

const Pairs = (drawn: Drawn) => {
  const { visit: { language, query }, found: { rows }, names } = drawn;
  const words = matrixWords(language);
  const nameOf = (oin: string): string => (oin === absent ? words.nobody : names.get(oin) ?? oin);
  const most = query.get('wie') === everybody ? rows.length : partiesMost;
  const [from, to] = [busiest(rows, 'sender', most), busiest(rows, 'recipient', most)];
  const isPart = from.shown.length < from.all || to.shown.length < to.all;
  return (
    <>
      {isPart ? <p>{words.part([from.shown.length, from.all], [to.shown.length, to.all])} <a href={withQuery(matrixPath, query, { wie: everybody })}>{words.everybody}</a></p> : null}
      <Grid drawn={drawn} nameOf={nameOf} senders={from.shown} recipients={to.shown} />
    </>
  );
};

const Grid = ({ drawn, nameOf, ...sides }: { readonly drawn: Drawn; readonly nameOf: (oin: string) => string; readonly senders: readonly string[]; readonly recipients: readonly string[] }) => {
  const { visit: { language }, found: { rows } } = drawn;
  const words = matrixWords(language);
  const order = collators[language];
  const byName = (some: readonly string[]): readonly string[] => some.toSorted((a, b) => order.compare(nameOf(a), nameOf(b)));
  const [senders, recipients] = [byName(sides.senders), byName(sides.recipients)];
  const byPair = grouped(rows, ({ sender, recipient }) => `${sender} ${recipient}`);
  const most = [...byPair.values()].reduce((highest, some) => Math.max(highest, sumOf(some, 'disclosure')), 1);
  // Most pairs share nothing, and a large matrix has thousands: one element stands for all of those.
  const [nothing, own] = [<td>{words.none}</td>, <td>{words.own}</td>];
  const cellOf = (sender: string, recipient: string): ReactNode => {
    const some = byPair.get(`${sender} ${recipient}`);
    return some === undefined ? (sender === recipient ? own : nothing) : cell(drawn, some, most);
  };
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={words.title}>
      <table className="matrix">
        <caption className="hidden">{words.title}</caption>
        <thead><tr><td />{recipients.map((one) => <th key={one} scope="col">{words.to(nameOf(one))}</th>)}</tr></thead>
        <tbody>{senders.map((sender) => createElement('tr', { key: sender }, <th scope="row">{nameOf(sender)}</th>, ...recipients.map((recipient) => cellOf(sender, recipient))))}</tbody>
      </table>
    </div>
  );
};

/** Four shades, each twice the one before: small numbers stay apart beside large ones. */
const shadeOf = (count: number, most: number): string => (count === 0 ? '' : `matrix__cell--${Math.max(1, 4 - Math.floor(Math.log2(most / count)))}`);

/** What one pair shared; `rows` are all of that pair. */
const cell = (drawn: Drawn, rows: readonly SharedRow[], most: number): ReactNode => {
  const words = matrixWords(drawn.visit.language);
  const [given, held, refused] = [sumOf(rows, 'disclosure'), sumOf(rows, 'hold'), sumOf(rows, 'refusal')];
  const link = (kind: SharedRow['kind'], text: string | number) => <a href={hrefOf(drawn, kind, { afzender: rows[0]?.sender ?? absent, ontvanger: rows[0]?.recipient ?? absent })}>{text}</a>;
  return (
    <td className={`matrix__cell ${given === 0 && held === 0 ? 'matrix__cell--refused' : shadeOf(given, most)}`}>
      {given === 0 ? null : link('disclosure', given)}
      {held === 0 ? null : <span className="matrix__more">{link('hold', words.waits(held))}</span>}
      {refused === 0 ? null : <span className="matrix__more">{link('refusal', words.refused(refused))}</span>}
    </td>
  );
};

const Grounds = (drawn: Drawn) => {
  const { visit: { language }, found: { rows } } = drawn;
  const words = matrixWords(language);
  const grounds = [...grouped(rows, ({ basis }) => basis).entries()].sort(([, a], [, b]) => sumOf(b, 'disclosure') - sumOf(a, 'disclosure'));
  const figure = (kind: SharedRow['kind']) => ([basis, some]: (typeof grounds)[number]) => {
    const count = sumOf(some, kind);
    return count === 0 ? '0' : <a href={hrefOf(drawn, kind, { grond: basis })}>{count}</a>;
  };
  return (
    <Table label={words.perGround} language={language} rows={grounds} keyOf={([basis]) => basis} columns={[
      { head: words.ground, isName: true, cell: ([basis]) => (basis === absent ? words.noGround : <code>{basis}</code>) },
      { head: words.given, isNumber: true, cell: figure('disclosure') }, { head: words.held, isNumber: true, cell: figure('hold') }, { head: words.refusals, isNumber: true, cell: figure('refusal') },
    ]} />
  );
};

const Legend = ({ visit, found, isByGround }: Drawn & { readonly isByGround: boolean }) => {
  const words = matrixWords(visit.language);
  const isSmall = found.rows.some(({ count }) => count < smallFigure);
  return <p className="soft small">{isByGround ? null : <>{words.darker} {words.striped} </>}{isSmall ? `${words.small} ` : null}{words.upTo(found.counted)}</p>;
};
