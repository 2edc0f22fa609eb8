import { readMessage, writeMessage, type Problem } from '@ketensluis/contract';
import { messageDefinitions, rulingTypes, type Attachment, type FieldValues, type MessageBody, type Party, type RulingType } from '@ketensluis/domain';
import type { CourtMessage } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { Faults } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { clockText, readDay } from '../shell/moment.js';
import { textIn } from './court.js';
import { addWords } from './words.js';

const zone = 'Europe/Amsterdam';

/** Answers of the form by name; a file apart. */
export type Answers = Readonly<Record<string, string>>;
/** Names of the form, in its order. */
export const formNames = ['soort', 'zaaknummer', 'dictum', 'gevolg', 'werkingdag', 'werkingtijd', 'uitspraakdag', 'uitspraaktijd', 'dagtekening', 'verzoekdag', 'verzoektijd', 'zittingdag', 'zittingtijd', 'wijze', 'mondeling', 'ecli'] as const;

/** What the form is begun from: what the court said in the case, oldest first, and the message somebody chose. */
export interface Begun {
  readonly party: Party;
  readonly chosen: CourtMessage;
  readonly said: readonly CourtMessage[];
}

/** Kinds of ruling this court may send, by its role. */
export const kindsOf = ({ party }: Begun): readonly RulingType[] => rulingTypes.filter((type) => messageDefinitions[type].senderRoles.some((role) => party.roles.includes(role)));

/** Case numbers the ruling can have: those of the request, and of the cases that hang together with it. */
export const numbersOf = ({ said }: Begun): readonly string[] =>
  [...new Set(said.toReversed().flatMap(({ fields }) => [textIn(fields, 'zaaknummer_rechtbank'), ...(Array.isArray(fields['connexe_zaken']) ? fields['connexe_zaken'].map(String) : [])]).filter((number) => number !== ''))];

const dayOf = (instant: string): string => (instant === '' ? '' : dayText(Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate()));
const timeOf = (instant: string): string => (instant === '' ? '' : clockText(new Date(instant)));
const dayText = ({ day, month, year }: Temporal.PlainDate): string => `${String(day).padStart(2, '0')}-${String(month).padStart(2, '0')}-${year}`;

const moments = [['uitspraak', 'uitspraak_op'], ['verzoek', 'verzoek_ontvangen_op'], ['zitting', 'zitting_op'], ['werking', 'werking_tot']] as const;

/** The answers that are known already: what the court itself said before, or what stands in the draft. */
export const knownAnswers = (begun: Begun, draft: FieldValues | null): Answers => {
  const known: FieldValues = draft ?? Object.assign({}, ...begun.said.filter(({ type }) => !type.startsWith('uitspraak.')).map(({ fields }) => fields));
  const days = moments.flatMap(([name, field]) => [[`${name}dag`, dayOf(textIn(known, field))] as const, [`${name}tijd`, timeOf(textIn(known, field))] as const]);
  return {
    ...Object.fromEntries(days), soort: kindsOf(begun).find((type) => textIn(known, 'soort_procedure') === procedureOf(type)) ?? kindsOf(begun)[0] ?? '',
    zaaknummer: draft === null ? textIn(begun.chosen.fields, 'zaaknummer_rechtbank') : textIn(draft, 'zaaknummer_rechtbank'), wijze: textIn(known, 'wijze'),
    dagtekening: textIn(known, 'dagtekening').split('-').reverse().join('-'), dictum: textIn(known, 'dictum'), gevolg: textIn(known, 'gevolg_voor_maatregel'), ecli: textIn(known, 'ecli'), mondeling: known['mondeling'] === true ? 'ja' : '',
  };
};

const procedureOf = (type: RulingType): string => type.slice('uitspraak.'.length) === 'voorziening' ? 'voorlopige-voorziening' : type.slice('uitspraak.'.length);

/** A ruling that can be looked over, or everything that is wrong with the answers. */
export type ReadForm = { readonly kind: 'read'; readonly message: MessageBody } | { readonly kind: 'faulty'; readonly faults: Faults };

/** What the form is read with. */
export interface FormContext {
  readonly begun: Begun;
  readonly file: Buffer | null;
  readonly id: string;
  readonly at: Date;
  readonly language: Language;
}

/** Makes the message of the answers, exactly as it will be sent. All faults come together; the contract itself has the last word. */
export const readRulingForm = (answers: Answers, context: FormContext): ReadForm => {
  const { begun, file, id, at, language } = context;
  const faults: Record<string, string> = { ...choiceFaults(answers, begun, language), ...fileFaults(file, language) };
  const instants = readMoments(answers, faults, language);
  const dated = readDay(answers['dagtekening'] ?? '');
  const words = addWords(language);
  if (dated === null) faults['dagtekening'] = words.dayWrong(words.dated);
  if (Date.parse(instants['uitspraak_op'] ?? '') > at.getTime()) faults['uitspraakdag'] = words.future;
  const type = kindsOf(begun).find((one) => one === answers['soort']);
  if (Object.keys(faults).length > 0 || type === undefined || file === null || dated === null) return { kind: 'faulty', faults: inFormOrder(faults) };
  const attachment = attachmentOf(file);
  const message: MessageBody = {
    id, type, version: messageDefinitions[type].version, case: { law: 'WTH', municipality: begun.chosen.municipality, number: begun.chosen.number }, sentAt: at, attachments: [attachment],
    sender: { oin: begun.party.oin, role: begun.party.roles.find((role) => messageDefinitions[type].senderRoles.includes(role)) ?? 'RB', function: null },
    fields: {
      zaaknummer_rechtbank: answers['zaaknummer'] ?? '', instantie: textIn(begun.chosen.fields, 'instantie'), soort_procedure: procedureOf(type), ...instants,
      wijze: answers['wijze'] ?? '', mondeling: answers['mondeling'] === 'ja', dagtekening: dated, dictum: answers['dictum'] ?? '', gevolg_voor_maatregel: answers['gevolg'] ?? '', document: attachment.sha256,
      ...((answers['ecli'] ?? '').trim() === '' ? {} : { ecli: (answers['ecli'] ?? '').trim() }),
    },
  };
  const checked = readMessage(writeMessage(message, 'application/json'), 'application/json');
  return checked.kind === 'refused' ? { kind: 'faulty', faults: inFormOrder(problemFaults(checked.problems, language)) } : { kind: 'read', message };
};

const inFormOrder = (faults: Faults): Faults => Object.fromEntries(['', ...formNames, 'document'].flatMap((name) => (faults[name] === undefined ? [] : [[name, faults[name]]])));

const choiceFaults = (answers: Answers, begun: Begun, language: Language): Faults => {
  const words = addWords(language);
  const choices = [['soort', words.kindMissing, kindsOf(begun)], ['zaaknummer', words.numberMissing, numbersOf(begun)]] as const;
  const missing = [['wijze', words.mannerMissing], ['dictum', words.outcomeMissing], ['gevolg', words.effectMissing]] as const;
  return Object.fromEntries([
    ...choices.filter(([name, , known]) => !known.some((one) => one === answers[name])).map(([name, text]) => [name, text]),
    ...missing.filter(([name]) => (answers[name] ?? '') === '').map(([name, text]) => [name, text]),
  ]);
};

/** With these bytes a PDF begins. */
const pdfHead = Buffer.from('%PDF-');

const fileFaults = (file: Buffer | null, language: Language): Faults => {
  const words = addWords(language);
  if (file === null) return { document: words.fileMissing };
  return file.subarray(0, pdfHead.length).equals(pdfHead) ? {} : { document: words.filePdf };
};

/** Days and times of the form as moments; what is wrong is added to `faults`. Until when the ban has effect may be left open. */
const readMoments = (answers: Answers, faults: Record<string, string>, language: Language): Readonly<Record<string, string>> => {
  const words = addWords(language);
  const names = { uitspraak: words.ruling, verzoek: words.request, zitting: words.hearing, werking: words.until };
  const found: Record<string, string> = {};
  for (const [name, field] of moments) {
    const [day, time] = [(answers[`${name}dag`] ?? '').trim(), (answers[`${name}tijd`] ?? '').trim()];
    if (name === 'werking' && day === '' && time === '') continue;
    const what = names[name];
    const [readDate, readTime] = [readDay(day), /^([01]?\d|2[0-3])[:.]([0-5]\d)$/.exec(time)];
    if (readDate === null) faults[`${name}dag`] = words.dayWrong(what);
    if (readTime === null) faults[`${name}tijd`] = words.timeWrong(what);
    if (readDate === null || readTime === null) continue;
    const wall = Temporal.PlainDate.from(readDate).toPlainDateTime({ hour: Number(readTime[1]), minute: Number(readTime[2]) });
    found[field] = wall.toZonedDateTime(zone).toInstant().toString();
  }
  return found;
};

// What somebody called his file can name a person, so it gets a name of ours (I13).
const attachmentOf = (content: Buffer): Attachment =>
  ({ name: 'uitspraak.pdf', mediaType: 'application/pdf', sha256: createHash('sha256').update(content).digest('hex'), sizeBytes: content.length, category: 'C-RULDOC' });

const fieldNames: Readonly<Record<string, string>> = {
  zaaknummer_rechtbank: 'zaaknummer', uitspraak_op: 'uitspraakdag', verzoek_ontvangen_op: 'verzoekdag', zitting_op: 'zittingdag', wijze: 'wijze', dagtekening: 'dagtekening', dictum: 'dictum', gevolg_voor_maatregel: 'gevolg', werking_tot: 'werkingdag', document: 'document', ecli: 'ecli',
};

/** What the contract says of the message, at the answer it is about; the rest stands above the form. */
const problemFaults = (problems: readonly Problem[], language: Language): Faults =>
  Object.fromEntries(problems.map(({ field, remedy }) => [fieldNames[field.replace(/^bericht\./, '').replace(/^inhoud\./, '')] ?? '', remedy[language]]));

/** The bytes that are posted: the message, and its file beside it. The same draft gives the same bytes, so sending it twice is a repeat. */
export const postedBody = (message: MessageBody, file: Uint8Array): Buffer => {
  const document: unknown = JSON.parse(Buffer.from(writeMessage(message, 'application/json')).toString('utf8'));
  return Buffer.from(JSON.stringify({ bericht: document, bijlagen: message.attachments.map(({ name }) => ({ naam: name, inhoud: Buffer.from(file).toString('base64') })) }));
};
