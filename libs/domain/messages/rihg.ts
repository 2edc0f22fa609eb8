import { define, type CrossRule } from './definition.js';
import { field, type FieldValue, type FieldValues, type GroupField } from './field.js';
import { address, assessmentReference, evicted, household, minors } from './parts.js';
import { riskItemCodes, riskParts, riskSignals, type RiskSignal } from './rihg-signals.js';

const source = 'Besluit Wth art. 2 en bijlage';
const verdicts = ['huisverbod', 'geen-huisverbod'] as const;

// English follows the Dutch text for the items: they are quoted to people, and the instrument exists in Dutch only.
const itemGroup = (signal: RiskSignal, text: string, index: number) => field.group(`item_${index + 1}`, 'C-RIHG', [
  field.oneOf('antwoord', 'C-RIHG', ['ja', 'nee', 'onbekend'], { nl: 'Antwoord', en: 'Answer', source }),
  field.oneOf('bron', 'C-RIHG', ['politiesysteem', 'waarneming', 'verklaring'], { nl: 'Bron', en: 'Source', source, optional: true }),
], { nl: text, en: text, source, ...(signal.items[index]?.special === true ? { note: 'Strafrechtelijk of bijzonder persoonsgegeven (AVG art. 9, 10).' } : {}) });

const signalGroup = (signal: RiskSignal): GroupField => field.group(`signaal_${signal.code}`, 'C-RIHG', [
  ...signal.items.map((item, index) => itemGroup(signal, item.text, index)),
  field.oneOf('niveau', 'C-RIHG', ['hoog', 'middelmatig', 'laag'], { nl: 'Niveau', en: 'Level', source }),
], { nl: signal.title, en: signal.title, source });

const partTitles = { persoon: ['De persoon', 'The person'], incident: ['Het verloop van het incident', 'The course of the incident'], leefomstandigheden: ['De leefomstandigheden', 'The living conditions'] } as const;

const partGroup = (part: (typeof riskParts)[number]): GroupField => field.group(`deel_${part}`, 'C-RIHG', [
  ...riskSignals.filter((signal) => signal.part === part).map(signalGroup),
  field.oneOf('advies', 'C-RIHG', verdicts, { nl: 'Advies van dit deel', en: 'Advice of this part', source }),
], { nl: partTitles[part][0], en: partTitles[part][1], source });

const motivation = [
  field.oneOf('advies', 'C-RIHG', verdicts, { nl: 'Advies', en: 'Advice', source }),
  field.text('motivering', 'C-RIHG', { nl: 'Motivering', en: 'Motivation', source, max: 8000, lines: true }),
  field.list('grondslag', field.oneOf('item', 'C-RIHG', riskItemCodes, { nl: 'Item', en: 'Item', source }), { nl: 'Items waarop de motivering rust', en: 'Items the motivation rests on', source, optional: true, maxItems: riskItemCodes.length, note: 'Uitsluitend feiten uit de bijlage tellen mee (Besluit Wth art. 2(1)).' }),
  field.boolean('kindermishandeling', 'C-RIHG', { nl: '(Ernstig vermoeden van) kindermishandeling', en: '(Serious suspicion of) child abuse', source: 'Wth art. 2(3)' }),
] as const;

const completedForm = [
  assessmentReference,
  field.instant('afgerond_op', 'C-REF', { nl: 'Afgerond op', en: 'Completed at', source }),
  field.text('district', 'C-REF', { nl: 'District van de politie', en: 'Police district', source, max: 80 }),
] as const;

const assessment = field.group('rihg', 'C-RIHG', [
  field.group('hovj', 'C-RIHG', [
    field.text('naam', 'C-RIHG', { nl: 'Naam', en: 'Name', source, max: 120 }),
    field.text('dienstnummer', 'C-RIHG', { nl: 'Dienstnummer', en: 'Service number', source, form: 'kenmerk' }),
  ], { nl: 'Hulpofficier van justitie', en: 'Hulpofficier van justitie', source }),
  ...riskParts.map(partGroup),
  ...motivation,
  field.group('veilig_thuis', 'C-RIHG', [
    field.boolean('benaderd', 'C-RIHG', { nl: 'Veilig Thuis benaderd', en: 'Veilig Thuis contacted', source: 'Wth art. 2(3)' }),
    field.instant('benaderd_op', 'C-RIHG', { nl: 'Benaderd op', en: 'Contacted at', source: 'Wth art. 2(3)', optional: true }),
  ], { nl: 'Veilig Thuis', en: 'Veilig Thuis', source: 'Wth art. 2(3)' }),
  field.group('uhg_gehoord', 'C-RIHG', [
    field.boolean('gehoord', 'C-RIHG', { nl: 'Betrokkene gehoord', en: 'Person heard', source: 'Awb art. 4:8' }),
    field.text('verklaring', 'C-RIHG', { nl: 'Verklaring', en: 'Statement', source: 'Awb art. 4:8', max: 8000, lines: true, optional: true }),
  ], { nl: 'Horen van de betrokkene', en: 'Hearing of the person', source: 'Awb art. 4:8' }),
], { nl: 'Risicotaxatie-instrument Huiselijk Geweld', en: 'Risk assessment domestic violence (RiHG)', source });

/** Value at a dotted path, or undefined when any step is absent. */
const at = (values: FieldValues | undefined, ...steps: readonly string[]): FieldValue | undefined =>
  steps.reduce<FieldValue | undefined>((value, step) => typeof value === 'object' && !Array.isArray(value) ? (value as FieldValues)[step] : undefined, values);

const partOf = (code: string): string => `deel_${riskSignals.find((signal) => signal.code === code)?.part ?? ''}`;

const answerOf = (rihg: FieldValues, itemCode: string, what: 'antwoord' | 'bron'): FieldValue | undefined => {
  const [code = '', item = ''] = itemCode.split('.');
  return at(rihg, partOf(code), `signaal_${code}`, `item_${item}`, what);
};

// The form itself when the message carries one; a message without it has nothing to check.
const formOf = (values: FieldValues): FieldValues | null => {
  const rihg = values['rihg'];
  return typeof rihg === 'object' && !Array.isArray(rihg) ? rihg as FieldValues : null;
};
const whenFilled = (holds: (rihg: FieldValues) => boolean) => (values: object): boolean => {
  const rihg = formOf(values as FieldValues);
  return rihg === null || holds(rihg);
};

const assessmentRules: readonly CrossRule<object>[] = [
  {
    id: 'item-source', article: 'Besluit Wth art. 2', fields: ['rihg'],
    remedy: { nl: 'Noem bij elk item dat met ja is beantwoord de bron.', en: 'Give the source of every item answered yes.' },
    holds: whenFilled((rihg) => riskItemCodes.every((code) => answerOf(rihg, code, 'antwoord') !== 'ja' || answerOf(rihg, code, 'bron') !== undefined)),
  },
  {
    id: 'motivation-rests-on-items', article: 'Besluit Wth art. 2(1)', fields: ['rihg.grondslag'],
    remedy: { nl: 'Een advies tot huisverbod rust op ten minste een item; elk genoemd item is met ja beantwoord.', en: 'Advice to impose rests on at least one item; every item named is answered yes.' },
    holds: whenFilled((rihg) => {
      const named = rihg['grondslag'];
      if (!Array.isArray(named)) return rihg['advies'] !== 'huisverbod';
      return named.every((code) => answerOf(rihg, String(code), 'antwoord') === 'ja');
    }),
  },
  {
    id: 'veilig-thuis-moment', article: 'Wth art. 2(3)', fields: ['rihg.veilig_thuis.benaderd_op'],
    remedy: { nl: 'Geef het tijdstip wanneer Veilig Thuis is benaderd, en alleen dan.', en: 'Give the moment when Veilig Thuis was contacted, and only then.' },
    holds: whenFilled((rihg) => (at(rihg, 'veilig_thuis', 'benaderd') === true) === (at(rihg, 'veilig_thuis', 'benaderd_op') !== undefined)),
  },
  {
    id: 'heard-statement', article: 'Awb art. 4:8', fields: ['rihg.uhg_gehoord.verklaring'],
    remedy: { nl: 'Geef de verklaring wanneer de betrokkene is gehoord, en alleen dan.', en: 'Give the statement when the person was heard, and only then.' },
    holds: whenFilled((rihg) => (at(rihg, 'uhg_gehoord', 'gehoord') === true) === (at(rihg, 'uhg_gehoord', 'verklaring') !== undefined)),
  },
];

/** The risk assessment is complete and proposes a ban, or leaves it to the burgemeester (Besluit tijdelijk huisverbod art. 2). */
export const assessed = define({
  type: 'rihg.afgerond', article: 'Besluit Wth art. 2',
  label: { nl: 'RiHG afgerond', en: 'RiHG completed' },
  senderRoles: ['HOVJ', 'POL'],
  attachmentCategories: ['C-RIHG', 'C-POL'],
  fields: [
    ...completedForm, evicted,
    field.group('locatie', 'C-ADDR', [address('adres', 'C-ADDR', { nl: 'Adres', en: 'Address', source })], { nl: 'Plaats van het incident', en: 'Place of the incident', source }),
    household, minors,
    field.list('aanwezigen', field.text('aanwezige', 'C-HH', { nl: 'Aanwezige', en: 'Person present', source, max: 160 }), { nl: 'Aanwezigen bij het incident', en: 'Persons present', source, optional: true, maxItems: 20 }),
    field.group('politiegegevens', 'C-POL', [
      field.text('bvh_nummer', 'C-POL', { nl: 'BVH-nummer', en: 'BVH number', source, form: 'kenmerk' }),
      field.text('antecedenten', 'C-POL', { nl: 'Antecedenten en mutaties, voor zover nodig', en: 'Antecedents and mutations, as far as needed', source: 'Besluit Wth art. 2(3)', max: 8000, lines: true, optional: true }),
    ], { nl: 'Politiegegevens', en: 'Police data', source: 'Besluit Wth art. 2(3)' }),
    assessment,
  ],
  rules: assessmentRules,
});

/** The assessment does not lead to a ban; the form goes along only when the burgemeester is asked to weigh it (WTH-02). */
export const noBan = define({
  type: 'rihg.geen-verbod', article: 'Besluit Wth art. 2',
  label: { nl: 'RiHG leidt niet tot een huisverbod', en: 'RiHG does not lead to a ban' },
  senderRoles: ['HOVJ', 'POL'],
  attachmentCategories: ['C-RIHG'],
  fields: [
    ...completedForm,
    field.boolean('weging_gevraagd', 'C-REF', { nl: 'De burgemeester wordt gevraagd te wegen', en: 'The burgemeester is asked to weigh', source }),
    { ...assessment, required: false as const },
  ],
  rules: [
    ...assessmentRules,
    {
      id: 'form-only-when-asked', article: 'Wpg art. 3', fields: ['rihg'],
      remedy: { nl: 'Voeg het RiHG toe wanneer de burgemeester wordt gevraagd te wegen, en alleen dan.', en: 'Add the RiHG when the burgemeester is asked to weigh, and only then.' },
      // The form can also come as a file.
      holds: (values, attachments) => values.weging_gevraagd === (values.rihg !== undefined || attachments.some(({ category }) => category === 'C-RIHG')),
    },
  ],
});
