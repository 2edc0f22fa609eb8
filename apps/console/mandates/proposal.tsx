import { changedLines, mandateSchema, type ChangeProposal, type Mandate, type Registers } from '@ketensluis/domain';
import type { ReactNode } from 'react';
import type { Language } from '../shell/language.js';
import { momentText } from '../shell/moment.js';
import { Card, Table } from '../shell/parts.js';
import { holderName } from './mandate-form.js';
import { mandateWords, powerWords } from './words.js';

interface ProposalProps {
  readonly proposal: Pick<ChangeProposal, 'body' | 'baseVersion'>;
  readonly registers: Registers;
  readonly language: Language;
  readonly now: Date;
}

const mandateOf = (body: unknown): Mandate | null => mandateSchema.safeParse(body).data ?? null;

/** What a change of a mandate does, in one sentence; `waits`: disclosures that are decided anew. */
export const MandateEffect = ({ proposal: { body, baseVersion }, registers, language, now, waits }: ProposalProps & { readonly waits: number }) => {
  const words = mandateWords(language);
  const mandate = mandateOf(body);
  if (mandate === null) return null;
  const name = holderName(mandate, registers);
  const isEnd = baseVersion > 0 && mandate.to !== null;
  return <Card title={words.effect}><p>{isEnd ? words.effectEnd(name, momentText(new Date(mandate.to), language, now)) : words.effectAdd(name, momentText(new Date(mandate.from), language, now), waits)}</p></Card>;
};

// Said by the page itself, or the same for every mandate of a municipality.
const unsaid = ['kind', 'key', 'municipality', 'grantedBy'];

/** Field by field what differs from the version before. */
export const MandateDiff = ({ proposal: { body }, before, language, now }: Omit<ProposalProps, 'registers'> & { readonly before: Readonly<Record<string, unknown>> | null }) => {
  const words = mandateWords(language);
  const named = (field: string): ReactNode => Object.entries(words.fields).find(([name]) => name === field)?.[1] ?? field;
  const powers: Readonly<Partial<Record<string, string>>> = powerWords(language).powers;
  const valued = (field: string, value: string | null): string => {
    if (value === null) return field === 'to' ? words.open : '–';
    if (field === 'from' || field === 'to') return momentText(new Date(value), language, now);
    return field === 'powers' ? value.split(', ').map((power) => powers[power] ?? power).join('; ') : value;
  };
  return (
    <Card title={words.previewTitle}>
      <Table label={words.previewTitle} language={language} rows={changedLines(before, body).filter(({ path }) => !unsaid.includes(path))} keyOf={({ path }) => path} columns={[
        { head: words.field, isName: true, cell: ({ path }) => named(path) },
        ...(before === null ? [] : [{ head: words.before, cell: ({ path, before: old }: { readonly path: string; readonly before: string | null }) => valued(path, old) }]),
        { head: words.after, cell: ({ path, after }) => valued(path, after) },
      ]} />
    </Card>
  );
};
