import { categoryNames, roleNames, type Role, type SharingRow } from '@ketensluis/domain';
import type { ReactNode } from 'react';
import { articleText } from '../shell/article.js';
import type { Language } from '../shell/language.js';
import { Badge, Table, type Tone } from '../shell/parts.js';
import { sharingWords } from './words.js';

/** Where a row stands, in one word. */
export type RowState = keyof ReturnType<typeof sharingWords>['states'];

/** What is shown of a row: a change that waits goes before all, then what closes the route. */
export const stateOf = ({ kind, isOn, recipients }: SharingRow, isWaiting: boolean): RowState => {
  if (isWaiting) return 'waiting';
  if (kind === 'switch' && !isOn) return 'off';
  if (recipients.some(({ cover }) => cover === 'missing')) return 'missing';
  if (recipients.some(({ cover }) => cover === 'partly')) return 'partly';
  return kind === 'switch' ? 'on' : kind;
};

const tones: Readonly<Record<RowState, Tone>> = { duty: 'plain', on: 'good', off: 'plain', missing: 'wait', partly: 'wait', waiting: 'wait', consent: 'plain' };

/** The state of a row; a duty whose route is closed stays a duty, so it says both. */
export const StateBadge = ({ row, isWaiting, language }: { readonly row: SharingRow; readonly isWaiting: boolean; readonly language: Language }) => {
  const { states } = sharingWords(language);
  const state = stateOf(row, isWaiting);
  const isBoth = row.kind !== 'switch' && state !== row.kind;
  return <>{isBoth ? <><Badge tone="plain">{states[row.kind === 'consent' ? 'consent' : 'duty']}</Badge> </> : null}<Badge tone={tones[state]}>{states[state]}</Badge></>;
};

/** Who a role is here: the parties by name, else the role in words. */
export const namesOf = ({ role, parties }: { readonly role: Role; readonly parties: readonly string[] }, language: Language): string => (parties.length === 0 ? roleNames[role][language] : parties.join(', '));

/** Everybody a row gives to, each once. */
export const recipientsOf = ({ recipients }: SharingRow, language: Language): string => [...new Set(recipients.map((one) => namesOf(one, language)))].join(', ');

/** The kinds of data a row gives, in words. */
export const dataOf = ({ rule }: SharingRow, language: Language): string =>
  rule.allowed.filter((category) => !rule.forbidden.includes(category)).map((category) => categoryNames[category][language]).join(', ');

/** Names of categories, for a sentence. */
export const categoriesText = (row: SharingRow, language: Language): string => row.uncovered.map((category) => categoryNames[category][language]).join(', ');

/** Rows that are no switches, as a table: what, to whom, which data, on what ground, and how it stands. */
export const RowTable = ({ label, rows, language, extra }: { readonly label: string; readonly rows: readonly SharingRow[]; readonly language: Language; readonly extra?: (row: SharingRow) => ReactNode }) => {
  const words = sharingWords(language);
  return (
    <Table label={label} language={language} rows={rows} keyOf={({ rule }) => rule.id} columns={[
      { head: words.what, isName: true, cell: (row) => <>{row.rule.explain[language]}<span className="share__data">{words.data}: {dataOf(row, language)}.</span>{stateOf(row, false) === 'partly' ? <span className="share__note">{words.partly(categoriesText(row, language))}</span> : null}{extra?.(row)}</> },
      { head: words.to, cell: (row) => recipientsOf(row, language) },
      { head: words.ground, cell: ({ rule }) => <span className="ground">{articleText(rule.basis, language)} <span className="soft small nowrap">({rule.id})</span></span> },
      { head: words.state, cell: (row) => <StateBadge row={row} isWaiting={false} language={language} /> },
    ]} />
  );
};
