import type { Category } from './category.js';
import type { Purpose } from './law-pack.js';
import type { Role } from './role.js';

interface Words {
  readonly nl: string;
  readonly en: string;
}

/** What a category holds, in words for people (law.md 3.1). */
export const categoryNames: Readonly<Record<Category, Words>> = {
  'C-REF': { nl: 'zaakkenmerk en tijdstippen', en: 'case reference and moments' },
  'C-ID': { nl: 'wie de uithuisgeplaatste is', en: 'who the person sent out is' },
  'C-BSN': { nl: 'burgerservicenummer', en: 'citizen service number' },
  'C-ADDR': { nl: 'adres van de woning', en: 'address of the home' },
  'C-REACH': { nl: 'waar de uithuisgeplaatste te bereiken is', en: 'where the person sent out can be reached' },
  'C-HH': { nl: 'namen van de huisgenoten', en: 'names of the household' },
  'C-HHREACH': { nl: 'contactgegevens van de slachtoffers', en: 'contact details of the victims' },
  'C-MINOR': { nl: 'gegevens van kinderen', en: 'data on children' },
  'C-ORDER': { nl: 'de kern van het huisverbod', en: 'the core of the ban' },
  'C-GROUND': { nl: 'feiten en omstandigheden', en: 'facts and circumstances' },
  'C-RIHG': { nl: 'het RiHG', en: 'the risk assessment' },
  'C-POL': { nl: 'politiegegevens', en: 'police data' },
  'C-CRIM': { nl: 'strafrechtelijke gegevens', en: 'criminal data' },
  'C-HEALTH': { nl: 'gezondheidsgegevens', en: 'health data' },
  'C-MEDDECL': { nl: 'medische verklaring', en: 'medical declaration' },
  'C-CARE': { nl: 'soort zorg', en: 'kind of care' },
  'C-HELP': { nl: 'of hulp is aangeboden en aanvaard', en: 'whether help was offered and accepted' },
  'C-HELPCONT': { nl: 'inhoud van de hulp', en: 'content of the help' },
  'C-LAW': { nl: 'gegevens van de raadsman', en: 'data on the lawyer' },
  'C-RULOUT': { nl: 'uitkomst van de uitspraak', en: 'outcome of the ruling' },
  'C-RULDOC': { nl: 'tekst van de uitspraak of processtukken', en: 'text of the ruling or court documents' },
  'C-DR': { nl: 'detentie- en re-integratieplan', en: 'detention and reintegration plan' },
  'C-RISK18B': { nl: 'risico-informatie', en: 'risk information' },
  'C-COUNT': { nl: 'aantallen', en: 'counts' },
  'C-TERM': { nl: 'bewaking van termijnen', en: 'guarding of terms' },
  'C-SEC': { nl: 'sleutels en binnentreden', en: 'keys and entering' },
  'C-ADVICE': { nl: 'advies en overleg', en: 'advice and consultation' },
};

const sharingPurposes: Readonly<Record<Purpose, Words>> = {
  beslissen: { nl: 'beslissen over een huisverbod', en: 'deciding on a ban' },
  overleg: { nl: 'overleg', en: 'consultation' },
  bekendmaken: { nl: 'bekendmaken van het besluit', en: 'making the decision known' },
  veiligheid: { nl: 'veiligheid', en: 'safety' },
  hulpverlening: { nl: 'hulp geven', en: 'giving help' },
  naleving: { nl: 'toezien dat het huisverbod wordt nageleefd', en: 'seeing that the ban is kept' },
  rechtsbijstand: { nl: 'hulp van een advocaat', en: 'help of a lawyer' },
  rechtspraak: { nl: 'behandeling door de rechter', en: 'hearing by the court' },
  opsporing: { nl: 'opsporing van strafbare feiten', en: 'criminal investigation' },
  opvang: { nl: 'opvang', en: 'shelter' },
  verantwoording: { nl: 'verantwoording', en: 'accountability' },
  onderzoek: { nl: 'onderzoek', en: 'research' },
  geen: { nl: 'geen doel', en: 'no purpose' },
};

/** Why data were shared, in words for people; null for a code of another version. */
export const purposeWords = (code: string | null): Words | null => Object.entries(sharingPurposes).find(([purpose]) => purpose === code)?.[1] ?? null;

/** Who a role is, in words for people, with article in Dutch. */
export const roleNames: Readonly<Record<Role, Words>> = {
  GEM: { nl: 'de gemeente', en: 'the municipality' },
  BM: { nl: 'de burgemeester', en: 'the burgemeester' },
  OOV: { nl: 'de afdeling openbare orde en veiligheid', en: 'the public order and safety office' },
  POL: { nl: 'de politie', en: 'the police' },
  HOVJ: { nl: 'de hulpofficier van justitie', en: 'the hulpofficier van justitie' },
  VT: { nl: 'Veilig Thuis', en: 'Veilig Thuis' },
  INST: { nl: 'de aangewezen instantie', en: 'the designated instance' },
  RB: { nl: 'de rechtbank', en: 'the court' },
  RVS: { nl: 'de Raad van State', en: 'the Council of State' },
  ADV: { nl: 'de raadsman', en: 'the lawyer' },
  RVR: { nl: 'de Raad voor Rechtsbijstand', en: 'the Legal Aid Board' },
  OM: { nl: 'het openbaar ministerie', en: 'the public prosecutor' },
  OPV: { nl: 'de opvang', en: 'the shelter' },
  ZVH: { nl: 'het Zorg- en Veiligheidshuis', en: 'the Zorg- en Veiligheidshuis' },
  VR: { nl: 'de veiligheidsregio', en: 'the safety region' },
  REG: { nl: 'de regio', en: 'the region' },
  BZK: { nl: 'de landelijke monitor', en: 'the national monitor' },
  UHG: { nl: 'de uithuisgeplaatste', en: 'the person sent out of the home' },
  PART: { nl: 'de huisgenoot', en: 'the household member' },
};
