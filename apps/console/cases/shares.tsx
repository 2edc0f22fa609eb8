import { holdTexts, mayEnter, messageDefinitions, refusalTexts } from '@ketensluis/domain';
import type { LogLine } from '@ketensluis/flow';
import { Fragment } from 'react';
import type { Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { momentText } from '../shell/moment.js';
import { Badge, Card, Table, type Tone } from '../shell/parts.js';
import { roleText } from './list.js';
import { caseWords } from './words.js';

const outcomes: Readonly<Record<string, { readonly tone: Tone; readonly word: 'permit' | 'hold' | 'refuse' }>> = {
  permit: { tone: 'good', word: 'permit' }, hold: { tone: 'wait', word: 'hold' }, refuse: { tone: 'plain', word: 'refuse' },
};

const nameOf = ({ recipient }: LogLine, language: Attended['language']): string => (recipient === null ? '–' : recipient.name || roleText(recipient.role ?? '', language));

/** Who got what, recipient by recipient in the order in which they come into the case: first how much, and line by line for who asks. */
export const Shares = ({ lines, visit }: { readonly lines: readonly LogLine[]; readonly visit: Attended }) => {
  const { language, person } = visit;
  const words = caseWords(language);
  const isOfficer = mayEnter(person, ['privacy-officer']);
  const byName = new Map<string, LogLine[]>();
  for (const line of lines) byName.set(nameOf(line, language), [...byName.get(nameOf(line, language)) ?? [], line]);
  return (
    <Card title={words.shares}>
      {lines.length === 0 ? <p>{words.sharesNone}</p> : (
        <>
          <p className="soft small">{words.sharesLead} {isOfficer ? null : words.entryNote}</p>
          {[...byName].map(([name, own]) => (
            <details key={name} className="fold">
              <summary>{name} <Counts lines={own} language={language} /></summary>
              <ShareTable label={`${words.shares}: ${name}`} lines={own} isOfficer={isOfficer} visit={visit} />
            </details>
          ))}
        </>
      )}
    </Card>
  );
};

/** How often each outcome; a decision of a kind this version does not know is counted nowhere and stands in the table. */
const Counts = ({ lines, language }: { readonly lines: readonly LogLine[]; readonly language: Attended['language'] }) => {
  const words = caseWords(language);
  return <>{Object.entries(outcomes).map(([decision, { tone, word }]) => {
    const count = lines.filter((line) => line.decision === decision).length;
    return count === 0 ? null : <Fragment key={decision}><Badge tone={tone}>{count} {words[word].toLowerCase()}</Badge> </Fragment>;
  })}</>;
};

const ShareTable = ({ label, lines, isOfficer, visit }: { readonly label: string; readonly lines: readonly LogLine[]; readonly isOfficer: boolean; readonly visit: Attended }) => {
  const { language } = visit;
  const words = caseWords(language);
  return (
    <Table label={label} language={language} rows={lines} keyOf={({ id }) => id} columns={[
      { head: words.what, isName: true, cell: (line) => <>{typeText(line, language)}{line.categoryWords.length === 0 ? null : <span className="soft small">: {line.categoryWords.map((word) => word[language]).join(', ')}</span>}</> },
      { head: words.ground, cell: ({ article, rule }) => (article === null ? (rule ?? '–') : articleText(article, language)) },
      { head: words.outcome, cell: (line) => <Outcome line={line} visit={visit} /> },
      { head: words.entry, isNumber: true, cell: ({ index }) => (isOfficer ? <a href={`/verstrekkingen/${index}`}>{index}</a> : index) },
    ]} />
  );
};

// The log names a type with its version.
const typeText = ({ type }: LogLine, language: Attended['language']): string => labels.get(type?.split('@')[0] ?? '')?.[language] ?? type ?? '–';
const labels = new Map<string, { readonly nl: string; readonly en: string }>(Object.values(messageDefinitions).map(({ type, label }) => [type, label]));

/** By code, why something waits or was refused. */
const reasonTexts: Readonly<Record<string, { readonly nl: string; readonly en: string }>> = { ...holdTexts, ...refusalTexts };

const Outcome = ({ line, visit: { language, now } }: { readonly line: LogLine; readonly visit: Attended }) => {
  const words = caseWords(language);
  const found = outcomes[line.decision ?? ''];
  return (
    <>
      {found === undefined ? line.decision : <Badge tone={found.tone}>{words[found.word]}</Badge>}{' '}
      <span className="soft small">
        {line.decision === 'permit' ? null : line.reasons.map((code) => reasonTexts[code]?.[language] ?? code).join(' ')}
        {line.outcome === null ? null : <> {line.outcome.words[language]}{line.outcome.at === null ? '' : `, ${momentText(line.outcome.at, language, now)}`}</>}
      </span>
    </>
  );
};
