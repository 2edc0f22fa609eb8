import { categoryNames, isSpecial, roleNames } from '@ketensluis/domain';
import type { ProcessingLine, ProcessingReport } from '@ketensluis/flow';
import { csvOf } from './csv.js';
import type { ReportFile } from './file.js';
import { pdfOf, type Block } from './pdf.js';
import { dayText, momentText, type Language } from './words.js';

/** The files of the register of processing: PDF in Dutch and English, CSV. */
export const processingReportFiles = async (report: ProcessingReport): Promise<readonly ReportFile[]> => [
  { path: 'verwerkingsregister.pdf', bytes: await pdfIn('nl', report) },
  { path: 'register-of-processing.pdf', bytes: await pdfIn('en', report) },
  { path: 'verwerkingsregister.csv', bytes: csvIn(report) },
];

const texts = {
  nl: {
    title: 'Register van verwerkingen door de hub', who: (name: string) => `Wat Ketensluis als verwerker doet in opdracht van ${name} (AVG art. 30 lid 2). Gemaakt uit de verwerkersovereenkomsten in het register.`,
    none: 'Er is geen verwerkersovereenkomst. Zonder overeenkomst gaat er niets naar anderen.', agreement: (key: string, version: number) => `Overeenkomst ${key}, versie ${version}`,
    columns: ['Wat', 'Inhoud'], regime: 'Regime', state: 'Stand', period: 'Looptijd', open: 'zonder einde', purposes: 'Doelen', persons: 'Betrokkenen', given: 'Soorten gegevens', special: 'Waarvan bijzonder of strafrechtelijk', noneOf: 'geen', receivers: 'Ontvangers', self: 'alleen de verantwoordelijke zelf', subs: 'Subverwerkers', outside: 'Doorgifte buiten de EER', no: 'geen subverwerker daarbuiten',
    measures: 'Beveiliging', measuresText: 'Alleen wat een regel toestaat gaat uit; elk besluit staat in een logboek dat niet te wijzigen is; berichten zijn ondertekend en versleuteld, bij opslag met een sleutel per zaak; vernietiging door twee personen.', made: (at: string) => `Gemaakt op ${at}.`,
    states: { unsigned: 'niet getekend', future: 'begint nog', active: 'van kracht', ending: 'loopt af binnen 60 dagen', ended: 'verlopen', terminated: 'opgezegd' }, kinds: { UHG: 'uithuisgeplaatste', PART: 'huisgenoten', KIND: 'kinderen' },
  },
  en: {
    title: 'Register of processing by the hub', who: (name: string) => `What Ketensluis does as processor on behalf of ${name} (AVG art. 30(2)). Made from the processor agreements in the register.`,
    none: 'There is no processor agreement. Without one nothing goes to others.', agreement: (key: string, version: number) => `Agreement ${key}, version ${version}`,
    columns: ['What', 'Content'], regime: 'Regime', state: 'State', period: 'Term', open: 'without end', purposes: 'Purposes', persons: 'Data subjects', given: 'Categories of data', special: 'Of which special or criminal', noneOf: 'none', receivers: 'Recipients', self: 'the controller itself only', subs: 'Sub-processors', outside: 'Transfers outside the EEA', no: 'no sub-processor outside it',
    measures: 'Security', measuresText: 'Only what a rule permits goes out; every decision is in a log that cannot be changed; messages are signed and encrypted, in storage with a key for each case; destruction takes two persons.', made: (at: string) => `Made on ${at}.`,
    states: { unsigned: 'not signed', future: 'has not begun', active: 'in force', ending: 'ends within 60 days', ended: 'ended', terminated: 'terminated' }, kinds: { UHG: 'person sent out of the home', PART: 'household', KIND: 'children' },
  },
} as const;

/** Countries where the AVG applies by itself (EEA agreement, annex XI). */
const eea = new Set('AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE'.split(' '));

const pdfIn = (language: Language, { at, controllerName, lines }: ProcessingReport): Promise<Uint8Array> => {
  const t = texts[language];
  const part = (line: ProcessingLine): readonly Block[] => [
    { kind: 'heading', text: t.agreement(line.agreement.key, line.version) },
    { kind: 'table', columns: t.columns.map((title, place) => ({ title, share: place === 0 ? 25 : 75 })), rows: rowsOf(language, line) },
  ];
  return pdfOf({
    title: t.title, language, at,
    blocks: [
      { kind: 'paragraph', text: t.who(controllerName) }, ...(lines.length === 0 ? [{ kind: 'paragraph', text: t.none } as const] : lines.flatMap(part)),
      { kind: 'heading', text: t.measures }, { kind: 'paragraph', text: t.measuresText }, { kind: 'paragraph', text: t.made(momentText(at, language)) },
    ],
  });
};

const rowsOf = (language: Language, { agreement, status }: ProcessingLine): readonly (readonly string[])[] => {
  const t = texts[language];
  const abroad = agreement.subprocessors.filter(({ country }) => !eea.has(country));
  const named = (some: readonly { readonly name: string; readonly country: string; readonly purpose: string }[], none: string): string => some.map(({ name, country, purpose }) => `${name} (${country}): ${purpose}`).join('; ') || none;
  return [
    [t.regime, agreement.regime], [t.state, t.states[status]],
    [t.period, `${dayText(new Date(agreement.from), language)} - ${agreement.to === null ? t.open : dayText(new Date(agreement.to), language)}`],
    [t.purposes, agreement.purposes], [t.persons, agreement.personKinds.map((kind) => t.kinds[kind]).join(', ')],
    [t.given, agreement.categories.map((category) => categoryNames[category][language]).join(', ')],
    [t.special, agreement.categories.filter(isSpecial).map((category) => categoryNames[category][language]).join(', ') || t.noneOf],
    [t.receivers, agreement.recipientsAllowed.map(({ role, rules }) => `${roleNames[role][language]}${rules === null ? '' : ` (${rules.join(', ')})`}`).join(', ') || t.self],
    [t.subs, named(agreement.subprocessors, t.noneOf)], [t.outside, named(abroad, t.no)],
  ];
};

const csvIn = (report: ProcessingReport): Uint8Array =>
  csvOf(['overeenkomst', 'versie', 'onderdeel', 'inhoud'], report.lines.flatMap((line) => rowsOf('nl', line).map(([what = '', content = '']) => [line.agreement.key, line.version, what, content])));
