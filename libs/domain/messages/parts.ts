import type { Category } from '../category.js';
import { field } from './field.js';

const law = 'Wth art. 2(4)';

/** A Dutch postal address. */
export const address = <const N extends string, const O extends { nl: string; en: string; source: string; optional?: boolean; note?: string }>(name: N, category: Category, options: O) =>
  field.group(name, category, [
    field.text('straat', category, { nl: 'Straat', en: 'Street', source: options.source, max: 80 }),
    field.text('huisnummer', category, { nl: 'Huisnummer', en: 'House number', source: options.source, max: 10 }),
    field.text('toevoeging', category, { nl: 'Toevoeging', en: 'Addition', source: options.source, max: 20, optional: true }),
    field.text('postcode', category, { nl: 'Postcode', en: 'Postal code', source: options.source, form: 'postcode', optional: true }),
    field.text('plaats', category, { nl: 'Plaats', en: 'Place', source: options.source, max: 80 }),
  ], options);

/** The adult whom the ban sends out of the home (Wth art. 1(c), 2(2)). */
export const evicted = field.group('uithuisgeplaatste', 'C-ID', [
  field.text('naam', 'C-ID', { nl: 'Achternaam', en: 'Surname', source: 'Wth art. 2(1)', max: 120 }),
  field.text('voornamen', 'C-ID', { nl: 'Voornamen', en: 'Given names', source: 'Wth art. 2(1)', max: 120 }),
  field.date('geboortedatum', 'C-ID', { nl: 'Geboortedatum', en: 'Date of birth', source: 'Wth art. 2(2)' }),
  field.text('geboorteplaats', 'C-ID', { nl: 'Geboorteplaats', en: 'Place of birth', source: 'Wth art. 2(1)', max: 80 }),
  field.oneOf('geslacht', 'C-ID', ['man', 'vrouw', 'anders', 'onbekend'], { nl: 'Geslacht', en: 'Gender', source: 'Wth art. 2(1)' }),
  field.bsn('bsn', 'C-BSN', { nl: 'Burgerservicenummer', en: 'Citizen service number', source: 'Wabb art. 10', optional: true }),
], { nl: 'Uithuisgeplaatste', en: 'Person sent out of the home', source: 'Wth art. 1(c)' });

/** The home that the ban covers (Wth art. 2(4)a). */
export const home = field.group('woning', 'C-ADDR', [
  address('adres', 'C-ADDR', { nl: 'Adres', en: 'Address', source: `${law}a` }),
], { nl: 'Woning', en: 'Home', source: `${law}a` });

/** Place for which the ban holds, in words. */
export const place = field.text('plaats_omschrijving', 'C-ORDER', { nl: 'Omschrijving van de plaats waarvoor het huisverbod geldt', en: 'Description of the place the ban covers', source: `${law}a`, max: 2000, lines: true });

const reachFields = [
  field.text('telefoon', 'C-REACH', { nl: 'Telefoon', en: 'Telephone', source: 'Wth art. 2(6)', form: 'telefoon', optional: true }),
  field.text('email', 'C-REACH', { nl: 'E-mail', en: 'E-mail', source: 'Wth art. 2(6)', form: 'email', optional: true }),
  address('verblijfadres', 'C-REACH', { nl: 'Verblijfadres', en: 'Address of stay', source: 'Wth art. 2(6)', optional: true }),
  field.text('toelichting', 'C-REACH', { nl: 'Toelichting', en: 'Explanation', source: 'Wth art. 2(6)', max: 1000, lines: true, optional: true }),
] as const;

/** Where and how the person sent out can be reached; known within 24 hours (Wth art. 2(6)). */
export const reach = field.group('bereikbaarheid', 'C-REACH', reachFields, { nl: 'Bereikbaarheid', en: 'Where and how to reach', source: 'Wth art. 2(6)', optional: true });

/** The same, in messages that exist to tell it. */
export const reachRequired = field.group('bereikbaarheid', 'C-REACH', reachFields, { nl: 'Bereikbaarheid', en: 'Where and how to reach', source: 'Wth art. 2(6)' });

// Contact data of victims have a category of their own: nothing of it may ever reach the person sent out (WTH-32).
const contactOfVictim = field.group('contact', 'C-HHREACH', [
  field.text('telefoon', 'C-HHREACH', { nl: 'Telefoon', en: 'Telephone', source: 'Wth art. 2(8)', form: 'telefoon', optional: true }),
  field.text('email', 'C-HHREACH', { nl: 'E-mail', en: 'E-mail', source: 'Wth art. 2(8)', form: 'email', optional: true }),
  address('verblijfadres', 'C-HHREACH', { nl: 'Verblijfadres', en: 'Address of stay', source: 'Wth art. 2(8)', optional: true }),
], { nl: 'Contactgegevens', en: 'Contact details', source: 'Wth art. 2(8)', optional: true });

const adult = (source: string) => field.group('persoon', 'C-HH', [
  field.text('naam', 'C-HH', { nl: 'Naam', en: 'Name', source, max: 160 }),
  field.oneOf('relatie', 'C-HH', ['echtgenoot', 'geregistreerd-partner', 'levensgezel', 'ex-partner', 'ouder', 'kind-meerderjarig', 'broer-of-zus', 'ander-familielid', 'huisgenoot'], { nl: 'Relatie tot de uithuisgeplaatste', en: 'Relation to the person sent out', source }),
  field.date('geboortedatum', 'C-HH', { nl: 'Geboortedatum', en: 'Date of birth', source, optional: true }),
  contactOfVictim,
], { nl: 'Persoon', en: 'Person', source });

/** Adults whom the person sent out may not contact (Wth art. 2(4)c); minors stand in `minderjarigen`. */
export const contactBan = field.list('contactverbod_personen', adult(`${law}c`), { nl: 'Personen voor wie het contactverbod geldt', en: 'Persons the contact ban protects', source: `${law}c`, optional: true });

/** Adult members of the household. */
export const household = field.list('huisgenoten', adult('Wth art. 2(1)'), { nl: 'Meerderjarige huisgenoten', en: 'Adult household members', source: 'Wth art. 2(1)', optional: true });

// The name is what the contact ban is about (2(4)c): he who must keep away and the police who see to it need it. Age tells of a child and
// stays within C-MINOR; where it stays is contact data of a victim.
const minor = field.group('minderjarige', 'C-MINOR', [
  field.text('naam', 'C-HH', { nl: 'Naam', en: 'Name', source: 'Wth art. 7', max: 160 }),
  field.date('geboortedatum', 'C-MINOR', { nl: 'Geboortedatum', en: 'Date of birth', source: 'Wth art. 7' }),
  field.text('verblijf', 'C-HHREACH', { nl: 'Waar het kind verblijft', en: 'Where the child stays', source: 'Wth art. 7', max: 300, optional: true }),
], { nl: 'Minderjarige', en: 'Minor', source: 'Wth art. 7' });

/** Children of the household (Wth art. 7, 8(1)c). */
export const minors = field.list('minderjarigen', minor, { nl: 'Minderjarigen', en: 'Minors', source: 'Wth art. 7, 8(1)c', optional: true });

/** Whether the ban is for child abuse, or a serious suspicion of it (Wth art. 2(3), 2(8)); for burgemeester and Veilig Thuis (law.md 8.1). */
export const childAbuse = field.boolean('kindermishandeling', 'C-MINOR', { nl: '(Ernstig vermoeden van) kindermishandeling', en: '(Serious suspicion of) child abuse', source: 'Wth art. 2(3), 2(8)' });

/**
 * The consultation of Veilig Thuis before imposing. law.md lists it as C-REF visible to burgemeester and Veilig Thuis only; labelled
 * C-ADVICE here, because C-REF goes to everyone and its mere presence says that child abuse is suspected.
 */
export const consultation = field.group('vt_overleg', 'C-ADVICE', [
  field.instant('overlegd_op', 'C-ADVICE', { nl: 'Overlegd op', en: 'Consulted at', source: 'Wth art. 2(3)' }),
  field.text('gesproken_met', 'C-ADVICE', { nl: 'Gesproken met', en: 'Spoken with', source: 'Wth art. 2(3)', max: 120 }),
  field.oneOf('uitkomst', 'C-ADVICE', ['opleggen', 'niet-opleggen', 'geen-advies'], { nl: 'Uitkomst', en: 'Outcome', source: 'Wth art. 2(3)' }),
], { nl: 'Overleg met Veilig Thuis', en: 'Consultation of Veilig Thuis', source: 'Wth art. 2(3)', optional: true });

/** Text on what happens to whoever breaks the ban (Wth art. 2(8), 11). */
export const consequences = field.text('gevolgen_niet_naleving', 'C-ORDER', { nl: 'Gevolgen van niet-naleving', en: 'Consequences of non-compliance', source: 'Wth art. 2(8), 11', max: 4000, lines: true });

/** Text on the remedies: appeal within six weeks, provisional relief, no objection (Awb art. 3:45). */
export const remedies = field.text('rechtsmiddelen', 'C-ORDER', { nl: 'Rechtsmiddelen', en: 'Legal remedies', source: 'Awb art. 3:45', max: 4000, lines: true });

/** The lawyer and how to reach the office. */
export const lawyer = <const O extends { optional?: boolean }>(options: O) => field.group('raadsman', 'C-LAW', [
  field.text('naam', 'C-LAW', { nl: 'Naam', en: 'Name', source: 'Wth art. 5(1)', max: 120 }),
  field.text('kantoor', 'C-LAW', { nl: 'Kantoor', en: 'Office', source: 'Wth art. 5(1)', max: 120, optional: true }),
  field.text('oin', 'C-LAW', { nl: 'OIN van het kantoor', en: 'OIN of the office', source: 'Wth art. 5(1)', form: 'oin', optional: true, note: 'Zonder OIN kan het kantoor niets via Ketensluis krijgen.' }),
  field.text('telefoon', 'C-LAW', { nl: 'Telefoon', en: 'Telephone', source: 'Wth art. 5(1)', form: 'telefoon', optional: true }),
  field.text('email', 'C-LAW', { nl: 'E-mail', en: 'E-mail', source: 'Wth art. 5(1)', form: 'email', optional: true }),
  field.instant('toegewezen_op', 'C-LAW', { nl: 'Toegewezen op', en: 'Assigned at', source: 'Wth art. 5(1)', optional: true }),
], { nl: 'Raadsman', en: 'Lawyer', source: 'Wth art. 5(1)', ...options });

/** Whether the person sent out wishes a lawyer, and since when: the 24 hours run from that moment (Wth art. 5(1)). */
export const lawyerWish = field.group('raadsman_wens', 'C-LAW', [
  field.boolean('gewenst', 'C-LAW', { nl: 'Raadsman gewenst', en: 'Lawyer wished', source: 'Wth art. 5(1)' }),
  field.instant('gewenst_op', 'C-LAW', { nl: 'Gewenst op', en: 'Wished at', source: 'Wth art. 5(1)', optional: true }),
], { nl: 'Wens tot rechtsbijstand', en: 'Wish for legal aid', source: 'Wth art. 5(1)' });

/** The instance the burgemeester designated for advice or help (Wth art. 2(8)). */
export const instance = field.group('aangewezen_instantie', 'C-REF', [
  field.text('naam', 'C-REF', { nl: 'Naam', en: 'Name', source: 'Wth art. 2(8)', max: 120 }),
  field.text('oin', 'C-REF', { nl: 'OIN', en: 'OIN', source: 'Wth art. 2(8)', form: 'oin', optional: true }),
], { nl: 'Aangewezen instantie voor advies of hulpverlening', en: 'Designated instance for advice or help', source: 'Wth art. 2(8)' });

/** Who signed the order, when, and the SHA-256 of what was signed. */
export const signature = field.group('ondertekening', 'C-REF', [
  field.text('ondertekenaar', 'C-REF', { nl: 'Functie van de ondertekenaar', en: 'Function of the signer', source: 'Awb art. 3:41', max: 120 }),
  field.instant('ondertekend_op', 'C-REF', { nl: 'Ondertekend op', en: 'Signed at', source: 'Awb art. 3:41' }),
  field.text('sha256', 'C-REF', { nl: 'SHA-256 van het ondertekende stuk', en: 'SHA-256 of the signed document', source: 'Awb art. 3:41', form: 'sha256', optional: true }),
], { nl: 'Ondertekening', en: 'Signature', source: 'Awb art. 3:41' });

/** How the order was made known (Wth art. 2(7), Awb art. 3:41). */
export const publication = field.oneOf('bekendmaking_wijze', 'C-TERM', ['uitgereikt', 'toegezonden', 'nedergelegd-ter-secretarie'], { nl: 'Wijze van bekendmaking', en: 'How it was made known', source: 'Wth art. 2(7); Awb art. 3:41' });

/** Words for everyone who can be told of, or heard about, a ban. */
export const audience = ['uithuisgeplaatste', 'huisgenoot', 'minderjarige', 'raadsman', 'burgemeester', 'aangewezen-instantie', 'veilig-thuis', 'politie', 'rechtbank', 'openbaar-ministerie', 'getuige'] as const;

/** Oral and written notices that were given, by whom and how (Wth art. 2(8), 8(2)); functions, never names. Who was told what is how the burgemeester guards his own duties. */
export const notices = field.list('mededelingen', field.group('mededeling', 'C-TERM', [
  field.oneOf('aan', 'C-TERM', audience, { nl: 'Aan', en: 'To', source: 'Wth art. 2(8), 8(2)' }),
  field.oneOf('kanaal', 'C-TERM', ['persoonlijk', 'telefoon', 'brief', 'veilige-mail', 'systeem'], { nl: 'Kanaal', en: 'Channel', source: 'Wth art. 2(8)' }),
  field.instant('gedaan_op', 'C-TERM', { nl: 'Gedaan op', en: 'Done at', source: 'Wth art. 2(8)' }),
  field.text('door', 'C-TERM', { nl: 'Functie van wie het deed', en: 'Function of who did it', source: 'Wth art. 2(8)', max: 120 }),
  field.boolean('bevestigd', 'C-TERM', { nl: 'Ontvangst bevestigd', en: 'Receipt confirmed', source: 'Wth art. 2(8)', optional: true }),
], { nl: 'Mededeling', en: 'Notice', source: 'Wth art. 2(8)' }), { nl: 'Mededelingen', en: 'Notices', source: 'Wth art. 2(8), 8(2)', optional: true });

/** Number of the order at the municipality. */
export const orderNumber = field.text('beschikking_nr', 'C-REF', { nl: 'Nummer van de beschikking', en: 'Number of the order', source: 'Awb art. 3:41', form: 'kenmerk' });

/** Reference of the risk assessment the decision rests on (Besluit tijdelijk huisverbod art. 2). */
export const assessmentReference = field.text('rihg_kenmerk', 'C-RIHG', { nl: 'Kenmerk van het RiHG', en: 'Reference of the RiHG', source: 'Besluit Wth art. 2', form: 'uuid' });

/** Start of the ban: the oral notice, or else the moment the order was made known (Wth art. 2(1), 2(7)). */
export const imposedAt = field.instant('opgelegd_op', 'C-ORDER', { nl: 'Huisverbod opgelegd op', en: 'Ban imposed at', source: 'Wth art. 2(1)' });

/** End of the ban as the order states it (Wth art. 2(4)a). */
export const endsAt = field.instant('einde_op', 'C-ORDER', { nl: 'Huisverbod eindigt op', en: 'Ban ends at', source: 'Wth art. 2(1), 2(4)a' });

/** Who imposed: only these three can (Wth art. 2(1), 3(1)). */
export const imposedBy = field.oneOf('opgelegd_door', 'C-REF', ['burgemeester', 'loco-burgemeester', 'HOVJ-mandaat'], { nl: 'Opgelegd door', en: 'Imposed by', source: 'Wth art. 2(1), 3(1)' });

/** The mandate a hulpofficier acted under, and when he told the burgemeester (Wth art. 3(1), 3(2)). */
export const mandateFields = [
  field.text('mandaat_id', 'C-TERM', { nl: 'Kenmerk van het mandaat', en: 'Reference of the mandate', source: 'Wth art. 3(1)', form: 'kenmerk', optional: true }),
  field.instant('hovj_melding_bm_op', 'C-TERM', { nl: 'Melding aan de burgemeester op', en: 'Burgemeester told at', source: 'Wth art. 3(2)', optional: true }),
] as const;

/** Extending, withdrawing and refusing cannot be mandated to a hulpofficier (Wth art. 3(1)). */
export const decidedBy = field.oneOf('besloten_door', 'C-REF', ['burgemeester', 'loco-burgemeester'], { nl: 'Besloten door', en: 'Decided by', source: 'Wth art. 2(9), 3(1), 9(1)' });
