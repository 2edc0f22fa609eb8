import { purposeWords } from '@ketensluis/domain';
import type { LogLine, PersonReport, PersonReportLine } from '@ketensluis/flow';
import { csvOf } from './csv.js';
import { jsonLine, type ReportFile } from './file.js';
import { pdfOf, type Block } from './pdf.js';
import { dayText, lastDayText, momentText, type Language } from './words.js';

/** The report with the name of the controller who answers. */
export interface PersonReportInput {
  readonly report: PersonReport;
  readonly controllerName: string;
  /** Verifier key of the log, one line; without it the proofs cannot be checked. */
  readonly vkey: string;
}

/**
 * The files of a person's copy (AVG art. 15(1)(c), Wpg art. 25): PDF in Dutch (B1) and English, CSV, JSON lines, and for each line its proof, its bytes and
 * what opens the part about the person. Nothing in them tells whether or how much is withheld (Wpg art. 27, UAVG art. 41).
 */
export const personReportFiles = async (input: PersonReportInput): Promise<readonly ReportFile[]> => [
  { path: 'verstrekkingen.pdf', bytes: await pdfIn('nl', input) },
  { path: 'disclosures.pdf', bytes: await pdfIn('en', input) },
  { path: 'verstrekkingen.csv', bytes: csvIn(input.report) },
  { path: 'verstrekkingen.jsonl', bytes: Buffer.from(input.report.lines.map((one) => jsonLine(asJson(one))).join(''), 'utf8') },
  { path: 'log.vkey', bytes: Buffer.from(`${input.vkey}\n`, 'utf8') },
  ...input.report.lines.flatMap(proofFiles),
];

const proofFiles = ({ proof, opening }: PersonReportLine): readonly ReportFile[] => [
  { path: `${proofFolder}/${proof.index}.tlog-proof`, bytes: proof.proof },
  { path: `${proofFolder}/${proof.index}.leaf`, bytes: proof.leaf },
  ...(opening === null ? [] : [{ path: `${proofFolder}/${proof.index}.opening.json`, bytes: opening }]),
];

const proofFolder = 'bewijs';

const texts = {
  nl: {
    title: 'Wie heeft gegevens over u gekregen?',
    intro: (who: string, from: string, to: string) =>
      `U vroeg wie gegevens over u heeft gekregen. In deze lijst staat elke keer dat gegevens over u aan een organisatie zijn gegeven in zaken van ${who}, van ${from} tot en met ${to}.`,
    explain: 'Bij elke keer staat: wanneer het was, welke organisatie de gegevens kreeg en van wie, waarvoor, welk artikel van de wet het toestaat, wat voor gegevens het waren en of ze zijn aangekomen.',
    // Always there, so that it tells nothing about this person.
    limits: 'In sommige gevallen mag de gemeente van de wet iets (nog) niet vertellen. Dat staat dan niet in de lijst.',
    none: 'In deze periode zijn geen gegevens over u gegeven die wij u kunnen laten zien.',
    list: 'De lijst',
    columns: ['Nr.', 'Wanneer', 'Gegeven aan', 'Afkomstig van', 'Waarvoor', 'Op grond van', 'Soort gegevens', 'Aangekomen?'],
    rights: 'Uw rechten',
    rightsText: 'Klopt er iets niet? Dan kunt u de gemeente vragen om gegevens te verbeteren of te wissen. Bent u het niet eens met wat er is gebeurd? Dan kunt u een klacht indienen bij de functionaris gegevensbescherming van de gemeente of bij de Autoriteit Persoonsgegevens.',
    check: 'Zelf controleren',
    checkText: (size: number) =>
      `Elke regel heeft een nummer. In de map "${proofFolder}" staat bij elk nummer een bewijs dat de regel in het logboek staat en daarna niet is veranderd. Deze lijst gaat over de eerste ${size} regels van het logboek. U of iemand die u helpt kan het bewijs controleren, zonder ons: ketensluis log proof ${proofFolder}/NUMMER.tlog-proof ${proofFolder}/NUMMER.leaf --vkey log.vkey`,
    made: (at: string) => `Gemaakt op ${at}.`,
  },
  en: {
    title: 'Who received data about you?',
    intro: (who: string, from: string, to: string) =>
      `You asked who received data about you. This list has every time data about you were given to an organisation in cases of ${who}, from ${from} up to and including ${to}.`,
    explain: 'For each time it says: when it was, which organisation received the data and from whom, what for, which article of law allows it, what kind of data they were and whether they arrived.',
    limits: 'In some cases the law does not allow the municipality to tell something (yet). It is then not in the list.',
    none: 'In this period no data about you were given that we can show you.',
    list: 'The list',
    columns: ['No.', 'When', 'Given to', 'Came from', 'What for', 'On the ground of', 'Kind of data', 'Arrived?'],
    rights: 'Your rights',
    rightsText: 'Is something wrong? Then you can ask the municipality to correct or erase data. Do you disagree with what happened? Then you can complain to the data protection officer of the municipality or to the data protection authority (Autoriteit Persoonsgegevens).',
    check: 'Check it yourself',
    checkText: (size: number) =>
      `Each line has a number. The folder "${proofFolder}" has for each number a proof that the line is in the log and was not changed since. This list is about the first ${size} lines of the log. You or somebody who helps you can check the proof without us: ketensluis log proof ${proofFolder}/NUMBER.tlog-proof ${proofFolder}/NUMBER.leaf --vkey log.vkey`,
    made: (at: string) => `Made on ${at}.`,
  },
} as const;

const shares = [5, 12, 14, 13, 14, 14, 28, 11];

const pdfIn = (language: Language, { report, controllerName }: PersonReportInput): Promise<Uint8Array> => {
  const t = texts[language];
  const table: Block = {
    kind: 'table', columns: t.columns.map((title, place) => ({ title, share: shares[place] ?? 10 })), rows: report.lines.map(({ line }) => rowIn(language, line)),
  };
  return pdfOf({
    title: t.title, language, at: report.at,
    blocks: [
      { kind: 'paragraph', text: t.intro(controllerName, dayText(report.from, language), lastDayText(report.to, language)) },
      { kind: 'paragraph', text: t.explain },
      { kind: 'paragraph', text: t.limits },
      { kind: 'heading', text: t.list },
      report.lines.length === 0 ? { kind: 'paragraph', text: t.none } : table,
      { kind: 'heading', text: t.rights },
      { kind: 'paragraph', text: t.rightsText },
      { kind: 'heading', text: t.check },
      { kind: 'paragraph', text: t.checkText(report.size) },
      { kind: 'paragraph', text: t.made(momentText(report.at, language)) },
    ],
  });
};

const rowIn = (language: Language, line: LogLine): readonly string[] => [
  String(line.index), momentText(line.at, language), line.recipient?.name ?? '', line.sender?.name ?? '', purposeIn(language, line.purpose), line.article ?? '',
  line.categoryWords.map((words) => words[language]).join(', '), line.outcome?.words[language] ?? '',
];

/** A purpose that a later version of the hub no longer knows keeps its code. */
const purposeIn = (language: Language, code: string | null): string => purposeWords(code)?.[language] ?? code ?? '';

const csvIn = ({ lines }: PersonReport): Uint8Array =>
  csvOf(
    ['nummer', 'tijdstip', 'ontvanger', 'ontvanger_oin', 'afkomstig_van', 'doel', 'grondslag', 'soort_gegevens', 'uitkomst', 'bewijs'],
    lines.map(({ line }) => [
      line.index, line.at.toISOString(), line.recipient?.name ?? '', line.recipient?.oin ?? '', line.sender?.name ?? '', purposeIn('nl', line.purpose), line.article ?? '',
      line.categoryWords.map(({ nl }) => nl).join(', '), line.outcome?.words.nl ?? '', `${proofFolder}/${line.index}.tlog-proof`,
    ]),
  );

/** What a machine reads; leaf and proof are base64 of the files beside it. */
const asJson = ({ line, proof, opening }: PersonReportLine) => ({
  nummer: line.index,
  tijdstip: line.at.toISOString(),
  ontvanger: { naam: line.recipient?.name ?? null, oin: line.recipient?.oin ?? null },
  afkomstig_van: { naam: line.sender?.name ?? null, oin: line.sender?.oin ?? null },
  doel: { code: line.purpose, ...purposeWords(line.purpose) },
  grondslag: line.article,
  regel: line.rule,
  soort_gegevens: line.categories.map((code, place) => ({ code, ...line.categoryWords[place] })),
  uitkomst: line.outcome === null ? null : { code: line.outcome.code, nl: line.outcome.words.nl, en: line.outcome.words.en, tijdstip: line.outcome.at?.toISOString() ?? null },
  bewijs: {
    leaf: Buffer.from(proof.leaf).toString('base64'), tlog_proof: Buffer.from(proof.proof).toString('base64'),
    ...(opening === null ? {} : { opening: Buffer.from(opening).toString('utf8') }),
  },
});
