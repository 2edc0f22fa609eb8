import { checkFields, writeMessage, type Problem } from '@ketensluis/contract';
import { messageDefinitions, partyOf, valueWords, type Attachment, type Field, type FieldValue, type FieldValues, type MessageBody, type Role } from '@ketensluis/domain';
import { receiveEvent, type OpenedNotice } from '@ketensluis/flow';
import { createHash, randomUUID } from 'node:crypto';
import { faulty, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { FaultSummary, FileField, RadioField, SelectField, TextArea, TextField, type Faults } from '../shell/fields.js';
import { ButtonLink, Card, Form, Submit } from '../shell/parts.js';
import { accountSha256, backTo } from './act.js';
import { CaseLine, openedOf, writableIn } from './case.js';
import { casePath, listPath } from './list.js';
import { caseWords, listWords, writeWords } from './words.js';

/** What can be written here, and which of its fields the hub fills in. */
const kinds = {
  advies: { type: 'advies.gegeven', at: 'advies', now: 'gegeven_op' },
  antwoord: { type: 'overleg.antwoord', at: 'antwoord', now: 'overlegd_op' },
} as const;
type Kind = keyof typeof kinds;

/** Fields somebody answers; which question it answers follows from the case. */
const askedFields = (kind: Kind): readonly Field[] => messageDefinitions[kinds[kind].type].fields.filter(({ name }) => name !== kinds[kind].now && name !== 'antwoord_op');

const titleOf = (kind: Kind, visit: Attended): string => (kind === 'advies' ? writeWords(visit.language).advice : writeWords(visit.language).answer);
const trailOf = (visit: Attended, caseId: string): Page['trail'] => [{ href: listPath, text: listWords(visit.language).title }, { href: casePath(caseId), text: caseWords(visit.language).title }];

const Question = ({ of, visit, fault }: { readonly of: Field; readonly visit: Attended; readonly fault: string | undefined }) => {
  const words = writeWords(visit.language);
  const label = of.label[visit.language];
  const value = visit.form.get(of.name);
  const shared = { name: of.name, label, language: visit.language, value, isOptional: !of.required, fault };
  switch (of.kind) {
    case 'enum': return <RadioField name={of.name} label={label} value={value} options={of.values.map((one) => [one, valueWords(one)[visit.language]] as const)} {...(fault === undefined ? {} : { fault })} />;
    case 'boolean': return <SelectField {...shared} options={[['', words.notSaid], ['ja', words.yes], ['nee', words.no]]} />;
    case 'text': return of.lines ? <TextArea {...shared} rows={6} lengthMax={of.maxLength} /> : <TextField {...shared} lengthMax={of.maxLength} />;
    default: return null;
  }
};

const pageOf = (visit: Attended, opened: OpenedNotice, kind: Kind, faults: Faults) => {
  const words = writeWords(visit.language);
  return (
    <>
      <CaseLine opened={opened} visit={visit} />
      <FaultSummary faults={faults} language={visit.language} />
      <Card>
        <p>{kind === 'advies' ? words.adviceLead : words.answerLead}</p>
        <Form visit={visit} to={`${casePath(opened.caseId)}/${kinds[kind].at}`} hasFiles={kind === 'advies'}>
          {askedFields(kind).map((of) => <Question key={of.name} of={of} visit={visit} fault={faults[of.name]} />)}
          {kind === 'advies' ? <FileField name="bijlage" label={words.file} hint={words.fileHint} language={visit.language} isOptional accept="application/pdf" fault={faults['bijlage']} /> : null}
          <p className="actions"><Submit>{words.send}</Submit><ButtonLink href={casePath(opened.caseId)} isQuiet>{words.back}</ButtonLink></p>
        </Form>
      </Card>
    </>
  );
};

interface Writing {
  readonly opened: OpenedNotice;
  readonly role: Role;
}

const writing = async (visit: Attended, kind: Kind): Promise<Writing | null> => {
  const opened = await openedOf(visit);
  const role = opened === null ? null : writableIn(opened)[kind];
  return opened === null || role === null ? null : { opened, role };
};

const asked = (kind: Kind) => async (visit: Attended): Promise<Answer> => {
  const found = await writing(visit, kind);
  return found === null ? nothingThere : shown(titleOf(kind, visit), pageOf(visit, found.opened, kind, {}), trailOf(visit, found.opened.caseId));
};

// What was left open is absent; the contract says whether it may be.
const answered = (of: Field, form: URLSearchParams): FieldValue | undefined => {
  const text = form.get(of.name)?.replace(/\r\n/g, '\n').trim() ?? '';
  if (text === '') return undefined;
  return of.kind === 'boolean' ? text === 'ja' : text;
};

const valuesOf = (kind: Kind, visit: Attended): FieldValues => Object.fromEntries([
  [kinds[kind].now, visit.now.toISOString()],
  ...askedFields(kind).flatMap((of) => {
    const value = answered(of, visit.form);
    return value === undefined ? [] : [[of.name, value] as const];
  }),
]);

const attachmentOf = (content: Buffer): Attachment =>
  ({ name: 'advies.pdf', mediaType: 'application/pdf', sha256: createHash('sha256').update(content).digest('hex'), sizeBytes: content.length, category: 'C-ADVICE' });

// What the contract says is for who builds a program: it names codes.
const unanswered = (of: Field, language: Attended['language']): string => {
  const words = writeWords(language);
  return of.kind === 'text' ? words.write(of.label[language]) : words.pick(of.label[language]);
};

/** By field; what belongs to none stands above the form. */
const faultsOf = (problems: readonly Problem[], kind: Kind, visit: Attended): Faults => {
  const names = new Set([...askedFields(kind).map(({ name }) => name), 'bijlage']);
  return Object.fromEntries(problems.map(({ field, remedy }) => {
    const name = field.replace(/^bericht\./, '').replace(/^inhoud\./, '');
    const of = askedFields(kind).find((one) => one.name === name);
    return [names.has(name) ? name : '', of !== undefined && answered(of, visit.form) === undefined ? unanswered(of, visit.language) : remedy[visit.language]];
  }));
};

const sent = (kind: Kind) => async (visit: Attended): Promise<Answer> => {
  const found = await writing(visit, kind);
  if (found === null) return nothingThere;
  const words = writeWords(visit.language);
  const again = (faults: Faults): Answer => faulty(titleOf(kind, visit), pageOf(visit, found.opened, kind, faults), trailOf(visit, found.opened.caseId));
  const file = visit.files.get('bijlage')?.content;
  if (file !== undefined && !file.subarray(0, 5).equals(Buffer.from('%PDF-'))) return again({ bijlage: words.filePdf });
  const attachments = file === undefined ? [] : [attachmentOf(file)];
  const values = valuesOf(kind, visit);
  const checked = checkFields(kinds[kind].type, values, attachments);
  if (checked.kind === 'problems') return again(faultsOf(checked.problems, kind, visit));
  const problems = await send(visit, found, { kind, values, attachments, files: file === undefined ? [] : [file] });
  return problems === null ? backTo(visit, 'verstuurd') : again(problems);
};

interface Letter {
  readonly kind: Kind;
  readonly values: FieldValues;
  readonly attachments: readonly Attachment[];
  readonly files: readonly Buffer[];
}

/** Puts the message through the intake of every message over HTTP: checked, stored, decided, sealed, delivered. Null when it is stored; else what is wrong. */
const send = async (visit: Attended, { opened, role }: Writing, { kind, values, attachments, files }: Letter): Promise<Faults | null> => {
  const { clock, ids, registers, store, events } = visit.desk.hub;
  const { person, language } = visit;
  const party = partyOf((await registers.current()).registers, person.party ?? '');
  if (party === null) return { '': writeWords(language).refused };
  const message: MessageBody = {
    id: randomUUID(), type: kinds[kind].type, version: 1, case: { law: 'WTH', municipality: opened.municipality, number: opened.number }, sentAt: visit.now,
    sender: { oin: party.oin, role, function: null }, fields: values, attachments,
  };
  const document: unknown = JSON.parse(Buffer.from(writeMessage(message, 'application/json')).toString('utf8'));
  const body = Buffer.from(JSON.stringify({ bericht: document, bijlagen: files.map((content, place) => ({ naam: attachments[place]?.name, inhoud: content.toString('base64') })) }));
  const verdict = await receiveEvent(
    { way: 'console', path: `${casePath(opened.caseId)}/${kinds[kind].at}`, key: visit.form.get('_eenmaal') ?? message.id, body, mediaType: 'application/json', party, proofSha256: accountSha256(person.account), account: person.account },
    { clock, ids, registers, keys: store.webhookKeys, intake: store.intake, take: () => 0 },
  );
  events.tell(`message.${verdict.kind}`, { ...('id' in verdict ? { messageId: verdict.id } : {}), channel: 'console', bytes: body.length });
  const words = writeWords(language);
  switch (verdict.kind) {
    case 'accepted': return null;
    case 'invalid': return { '': words.refused, ...faultsOf(verdict.problems, kind, visit) };
    case 'busy': return { '': words.busy };
    case 'conflict': return { '': words.conflict };
    case 'tested':
    case 'unproven': return { '': words.refused };
  }
};

/** Advice on extending or withdrawing (Wth art. 2(9), 9(1)). */
export const adviceForm = asked('advies');
/** Sends that. */
export const sendAdvice = sent('advies');
/** The answer when Veilig Thuis was consulted (Wth art. 2(3)). */
export const answerForm = asked('antwoord');
/** Sends that. */
export const sendAnswer = sent('antwoord');
