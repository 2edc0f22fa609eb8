import { categoryNames, changedLines, isOwnProposal, partyOf, proposalProblem, roleNames, settingSchema, type ChangedLine, type ChangeProposal, type ContractPart, type LawPack, type Trial, type TrialChange } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import type { ReactNode } from 'react';
import { dayField } from '../agreements/day-field.js';
import { agreementWords } from '../agreements/words.js';
import { MandateDiff, MandateEffect } from '../mandates/proposal.js';
import { mandateWords } from '../mandates/words.js';
import { faulty, shown, type Answer, type Attended, type Page } from '../route.js';
import { FaultSummary, TextArea, type Faults } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { dayText, momentText } from '../shell/moment.js';
import { Badge, ButtonLink, Card, Facts, Form, Moment, Notice, Submit, Table, type Tone } from '../shell/parts.js';
import type { OwnMunicipality } from './municipality.js';
import { approvalWords, sharingWords } from './words.js';

/** Colour of a proposal by where it stands. */
export const proposalTones: Readonly<Record<ChangeProposal['state'], Tone>> = { draft: 'plain', offered: 'wait', approved: 'good', refused: 'bad', withdrawn: 'plain', expired: 'bad', overtaken: 'bad' };

/** What one page of a proposal shows beside the proposal itself. */
export interface ProposalNote {
  readonly faults?: Faults;
  /** What was filled in as reason. */
  readonly reason?: string;
  /** A word on what happened meanwhile, instead of the faults of a form. */
  readonly problem?: keyof ReturnType<typeof approvalWords>['problems'];
  readonly status?: Page['status'];
}

/** One proposal: what changes, what it would have done, and what this person can do with it now. */
export const proposalPage = async (visit: Attended, own: OwnMunicipality, proposal: ChangeProposal, note: ProposalNote = {}): Promise<Answer> => {
  const { desk: { hub }, language, query } = visit;
  const words = approvalWords(language);
  const [versions, waits] = await Promise.all([deskStore.documentVersions(hub.pool, proposal.kind, proposal.key), isOpen(proposal) ? waitingFor(visit, own, proposal) : 0]);
  const before = versions.find(({ version }) => version === proposal.baseVersion)?.body ?? null;
  const done = Object.entries(words.done).find(([code]) => code === query.get('gedaan'))?.[1];
  const title = `${headOf(proposal, words)}: ${words.kinds[proposal.kind].toLowerCase()}`;
  const body = (
    <>
      {note.faults === undefined ? null : <FaultSummary faults={note.faults} language={language} />}
      {note.problem === undefined ? null : <Notice tone="bad" title={words.problems[note.problem]} />}
      {done === undefined || note.problem !== undefined ? null : <Notice tone={proposal.state === 'approved' || proposal.state === 'offered' ? 'good' : 'plain'} title={done} />}
      <div className="columns">
        <div>
          {proposal.kind === 'mandate' ? (
            <><MandateEffect {...{ proposal, language }} registers={own.registers} now={visit.now} waits={waits} /><MandateDiff {...{ proposal, before, language }} now={visit.now} /></>
          ) : (
            <><TrialCard visit={visit} own={own} trial={proposal.trial} waits={waits} /><Diff language={language} pack={own.pack} lines={changedLines(before, proposal.body)} kind={proposal.kind} before={before} body={proposal.body} /></>
          )}
        </div>
        <div>
          <Card title={words.facts}><Facts facts={factsOf(visit, proposal)} /></Card>
          <Acts visit={visit} proposal={proposal} note={note} />
        </div>
      </div>
    </>
  );
  const trail = [proposal.state === 'draft' ? madeIn(proposal, language) : { href: '/ter-goedkeuring', text: words.room }];
  const page = note.faults === undefined ? shown(title, body, trail) : faulty(title, body, trail);
  return note.status === undefined ? page : { ...page, status: note.status };
};

/** What is tried first is called so; a mandate is not tried. */
const headOf = ({ state, kind }: ChangeProposal, words: ReturnType<typeof approvalWords>): string => (state === 'draft' && kind !== 'mandate' ? words.titleDraft : words.titleProposal);

const isOpen = ({ state }: ChangeProposal): boolean => state === 'draft' || state === 'offered';

/** The room in which such a change is made. */
const madeIn = ({ kind }: ChangeProposal, language: Language): Page['trail'][number] => {
  switch (kind) {
    case 'setting': return { href: '/gegevensdeling', text: sharingWords(language).room };
    case 'agreement': return { href: '/overeenkomsten', text: agreementWords(language).room };
    case 'mandate': return { href: '/mandaten', text: mandateWords(language).title };
  }
};

/** Disclosures that wait for such a document. */
const waitingFor = async ({ desk: { hub } }: Attended, own: OwnMunicipality, { kind }: ChangeProposal): Promise<number> => {
  if (kind === 'mandate') return deskStore.waitingForMandate(hub.pool, own.code);
  return kind === 'agreement' ? (await deskStore.waitingForAgreement(hub.pool, own.code)).reduce((sum, { count }) => sum + count, 0) : 0;
};

const factsOf = (visit: Attended, proposal: ChangeProposal): readonly (readonly [ReactNode, ReactNode])[] => {
  const { language, now, person } = visit;
  const words = approvalWords(language);
  const { decidedName, decidedAt, decisionReason, documentId, body } = proposal;
  const sha256 = body['documentSha256'];
  return [
    [words.state, <Badge key="s" tone={proposalTones[proposal.state]}>{words.states[proposal.state]}</Badge>],
    [words.reason, proposal.reason], [words.onVersion, <>{words.version(words.kinds[proposal.kind], proposal.baseVersion)} <code className="soft">{proposal.key}</code></>],
    [words.who, isOwnProposal(proposal, person.account) ? `${proposal.proposedName} (${words.you})` : proposal.proposedName], [words.when, <Moment key="m" at={proposal.proposedAt} visit={visit} />],
    ...(isOpen(proposal) ? [[words.until, <Moment key="u" at={proposal.expiresAt} visit={visit} />] as const] : []),
    ...(decidedAt === null ? [] : [[words.decided, decidedName === null ? momentText(decidedAt, language, now) : words.decidedBy(decidedName, momentText(decidedAt, language, now))] as const]),
    ...(decisionReason === null ? [] : [[words.decisionReason, decisionReason] as const]),
    ...(proposal.checks.length === 0 ? [] : [[words.parts, <ul key="p">{proposal.checks.map((part) => <li key={part}>{partText(part, language)}</li>)}</ul>] as const]),
    ...(documentId === null || typeof sha256 !== 'string' ? [] : [['PDF', <a key="d" href={`/overeenkomsten/document/${sha256}`}>{words.document}</a>] as const]),
  ];
};

const partText = (part: string, language: Language): string => {
  const texts: Readonly<Partial<Record<string, string>>> = agreementWords(language).parts satisfies Readonly<Record<ContractPart, string>>;
  return texts[part] ?? part;
};

const nameOf = ({ recipient, role }: Pick<TrialChange, 'recipient' | 'role'>, own: OwnMunicipality, language: Language): string => partyOf(own.registers, recipient)?.name ?? roleNames[role][language];

const TrialCard = ({ visit, own, trial, waits }: { readonly visit: Attended; readonly own: OwnMunicipality; readonly trial: Trial; readonly waits: number }) => {
  const { language, now } = visit;
  const words = approvalWords(language);
  const all = trial.counts.reduce((sum, { count }) => sum + count, 0);
  return (
    <Card title={words.trial}>
      <p>{trial.messages === 0 ? words.trialNone : words.trialLead(trial.messages, dayText(new Date(trial.since), language, now))}</p>
      {trial.messages > 0 && all === 0 ? <p><strong>{words.trialSame}</strong></p> : null}
      {all === 0 ? null : <ul>{trial.counts.map((one) => <li key={`${one.kind} ${one.recipient} ${one.rule}`}><strong>{words[one.kind](one.count, nameOf(one, own, language))}</strong>{one.rule === null ? null : ` (${one.rule})`}.</li>)}</ul>}
      {all === 0 ? null : <p>{words.trialRest}</p>}
      {trial.isBounded ? <p>{words.trialBounded}</p> : null}
      {waits === 0 ? null : <p><strong>{words.held(waits)}</strong></p>}
      {all === 0 ? null : (
        <details>
          <summary>{words.rows(all, trial.changes.length)}</summary>
          <Table label={words.trial} language={language} rows={trial.changes} keyOf={({ messageId, event, recipient }) => `${messageId} ${event} ${recipient}`} columns={[
            { head: words.message, isName: true, cell: ({ messageId }) => <code>{messageId}</code> }, { head: words.type, cell: ({ type }) => type },
            { head: words.to, cell: (row) => nameOf(row, own, language) }, { head: words.rule, cell: ({ rule }) => rule }, { head: words.effect, cell: ({ kind }) => words.effects[kind] },
          ]} />
        </details>
      )}
    </Card>
  );
};

interface DiffProps {
  readonly language: Language;
  readonly pack: LawPack;
  readonly lines: readonly ChangedLine[];
  readonly kind: ChangeProposal['kind'];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly body: Readonly<Record<string, unknown>>;
}

// Who approved the version before, when and why is no difference that somebody proposes.
const ofTheVersion = ['proposedBy', 'proposedAt', 'approvedBy', 'approvedAt', 'reason', 'kind', 'key', 'controller'];

const Diff = ({ language, pack, lines, kind, before, body }: DiffProps) => {
  const words = approvalWords(language);
  const shownLines = lines.filter(({ path }) => !ofTheVersion.includes(path) && (kind === 'agreement' || !path.startsWith('rules.')));
  return (
    <Card title={words.diff}>
      {kind === 'setting' ? <Switched {...{ language, pack, before, body }} /> : null}
      {shownLines.length === 0 || (kind === 'setting' && before === null) ? null : (
        <Table label={words.diff} language={language} rows={shownLines} keyOf={({ path }) => path} columns={[
          { head: words.field, isName: true, cell: ({ path }) => fieldText(path, language) },
          ...(before === null ? [] : [{ head: words.before, cell: ({ path, before: old }: ChangedLine) => <Value {...{ path, language }} text={old} /> }]),
          { head: words.after, cell: ({ path, after }) => <Value {...{ path, language }} text={after} /> },
        ]} />
      )}
    </Card>
  );
};

const fieldText = (path: string, language: Language): string => {
  const [top = '', ...rest] = path.split('.');
  const fields: Readonly<Partial<Record<string, string>>> = agreementWords(language).fields;
  const parts: Readonly<Partial<Record<string, string>>> = agreementWords(language).subfields;
  return [fields[top] ?? top, ...rest.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : parts[part] ?? part))].join(', ');
};

const moments = ['from', 'to', 'signedAt', 'approvedAt', 'objectedAt', 'at'];

// Codes and moments as a person reads them; what has no words stays as it is in the register.
const Value = ({ path, text, language }: { readonly path: string; readonly text: string | null; readonly language: Language }) => {
  if (text === null) return <span className="soft">{approvalWords(language).none}</span>;
  if (moments.includes(path.split('.').at(-1) ?? '')) return <>{dayField(text)}</>;
  const names: Readonly<Partial<Record<string, string>>> = { ...valueNames(language), ...agreementWords(language).personKinds, ...agreementWords(language).templates };
  const isCodes = ['categories', 'personKinds', 'countsTo', 'template', 'role'].includes(path.split('.').at(-1) ?? '');
  return <>{isCodes ? text.split(', ').map((code) => names[code] ?? code).join(', ') : text}</>;
};

const valueNames = (language: Language): Readonly<Record<string, string>> =>
  Object.fromEntries([...Object.entries(categoryNames), ...Object.entries(roleNames)].map(([code, name]) => [code, name[language]]));

const rulesOf = (document: Readonly<Record<string, unknown>> | null): Readonly<Record<string, 'on' | 'off'>> => {
  const read = settingSchema.shape.rules.safeParse(document?.['rules']);
  return read.success ? read.data : {};
};

const Switched = ({ language, pack, before, body }: Pick<DiffProps, 'language' | 'pack' | 'before' | 'body'>) => {
  const { states } = sharingWords(language);
  const [old, fresh] = [rulesOf(before), rulesOf(body)];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((rule) => (old[rule] ?? 'off') !== (fresh[rule] ?? 'off'));
  return <ul className="share">{changed.map((rule) => (
    <li key={rule}><p className="share__what">{pack.rules.find(({ id }) => id === rule)?.explain[language] ?? rule} <span className="soft small">({rule})</span></p>
      <span className="share__state"><Badge tone={fresh[rule] === 'on' ? 'good' : 'plain'}>{approvalWords(language).wasNow(states[old[rule] ?? 'off'], states[fresh[rule] ?? 'off'])}</Badge></span></li>
  ))}</ul>;
};

const Acts = ({ visit, proposal, note }: { readonly visit: Attended; readonly proposal: ChangeProposal; readonly note: ProposalNote }) => {
  const { language, person, now } = visit;
  const words = approvalWords(language);
  const to = `/ter-goedkeuring/${proposal.id}`;
  if (proposal.state === 'draft') {
    return (
      <Card title={headOf(proposal, words)}>
        <Form visit={visit} to={`${to}/aanbieden`}><Submit>{words.offer}</Submit></Form>
        <div className="actions share__next"><ButtonLink isQuiet href={madeIn(proposal, language).href}>{words.change}</ButtonLink><Form visit={visit} to={`${to}/intrekken`}><Submit isQuiet>{words.discard}</Submit></Form></div>
      </Card>
    );
  }
  const problem = proposalProblem(proposal, person.account, now);
  if (problem === 'own') return <Card title={words.ownWaits}><p>{words.ownWaitsBody}</p><Form visit={visit} to={`${to}/intrekken`}><Submit isQuiet>{words.withdraw}</Submit></Form></Card>;
  if (problem !== null) return null;
  return (
    <Card title={words.decide}>
      <p>{words.decideLead}</p>
      <Form visit={visit} to={`${to}/goedkeuren`}><Submit>{words.approve}</Submit></Form>
      <hr />
      <Form visit={visit} to={`${to}/weigeren`}>
        <TextArea name="reden" label={words.why} hint={words.whyHint} language={language} rows={3} value={note.reason} fault={note.faults?.['reden']} />
        <Submit isQuiet>{words.refuse}</Submit>
      </Form>
    </Card>
  );
};
