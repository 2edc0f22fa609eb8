import { define, type CrossRule } from './definition.js';
import { field } from './field.js';
import { momentOf } from './lexical.js';
import { audience, endsAt, evicted, imposedAt, lawyer, place, reach, remedies } from './parts.js';
import { hasDocument } from './rules.js';

const caseNumber = field.text('zaaknummer_rechtbank', 'C-REF', { nl: 'Zaaknummer van de rechtbank', en: 'Case number of the court', source: 'Awb art. 8:39', max: 60 });
const court = field.text('instantie', 'C-REF', { nl: 'Gerecht', en: 'Court', source: 'Wth art. 6', max: 80, note: 'Code van de rechtbank, of RVS.' });
const ecli = field.text('ecli', 'C-RULDOC', { nl: 'ECLI', en: 'ECLI', source: 'Wth art. 8(1)', form: 'ecli', optional: true });
const relatedCases = field.list('connexe_zaken', field.text('zaaknummer', 'C-REF', { nl: 'Zaaknummer', en: 'Case number', source: 'Awb art. 8:81', max: 60 }), { nl: 'Connexe zaken', en: 'Related cases', source: 'Awb art. 8:81', optional: true, maxItems: 10 });
const requestReceivedAt = field.instant('verzoek_ontvangen_op', 'C-REF', { nl: 'Verzoek ontvangen op', en: 'Request received at', source: 'Wth art. 6(1)a' });
const hearingAt = field.instant('zitting_op', 'C-REF', { nl: 'Zitting op', en: 'Hearing at', source: 'Wth art. 6(1)a' });
const hearingManner = field.oneOf('wijze', 'C-REF', ['fysiek', 'video', 'telefoon'], { nl: 'Wijze', en: 'Manner', source: 'Wth art. 6(1)a' });
const procedures = ['voorlopige-voorziening', 'beroep', 'hoger-beroep'] as const;

/** The wish for a lawyer goes to the Raad voor Rechtsbijstand or the lawyer on call (Wth art. 5(1)). */
export const lawyerWished = define({
  type: 'raadsman.gewenst', article: 'Wth art. 5(1)',
  label: { nl: 'Raadsman gewenst', en: 'Lawyer wished' },
  senderRoles: ['GEM', 'BM', 'OOV', 'HOVJ'],
  attachmentCategories: ['C-ORDER'],
  fields: [
    field.instant('gewenst_op', 'C-LAW', { nl: 'Gewenst op', en: 'Wished at', source: 'Wth art. 5(1)' }),
    field.text('voorkeur', 'C-LAW', { nl: 'Voorkeur voor een raadsman', en: 'Preferred lawyer', source: 'Wth art. 5(1)', max: 120, optional: true }),
    field.text('tolk', 'C-ID', { nl: 'Taal waarvoor een tolk nodig is', en: 'Language that needs an interpreter', source: 'Wth art. 5(1)', max: 40, optional: true }),
    evicted, reach, imposedAt, endsAt, place, remedies,
  ],
});

/** A lawyer is assigned, or another one instead (Wth art. 5(1)). */
export const lawyerAssigned = define({
  type: 'raadsman.toegewezen', article: 'Wth art. 5(1)',
  label: { nl: 'Raadsman toegewezen', en: 'Lawyer assigned' },
  senderRoles: ['RVR', 'ADV', 'GEM', 'BM', 'OOV'],
  fields: [
    field.instant('toegewezen_op', 'C-LAW', { nl: 'Toegewezen op', en: 'Assigned at', source: 'Wth art. 5(1)' }),
    lawyer({}),
  ],
});

/** The court received a request for provisional relief and tells the burgemeester (Wth art. 6; Awb art. 8:39, 8:81). */
export const reliefRequested = define({
  type: 'voorziening.verzocht', article: 'Wth art. 6',
  label: { nl: 'Voorlopige voorziening verzocht', en: 'Provisional relief requested' },
  senderRoles: ['RB'],
  attachmentCategories: ['C-RULDOC'],
  fields: [
    caseNumber, court, relatedCases, requestReceivedAt,
    field.oneOf('verzoeker', 'C-REF', ['uithuisgeplaatste', 'andere-belanghebbende'], { nl: 'Verzoeker', en: 'Who asks', source: 'Wth art. 6(1)a' }),
    field.instant('zitting_op', 'C-REF', { nl: 'Zitting op', en: 'Hearing at', source: 'Wth art. 6(1)a', optional: true }),
    field.text('gronden', 'C-RULDOC', { nl: 'Gronden van het verzoek', en: 'Grounds of the request', source: 'Awb art. 8:39', max: 20_000, lines: true, optional: true }),
    lawyer({ optional: true }),
  ],
});

/** The court sets the hearing (Wth art. 6(1)a, 7). */
export const hearingSet = define({
  type: 'zitting.bepaald', article: 'Wth art. 6(1)a, 7',
  label: { nl: 'Zitting bepaald', en: 'Hearing set' },
  senderRoles: ['RB', 'RVS'],
  fields: [
    caseNumber, court,
    field.oneOf('soort_procedure', 'C-REF', procedures, { nl: 'Soort procedure', en: 'Kind of procedure', source: 'Wth art. 6' }),
    requestReceivedAt, hearingAt, hearingManner,
    field.text('zittingsplaats', 'C-REF', { nl: 'Zittingsplaats', en: 'Place of the hearing', source: 'Wth art. 6(1)a', max: 200, optional: true }),
    field.instant('stukken_uiterlijk', 'C-REF', { nl: 'Stukken uiterlijk op', en: 'Documents due at', source: 'Awb art. 8:42', optional: true }),
    field.list('opgeroepen', field.oneOf('hoedanigheid', 'C-REF', audience, { nl: 'Hoedanigheid', en: 'Capacity', source: 'Wth art. 6, 7' }), { nl: 'Opgeroepen', en: 'Summoned', source: 'Wth art. 6, 7', optional: true, maxItems: 11 }),
    field.boolean('minderjarigen_gehoord', 'C-MINOR', { nl: 'Minderjarigen van twaalf en ouder krijgen gelegenheid hun mening te geven', en: 'Minors of twelve and over get the chance to give their opinion', source: 'Wth art. 7', optional: true }),
  ],
  rules: [{
    id: 'hearing-after-request', article: 'Wth art. 6(1)a', fields: ['zitting_op'],
    remedy: { nl: 'De zitting ligt na de ontvangst van het verzoek.', en: 'The hearing is after the request was received.' },
    holds: (values) => momentOf(values.verzoek_ontvangen_op) <= momentOf(values.zitting_op),
  }],
});

type Procedure = (typeof procedures)[number];
const dicta = ['afgewezen', 'toegewezen-geschorst', 'gegrond-vernietigd', 'ongegrond', 'niet-ontvankelijk', 'kortsluiting'] as const;

const rulingFields = <const P extends Procedure>(procedure: P) => [
  caseNumber, ecli, court,
  field.oneOf('soort_procedure', 'C-REF', [procedure], { nl: 'Soort procedure', en: 'Kind of procedure', source: 'Wth art. 6' }),
  relatedCases, requestReceivedAt, hearingAt, hearingManner,
  field.list('gehoord', field.oneOf('hoedanigheid', 'C-RULDOC', audience, { nl: 'Hoedanigheid', en: 'Capacity', source: 'Wth art. 6, 7' }), { nl: 'Gehoord', en: 'Heard', source: 'Wth art. 6, 7', optional: true, maxItems: 11 }),
  field.instant('uitspraak_op', 'C-RULOUT', { nl: 'Uitspraak op', en: 'Ruled at', source: 'Wth art. 6(1)b' }),
  field.boolean('mondeling', 'C-RULDOC', { nl: 'Mondelinge uitspraak (met proces-verbaal)', en: 'Oral ruling (with record)', source: 'Wth art. 8(1)' }),
  field.date('dagtekening', 'C-REF', { nl: 'Dagtekening', en: 'Date of the document', source: 'Wth art. 8(1)' }),
  field.oneOf('dictum', 'C-RULOUT', dicta, { nl: 'Dictum', en: 'Operative part', source: 'Awb art. 8:70, 8:84, 8:86' }),
  field.oneOf('gevolg_voor_maatregel', 'C-RULOUT', ['blijft', 'eindigt', 'verkort'], { nl: 'Gevolg voor het huisverbod', en: 'Effect on the ban', source: 'Wth art. 8(2)' }),
  field.instant('werking_tot', 'C-RULOUT', { nl: 'Huisverbod werkt tot', en: 'Ban has effect until', source: 'Wth art. 8(2)', optional: true }),
  field.text('document', 'C-RULDOC', { nl: 'SHA-256 van de bijgevoegde uitspraak', en: 'SHA-256 of the attached ruling', source: 'Wth art. 8(1)', form: 'sha256' }),
  field.list('verzonden_aan', field.group('verzending', 'C-TERM', [
    field.oneOf('aan', 'C-TERM', audience, { nl: 'Aan', en: 'To', source: 'Wth art. 8(1)' }),
    field.date('verzonden_op', 'C-TERM', { nl: 'Verzonden op', en: 'Sent on', source: 'Wth art. 8(1)' }),
    field.text('door', 'C-TERM', { nl: 'Functie van de verzender', en: 'Function of the sender', source: 'Wth art. 8(1)', max: 120 }),
  ], { nl: 'Verzending', en: 'Sending', source: 'Wth art. 8(1)' }), { nl: 'Verzonden aan', en: 'Sent to', source: 'Wth art. 8(1)', optional: true, maxItems: 20 }),
  field.list('mondeling_medegedeeld', field.group('mededeling', 'C-TERM', [
    field.oneOf('aan', 'C-TERM', audience, { nl: 'Aan', en: 'To', source: 'Wth art. 8(2)' }),
    field.instant('medegedeeld_op', 'C-TERM', { nl: 'Medegedeeld op', en: 'Told at', source: 'Wth art. 8(2)' }),
    field.text('door', 'C-TERM', { nl: 'Functie van wie het deed', en: 'Function of who did it', source: 'Wth art. 8(2)', max: 120 }),
  ], { nl: 'Mededeling', en: 'Notice', source: 'Wth art. 8(2)' }), { nl: 'Mondeling medegedeeld', en: 'Told orally', source: 'Wth art. 8(2)', optional: true, maxItems: 20 }),
  field.boolean('gepubliceerd', 'C-REF', { nl: 'Gepubliceerd', en: 'Published', source: 'Wth art. 8', optional: true }),
  field.date('publicatiedatum', 'C-REF', { nl: 'Publicatiedatum', en: 'Date of publication', source: 'Wth art. 8', optional: true }),
  field.date('rechtsmiddel_tot', 'C-REF', { nl: 'Rechtsmiddel mogelijk tot en met', en: 'Remedy open up to and including', source: 'Awb art. 6:7', optional: true }),
] as const;

interface RulingValues {
  readonly verzoek_ontvangen_op: string;
  readonly uitspraak_op: string;
  readonly dictum: string;
  readonly gevolg_voor_maatregel: string;
  readonly werking_tot?: string;
  readonly document: string;
  readonly gepubliceerd?: boolean;
  readonly publicatiedatum?: string;
}

// A request refused, unfounded or not admitted leaves the ban as it is; a suspension ends or shortens it. An annulment may leave the
// legal effects standing (Awb art. 8:72), and with kortsluiting (8:86) the outcome of the main case decides: both say nothing here.
const leavesTheBan = new Set(['afgewezen', 'ongegrond', 'niet-ontvankelijk']);

const rulingRules: readonly CrossRule<RulingValues>[] = [
  {
    id: 'ruling-effect', article: 'Awb art. 8:70, 8:84', fields: ['gevolg_voor_maatregel'],
    remedy: { nl: 'Het gevolg past niet bij het dictum: afgewezen, ongegrond en niet-ontvankelijk laten het huisverbod staan, een schorsing niet.', en: 'The effect does not fit the operative part: refused, unfounded and inadmissible leave the ban standing, a suspension does not.' },
    holds: (values) => leavesTheBan.has(values.dictum) ? values.gevolg_voor_maatregel === 'blijft' : values.dictum !== 'toegewezen-geschorst' || values.gevolg_voor_maatregel !== 'blijft',
  },
  {
    id: 'ruling-end', article: 'Wth art. 8(2)', fields: ['werking_tot'],
    remedy: { nl: 'Geef het nieuwe einde wanneer het huisverbod eindigt of wordt verkort.', en: 'Give the new end when the ban ends or is shortened.' },
    holds: (values) => values.gevolg_voor_maatregel === 'blijft' || values.werking_tot !== undefined,
  },
  {
    id: 'ruling-after-request', article: 'Wth art. 6(1)', fields: ['uitspraak_op'],
    remedy: { nl: 'De uitspraak ligt na de ontvangst van het verzoek.', en: 'The ruling is after the request was received.' },
    holds: (values) => momentOf(values.verzoek_ontvangen_op) <= momentOf(values.uitspraak_op),
  },
  {
    id: 'ruling-document', article: 'Wth art. 8(1)', fields: ['document'],
    remedy: { nl: 'Voeg de uitspraak of het proces-verbaal bij, met categorie C-RULDOC en deze SHA-256.', en: 'Attach the ruling or record, with category C-RULDOC and this SHA-256.' },
    holds: (values, attachments) => hasDocument(attachments, values.document, 'C-RULDOC'),
  },
  {
    id: 'published-date', article: 'Wth art. 8', fields: ['publicatiedatum'],
    remedy: { nl: 'Geef de publicatiedatum wanneer is gepubliceerd, en alleen dan.', en: 'Give the date of publication when published, and only then.' },
    holds: (values) => (values.gepubliceerd === true) === (values.publicatiedatum !== undefined),
  },
];

/** Ruling on provisional relief (Wth art. 6(1)b, 8). */
export const reliefRuled = define({
  type: 'uitspraak.voorziening', article: 'Wth art. 6(1)b, 8',
  label: { nl: 'Uitspraak op de voorlopige voorziening', en: 'Ruling on provisional relief' },
  senderRoles: ['RB'], attachmentCategories: ['C-RULDOC'],
  fields: rulingFields('voorlopige-voorziening'), rules: rulingRules,
});

/** Ruling in the main case (Wth art. 8(1)). */
export const appealRuled = define({
  type: 'uitspraak.beroep', article: 'Wth art. 8(1)',
  label: { nl: 'Uitspraak in beroep', en: 'Ruling on appeal' },
  senderRoles: ['RB'], attachmentCategories: ['C-RULDOC'],
  fields: rulingFields('beroep'), rules: rulingRules,
});

/** Ruling of the Raad van State in higher appeal (Awb art. 8:104). */
export const higherAppealRuled = define({
  type: 'uitspraak.hoger-beroep', article: 'Awb art. 8:104',
  label: { nl: 'Uitspraak in hoger beroep', en: 'Ruling on higher appeal' },
  senderRoles: ['RVS'], attachmentCategories: ['C-RULDOC'],
  fields: rulingFields('hoger-beroep'), rules: rulingRules,
});
