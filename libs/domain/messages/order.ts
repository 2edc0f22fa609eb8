import { banLimit } from '../terms.js';
import { define } from './definition.js';
import { field } from './field.js';
import { momentOf } from './lexical.js';
import {
  assessmentReference, childAbuse, consequences, consultation, contactBan, decidedBy, endsAt, evicted, home, imposedAt, imposedBy, instance,
  lawyer, lawyerWish, mandateFields, minors, notices, orderNumber, place, publication, reach, remedies, signature, audience,
} from './parts.js';
import { adultWhenImposed, burgemeesterTold, consultedForChildAbuse, endsWithinTenDays, mandateNamed, someoneProtected, wishHasMoment } from './rules.js';

const grounds = field.text('feiten_en_omstandigheden', 'C-GROUND', { nl: 'Feiten en omstandigheden', en: 'Facts and circumstances', source: 'Wth art. 2(4)b; Besluit Wth art. 2', max: 20_000, lines: true, note: 'Alleen feiten uit de bijlage bij het Besluit tijdelijk huisverbod.' });

// What he said is for the burgemeester and the judge (law.md 8.1); the form of the hulpofficier holds the same under the same label.
const hearing = field.group('horen_uhg', 'C-RIHG', [
  field.boolean('gehoord', 'C-RIHG', { nl: 'Gehoord', en: 'Heard', source: 'Awb art. 4:8' }),
  field.text('verklaring', 'C-RIHG', { nl: 'Verklaring', en: 'Statement', source: 'Awb art. 4:8', max: 8000, lines: true, optional: true }),
  field.text('reden_niet_gehoord', 'C-RIHG', { nl: 'Reden om niet te horen', en: 'Reason for not hearing', source: 'Awb art. 4:11', max: 2000, lines: true, optional: true }),
], { nl: 'Horen van de uithuisgeplaatste', en: 'Hearing of the person sent out', source: 'Awb art. 4:8, 4:11' });

const writtenAt = field.instant('op_schrift_op', 'C-REF', { nl: 'Op schrift gesteld op', en: 'Put in writing at', source: 'Wth art. 2(7)' });

const policeActs = [
  field.group('sleutels', 'C-SEC', [
    field.boolean('ingenomen', 'C-SEC', { nl: 'Sleutels ingenomen', en: 'Keys taken', source: 'Wth art. 4(2)' }),
    field.text('ontvangstbewijs_nr', 'C-SEC', { nl: 'Nummer van het ontvangstbewijs', en: 'Number of the receipt', source: 'Wth art. 4(2)', form: 'kenmerk', optional: true }),
  ], { nl: 'Sleutels', en: 'Keys', source: 'Wth art. 4(2)', optional: true }),
  field.group('binnentreden', 'C-SEC', [
    field.boolean('binnengetreden', 'C-SEC', { nl: 'Binnengetreden', en: 'Entered', source: 'Wth art. 4(1)' }),
    field.text('machtiging_nr', 'C-SEC', { nl: 'Nummer van de machtiging', en: 'Number of the authority', source: 'Wth art. 4(1)', form: 'kenmerk', optional: true }),
  ], { nl: 'Binnentreden', en: 'Entering the home', source: 'Wth art. 4(1)', optional: true }),
] as const;

/** The ban told by word of mouth; the writing follows soon (Wth art. 2(7)). */
export const announced = define({
  type: 'huisverbod.aangezegd', article: 'Wth art. 2(7)',
  label: { nl: 'Huisverbod mondeling aangezegd', en: 'Ban announced orally' },
  senderRoles: ['GEM', 'BM', 'OOV', 'HOVJ'],
  fields: [
    imposedAt, endsAt, imposedBy, ...mandateFields, evicted, reach, home, place, contactBan, minors,
    field.text('gronden_kort', 'C-GROUND', { nl: 'Gronden in het kort', en: 'Grounds in short', source: 'Wth art. 2(4)b', max: 4000, lines: true }),
    childAbuse, consultation, consequences, lawyerWish, instance, notices, assessmentReference,
  ],
  rules: [adultWhenImposed, endsWithinTenDays, mandateNamed, burgemeesterTold, someoneProtected, consultedForChildAbuse, wishHasMoment],
});

/** The ban in writing: the beschikking itself (Wth art. 2(1), 2(4)). */
export const imposed = define({
  type: 'huisverbod.opgelegd', article: 'Wth art. 2(1), 2(4)',
  label: { nl: 'Huisverbod opgelegd', en: 'Ban imposed' },
  senderRoles: ['GEM', 'BM', 'OOV', 'HOVJ'],
  attachmentCategories: ['C-ORDER', 'C-GROUND', 'C-RIHG'],
  fields: [
    orderNumber, imposedAt,
    field.boolean('mondeling_aangezegd', 'C-ORDER', { nl: 'Mondeling aangezegd', en: 'Announced orally', source: 'Wth art. 2(7)' }),
    field.group('mondelinge_aanzegging', 'C-ORDER', [
      field.instant('aangezegd_op', 'C-ORDER', { nl: 'Aangezegd op', en: 'Announced at', source: 'Wth art. 2(7)' }),
      field.text('aangezegd_door', 'C-ORDER', { nl: 'Functie van wie aanzegde', en: 'Function of who announced', source: 'Wth art. 2(7)', max: 120 }),
    ], { nl: 'Mondelinge aanzegging', en: 'Oral announcement', source: 'Wth art. 2(7)', optional: true }),
    writtenAt, publication, endsAt, imposedBy, ...mandateFields, evicted, reach, home, place, grounds, hearing, contactBan, minors,
    childAbuse, consultation, consequences, remedies, lawyerWish, lawyer({ optional: true }), ...policeActs, instance, signature, notices, assessmentReference,
  ],
  rules: [
    adultWhenImposed, endsWithinTenDays, mandateNamed, burgemeesterTold, someoneProtected, consultedForChildAbuse, wishHasMoment,
    {
      id: 'announcement', article: 'Wth art. 2(7)', fields: ['mondelinge_aanzegging'],
      remedy: { nl: 'Geef de mondelinge aanzegging op wanneer mondeling is aangezegd, en alleen dan; zij gaat aan het geschrift vooraf.', en: 'Give the oral announcement when it was announced orally, and only then; it comes before the writing.' },
      holds: (values) => values.mondelinge_aanzegging === undefined ? !values.mondeling_aangezegd
        : values.mondeling_aangezegd && momentOf(values.mondelinge_aanzegging.aangezegd_op) <= momentOf(values.op_schrift_op),
    },
    {
      id: 'hearing', article: 'Awb art. 4:8, 4:11', fields: ['horen_uhg'],
      remedy: { nl: 'Geef de verklaring wanneer is gehoord, en anders de reden om niet te horen.', en: 'Give the statement when the person was heard, and otherwise the reason for not hearing.' },
      holds: ({ horen_uhg: { gehoord, verklaring, reden_niet_gehoord } }) => (verklaring !== undefined) === gehoord && (reden_niet_gehoord === undefined) === gehoord,
    },
    {
      id: 'keys-receipt', article: 'Wth art. 4(2)', fields: ['sleutels.ontvangstbewijs_nr'],
      remedy: { nl: 'Sleutels worden tegen bewijs van ontvangst ingenomen: geef het nummer, en alleen dan.', en: 'Keys are taken against a receipt: give its number, and only then.' },
      holds: ({ sleutels }) => sleutels === undefined || sleutels.ingenomen === (sleutels.ontvangstbewijs_nr !== undefined),
    },
  ],
});

/** The burgemeester does not follow the proposal of the hulpofficier (WTH-45). */
export const refused = define({
  type: 'huisverbod.geweigerd', article: 'Wth art. 2(1), 3(1)',
  label: { nl: 'Huisverbod niet opgelegd', en: 'Ban refused' },
  senderRoles: ['GEM', 'BM', 'OOV'],
  fields: [
    field.instant('besloten_op', 'C-REF', { nl: 'Besloten op', en: 'Decided at', source: 'Wth art. 2(1)' }),
    decidedBy, assessmentReference,
    field.oneOf('reden', 'C-GROUND', ['geen-ernstig-en-onmiddellijk-gevaar', 'ander-middel-volstaat', 'niet-meerderjarig', 'anders'], { nl: 'Reden', en: 'Reason', source: 'Wth art. 2(1)' }),
    field.text('toelichting', 'C-GROUND', { nl: 'Toelichting', en: 'Explanation', source: 'Wth art. 2(1)', max: 4000, lines: true }),
  ],
});

/** The ban is extended; never beyond four weeks from imposition (Wth art. 9(1)). */
export const extended = define({
  type: 'huisverbod.verlengd', article: 'Wth art. 9(1)',
  label: { nl: 'Huisverbod verlengd', en: 'Ban extended' },
  senderRoles: ['GEM', 'BM', 'OOV'],
  attachmentCategories: ['C-ORDER', 'C-GROUND', 'C-ADVICE'],
  fields: [
    orderNumber, imposedAt, endsAt,
    field.instant('verlengd_op', 'C-ORDER', { nl: 'Verlengd op', en: 'Extended at', source: 'Wth art. 9(1)' }),
    field.instant('einde_op_nieuw', 'C-ORDER', { nl: 'Nieuw einde', en: 'New end', source: 'Wth art. 9(1)' }),
    writtenAt, publication, decidedBy, evicted, reach, home, place,
    field.text('voortduren_gevaar_motivering', 'C-GROUND', { nl: 'Waarom het gevaar voortduurt', en: 'Why the danger goes on', source: 'Wth art. 9(1)', max: 20_000, lines: true }),
    // What victims and children said, and who was asked, is not for the person sent out, nor for his raadsman or the instance.
    field.list('gehoord_personen', field.group('gehoorde', 'C-ADVICE', [
      field.oneOf('hoedanigheid', 'C-ADVICE', audience, { nl: 'Hoedanigheid', en: 'Capacity', source: 'Awb art. 4:8' }),
      field.text('verklaring', 'C-ADVICE', { nl: 'Verklaring', en: 'Statement', source: 'Awb art. 4:8', max: 4000, lines: true, optional: true }),
    ], { nl: 'Gehoorde', en: 'Person heard', source: 'Awb art. 4:8' }), { nl: 'Gehoorde personen', en: 'Persons heard', source: 'Awb art. 4:8', optional: true }),
    field.text('advies_instantie', 'C-HELP', { nl: 'Advies van de instantie', en: 'Advice of the instance', source: 'Wth art. 9(1)', max: 4000, lines: true, optional: true }),
    contactBan, minors, childAbuse, consequences, remedies, instance, signature, notices,
  ],
  rules: [
    adultWhenImposed, endsWithinTenDays, someoneProtected,
    {
      id: 'four-weeks', article: 'Wth art. 9(1)', fields: ['einde_op_nieuw'],
      remedy: { nl: 'Het nieuwe einde ligt na het lopende einde en uiterlijk vier weken na de oplegging, op hetzelfde tijdstip.', en: 'The new end is after the running end and at most four weeks after imposition, at the same time of day.' },
      holds: (values) => {
        const end = momentOf(values.einde_op_nieuw);
        return momentOf(values.einde_op) < end && end <= banLimit(new Date(values.opgelegd_op)).getTime();
      },
    },
    {
      id: 'extended-in-time', article: 'Wth art. 9(1)', fields: ['verlengd_op'],
      remedy: { nl: 'Verlengen kan alleen zolang het huisverbod loopt.', en: 'A ban can only be extended while it runs.' },
      holds: (values) => momentOf(values.opgelegd_op) <= momentOf(values.verlengd_op) && momentOf(values.verlengd_op) < momentOf(values.einde_op),
    },
  ],
});

/** The burgemeester withdraws the ban (Wth art. 2(9)). */
export const withdrawn = define({
  type: 'huisverbod.ingetrokken', article: 'Wth art. 2(9)',
  label: { nl: 'Huisverbod ingetrokken', en: 'Ban withdrawn' },
  senderRoles: ['GEM', 'BM', 'OOV'],
  attachmentCategories: ['C-ORDER', 'C-GROUND'],
  fields: [
    orderNumber, imposedAt,
    field.instant('ingetrokken_op', 'C-ORDER', { nl: 'Besluit tot intrekking van', en: 'Decided to withdraw at', source: 'Wth art. 2(9)' }),
    field.instant('intrekking_per', 'C-ORDER', { nl: 'Huisverbod eindigt per', en: 'Ban ends as of', source: 'Wth art. 2(9)' }),
    decidedBy, publication, evicted, home,
    // Reasons stay with the burgemeester and the person himself: others only hear when the ban ends (WTH-27).
    field.oneOf('reden', 'C-GROUND', ['hulp-aanvaard', 'gevaar-geweken', 'rechter', 'anders'], { nl: 'Reden', en: 'Reason', source: 'Wth art. 2(9)' }),
    field.text('toelichting', 'C-GROUND', { nl: 'Toelichting', en: 'Explanation', source: 'Wth art. 2(9)', max: 8000, lines: true, optional: true }),
    field.boolean('hulp_aanvaard', 'C-HELP', { nl: 'Hulp aanvaard', en: 'Help accepted', source: 'Wth art. 2(9)', optional: true }),
    field.boolean('bevestigd_door_instantie', 'C-HELP', { nl: 'Door de instantie bevestigd', en: 'Confirmed by the instance', source: 'Wth art. 2(9)', optional: true }),
    field.boolean('belooft_niet_te_belemmeren', 'C-HELP', { nl: 'Belooft hulp aan huisgenoten niet te belemmeren', en: 'Promises not to hinder help to the household', source: 'Wth art. 2(9)', optional: true }),
    remedies, signature, notices,
  ],
  rules: [
    {
      id: 'help-accepted', article: 'Wth art. 2(9)', fields: ['hulp_aanvaard', 'bevestigd_door_instantie', 'belooft_niet_te_belemmeren'],
      remedy: { nl: 'Bij intrekking om aanvaarde hulp moeten alle drie de voorwaarden van artikel 2, negende lid, vervuld zijn.', en: 'A withdrawal for accepted help needs all three conditions of article 2(9) to be met.' },
      holds: (values) => values.reden !== 'hulp-aanvaard' || (values.hulp_aanvaard === true && values.bevestigd_door_instantie === true && values.belooft_niet_te_belemmeren === true),
    },
    {
      id: 'withdrawn-after-imposed', article: 'Wth art. 2(9)', fields: ['intrekking_per'],
      remedy: { nl: 'De intrekking gaat in na de oplegging en niet eerder dan het besluit.', en: 'The withdrawal takes effect after imposition and not before the decision.' },
      holds: (values) => momentOf(values.opgelegd_op) < momentOf(values.intrekking_per) && momentOf(values.ingetrokken_op) <= momentOf(values.intrekking_per),
    },
  ],
});

/** The police saw the ban broken: a crime (Wth art. 11). */
export const violated = define({
  type: 'huisverbod.overtreden', article: 'Wth art. 11',
  label: { nl: 'Huisverbod overtreden', en: 'Ban violated' },
  senderRoles: ['POL', 'HOVJ'],
  attachmentCategories: ['C-POL', 'C-CRIM'],
  fields: [
    evicted,
    field.instant('overtreden_op', 'C-POL', { nl: 'Overtreden op', en: 'Violated at', source: 'Wth art. 11' }),
    field.text('plaats', 'C-POL', { nl: 'Plaats', en: 'Place', source: 'Wth art. 11', max: 300 }),
    field.text('feit', 'C-POL', { nl: 'Wat er gebeurde, in het kort', en: 'What happened, in short', source: 'Wth art. 11; Wpg art. 16(1)', max: 2000, lines: true }),
    field.boolean('aangehouden', 'C-CRIM', { nl: 'Aangehouden', en: 'Arrested', source: 'Wth art. 11', optional: true }),
    field.text('proces_verbaal_nr', 'C-CRIM', { nl: 'Nummer van het proces-verbaal', en: 'Number of the report', source: 'Wpg art. 16(1)a', form: 'kenmerk', optional: true }),
    field.boolean('minderjarigen_betrokken', 'C-MINOR', { nl: 'Minderjarigen betrokken', en: 'Minors involved', source: 'Besluit politiegegevens art. 4:2', optional: true }),
    // A power, so somebody weighs each time whether Veilig Thuis needs it (Besluit politiegegevens art. 4:2(1)i); the weighing stays inside.
    field.group('ook_naar_veilig_thuis', 'C-TERM', [
      field.boolean('verstrekken', 'C-TERM', { nl: 'Ook naar Veilig Thuis', en: 'To Veilig Thuis as well', source: 'Besluit politiegegevens art. 4:2(1)i' }),
      field.text('omdat', 'C-TERM', { nl: 'Waarom dit voor de taak van Veilig Thuis nodig is', en: 'Why Veilig Thuis needs it for its task', source: 'Besluit politiegegevens art. 4:2(1)i', max: 1000, lines: true, optional: true }),
    ], { nl: 'Ook naar Veilig Thuis', en: 'To Veilig Thuis as well', source: 'Besluit politiegegevens art. 4:2(1)i', optional: true }),
  ],
  rules: [{
    id: 'need-of-veilig-thuis', article: 'Besluit politiegegevens art. 4:2(1)i', fields: ['ook_naar_veilig_thuis.omdat'],
    remedy: { nl: 'Schrijf op waarom Veilig Thuis dit nodig heeft wanneer het ook daarheen gaat, en alleen dan.', en: 'Write down why Veilig Thuis needs it when it goes there as well, and only then.' },
    holds: ({ ook_naar_veilig_thuis: weighed }) => weighed === undefined || weighed.verstrekken === (weighed.omdat !== undefined),
  }],
});
