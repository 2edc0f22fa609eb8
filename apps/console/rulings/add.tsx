import { caseNumberKey } from '@ketensluis/domain';
import type { CourtFilter, CourtMessage, RulingStore } from '@ketensluis/flow';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { CheckField, FaultSummary, FileField, SelectField, TextField, type Faults } from '../shell/fields.js';
import { ButtonLink, Card, Facts, Form, Moment, Submit } from '../shell/parts.js';
import { courtOf, listPath, momentOf, rulingsOf, textIn, type Court } from './court.js';
import { outcomes } from './filter.js';
import { formNames, kindsOf, knownAnswers, numbersOf, readRulingForm, type Answers, type Begun } from './ruling-form.js';
import { addWords, courtWords, listWords } from './words.js';

const addPath = `${listPath}/toevoegen`;
const everything: CourtFilter = { show: null, municipality: null, since: null, onlyRulings: false };
/** Requests and hearings one can choose from; who looks for an older one looks for its number. */
const choicesMost = 100;

const trailOf = ({ language }: Attended) => [{ href: listPath, text: listWords(language).title }];

/** Adding a ruling: which case, or with `bij` or `concept` the form itself. */
export const addPage = async (visit: Attended): Promise<Answer> => {
  const words = addWords(visit.language);
  if (!visit.query.has('bij') && !visit.query.has('concept')) return shown(words.title, await chooseBody(visit, null), trailOf(visit));
  const begun = await begunOf(visit, visit.query.get('bij'), visit.query.get('concept'));
  if (begun === null) return nothingThere;
  return shown(words.title, formBody(visit, begun, { answers: knownAnswers(begun, begun.draft?.message.fields ?? null), faults: {} }), trailOf(visit));
};

interface BegunForm extends Begun {
  readonly court: Court;
  readonly draft: NonNullable<Awaited<ReturnType<RulingStore['findDraft']>>>['draft'] | null;
}

const begunOf = async (visit: Attended, from: string | null, draftId: string | null): Promise<BegunForm | null> => {
  const [court, rulings] = [await courtOf(visit), await rulingsOf(visit.desk)];
  const draft = draftId === null ? null : (await rulings.findDraft(court.oin, draftId, visit.now))?.draft ?? null;
  if (court.party === null || (draftId !== null && draft === null)) return null;
  const chosen = (await rulings.find(court.oin, draft?.fromId ?? from ?? ''))?.message ?? null;
  if (chosen === null || chosen.state !== 'applied') return null;
  return { party: court.party, court, draft, chosen, said: await rulings.saidIn(court.oin, chosen.caseId) };
};

const chooseBody = async (visit: Attended, wrong: { readonly fault: string; readonly found: readonly CourtMessage[] } | null) => {
  const { language } = visit;
  const words = addWords(language);
  const [court, rulings] = [await courtOf(visit), await rulingsOf(visit.desk)];
  const { messages } = await rulings.page(court.oin, everything, { after: null, limit: choicesMost, at: visit.now });
  const waiting = wrong !== null && wrong.found.length > 0 ? wrong.found : withoutRuling(messages);
  return (
    <>
      <FaultSummary faults={wrong === null ? {} : { zaaknummer: wrong.fault }} language={language} />
      <Card title={words.choose}>
        <p>{words.chooseLead}</p>
        <h3>{words.waiting}</h3>
        {waiting.length === 0 ? <p>{words.noneWaiting}</p> : <ul>{waiting.map((message) => <li key={message.id}><a href={`${addPath}?bij=${message.id}`}>{textIn(message.fields, 'zaaknummer_rechtbank')}</a>, {message.number}, <Choice message={message} court={court} visit={visit} /></li>)}</ul>}
        <h3>{words.byNumber}</h3>
        <Form visit={visit} to={`${listPath}/zoeken`}>
          <TextField name="zaaknummer" label={words.number} hint={words.numberHint} language={language} lengthMax={60} value={visit.form.get('zaaknummer')} fault={wrong?.fault} />
          <Submit isQuiet>{words.find}</Submit>
        </Form>
      </Card>
    </>
  );
};

const Choice = ({ message: { municipality, type, fields, receivedAt }, court, visit }: { readonly message: CourtMessage; readonly court: Court; readonly visit: Attended }) =>
  <span className="soft">{court.municipalities.get(municipality) ?? municipality}, {courtWords(visit.language).types[type].toLowerCase()} <Moment at={momentOf(fields, 'zitting_op') ?? momentOf(fields, 'verzoek_ontvangen_op') ?? receivedAt} visit={visit} near /></span>;

// Of each case the last request or hearing, when no ruling came after it.
const withoutRuling = (newestFirst: readonly CourtMessage[]): readonly CourtMessage[] => {
  const seen = new Set<string>();
  return newestFirst.filter(({ caseId, state, isReplaced, type }) => {
    if (state === 'refused' || isReplaced || seen.has(caseId)) return false;
    seen.add(caseId);
    return state === 'applied' && !type.startsWith('uitspraak.');
  });
};

/** Messages looked into for one case number, newest first: some years of a busy court. */
const lookedMost = 1_000;
const batch = 200;

/** Finds the case by the court's own number; it comes in a form, so that it stands in no address. */
export const findCase = async (visit: Attended): Promise<Answer> => {
  const words = addWords(visit.language);
  const asked = visit.form.get('zaaknummer')?.trim() ?? '';
  const again = async (fault: string, found: readonly CourtMessage[]): Promise<Answer> => faulty(words.title, await chooseBody(visit, { fault, found }), [...trailOf(visit), { href: addPath, text: words.title }]);
  const key = caseNumberKey(asked);
  if (asked === '') return again(words.numberMissing, []);
  const found = key === null ? [] : await numbered(await rulingsOf(visit.desk), visit.person.party ?? '', key, visit.now);
  const [only, ...others] = found;
  if (only === undefined) return again(words.notFound, []);
  return others.length === 0 ? goTo(`${addPath}?bij=${only.id}`) : again(words.several, found);
};

const numbered = async (rulings: RulingStore, party: string, key: string, at: Date): Promise<readonly CourtMessage[]> => {
  const found = new Map<string, CourtMessage>();
  let after: string | null = null;
  for (let looked = 0; looked < lookedMost; looked += batch) {
    const { messages }: { readonly messages: readonly CourtMessage[] } = await rulings.page(party, everything, { after, limit: batch, at });
    for (const message of messages) {
      const numbers = [message.fields['zaaknummer_rechtbank'], message.fields['connexe_zaken']].flat();
      if (message.state === 'applied' && !message.isReplaced && !found.has(message.caseId) && numbers.some((one) => typeof one === 'string' && caseNumberKey(one) === key)) found.set(message.caseId, message);
    }
    after = messages.at(-1)?.id ?? null;
    if (messages.length < batch) break;
  }
  return [...found.values()];
};

interface Filled {
  readonly answers: Answers;
  readonly faults: Faults;
}

const formBody = (visit: Attended, begun: BegunForm, { answers, faults }: Filled) => {
  const { language } = visit;
  const [words, codes] = [addWords(language), courtWords(language)];
  const field = (name: (typeof formNames)[number]) => ({ name, language, value: answers[name] ?? '', fault: faults[name] });
  const chosen = (options: readonly (readonly [string, string])[]) => [['', words.chooseOne] as const, ...options];
  const moment = (name: 'uitspraak' | 'verzoek' | 'zitting' | 'werking', label: string, isOptional = false) => (
    <div className="pair">
      <TextField {...field(`${name}dag`)} label={words.day(label)} hint={words.dayHint} lengthMax={10} isOptional={isOptional} />
      <TextField {...field(`${name}tijd`)} label={words.time(label)} hint={words.timeHint} lengthMax={5} isOptional={isOptional} />
    </div>
  );
  return (
    <>
      <FaultSummary faults={faults} language={language} />
      <Card>
        <Facts facts={[[words.case, begun.chosen.number], [listWords(language).municipality, begun.court.municipalities.get(begun.chosen.municipality) ?? begun.chosen.municipality]]} />
        <Form visit={visit} to={addPath} hasFiles>
          <input type="hidden" name="bij" value={begun.chosen.id} />{begun.draft === null ? null : <input type="hidden" name="concept" value={begun.draft.message.id} />}
          <SelectField {...field('soort')} label={words.kind} options={kindsOf(begun).map((type) => [type, codes.types[type]])} />
          <SelectField {...field('zaaknummer')} label={words.number} options={numbersOf(begun).map((number) => [number, number])} />
          <SelectField {...field('dictum')} label={words.outcome} options={chosen(outcomes.map((code) => [code, codes.dicta[code] ?? code]))} />
          <SelectField {...field('gevolg')} label={words.effect} options={chosen(Object.entries(codes.effects))} />
          <p className="field__hint">{words.untilHint}</p>
          {moment('werking', words.until, true)}
          {moment('uitspraak', words.ruling)}
          <TextField {...field('dagtekening')} label={words.dated} hint={words.dayHint} lengthMax={10} />
          {moment('verzoek', words.request)}
          {moment('zitting', words.hearing)}
          <SelectField {...field('wijze')} label={words.manner} options={chosen(Object.entries(codes.manners))} />
          <CheckField name="mondeling" label={words.oral} isChecked={answers['mondeling'] === 'ja'} />
          <TextField {...field('ecli')} label={words.ecli} lengthMax={48} isOptional />
          <FileField name="document" label={words.file} hint={begun.draft === null ? words.fileHint : `${words.fileKept(Math.ceil(begun.draft.file.length / 1000))} ${words.fileHint}`} language={language} accept="application/pdf" fault={faults['document']} isOptional={begun.draft !== null} />
          <p className="soft">{words.nothingYet}</p>
          <p className="actions"><Submit>{words.next}</Submit><ButtonLink href={listPath} isQuiet>{words.back}</ButtonLink></p>
        </Form>
      </Card>
    </>
  );
};

/** Keeps what was filled in as a draft, to be looked over before anything is sent. */
export const saveRuling = async (visit: Attended): Promise<Answer> => {
  const begun = await begunOf(visit, visit.form.get('bij'), visit.form.get('concept'));
  if (begun === null) return nothingThere;
  const words = addWords(visit.language);
  const answers: Answers = Object.fromEntries(formNames.map((name) => [name, visit.form.get(name) ?? '']));
  const file = visit.files.get('document')?.content ?? (begun.draft === null ? null : Buffer.from(begun.draft.file));
  const read = readRulingForm(answers, { begun, file, id: visit.desk.hub.ids.next(visit.now), at: visit.now, language: visit.language });
  if (read.kind === 'faulty') return faulty(words.title, formBody(visit, begun, { answers, faults: read.faults }), [...trailOf(visit), { href: `${addPath}?bij=${begun.chosen.id}`, text: words.title }]);
  const rulings = await rulingsOf(visit.desk);
  if (!(await rulings.saveDraft(begun.court.oin, { message: read.message, file: file ?? Buffer.alloc(0), fromId: begun.chosen.id }, visit.now))) return nothingThere;
  if (begun.draft !== null) await rulings.dropDraft(begun.court.oin, begun.draft.message.id);
  return goTo(`${listPath}/concept/${read.message.id}`);
};
