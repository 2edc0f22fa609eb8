import { mayEnter, type DeskRole, type Person } from '@ketensluis/domain';

/** A list of which a person may keep the filters, and what each filter may hold. */
export interface KeptList {
  readonly roles: readonly DeskRole[];
  readonly filters: Readonly<Record<string, RegExp>>;
}

// A code begins with a letter: no number of a citizen passes for one.
const word = /^[A-Za-z][A-Za-z-]{0,30}$/;
const code = /^[A-Za-z][A-Za-z0-9._:/() -]{0,59}$/;
const party = /^\d{20}$/;
const municipality = /^\d{4}$/;
const yes = /^ja$/;

/**
 * By address. Only filters that name nobody: no case, no message, no search for a person (`zoekvraag`), and no free text. Days are left out as well, since a
 * view is for next week too.
 */
export const keptLists: Readonly<Record<string, KeptList>> = {
  '/zaakmeldingen': { roles: ['case-worker'], filters: { status: /^[a-z][a-z ]{0,30}$/, gemeente: municipality, wie: /^mijn$/ } },
  '/uitspraken': { roles: ['court-clerk'], filters: { toon: word, uitkomst: word, gemeente: municipality, periode: /^\d{1,3}$/ } },
  '/zaken': { roles: ['municipality-officer'], filters: { stand: word, plicht: word } },
  '/verstrekkingen': { roles: ['privacy-officer'], filters: { doel: code, ontvanger: party, afzender: party, besluit: word, categorie: code, grond: code, regel: code, wet: code, kanaal: word, buiten: yes } },
  '/toegang': { roles: ['privacy-officer'], filters: { wat: word, buiten: yes, veel: yes } },
  '/leveringen': { roles: ['operator'], filters: { status: word, partij: party, periode: /^[a-z0-9]{2,5}$/, oorzaak: code } },
  '/termijnen': { roles: ['operator'], filters: { tonen: word, gemeente: municipality } },
};

/** The list at this address, for somebody who may see it; null where there is none. */
export const keptList = (path: string, person: Person): KeptList | null => {
  const list = Object.hasOwn(keptLists, path) ? keptLists[path] : undefined;
  return list !== undefined && mayEnter(person, list.roles) ? list : null;
};

/** What of an address can be kept, in the order of the list; empty when nothing can, or when somebody was searched for. */
export const keptFilters = ({ filters }: KeptList, query: URLSearchParams): string => {
  if (query.has('zoekvraag')) return '';
  const kept = new URLSearchParams();
  for (const [name, form] of Object.entries(filters)) {
    const value = query.get(name);
    if (value !== null && form.test(value)) kept.set(name, value);
  }
  return kept.toString();
};

/** Null when a name can be kept; a number as long as that of a citizen cannot. */
export const nameFault = (name: string): 'empty' | 'long' | 'number' | null => {
  if (name === '') return 'empty';
  if (name.length > 60) return 'long';
  return /\d(?:[ .-]?\d){7}/.test(name) ? 'number' : null;
};
