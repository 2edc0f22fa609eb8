import { isProcessing, type ViewedEntry } from './entry.js';
import { traceAsUuid, traceOfEntry, uuidOf } from './identifiers.js';
import { activityOf, nameOf, personTypeOf, systemName, type ViewSettings } from './settings.js';

/** One `verwerkingsactie` of VNG Verwerkingenlogging 0.9, as its API gives it (VerwerkingsactieUitgebreid). */
export interface Verwerkingsactie {
  readonly url: string;
  readonly actieId: string;
  readonly actieNaam: string;
  readonly handelingNaam?: string;
  readonly verwerkingNaam: string;
  readonly verwerkingId: string;
  readonly verwerkingsactiviteitId: string;
  readonly verwerkingsactiviteitUrl: string;
  readonly vertrouwelijkheid: 'normaal' | 'vertrouwelijk';
  readonly bewaartermijn: string;
  readonly uitvoerder: string;
  readonly systeem: string;
  /** Code of a function, never of a person. */
  readonly gebruiker?: string;
  readonly soortAfnemerId?: 'OIN';
  readonly afnemerId?: string;
  readonly tijdstip: string;
  readonly tijdstipRegistratie: string;
  readonly verwerkteObjecten: readonly VerwerktObject[];
}

/** One person of it. */
export interface VerwerktObject {
  readonly url: string;
  readonly verwerktObjectId: string;
  readonly objecttype: 'persoon';
  readonly soortObjectId: string;
  readonly objectId: string;
  readonly verwerkteSoortenGegevens: readonly { readonly soortGegeven: string }[];
}

const nameMax = 242;
const userMax = 40;

/** The entry as one action; null for what is no processing of data on persons. What is withheld from the person is `vertrouwelijk`. */
export const verwerkingsactie = (entry: ViewedEntry, settings: ViewSettings): Verwerkingsactie | null => {
  if (!isProcessing(entry)) return null;
  const { leaf } = entry;
  const activity = activityOf(settings, leaf);
  return {
    url: `${settings.system.url}/verwerkingsacties/${leaf.id}`,
    actieId: leaf.id,
    actieNaam: nameOf(settings, leaf).slice(0, nameMax),
    ...(leaf.purpose === undefined ? {} : { handelingNaam: leaf.purpose }),
    verwerkingNaam: activity.name,
    verwerkingId: traceAsUuid(traceOfEntry(leaf)),
    verwerkingsactiviteitId: activity.id,
    verwerkingsactiviteitUrl: leaf.activity ?? activity.uri,
    vertrouwelijkheid: entry.isDeferred ? 'vertrouwelijk' : 'normaal',
    bewaartermijn: settings.retention,
    uitvoerder: leaf.from ?? leaf.controller ?? settings.system.oin,
    systeem: systemName(settings),
    ...(leaf.role === undefined ? {} : { gebruiker: leaf.role.slice(0, userMax) }),
    // Nothing was delivered to whoever a hold or refusal names.
    ...(leaf.kind === 'disclosure' && leaf.to !== undefined ? { soortAfnemerId: 'OIN' as const, afnemerId: leaf.to } : {}),
    tijdstip: leaf.at,
    tijdstipRegistratie: entry.registeredAt.toISOString(),
    verwerkteObjecten: (entry.persons ?? []).map((person, place) => {
      const id = uuidOf(leaf.id, place);
      return {
        url: `${settings.system.url}/verwerkte-objecten/${id}`,
        verwerktObjectId: id,
        objecttype: 'persoon',
        soortObjectId: personTypeOf(settings, 'vng', person),
        objectId: person.pseudonym,
        verwerkteSoortenGegevens: (leaf.cat ?? []).map((soortGegeven) => ({ soortGegeven })),
      };
    }),
  };
};
