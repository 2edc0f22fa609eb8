import type { Category } from '@ketensluis/domain';

/** The man who must leave; every value is invented and occurs nowhere but under its own category. */
export const evicted = { naam: 'Uithuizer', voornamen: 'Brammert Test', geboortedatum: '1985-06-14', geboorteplaats: 'Wiegedorp', geslacht: 'man', bsn: '999900018' };

/** The home the ban is about. */
export const home = { adres: { straat: 'Proeflaan', huisnummer: '12', toevoeging: 'A', postcode: '9901 AB', plaats: 'Waterveen' } };

/** The partner, whose telephone and shelter nobody outside the circle of the law may learn. */
export const partner = {
  naam: 'Eva Proef', relatie: 'echtgenoot', geboortedatum: '1987-02-03',
  contact: { telefoon: '06 00000001', email: 'eva@voorbeeld.example', verblijfadres: { straat: 'Schuilhof', huisnummer: '5', plaats: 'Elders' } },
};

/** Their daughter. */
export const daughter = { naam: 'Noor Kleinduim', geboortedatum: '2014-09-30', verblijf: 'Bij tante Kinderdijk' };

/** Where the man can be reached now. */
export const reach = { telefoon: '06 00000002', verblijfadres: { straat: 'Opvangweg', huisnummer: '3', postcode: '9901 ZZ', plaats: 'Waterveen' } };

/** Reference of the risk assessment. */
export const assessment = '0191e7a0-1111-7000-8000-000000000001';

/** Values that show in a text that a category is in it: personal ones, and sentences that stand in one field only. */
export const marks = {
  'C-ID': [evicted.naam, evicted.voornamen, evicted.geboorteplaats, evicted.geboortedatum],
  'C-BSN': [evicted.bsn],
  'C-ADDR': [home.adres.straat, home.adres.postcode],
  'C-REACH': [reach.telefoon, reach.verblijfadres.straat],
  // Names of the contact ban, also that of a child (Wth art. 2(4)c); what is known of the child beyond its name is C-MINOR.
  'C-HH': [partner.naam, partner.geboortedatum, daughter.naam],
  'C-HHREACH': [partner.contact.telefoon, partner.contact.email, partner.contact.verblijfadres.straat],
  'C-MINOR': [daughter.geboortedatum, daughter.verblijf],
  'C-ORDER': ['Plaatstekst', 'Gevolgtekst', 'Rechtsmiddeltekst'],
  'C-GROUND': ['Grondtekst', 'Verklaringtekst', 'Beschikkingtekst', 'Weigertekst', 'Redentekst'],
  'C-RIHG': [assessment, 'Motiveringtekst'],
  'C-POL': ['Mutatietekst', 'PL9901-2026000001', 'Overtredingtekst'],
  'C-CRIM': ['PL9901-2026000002'],
  'C-LAW': ['Toga'],
  'C-SEC': ['SL-2026-17'],
  'C-RULDOC': ['Uitspraaktekst', 'Verzoektekst'],
  'C-HELP': ['Behoeftetekst', 'Hulpadviestekst'],
  'C-HELPCONT': ['Behandeltekst'],
  'C-ADVICE': ['Adviestekst', 'Vertrouwensarts'],
} as const satisfies Partial<Record<Category, readonly string[]>>;

/** Values that name a person: they stand nowhere in the log and in no event line (I7, I13). */
export const personal: readonly string[] = (['C-ID', 'C-BSN', 'C-ADDR', 'C-REACH', 'C-HH', 'C-HHREACH', 'C-MINOR', 'C-GROUND', 'C-POL'] as const).flatMap((category) => [...marks[category]]);

/** The categories whose values stand literally in a text. */
export const carried = (text: string): readonly string[] =>
  Object.entries(marks).filter(([, values]) => values.some((value) => text.includes(value))).map(([category]) => category).sort();

/** The same without the home: law.md 3.2 does not give it to the instance and Veilig Thuis, 8.1 gives it to all but outsiders. */
export const carriedBesideHome = (text: string): readonly string[] => carried(text).filter((category) => category !== 'C-ADDR');

/** Categories in the order `carried` gives them. */
export const exactly = (...categories: readonly (keyof typeof marks)[]): readonly string[] => [...categories].sort();
