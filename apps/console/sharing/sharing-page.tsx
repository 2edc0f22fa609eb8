import { isMunicipalRole, isOwnProposal, settingSchema, sharingRows, type SharingRow } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import type { ReactNode } from 'react';
import type { Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { CheckField, FaultSummary, TextArea, type Faults } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { dayText } from '../shell/moment.js';
import { ButtonLink, Card, Empty, Form, Notice, Submit, Tiles } from '../shell/parts.js';
import { settingOf, switchedOnSince, type OwnMunicipality } from './municipality.js';
import { categoriesText, dataOf, recipientsOf, RowTable, stateOf, StateBadge } from './rows.js';
import { sharingWords } from './words.js';

/** What somebody filled in and could not be taken. */
export interface SharingDraft {
  readonly on: ReadonlySet<string>;
  readonly reason: string;
  readonly faults: Faults;
}

const filters = ['verplicht', 'aan', 'uit', 'ontbreekt'] as const;

interface Seen {
  readonly visit: Attended;
  readonly own: OwnMunicipality;
  readonly rows: readonly SharingRow[];
  readonly open: readonly deskStore.ProposalLine[];
  /** Rules a proposal that was offered would switch. */
  readonly waiting: ReadonlySet<string>;
  readonly isLocked: boolean;
}

/** What is shared today, what is blocked and what waits; then the choices, and what is no choice. */
export const sharingBody = async (visit: Attended, own: OwnMunicipality, draft: SharingDraft | null = null): Promise<ReactNode> => {
  const { desk: { hub }, person, now, language, query } = visit;
  const setting = settingOf(own, now);
  const [open, versions, held, consents] = await Promise.all([
    deskStore.openProposals(hub.pool, { party: own.oin, account: person.account, at: now }),
    setting === null ? [] : deskStore.documentVersions(hub.pool, 'setting', setting.key),
    deskStore.waitingForAgreement(hub.pool, own.code), deskStore.consentsInForce(hub.pool, own.code),
  ]);
  const words = sharingWords(language);
  const offered = open.find(({ kind, state }) => kind === 'setting' && state === 'offered');
  const rows = sharingRows(own.input);
  const seen: Seen = { visit, own, rows, open, waiting: offered === undefined ? new Set() : changedRules(offered.body, setting?.rules ?? {}), isLocked: offered !== undefined };
  const shown = filters.find((one) => one === query.get('toon')) ?? null;
  const visible = shown === null ? rows : rows.filter((row) => belongs(row, shown));
  const consentCount = new Map(consents.map(({ recipient, count }) => [recipient, count]));
  const of = (kind: SharingRow['kind'], isOutward: boolean): readonly SharingRow[] => visible.filter((row) => row.kind === kind && row.isOutward === isOutward);
  const switches = visible.filter(({ kind }) => kind === 'switch');
  return (
    <>
      <p className="lead">{words.lead}</p>
      {draft === null ? null : <FaultSummary faults={draft.faults} language={language} />}
      {setting === null && own.registers.agreements.every(({ controller }) => controller !== own.code) ? <FirstSteps {...seen} /> : null}
      <Waiting {...seen} />
      <Blocked {...seen} held={held.reduce((sum, { count }) => sum + count, 0)} />
      <Tiles label={words.tiles} tiles={tilesOf(seen)} />
      {shown === null ? null : <p>{words.filtered(words.tile[tileNames[shown]], visible.length)} <a href="/gegevensdeling">{words.all}</a></p>}
      {switches.length === 0 ? null : <Choices {...seen} rows={switches} draft={draft} since={switchedOnSince(versions)} until={setting?.to ?? null} />}
      <Group title={words.duties} lead={words.dutiesLead} rows={of('duty', true)} isOpen={shown !== null} language={language} />
      <Group title={words.consent} lead={words.consentLead} rows={[...of('consent', true), ...of('consent', false)]} isOpen={shown !== null} language={language}
        extra={({ rule }) => <span className="share__note">{words.consents(rule.to.reduce((sum, role) => sum + (consentCount.get(role) ?? 0), 0))}</span>} />
      <Group title={words.incoming} lead={words.incomingLead} rows={of('duty', false)} isOpen={shown !== null} language={language} />
      <p className="actions"><ButtonLink href="/gegevensdeling/overzicht" isQuiet>{words.print}</ButtonLink></p>
    </>
  );
};

const tileNames = { verplicht: 'duty', aan: 'on', uit: 'off', ontbreekt: 'missing' } as const;

const isBlocked = (row: SharingRow): boolean => stateOf(row, false) === 'missing';

const belongs = (row: SharingRow, filter: (typeof filters)[number]): boolean => {
  switch (filter) {
    case 'verplicht': return row.kind === 'duty';
    case 'aan': return row.kind === 'switch' && row.isOn;
    case 'uit': return row.kind === 'switch' && !row.isOn;
    case 'ontbreekt': return isBlocked(row);
  }
};

const tilesOf = ({ visit: { language, person }, rows, open }: Seen) => {
  const words = sharingWords(language);
  const tile = (filter: (typeof filters)[number]) => {
    const value = rows.filter((row) => belongs(row, filter)).length;
    return { href: `/gegevensdeling?toon=${filter}`, label: words.tile[tileNames[filter]], note: words.tileNote[tileNames[filter]], value, ...(filter === 'ontbreekt' && value > 0 ? { tone: 'wait' as const } : {}) };
  };
  // As the page behind it counts them: also what this person offered, which a colleague must decide about.
  const waiting = open.filter(({ state }) => state === 'offered').length;
  return [...filters.map(tile), { href: '/ter-goedkeuring', label: words.tile.waiting, note: words.tileNote.waiting, value: waiting, ...(open.some((one) => one.state === 'offered' && !isOwnProposal(one, person.account)) ? { tone: 'wait' as const } : {}) }];
};

/** Which rules a proposed setting switches. */
const changedRules = (body: Readonly<Record<string, unknown>>, current: Readonly<Record<string, 'on' | 'off'>>): ReadonlySet<string> => {
  const read = settingSchema.shape.rules.safeParse(body['rules']);
  const fresh = read.success ? read.data : {};
  return new Set([...Object.keys(fresh), ...Object.keys(current)].filter((rule) => (fresh[rule] ?? 'off') !== (current[rule] ?? 'off')));
};

const Waiting = ({ visit: { language, person }, open }: Seen) => {
  const words = sharingWords(language);
  return <>{open.filter(({ kind }) => kind === 'setting').map((one) => {
    const isDraft = one.state === 'draft';
    return <Notice key={one.id} tone="wait" title={isDraft ? words.draft : words.waits}><p>{isDraft || !isOwnProposal(one, person.account) ? null : `${words.waitsBody} `}<a href={`/ter-goedkeuring/${one.id}`}>{words.look}</a></p></Notice>;
  })}</>;
};

/** More are not named above the list they stand in. */
const namedMost = 3;

const Blocked = ({ visit: { language }, rows, held }: Seen & { readonly held: number }) => {
  const words = sharingWords(language);
  const blocked = rows.filter(isBlocked);
  return blocked.length === 0 ? null : <Notice tone="wait" title={words.missing(blocked.length)}>{blocked.length > namedMost ? null : <ul>{blocked.map(({ rule }) => <li key={rule.id}>{rule.explain[language]}</li>)}</ul>}<p>{words.missingBody} {held === 0 ? null : <>{words.held(held)} </>}<a href="/overeenkomsten">{words.toAgreements}</a></p></Notice>;
};

const Choices = ({ visit, rows, waiting, isLocked, draft, since, until }: Seen & { readonly draft: SharingDraft | null; readonly since: ReadonlyMap<string, Date>; readonly until: string | null }) => {
  const { language } = visit;
  const words = sharingWords(language);
  const list = (
    <ul className="share">
      {rows.map((row) => (
        <li key={row.rule.id}>
          {isLocked ? <div><p className="share__what">{row.rule.explain[language]}</p><p className="field__hint"><ChoiceNote {...{ visit, row, since, until }} /></p></div>
            : <CheckField name="regel" value={row.rule.id} label={row.rule.explain[language]} isChecked={draft === null ? row.isOn : draft.on.has(row.rule.id)} hint={<ChoiceNote {...{ visit, row, since, until }} />} />}
          <span className="share__state">{draft !== null && draft.on.has(row.rule.id) !== row.isOn
            ? <span className="badge">{words.saved(words.states[row.isOn ? 'on' : 'off'])}</span> : <StateBadge row={row} isWaiting={waiting.has(row.rule.id)} language={language} />}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <Card title={words.choose} id="keuzes">
      <p>{isLocked ? words.chooseLocked : words.chooseLead}</p>
      {isLocked ? list : (
        <Form visit={visit} to="/gegevensdeling/proef">
          {rows.map(({ rule, isOn }) => <input key={rule.id} type="hidden" name="getoond" value={`${rule.id} ${isOn ? 'on' : 'off'}`} />)}
          <fieldset className="field" id="v-regel" tabIndex={-1}><legend className="hidden">{words.choose}</legend>{draft?.faults['regel'] === undefined ? null : <p className="field__fault">{draft.faults['regel']}</p>}{list}</fieldset>
          <TextArea name="reden" label={words.reason} hint={words.reasonHint} language={language} value={draft?.reason} fault={draft?.faults['reden']} rows={3} />
          <Submit>{words.tryIt}</Submit>
        </Form>
      )}
    </Card>
  );
};

const ChoiceNote = ({ visit: { language, now }, row, since, until }: { readonly visit: Attended; readonly row: SharingRow; readonly since: ReadonlyMap<string, Date>; readonly until: string | null }) => {
  const words = sharingWords(language);
  const from = row.isOn ? since.get(row.rule.id) : undefined;
  return (
    <>
      {words.to}: {recipientsOf(row, language)}. {words.data}: {dataOf(row, language)}. {words.ground}: {articleText(row.rule.basis, language)} ({row.rule.id}).{row.rule.authority === 'policy' ? ` ${words.isPolicy}` : null}
      {from === undefined ? null : ` ${words.since(dayText(from, language, now))}${until === null ? '' : ` ${words.until(dayText(new Date(until), language, now))}`}.`}
      {stateOf(row, false) === 'partly' ? <span className="share__note">{words.partly(categoriesText(row, language))}</span> : null}
    </>
  );
};

/** What is no choice: behind one line, unless somebody asked for these rows. The page to print has all of it. */
const Group = ({ title, lead, rows, isOpen, language, extra }: { readonly title: string; readonly lead: string; readonly rows: readonly SharingRow[]; readonly isOpen: boolean; readonly language: Language; readonly extra?: (row: SharingRow) => ReactNode }) =>
  rows.length === 0 ? null : (
    <Card title={title}>
      <p>{lead}</p>
      <details open={isOpen}><summary>{sharingWords(language).rows(rows.length)}</summary><RowTable label={title} rows={rows} language={language} {...(extra === undefined ? {} : { extra })} /></details>
    </Card>
  );

const FirstSteps = ({ visit: { language }, own, rows }: Seen) => {
  const words = sharingWords(language);
  const hasContact = own.party.functions.some(({ role, addresses }) => isMunicipalRole(role) && addresses.length > 0);
  const steps = [
    { done: hasContact, title: words.steps.contacts, body: words.steps.contactsBody, href: null },
    { done: false, title: words.steps.agreement, body: words.steps.agreementBody, href: '/overeenkomsten/nieuw' },
    { done: rows.some(({ kind, isOn }) => kind === 'switch' && isOn), title: words.steps.categories, body: words.steps.categoriesBody, href: '#keuzes' },
    { done: false, title: words.steps.test, body: words.steps.testBody, href: null },
  ];
  return (
    <Empty title={words.empty}>
      <p>{words.emptyLead}</p>
      <ol>{steps.map(({ done, title, body, href }) => <li key={title}><strong>{href === null ? title : <a href={href}>{title}</a>}</strong> ({done ? words.stepDone : words.stepOpen}). {body}</li>)}</ol>
    </Empty>
  );
};
