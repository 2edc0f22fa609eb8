import type { Step } from '../../apps/practice/script.js';
import { assessment, daughter, evicted, home, partner, reach } from './persons.js';

/** Who sends, and in what capacity. */
interface Sender {
  readonly from: string;
  readonly afzender: Step['afzender'];
}

const police = '00000001900000000001';

/** The senders of the practice region. */
export const senders = {
  hovj1: { from: 'hovj-1@politie.example', afzender: { oin: police, rol: 'HOVJ', functie: 'hovj-1' } },
  hovj2: { from: 'hovj-2@politie.example', afzender: { oin: police, rol: 'HOVJ', functie: 'hovj-2' } },
  police: { from: 'huisverbod@politie.example', afzender: { oin: police, rol: 'POL' } },
  waterveen: { from: 'huisverbod@waterveen.example', afzender: { oin: '00000001900000000101', rol: 'BM' } },
  hoogland: { from: 'huisverbod@hooglandaanzee.example', afzender: { oin: '00000001900000000102', rol: 'BM' } },
  berkenrade: { from: 'huisverbod@berkenrade.example', afzender: { oin: '00000001900000000103', rol: 'BM' } },
  veiligThuis: { from: 'huisverbod@veiligthuis.example', afzender: { oin: '00000001900000000201', rol: 'VT' } },
  instance: { from: 'huisverbod@veiligthuis.example', afzender: { oin: '00000001900000000201', rol: 'INST' } },
  ggd: { from: 'huisverbod@ggd.example', afzender: { oin: '00000001900000000202', rol: 'INST' } },
  court: { from: 'griffie@rechtbank.example', afzender: { oin: '00000001900000000301', rol: 'RB', functie: 'griffie-bestuur' } },
  raadVanState: { from: 'griffie@raadvanstate.example', afzender: { oin: '00000001900000000309', rol: 'RVS' } },
  lawyer: { from: 'piket@dekade.example', afzender: { oin: '00000001900000000401', rol: 'ADV' } },
} as const satisfies Readonly<Record<string, Sender>>;

/** OIN of the parties decisions are about. */
export const oin = {
  police, waterveen: '00000001900000000101', hoogland: '00000001900000000102', berkenrade: '00000001900000000103',
  veiligThuis: '00000001900000000201', ggd: '00000001900000000202', court: '00000001900000000301', lawyer: '00000001900000000401',
  otherLawyer: '00000001900000000402', shelter: '00000001900000000609', prosecutor: '00000001900000000608',
} as const;

const place = 'Plaatstekst: de woning met de tuin en de straat ervoor.';
const consequences = 'Gevolgtekst: wie het huisverbod overtreedt, pleegt een misdrijf.';
const remedies = 'Rechtsmiddeltekst: beroep binnen zes weken.';
const designated = { naam: 'Veilig Thuis Noorderwaard', oin: oin.veiligThuis };

/** What imposing states when the burgemeester does it himself. */
const byBurgemeester = { opgelegd_door: 'burgemeester' };

/** What imposing states when a hulpofficier does it under the mandate of Waterveen. */
export const underMandate = { opgelegd_door: 'HOVJ-mandaat', mandaat_id: 'MAND-9901-HOVJ', hovj_melding_bm_op: '@+0:04' };

/** What imposing adds when it is for child abuse. */
export const forChildAbuse = { kindermishandeling: true, vt_overleg: { overlegd_op: '@-0:10', gesproken_met: 'Vertrouwensarts', uitkomst: 'opleggen' } };

const ruling = (soort: string, instantie: string) => ({
  zaaknummer_rechtbank: 'NWD 26/1001', instantie, soort_procedure: soort, verzoek_ontvangen_op: '@+1:30', zitting_op: '@+2:00', wijze: 'video',
  gehoord: ['uithuisgeplaatste', 'raadsman', 'burgemeester'], uitspraak_op: '@+2:10', mondeling: true, dagtekening: '@date',
  dictum: 'afgewezen', gevolg_voor_maatregel: 'blijft', document: '@sha256 uitspraak.pdf',
});

/** The content of each message as it is when nothing special is the matter; moments are relative to the moment the ban was imposed. */
const contents: Readonly<Record<string, Step['inhoud']>> = {
  'rihg.afgerond': {
    rihg_kenmerk: assessment, afgerond_op: '@-0:20', district: 'Noorderwaard', uithuisgeplaatste: evicted, locatie: home, huisgenoten: [partner],
    minderjarigen: [daughter], politiegegevens: { bvh_nummer: 'PL9901-2026000001', antecedenten: 'Mutatietekst: geluidsoverlast in 2024.' },
  },
  'rihg.geen-verbod': { rihg_kenmerk: assessment, afgerond_op: '@-0:20', district: 'Noorderwaard', weging_gevraagd: true },
  'overleg.gevraagd': {
    gevraagd_op: '@-0:15', contactpersoon: { functie: 'Piketambtenaar', telefoon: '06 00000009' }, uithuisgeplaatste: evicted, woning: home,
    huisgenoten: [partner], minderjarigen: [daughter], kindermishandeling: true, aanleiding: 'Grondtekst: geweld in het bijzijn van het kind.',
  },
  'overleg.antwoord': { overlegd_op: '@-0:10', gesproken_met: 'Medewerker', advies: 'opleggen', toelichting: 'Adviestekst: het kind heeft rust nodig.' },
  'huisverbod.aangezegd': {
    opgelegd_op: '@+0:00', einde_op: '@+10d', ...byBurgemeester, uithuisgeplaatste: evicted, bereikbaarheid: reach, woning: home, plaats_omschrijving: place,
    contactverbod_personen: [partner], minderjarigen: [daughter], gronden_kort: 'Grondtekst: lichamelijk geweld.', kindermishandeling: false,
    gevolgen_niet_naleving: consequences, raadsman_wens: { gewenst: false }, aangewezen_instantie: designated, rihg_kenmerk: assessment,
  },
  'huisverbod.opgelegd': {
    beschikking_nr: 'B1', opgelegd_op: '@+0:00', mondeling_aangezegd: false, op_schrift_op: '@+0:20', bekendmaking_wijze: 'uitgereikt', einde_op: '@+10d',
    ...byBurgemeester, uithuisgeplaatste: evicted, bereikbaarheid: reach, woning: home, plaats_omschrijving: place,
    feiten_en_omstandigheden: 'Grondtekst: hij sloeg zijn echtgenote (item 2c.1).', horen_uhg: { gehoord: true, verklaring: 'Verklaringtekst.' },
    contactverbod_personen: [partner], minderjarigen: [daughter], kindermishandeling: false, gevolgen_niet_naleving: consequences,
    rechtsmiddelen: remedies, raadsman_wens: { gewenst: false }, sleutels: { ingenomen: true, ontvangstbewijs_nr: 'SL-2026-17' },
    aangewezen_instantie: designated, ondertekening: { ondertekenaar: 'Burgemeester', ondertekend_op: '@+0:20' }, rihg_kenmerk: assessment,
  },
  'huisverbod.geweigerd': { besloten_op: '@+0:00', besloten_door: 'burgemeester', rihg_kenmerk: assessment, reden: 'ander-middel-volstaat', toelichting: 'Weigertekst.' },
  'huisverbod.verlengd': {
    beschikking_nr: 'B2', opgelegd_op: '@+0:00', einde_op: '@+10d', verlengd_op: '@+9d', einde_op_nieuw: '@+28d', op_schrift_op: '@+9d',
    bekendmaking_wijze: 'uitgereikt', besloten_door: 'burgemeester', uithuisgeplaatste: evicted, bereikbaarheid: reach, woning: home, plaats_omschrijving: place,
    voortduren_gevaar_motivering: 'Grondtekst: het gevaar duurt voort.', advies_instantie: 'Hulpadviestekst.', contactverbod_personen: [partner], minderjarigen: [daughter],
    kindermishandeling: false, gevolgen_niet_naleving: consequences, rechtsmiddelen: remedies, aangewezen_instantie: designated,
    ondertekening: { ondertekenaar: 'Burgemeester', ondertekend_op: '@+9d' },
  },
  'huisverbod.ingetrokken': {
    beschikking_nr: 'B3', opgelegd_op: '@+0:00', ingetrokken_op: '@+0:50', intrekking_per: '@+1:00', besloten_door: 'burgemeester', bekendmaking_wijze: 'uitgereikt',
    uithuisgeplaatste: evicted, woning: home, reden: 'hulp-aanvaard', toelichting: 'Redentekst.', hulp_aanvaard: true, bevestigd_door_instantie: true,
    belooft_niet_te_belemmeren: true, rechtsmiddelen: remedies, ondertekening: { ondertekenaar: 'Burgemeester', ondertekend_op: '@+0:50' },
  },
  'huisverbod.overtreden': {
    uithuisgeplaatste: evicted, overtreden_op: '@+0:40', plaats: 'Voor de deur', feit: 'Overtredingtekst: hij belde aan.', aangehouden: true,
    proces_verbaal_nr: 'PL9901-2026000002', minderjarigen_betrokken: true,
  },
  'raadsman.gewenst': {
    gewenst_op: '@+0:15', uithuisgeplaatste: evicted, bereikbaarheid: reach, opgelegd_op: '@+0:00', einde_op: '@+10d', plaats_omschrijving: place, rechtsmiddelen: remedies,
  },
  'raadsman.toegewezen': { toegewezen_op: '@+0:30', raadsman: { naam: 'mr. T. Toga', kantoor: 'De Kade' } },
  'bereikbaarheid.opgegeven': { opgegeven_op: '@+0:30', bereikbaarheid: reach },
  'voorziening.verzocht': {
    zaaknummer_rechtbank: 'NWD 26/1001', instantie: 'RBNWD', connexe_zaken: ['NWD 26/1002'], verzoek_ontvangen_op: '@+1:30', verzoeker: 'uithuisgeplaatste',
    gronden: 'Verzoektekst: er was geen gevaar.',
  },
  'zitting.bepaald': { zaaknummer_rechtbank: 'NWD 26/1001', instantie: 'RBNWD', soort_procedure: 'voorlopige-voorziening', verzoek_ontvangen_op: '@+1:30', zitting_op: '@+2:00', wijze: 'video' },
  'uitspraak.voorziening': ruling('voorlopige-voorziening', 'RBNWD'),
  'uitspraak.beroep': { ...ruling('beroep', 'RBNWD'), dictum: 'ongegrond' },
  'uitspraak.hoger-beroep': { ...ruling('hoger-beroep', 'RVS'), dictum: 'ongegrond' },
  'hulp.aanvaard': { hulp_aanvaard: true, aanvaard_op: '@+0:40', belooft_niet_te_belemmeren: true, inhoud: 'Behandeltekst.' },
  'hulp.bevestigd': { hulp_aanvaard: true, bevestigd_op: '@+0:45', belooft_niet_te_belemmeren: true },
  'hulp.gestart': { gestart: [{ voor: 'uithuisgeplaatste', gestart_op: '@date', inhoud: 'Behandeltekst.' }] },
  'opvang.gevraagd': { uithuisgeplaatste: evicted, eigen_verzoek: true, vanaf: '@date', behoefte: 'Behoeftetekst: een bed.' },
  'bericht.ingetrokken': { betreft: '@', reden: 'onjuist', gevraagd: 'vernietigen' },
  'advies.gegeven': { betreft: 'verlengen', advies: 'verlengen', gegeven_op: '@+0:30', toelichting: 'Adviestekst: verleng.', hulp_aangeboden: true },
};

const attachments: Readonly<Record<string, Step['bijlagen']>> = {
  'huisverbod.opgelegd': [{ naam: 'beschikking.pdf', tekst: 'Beschikkingtekst', categorie: 'C-GROUND' }],
  'uitspraak.voorziening': [{ naam: 'uitspraak.pdf', tekst: 'Uitspraaktekst', categorie: 'C-RULDOC' }],
  'uitspraak.beroep': [{ naam: 'uitspraak.pdf', tekst: 'Uitspraaktekst', categorie: 'C-RULDOC' }],
  'uitspraak.hoger-beroep': [{ naam: 'uitspraak.pdf', tekst: 'Uitspraaktekst', categorie: 'C-RULDOC' }],
};

const rihg = { ja: { '2a.2': 'verklaring', '2c.1': 'waarneming', '2f.1': 'verklaring' }, hoog: ['2a', '2c'], motivering: 'Motiveringtekst: het geweld werd ernstiger.' } as const;

/** One step of the story about one case; `change` replaces fields of the content, `undefined` leaves one out. */
export const stepOf = (zaak: Step['zaak'], soort: string, { from, afzender }: Sender, change: Readonly<Record<string, unknown>> = {}): Step => {
  const content = contents[soort];
  if (content === undefined) throw new Error(`no content for ${soort}`);
  const files = attachments[soort];
  return {
    tell: '', vertel: '', from, soort, zaak, afzender, inhoud: Object.fromEntries(Object.entries({ ...content, ...change }).filter(([, value]) => value !== undefined)),
    ...(soort === 'rihg.afgerond' || soort === 'rihg.geen-verbod' ? { rihg: { ...rihg, ja: { ...rihg.ja }, hoog: [...rihg.hoog] } } : {}),
    ...(files === undefined ? {} : { bijlagen: files }),
  };
};
