import { holdTexts, refusalTexts, roleNames } from '@ketensluis/domain';
import type { StoredRuling } from '@ketensluis/flow';
import type { Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { TextField } from '../shell/fields.js';
import { Badge, Form, Moment, Submit, Table } from '../shell/parts.js';
import { copyTones, isToDo, type Copy } from './copies.js';
import { rulingPath, type BasisOf, type Court } from './court.js';
import { copyWords, courtWords, rulingWords } from './words.js';

/** What each part of the page of a ruling is made from. */
export interface Shown {
  readonly found: StoredRuling;
  readonly court: Court;
  readonly visit: Attended;
}

/** What somebody filled in wrong about a duty. */
export interface WrongDuty {
  readonly key: string;
  readonly fault: string;
}

interface CopyTableParts extends Shown {
  readonly copies: readonly Copy[];
  readonly basisOf: BasisOf;
  readonly wrong: WrongDuty | null;
}

/** Who has his copy or was told, and what the registry still has to do. */
export const CopyTable = ({ copies, found, court, visit, basisOf, wrong }: CopyTableParts) => {
  const { language } = visit;
  const words = rulingWords(language);
  const rows = [...copies].sort((a, b) => Number(isToDo(b)) - Number(isToDo(a)));
  return (
    <Table label={words.copies} language={language} rows={rows} keyOf={({ key }) => key} columns={[
      { head: words.who, isName: true, cell: ({ role, recipient }) => (recipient === null ? roleNames[role][language] : court.nameOf(recipient)) },
      { head: words.what, cell: ({ kind }) => words[kind] },
      { head: words.ground, cell: ({ rule, article }) => articleText(basisOf(rule) ?? article, language) },
      { head: words.due, cell: (copy) => <CopyDue copy={copy} visit={visit} /> },
      { head: words.feed, cell: ({ listedAt }) => (listedAt === null ? words.notInFeed : <Moment at={listedAt} visit={visit} near />) },
      { head: words.state, cell: (copy) => <CopyStanding copy={copy} {...{ found, court, visit, wrong }} /> },
    ]} />
  );
};

const CopyDue = ({ copy: { dueAt, state }, visit }: { readonly copy: Copy; readonly visit: Attended }) => {
  const words = rulingWords(visit.language);
  if (dueAt === null) return words.noTerm;
  const isLate = state !== 'delivered' && state !== 'done' && dueAt < visit.now;
  return <span><Moment at={dueAt} visit={visit} near />{isLate ? <> <Badge tone="bad">{words.late}</Badge></> : null}</span>;
};

/** Name of the answer that says how a duty was done. */
export const fieldOf = (key: string): string => `hoe-${key}`;

const CopyStanding = ({ copy, found, visit, wrong }: Shown & { readonly copy: Copy; readonly wrong: WrongDuty | null }) => {
  const { language } = visit;
  const words = rulingWords(language);
  const hold = found.decisions.find(({ kind, rule, recipient }) => kind === 'hold' && rule === copy.rule && (recipient === (copy.recipient ?? copy.role)));
  const fault = wrong?.key === copy.key ? wrong.fault : undefined;
  return (
    <div>
      <Badge tone={copyTones[copy.state]}>{copyWords(language)[copy.state]}</Badge>{copy.at === null ? null : <> <Moment at={copy.at} visit={visit} near /></>}
      {copy.state === 'held' && hold?.reason != null && hold.reason in holdTexts ? <p className="small">{reasonText(hold.reason, language)}</p> : null}
      {isToDo(copy) ? (
        <details open={fault !== undefined}>
          <summary>{words.markDone}<span className="hidden"> {courtWords(language).short[copy.role] ?? copy.role}, {words[copy.kind]}</span></summary>
          {copy.state === 'by-hand' ? <p className="small">{words.byHand}</p> : null}
          <Form visit={visit} to={`${rulingPath(found.message.id)}/plicht/${encodeURIComponent(copy.key)}`}>
            <TextField name={fieldOf(copy.key)} label={words.how} hint={words.howHint} language={language} fault={fault} lengthMax={500} />
            <Submit isQuiet>{words.close}</Submit>
          </Form>
        </details>
      ) : null}
    </div>
  );
};

const reasonText = (reason: string, language: 'nl' | 'en'): string =>
  Object.entries({ ...holdTexts, ...refusalTexts }).find(([code]) => code === reason)?.[1][language] ?? reason;
