import { isWithin, mandatedPowers } from '@ketensluis/domain';
import { proposeChange } from '@ketensluis/flow';
import { createSharingDesk, deskStore } from '@ketensluis/platform';
import { act, faulty, goTo, nothingThere, page, shown, type Answer, type Attended, type Room } from '../route.js';
import { ownMunicipality, type OwnMunicipality } from '../sharing/municipality.js';
import { articleText } from '../shell/article.js';
import { CheckField, FaultSummary, SelectField, TextArea, TextField, type Faults } from '../shell/fields.js';
import { dayText } from '../shell/moment.js';
import { Badge, ButtonLink, Card, Empty, Form, Notice, Submit, Table } from '../shell/parts.js';
import { holderName, holdersFor, readEnd, readNew, type OwnMandate, type ReadForm } from './mandate-form.js';
import { mandateWords, powerWords } from './words.js';

const path = '/mandaten';
const newPath = `${path}/nieuw`;
const who = ['municipality-officer'] as const;
const endPath = (key: string): string => `${path}/${key}/beeindigen`;
const trailOf = ({ language }: Attended) => [{ href: path, text: mandateWords(language).title }];

const mandatesOf = ({ registers, code }: OwnMunicipality): readonly OwnMandate[] =>
  registers.mandates.filter(({ municipality }) => municipality === code).sort((a, b) => b.from.localeCompare(a.from) || a.key.localeCompare(b.key));

type StandingOf = 'inForce' | 'future' | 'ended';
const standingOf = (mandate: OwnMandate, at: Date): StandingOf => (isWithin(mandate, at) ? 'inForce' : Date.parse(mandate.from) > at.getTime() ? 'future' : 'ended');
const tones = { inForce: 'good', future: 'wait', ended: 'plain' } as const;

const listPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  if (own === null) return nothingThere;
  const { language, desk: { hub }, person, now } = visit;
  const words = mandateWords(language);
  const all = mandatesOf(own);
  const [waiting, open] = await Promise.all([deskStore.waitingForMandate(hub.pool, own.code), deskStore.openProposals(hub.pool, { party: own.oin, account: person.account, at: now })]);
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      {open.filter(({ kind }) => kind === 'mandate').map(({ id, state }) => <Notice key={id} tone="wait" title={state === 'draft' ? words.draft : words.offered}><p><a href={`/ter-goedkeuring/${id}`}>{words.look}</a></p></Notice>)}
      {waiting === 0 ? null : <Notice tone="wait" title={words.waitingTitle(waiting)}><p>{words.waitingBody}</p></Notice>}
      {all.length === 0
        ? <Empty title={words.empty}><p>{words.emptyBody}</p><ButtonLink href={newPath}>{words.add}</ButtonLink></Empty>
        : <Card title={words.count(all.length)} actions={<ButtonLink href={newPath}>{words.add}</ButtonLink>}><Mandates own={own} all={all} visit={visit} /></Card>}
    </>
  ));
};

const Mandates = ({ own, all, visit }: { readonly own: OwnMunicipality; readonly all: readonly OwnMandate[]; readonly visit: Attended }) => {
  const { language, now } = visit;
  const words = mandateWords(language);
  const day = (text: string | null) => (text === null ? words.open : <time dateTime={text}>{dayText(new Date(text), language, now)}</time>);
  return (
    <Table label={words.title} language={language} rows={all} keyOf={({ key }) => key} columns={[
      { head: words.function, isName: true, cell: (mandate) => holderName(mandate, own.registers) },
      { head: words.state, cell: (mandate) => <Badge tone={tones[standingOf(mandate, now)]}>{words[standingOf(mandate, now)]}</Badge> },
      { head: words.powers, cell: ({ powers }) => powers.map((power) => powerWords(language).powers[power]).join('; ') },
      { head: words.decision, cell: ({ decision, reference, signedBy }) => <>{decision} <span className="soft small">{reference}, {signedBy}</span></> },
      { head: words.from, cell: ({ from }) => day(from) }, { head: words.to, cell: ({ to }) => day(to) },
      { head: words.end, cell: (mandate) => (standingOf(mandate, now) === 'ended' ? '–' : <a href={endPath(mandate.key)} aria-label={words.endLabel(holderName(mandate, own.registers))}>{words.end}</a>) },
    ]} />
  );
};

const newForm = (visit: Attended, own: OwnMunicipality, faults: Faults = {}): Answer => {
  const { language, form } = visit;
  const words = mandateWords(language);
  const holders = holdersFor(own, visit.now);
  const text = (name: string, label: string, hint?: string) => <TextField name={name} label={label} hint={hint} language={language} fault={faults[name]} value={form.get(name)} />;
  const chosen = form.getAll('bevoegdheid');
  const body = holders.length === 0 ? <Empty title={words.add}><p>{words.noHolder}</p></Empty> : (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.formLead}</p>
      <Form visit={visit} to={newPath}>
        <SelectField name="houder" label={words.holder} hint={words.holderHint} language={language} fault={faults['houder']} value={form.get('houder')} options={[['', words.choose], ...holders.map((one) => [`${one.oin}/${one.function}`, one.name] as const)]} />
        <fieldset className={`utrecht-form-field field${faults['bevoegdheid'] === undefined ? '' : ' utrecht-form-field--invalid field--bad'}`} id="v-bevoegdheid" tabIndex={-1}>
          <legend className="utrecht-form-label">{words.powersLegend}</legend>
          {faults['bevoegdheid'] === undefined ? null : <p className="utrecht-form-field-error-message field__fault">{faults['bevoegdheid']}</p>}
          {mandatedPowers.map((power) => <CheckField key={power} name="bevoegdheid" value={power} isChecked={visit.form.has('reden') ? chosen.includes(power) : true} label={`${powerWords(language).powers[power]} (${articleText(`Wth art. ${power}`, language)})`} />)}
        </fieldset>
        {text('kenmerk', words.reference, words.referenceHint)}{text('besluit', words.decision, words.decisionHint)}{text('ondertekend', words.signedBy)}
        {text('van', words.fromDay, words.dayHint)}<TextField name="tot" label={words.lastDay} hint={words.lastHint} language={language} fault={faults['tot']} value={form.get('tot')} isOptional />
        <TextArea name="reden" label={words.reason} hint={words.reasonHint} language={language} fault={faults['reden']} value={form.get('reden')} rows={2} lengthMax={500} />
        <div className="actions"><Submit>{words.preview}</Submit><a href={path}>{words.back}</a></div>
      </Form>
    </>
  );
  return Object.keys(faults).length === 0 ? shown(words.add, body, trailOf(visit)) : faulty(words.add, body, [...trailOf(visit), { href: newPath, text: words.add }]);
};

const endForm = (visit: Attended, own: OwnMunicipality, { mandate, faults = {} }: { readonly mandate: OwnMandate; readonly faults?: Faults }): Answer => {
  const { language, form } = visit;
  const words = mandateWords(language);
  const body = (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.endLead(holderName(mandate, own.registers))}</p>
      <Form visit={visit} to={endPath(mandate.key)}>
        <TextField name="laatste" label={words.lastDay} hint={words.endHint} language={language} fault={faults['laatste']} value={form.get('laatste')} />
        <TextArea name="reden" label={words.reason} hint={words.reasonHint} language={language} fault={faults['reden']} value={form.get('reden')} rows={2} lengthMax={500} />
        <div className="actions"><Submit>{words.preview}</Submit><a href={path}>{words.back}</a></div>
      </Form>
    </>
  );
  return Object.keys(faults).length === 0 ? shown(words.endTitle, body, trailOf(visit)) : faulty(words.endTitle, body, [...trailOf(visit), { href: endPath(mandate.key), text: words.endTitle }]);
};

/** The one way a mandate changes: read, tried by the register, and kept as a draft that a second person must approve. */
const propose = async (visit: Attended, own: OwnMunicipality, { read, form }: { readonly read: ReadForm; readonly form: (faults: Faults) => Answer }): Promise<Answer> => {
  const { desk, language, person, now } = visit;
  const words = mandateWords(language);
  if (read.kind === 'faults') return form(read.faults);
  const { document, reason } = read;
  const verdict = await proposeChange({
    kind: 'mandate', key: document.key, body: document, reason, checks: [], document: null, party: own.oin, municipality: own.code, holdsFrom: now, proposedBy: person.account, proposedName: person.name,
  }, await createSharingDesk(desk.hub, desk.configuration));
  switch (verdict.kind) {
    case 'proposed': return goTo(`/ter-goedkeuring/${verdict.id}`);
    case 'not-yours': return nothingThere;
    case 'unchanged': return form({ '': words.faults.same });
    case 'refused': return form({ '': `${words.faults.register}${verdict.problems.map(({ path: place, problem }) => `${place} ${problem}`.trim()).join('; ')}` });
  }
};

const add = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  return own === null ? nothingThere : propose(visit, own, { read: readNew(visit, own), form: (faults) => newForm(visit, own, faults) });
};

const ofKey = async (visit: Attended): Promise<{ readonly own: OwnMunicipality; readonly mandate: OwnMandate } | null> => {
  const own = await ownMunicipality(visit);
  const mandate = own === null ? null : mandatesOf(own).find(({ key }) => key === visit.path['key']) ?? null;
  return own === null || mandate === null || standingOf(mandate, visit.now) === 'ended' ? null : { own, mandate };
};

const end = async (visit: Attended): Promise<Answer> => {
  const found = await ofKey(visit);
  if (found === null) return nothingThere;
  const { own, mandate } = found;
  return propose(visit, own, { read: readEnd(visit, mandate), form: (faults) => endForm(visit, own, { mandate, faults }) });
};

/** The register of mandates of a municipality. */
export const mandatesRoom: Room = {
  routes: [
    page(path, who, listPage),
    page(newPath, who, async (visit) => {
      const own = await ownMunicipality(visit);
      return own === null ? nothingThere : newForm(visit, own);
    }),
    act(newPath, who, add),
    page(`${path}/:key/beeindigen`, who, async (visit) => {
      const found = await ofKey(visit);
      return found === null ? nothingThere : endForm(visit, found.own, { mandate: found.mandate });
    }),
    act(`${path}/:key/beeindigen`, who, end),
  ],
};
