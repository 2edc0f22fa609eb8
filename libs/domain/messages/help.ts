import { define } from './definition.js';
import { field } from './field.js';
import { childAbuse, evicted, home, household, minors, reachRequired } from './parts.js';

const contactPerson = field.group('contactpersoon', 'C-REF', [
  field.text('functie', 'C-REF', { nl: 'Functie', en: 'Function', source: 'Wth art. 2(3)', max: 120 }),
  field.text('telefoon', 'C-REF', { nl: 'Telefoon', en: 'Telephone', source: 'Wth art. 2(3)', form: 'telefoon' }),
], { nl: 'Terug te bellen', en: 'Call back', source: 'Wth art. 2(3)' });

const inReplyTo = field.text('antwoord_op', 'C-REF', { nl: 'Kenmerk van de vraag', en: 'Reference of the question', source: 'Wth art. 2(3)', form: 'uuid', optional: true });

const promise = field.boolean('belooft_niet_te_belemmeren', 'C-HELP', { nl: 'Belooft hulp aan huisgenoten niet te belemmeren', en: 'Promises not to hinder help to the household', source: 'Wth art. 2(9)' });

/** Veilig Thuis is asked before a ban for child abuse is imposed (Wth art. 2(3)). */
export const consultationAsked = define({
  type: 'overleg.gevraagd', article: 'Wth art. 2(3)',
  label: { nl: 'Overleg met Veilig Thuis gevraagd', en: 'Consultation of Veilig Thuis asked' },
  senderRoles: ['GEM', 'BM', 'OOV', 'HOVJ'],
  fields: [
    field.instant('gevraagd_op', 'C-REF', { nl: 'Gevraagd op', en: 'Asked at', source: 'Wth art. 2(3)' }),
    contactPerson, evicted, home, household, minors, childAbuse,
    field.text('aanleiding', 'C-GROUND', { nl: 'Aanleiding in het kort', en: 'Occasion in short', source: 'Wth art. 2(3)', max: 2000, lines: true, note: 'Kort: niet het RiHG en geen politiegegevens (WTH-03).' }),
  ],
  rules: [{
    id: 'child-abuse-only', article: 'Wth art. 2(3)', fields: ['kindermishandeling', 'minderjarigen'],
    remedy: { nl: 'Dit overleg geldt alleen een huisverbod om kindermishandeling; noem de minderjarigen.', en: 'This consultation is only for a ban for child abuse; name the minors.' },
    holds: (values) => values.kindermishandeling && values.minderjarigen !== undefined,
  }],
});

/** What Veilig Thuis answers (Wth art. 2(3); Wmo 2015 art. 4.1.1(2)). */
export const consultationAnswered = define({
  type: 'overleg.antwoord', article: 'Wth art. 2(3)',
  label: { nl: 'Antwoord van Veilig Thuis', en: 'Answer of Veilig Thuis' },
  senderRoles: ['VT'],
  fields: [
    inReplyTo,
    field.instant('overlegd_op', 'C-REF', { nl: 'Overlegd op', en: 'Consulted at', source: 'Wth art. 2(3)' }),
    field.text('gesproken_met', 'C-REF', { nl: 'Functie van de gesprekspartner', en: 'Function of who was spoken to', source: 'Wth art. 2(3)', max: 120 }),
    field.oneOf('advies', 'C-ADVICE', ['opleggen', 'niet-opleggen', 'geen-advies'], { nl: 'Advies', en: 'Advice', source: 'Wth art. 2(3)' }),
    field.text('toelichting', 'C-ADVICE', { nl: 'Toelichting', en: 'Explanation', source: 'Wth art. 2(3)', max: 4000, lines: true, optional: true }),
    field.text('veiligheidsfeiten', 'C-ADVICE', { nl: 'Bekende feiten die nu voor de veiligheid nodig zijn', en: 'Known facts needed for safety now', source: 'Wmo 2015 art. 5.3.3', max: 4000, lines: true, optional: true }),
  ],
});

/** The person sent out tells where and how to reach him (Wth art. 2(6)). */
export const reachGiven = define({
  type: 'bereikbaarheid.opgegeven', article: 'Wth art. 2(6)',
  label: { nl: 'Bereikbaarheid opgegeven', en: 'Reachability given' },
  senderRoles: ['GEM', 'BM', 'OOV', 'HOVJ', 'POL', 'ADV'],
  fields: [
    field.instant('opgegeven_op', 'C-REF', { nl: 'Opgegeven op', en: 'Given at', source: 'Wth art. 2(6)' }),
    reachRequired,
  ],
});

/** The person sent out accepts help (Wth art. 2(9)). */
export const helpAccepted = define({
  type: 'hulp.aanvaard', article: 'Wth art. 2(9)',
  label: { nl: 'Hulp aanvaard', en: 'Help accepted' },
  senderRoles: ['INST', 'VT', 'GEM', 'OOV'],
  fields: [
    field.boolean('hulp_aanvaard', 'C-HELP', { nl: 'Hulp aanvaard', en: 'Help accepted', source: 'Wth art. 2(9)' }),
    field.instant('aanvaard_op', 'C-HELP', { nl: 'Aanvaard op', en: 'Accepted at', source: 'Wth art. 2(9)', optional: true }),
    promise,
    field.text('inhoud', 'C-HELPCONT', { nl: 'Inhoud van de hulp', en: 'Content of the help', source: 'Wth art. 10(2)', max: 4000, lines: true, optional: true }),
  ],
  rules: [{
    id: 'accepted-moment', article: 'Wth art. 2(9)', fields: ['aanvaard_op'],
    remedy: { nl: 'Geef wanneer de hulp is aanvaard, en alleen dan.', en: 'Give when the help was accepted, and only then.' },
    holds: (values) => values.hulp_aanvaard === (values.aanvaard_op !== undefined),
  }],
});

/** The designated instance confirms that help is accepted: the condition for withdrawing (Wth art. 2(9)). */
export const helpConfirmed = define({
  type: 'hulp.bevestigd', article: 'Wth art. 2(9)',
  label: { nl: 'Aanvaarde hulp bevestigd', en: 'Accepted help confirmed' },
  senderRoles: ['INST', 'VT'],
  fields: [
    field.boolean('hulp_aanvaard', 'C-HELP', { nl: 'Hulp aanvaard', en: 'Help accepted', source: 'Wth art. 2(9)' }),
    field.instant('bevestigd_op', 'C-HELP', { nl: 'Bevestigd op', en: 'Confirmed at', source: 'Wth art. 2(9)' }),
    promise,
  ],
});

/** Help has started for the person sent out, for who stays behind or for the children. */
export const helpStarted = define({
  type: 'hulp.gestart', article: 'Wth art. 2(8), 2(9)',
  label: { nl: 'Hulp gestart', en: 'Help started' },
  senderRoles: ['INST', 'VT'],
  fields: [
    field.list('gestart', field.group('start', 'C-HELP', [
      field.oneOf('voor', 'C-HELP', ['uithuisgeplaatste', 'achterblijver', 'kinderen'], { nl: 'Voor', en: 'For', source: 'Wth art. 2(8)' }),
      field.date('gestart_op', 'C-HELP', { nl: 'Gestart op', en: 'Started on', source: 'Wth art. 2(8)' }),
      field.text('inhoud', 'C-HELPCONT', { nl: 'Inhoud van de hulp', en: 'Content of the help', source: 'Wth art. 10(2)', max: 4000, lines: true, optional: true }),
    ], { nl: 'Start', en: 'Start', source: 'Wth art. 2(8)' }), { nl: 'Gestarte hulp', en: 'Help that started', source: 'Wth art. 2(8)', maxItems: 3 }),
  ],
});

/** Shelter for the person sent out; no duty, so only with consent or at his own request (WTH-36). */
export const shelterAsked = define({
  type: 'opvang.gevraagd', article: 'AVG art. 6(1)',
  label: { nl: 'Opvang gevraagd', en: 'Shelter asked' },
  senderRoles: ['GEM', 'BM', 'OOV'],
  fields: [
    evicted,
    field.boolean('eigen_verzoek', 'C-REF', { nl: 'Op eigen verzoek', en: 'At his own request', source: 'AVG art. 6(1)e' }),
    field.instant('toestemming_op', 'C-REF', { nl: 'Toestemming gegeven op', en: 'Consent given at', source: 'AVG art. 6(1)a', optional: true }),
    field.date('vanaf', 'C-HELP', { nl: 'Vanaf', en: 'From', source: 'AVG art. 6(1)' }),
    field.date('tot', 'C-HELP', { nl: 'Tot en met', en: 'Up to and including', source: 'AVG art. 6(1)', optional: true }),
    field.text('behoefte', 'C-HELP', { nl: 'Wat nodig is', en: 'What is needed', source: 'AVG art. 6(1)', max: 1000, lines: true }),
  ],
  rules: [
    {
      id: 'consent-or-request', article: 'AVG art. 6(1)', fields: ['toestemming_op'],
      remedy: { nl: 'Vraag opvang alleen met toestemming of op eigen verzoek.', en: 'Ask for shelter only with consent or at the person\'s own request.' },
      holds: (values) => values.eigen_verzoek || values.toestemming_op !== undefined,
    },
    {
      id: 'shelter-days', article: 'AVG art. 6(1)', fields: ['tot'],
      remedy: { nl: 'De laatste dag ligt niet voor de eerste.', en: 'The last day is not before the first.' },
      holds: (values) => values.tot === undefined || values.vanaf <= values.tot,
    },
  ],
});

/** Advice of the instance on extending or withdrawing (Wth art. 2(9), 9(1)); no content of treatment (WTH-29). */
export const adviceGiven = define({
  type: 'advies.gegeven', article: 'Wth art. 2(9), 9(1)',
  label: { nl: 'Advies over verlengen of intrekken', en: 'Advice on extending or withdrawing' },
  senderRoles: ['INST', 'VT'],
  fields: [
    field.oneOf('betreft', 'C-ADVICE', ['verlengen', 'intrekken'], { nl: 'Betreft', en: 'Concerns', source: 'Wth art. 2(9), 9(1)' }),
    field.oneOf('advies', 'C-ADVICE', ['verlengen', 'niet-verlengen', 'intrekken', 'niet-intrekken'], { nl: 'Advies', en: 'Advice', source: 'Wth art. 2(9), 9(1)' }),
    field.instant('gegeven_op', 'C-REF', { nl: 'Gegeven op', en: 'Given at', source: 'Wth art. 9(1)' }),
    field.text('voortduren_gevaar', 'C-ADVICE', { nl: 'Feiten over het voortduren van het gevaar', en: 'Facts on continuing danger', source: 'Wth art. 9(1)', max: 8000, lines: true, optional: true }),
    field.text('toelichting', 'C-ADVICE', { nl: 'Toelichting', en: 'Explanation', source: 'Wth art. 9(1)', max: 8000, lines: true }),
    field.boolean('hulp_aangeboden', 'C-HELP', { nl: 'Hulp aangeboden', en: 'Help offered', source: 'Wth art. 2(8)', optional: true }),
    field.boolean('hulp_aanvaard', 'C-HELP', { nl: 'Hulp aanvaard', en: 'Help accepted', source: 'Wth art. 2(9)', optional: true }),
  ],
  attachmentCategories: ['C-ADVICE'],
  rules: [{
    id: 'advice-fits', article: 'Wth art. 2(9), 9(1)', fields: ['advies'],
    remedy: { nl: 'Het advies gaat over wat het betreft: verlengen of intrekken.', en: 'The advice is about what it concerns: extending or withdrawing.' },
    holds: (values) => values.advies.endsWith(values.betreft),
  }],
});
