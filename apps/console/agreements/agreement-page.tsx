import { agreementStatus, categoryNames, partyOf, roleNames, stopsWithout, type Agreement, type AgreementStatus, type Stopping, type Versioned } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import type { ReactNode } from 'react';
import { shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { FaultSummary, TextArea, TextField, type Faults } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { dayText, momentText } from '../shell/moment.js';
import { lawText } from '../shell/names.js';
import { Badge, ButtonLink, Card, Empty, Facts, Form, Notice, Submit, Table, type Tone } from '../shell/parts.js';
import type { OwnMunicipality } from '../sharing/municipality.js';
import { namesOf } from '../sharing/rows.js';
import { agreementWords } from './words.js';

const tones: Readonly<Record<AgreementStatus, Tone>> = { unsigned: 'plain', future: 'wait', active: 'good', ending: 'wait', ended: 'bad', terminated: 'bad' };
const dayMs = 86_400_000;

const daysLeft = ({ to }: Agreement, now: Date): number => (to === null ? 0 : Math.ceil((Date.parse(to) - now.getTime()) / dayMs));

/** Agreements of this municipality with the hub, by key. */
export const agreementsOf = ({ registers, code }: OwnMunicipality): readonly Versioned<Agreement>[] => registers.agreements.filter(({ controller }) => controller === code).sort((a, b) => a.key.localeCompare(b.key));

/** An agreement by what it is about; its key is how the register names it. */
export const agreementName = ({ laws }: Agreement, language: Language): string => agreementWords(language).named(laws.map((law) => lawText(law.toLowerCase(), language)).join(', '));

/** The register of agreements (law.md 4.3): how each stands, what waits for one, and what will end. */
export const agreementsPage = async (visit: Attended, own: OwnMunicipality): Promise<Answer> => {
  const { desk: { hub }, person, language, now } = visit;
  const words = agreementWords(language);
  const [held, open] = await Promise.all([deskStore.waitingForAgreement(hub.pool, own.code), deskStore.openProposals(hub.pool, { party: own.oin, account: person.account, at: now })]);
  const agreements = agreementsOf(own);
  const total = held.reduce((sum, { count }) => sum + count, 0);
  return shown(words.room, (
    <>
      <p className="lead">{words.lead}</p>
      {open.filter(({ kind }) => kind === 'agreement').map(({ id, state }) => <Notice key={id} tone="wait" title={state === 'draft' ? words.draft : words.waits}><p><a href={`/ter-goedkeuring/${id}`}>{words.look}</a></p></Notice>)}
      {total === 0 ? null : <Notice tone="wait" title={words.held(total)}><p>{words.heldBody}</p><ul>{held.map(({ recipient, count }) => <li key={recipient}>{words.heldTo(recipientName(own, recipient, language), count)}</li>)}</ul></Notice>}
      {agreements.filter((agreement) => agreementStatus(agreement, now) === 'ending').map((agreement) => (
        <Notice key={agreement.key} tone="wait" title={words.endingTitle(agreementName(agreement, language), daysLeft(agreement, now))}><p>{words.endingBody} <a href={`/overeenkomsten/${agreement.key}#stopt`}>{words.seeStops}</a></p></Notice>
      ))}
      {agreements.length === 0 ? <Empty title={words.empty}><p>{words.emptyNext}</p></Empty> : <Card><AgreementTable visit={visit} rows={agreements} /></Card>}
      <p className="actions"><ButtonLink href="/overeenkomsten/nieuw">{words.add}</ButtonLink></p>
    </>
  ));
};

const recipientName = ({ registers }: OwnMunicipality, recipient: string, language: Language): string =>
  partyOf(registers, recipient)?.name ?? Object.entries(roleNames).find(([role]) => role === recipient)?.[1][language] ?? recipient;

const AgreementTable = ({ visit, rows }: { readonly visit: Attended; readonly rows: readonly Versioned<Agreement>[] }) => {
  const { language } = visit;
  const words = agreementWords(language);
  return (
    <Table label={words.room} language={language} rows={rows} keyOf={({ key }) => key} columns={[
      { head: words.facts, isName: true, cell: (one) => <><a href={`/overeenkomsten/${one.key}`}>{agreementName(one, language)}</a> <span className="soft small">{one.key}</span></> },
      { head: words.versionHead, isNumber: true, cell: ({ version }) => version }, { head: words.signedBy, cell: (one) => signersText(one, language) }, { head: words.period, cell: (one) => periodText(one, visit) },
      { head: words.categories, isNumber: true, cell: ({ categories }) => categories.length }, { head: words.subprocessors, isNumber: true, cell: ({ subprocessors }) => subprocessors.length },
      { head: words.state, cell: (one) => <StatusBadge visit={visit} agreement={one} /> },
    ]} />
  );
};

const signersText = ({ signedByController, signedByProcessor }: Agreement, language: Language): string =>
  [signedByController, signedByProcessor].flatMap((one) => (one === null ? [] : [one.function])).join(', ') || agreementWords(language).nobody;

const periodText = ({ from, to }: Agreement, { language, now }: Attended): string => {
  const words = agreementWords(language);
  const begins = dayText(new Date(from), language, now);
  return to === null ? words.from(begins) : words.fromTo(begins, dayText(new Date(to), language, now));
};

const StatusBadge = ({ visit: { language, now }, agreement }: { readonly visit: Attended; readonly agreement: Agreement }) => {
  const words = agreementWords(language);
  const status = agreementStatus(agreement, now);
  return <><Badge tone={tones[status]}>{words.status[status]}</Badge>{status === 'ending' ? ` ${words.daysLeft(daysLeft(agreement, now))}` : null}</>;
};

/** What somebody filled in to end an agreement, and what is wrong with it. */
export interface EndDraft {
  readonly day: string;
  readonly reason: string;
  readonly faults: Faults;
}

/** One agreement: what it says, its document, its versions, what stops when it ends, and how to end it. */
export const agreementBody = async (visit: Attended, own: OwnMunicipality, agreement: Versioned<Agreement>, draft: EndDraft | null = null): Promise<ReactNode> => {
  const { desk: { hub }, language, now } = visit;
  const words = agreementWords(language);
  const { key, documentSha256 } = agreement;
  const [versions, there] = await Promise.all([deskStore.documentVersions(hub.pool, 'agreement', key), deskStore.documentsThere(hub.pool, own.oin, documentSha256 === null ? [] : [documentSha256])]);
  const isLive = !['ended', 'terminated'].includes(agreementStatus(agreement, now));
  return (
    <>
      {draft === null ? null : <FaultSummary faults={draft.faults} language={language} />}
      <p><StatusBadge visit={visit} agreement={agreement} /></p>
      <div className="columns">
        <div>
          <Card title={words.facts} actions={<ButtonLink href={`/overeenkomsten/${key}/wijzigen`} isQuiet>{words.edit}</ButtonLink>}>
            <Facts facts={factsOf(visit, agreement, documentSha256 !== null && there.has(documentSha256))} />
          </Card>
        </div>
        <div>
          <Card title={words.history}><ol reversed>{[...versions].reverse().map(({ version, appliedAt }) => <li key={version} value={version}>{words.applied}: {momentText(appliedAt, language, now)}</li>)}</ol></Card>
          {!isLive ? null : (
            <Card title={words.end} id="opzeggen">
              <p>{words.endLead}</p>
              <Form visit={visit} to={`/overeenkomsten/${key}/opzeggen`}>
                <TextField name="dag" label={words.endDay} hint={words.hints.day} language={language} value={draft?.day} fault={draft?.faults['dag']} inputMode="numeric" />
                <TextArea name="reden" label={words.endReason} hint={words.hints.reason} language={language} value={draft?.reason} fault={draft?.faults['reden']} rows={3} />
                <Submit isQuiet>{words.tryEnd}</Submit>
              </Form>
            </Card>
          )}
        </div>
      </div>
      <Stops language={language} rows={stopsWithout(key, own.input)} />
    </>
  );
};

const factsOf = (visit: Attended, agreement: Versioned<Agreement>, isThere: boolean): readonly (readonly [ReactNode, ReactNode])[] => {
  const { language, now } = visit;
  const words = agreementWords(language);
  const signer = (one: Agreement['signedByController']): string => (one === null ? words.nobody : `${one.person}, ${one.function}, ${dayText(new Date(one.signedAt), language, now)}`);
  const { documentSha256, terminated } = agreement;
  return [
    [words.party, words.hub], [words.key, agreement.key], [words.versionHead, agreement.version], [words.regime, articleText(agreement.regime, language)], [words.template, words.templates[agreement.template]], [words.period, periodText(agreement, visit)],
    [words.fields.signedByController, signer(agreement.signedByController)], [words.fields.signedByProcessor, signer(agreement.signedByProcessor)], [words.mandate, agreement.mandate ?? words.none],
    [words.fields.purposes, agreement.purposes], [words.categories, agreement.categories.map((one) => categoryNames[one][language]).join(', ')], [words.persons, agreement.personKinds.map((kind) => words.personKinds[kind]).join(', ')],
    [words.recipients, agreement.recipientsAllowed.map(({ role, rules }) => `${roleNames[role][language]} (${rules === null ? words.everyRule : rules.join(', ')})`).join('; ') || words.none],
    [words.counts, agreement.countsTo.map((role) => roleNames[role][language]).join(', ') || words.none], [words.subprocessors, agreement.subprocessors.map(({ name, country, purpose }) => `${name} (${country}): ${purpose}`).join('; ') || words.none],
    ...(terminated === null ? [] : [[words.terminated, `${dayText(new Date(terminated.at), language, now)}: ${terminated.reason}`] as const]),
    [words.hash, documentSha256 === null ? words.none : <><code>{documentSha256}</code><br />{isThere ? <a href={`/overeenkomsten/document/${documentSha256}`}>{words.openPdf}</a> : <span className="soft">{words.noPdf}</span>}</>],
  ];
};

const Stops = ({ language, rows: all }: { readonly language: Language; readonly rows: readonly Stopping[] }) => {
  const words = agreementWords(language);
  // One party in two roles is one row to a person.
  const rows = [...new Map(all.map((row) => [`${row.rule.id} ${namesOf(row, language)}`, row])).values()];
  return (
    <Card title={words.stops} id="stopt">
      {rows.length === 0 ? <p>{words.stopsNone}</p> : (
        <>
          <p>{words.stopsLead}</p>
          <Table label={words.stops} language={language} rows={rows} keyOf={({ rule, role }) => `${rule.id} ${role}`} columns={[
            { head: words.what, isName: true, cell: ({ rule }) => <>{rule.explain[language]} <span className="soft small">({articleText(rule.basis, language)}, <span className="nowrap">{rule.id}</span>)</span></> },
            { head: words.to, cell: (row) => namesOf(row, language) }, { head: words.isDuty, cell: ({ isDuty }) => (isDuty ? <Badge tone="wait">{words.dutyStays}</Badge> : words.noDuty) },
          ]} />
        </>
      )}
    </Card>
  );
};
