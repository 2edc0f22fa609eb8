import type { FigureSection, QuarterReport } from '@ketensluis/flow';
import { csvOf } from './csv.js';
import type { ReportFile } from './file.js';
import { pdfOf, type Block } from './pdf.js';
import { dayText, lastDayText, momentText, type Language } from './words.js';

/** The files of a quarterly report: PDF in Dutch and English, CSV of the figures, JSON of everything. Each figure has the question that lists its entries. */
export const quarterReportFiles = async (report: QuarterReport): Promise<readonly ReportFile[]> => [
  { path: 'kwartaalrapport.pdf', bytes: await pdfIn('nl', report) },
  { path: 'quarterly-report.pdf', bytes: await pdfIn('en', report) },
  { path: 'kwartaalrapport.csv', bytes: csvIn(report) },
  { path: 'kwartaalrapport.json', bytes: Buffer.from(`${JSON.stringify(report, null, 2)}\n`, 'utf8') },
];

const sections: Readonly<Record<FigureSection, Readonly<Record<Language, string>>>> = {
  disclosuresByType: { nl: 'Verstrekkingen naar soort bericht', en: 'Disclosures by type of message' },
  disclosuresByRecipient: { nl: 'Verstrekkingen naar ontvanger', en: 'Disclosures by recipient' },
  disclosuresByRule: { nl: 'Verstrekkingen naar regel', en: 'Disclosures by rule' },
  disclosuresByOutcome: { nl: 'Verstrekkingen naar uitkomst', en: 'Disclosures by outcome' },
  holdsByReason: { nl: 'Wat wacht, naar reden', en: 'Held, by reason' },
  refusalsByReason: { nl: 'Geweigerd, naar reden', en: 'Refused, by reason' },
  consultationsByPurpose: { nl: 'Raadplegingen van het logboek, naar doel', en: 'Consultations of the log, by purpose' },
};

const isSection = (name: string): name is FigureSection => Object.hasOwn(sections, name);
const sectionNames: readonly FigureSection[] = Object.keys(sections).filter(isSection);

const texts = {
  nl: {
    title: 'Kwartaalrapport gegevensdeling',
    intro: (who: string, from: string, to: string) => `Dit rapport gaat over ${who}, van ${from} tot en met ${to}. Het is gemaakt uit het logboek van Ketensluis.`,
    all: 'alle gemeenten',
    figures: ['Wat', 'Aantal', 'De regels zelf'],
    none: 'Geen.',
    changes: 'Wat er is veranderd in regels, overeenkomsten, instellingen en partijen', changeColumns: ['Wanneer', 'Wat', 'Versie', 'Door'],
    ending: 'Overeenkomsten die binnen 60 dagen aflopen', endingColumns: ['Overeenkomst', 'Versie', 'Loopt af op'],
    checks: 'Controles van het logboek', checkColumns: ['Wanneer', 'Door', 'Uitkomst', 'Regels'], unchanged: 'ongewijzigd', changed: 'GEWIJZIGD',
    samples: 'Steekproeven', sampleColumns: ['Getrokken op', 'Zaad', 'Uit', 'In orde', 'Vraag', 'Incident', 'Nog open'],
    small: 'Aantallen onder de 5 kunnen naar een persoon wijzen. Geef ze niet door buiten de gemeente.',
    made: (at: string) => `Gemaakt op ${at}.`,
  },
  en: {
    title: 'Quarterly report on data sharing',
    intro: (who: string, from: string, to: string) => `This report is about ${who}, from ${from} up to and including ${to}. It was made from the log of Ketensluis.`,
    all: 'all municipalities',
    figures: ['What', 'Number', 'The entries themselves'],
    none: 'None.',
    changes: 'What was changed in rules, agreements, settings and parties', changeColumns: ['When', 'What', 'Version', 'By'],
    ending: 'Agreements that end within 60 days', endingColumns: ['Agreement', 'Version', 'Ends on'],
    checks: 'Checks of the log', checkColumns: ['When', 'By', 'Result', 'Entries'], unchanged: 'unchanged', changed: 'CHANGED',
    samples: 'Samples', sampleColumns: ['Drawn on', 'Seed', 'Out of', 'In order', 'Question', 'Incident', 'Open'],
    small: 'Numbers below 5 may point to a person. Do not pass them on outside the municipality.',
    made: (at: string) => `Made on ${at}.`,
  },
} as const;

const pdfIn = (language: Language, report: QuarterReport): Promise<Uint8Array> => {
  const t = texts[language];
  const part = (title: string, table: Extract<Block, { kind: 'table' }>): readonly Block[] => [
    { kind: 'heading', text: title }, table.rows.length === 0 ? { kind: 'paragraph', text: t.none } : table,
  ];
  return pdfOf({
    title: t.title, language, at: report.at,
    blocks: [
      { kind: 'paragraph', text: t.intro(report.controllerName ?? t.all, dayText(report.from, language), lastDayText(report.to, language)) },
      ...sectionNames.flatMap((name) => part(sections[name][language], tableOf(t.figures, [30, 8, 62], report.figures[name].map(({ code, words, count, ask }) => [
        words[language] === code ? code : `${words[language]} (${code})`, String(count), ask,
      ])))),
      { kind: 'paragraph', text: t.small },
      ...part(t.changes, tableOf(t.changeColumns, [20, 50, 10, 20], report.changes.map(({ at, kind, key, version, by }) => [momentText(at, language), `${kind} ${key}`, String(version), by]))),
      ...part(t.ending, tableOf(t.endingColumns, [60, 10, 30], report.agreementsEnding.map(({ key, version, endsAt }) => [key, String(version), lastDayText(new Date(endsAt), language)]))),
      ...part(t.checks, tableOf(t.checkColumns, [30, 20, 20, 20], report.checks.map(({ at, by, verdict, size }) => [momentText(at, language), by, verdict === 'unchanged' ? t.unchanged : t.changed, String(size)]))),
      ...part(t.samples, tableOf(t.sampleColumns, [18, 32, 10, 10, 10, 10, 10], report.samples.map(({ draw, judged }) => [
        dayText(draw.at, language), `${draw.seed} / ${draw.size}`, String(draw.population), ...(['in order', 'question', 'incident', 'open'] as const).map((verdict) => String(judged[verdict])),
      ]))),
      { kind: 'paragraph', text: t.made(momentText(report.at, language)) },
    ],
  });
};

const tableOf = (titles: readonly string[], shares: readonly number[], rows: readonly (readonly string[])[]): Extract<Block, { kind: 'table' }> => ({
  kind: 'table', columns: titles.map((title, place) => ({ title, share: shares[place] ?? 10 })), rows,
});

const csvIn = ({ figures }: QuarterReport): Uint8Array =>
  csvOf(['onderdeel', 'code', 'omschrijving', 'aantal', 'vraag'], sectionNames.flatMap((name) => figures[name].map(({ code, words, count, ask }) => [sections[name].nl, code, words.nl, count, ask])));
