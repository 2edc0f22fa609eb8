import { consultationPurposes, type ConsultationPurpose } from '@ketensluis/domain';
import type { Asker } from '@ketensluis/flow';
import type { Attended } from '../route.js';

/** Who may come into these rooms. */
export const privacyOfficers = ['privacy-officer'] as const;

/** What the log calls the function of whoever is in these rooms. */
const fg = 'fg';

/** Why somebody looks here; a check of the log and the return of data have commands of their own. */
export const purposesHere: readonly ConsultationPurpose[] = consultationPurposes.filter((purpose) => purpose !== 'controle.log' && purpose !== 'teruggave');
/** Why somebody looks for one person. */
export const purposesOfPerson: readonly ConsultationPurpose[] = ['avg.inzage', 'wpg.inzage', 'toezicht.ap', 'incident', 'strafzaak'];

/** One of the purposes, or null for any other text. */
export const purposeOf = (text: string | null, among: readonly ConsultationPurpose[] = purposesHere): ConsultationPurpose | null => among.find((one) => one === text) ?? null;

/** An asker who never sees another controller's entries. */
export type OwnAsker = Asker & { readonly controller: string };

/** Who asks, and whose entries: those of the person's own party, whatever is asked (I10). */
export const askerOf = ({ person }: Attended, purpose: ConsultationPurpose = 'toezicht.fg'): OwnAsker => {
  // The route let in nobody without a party; should it ever, nothing is shown rather than everything.
  if (person.party === null) throw new Error('bug: a privacy officer without a party');
  return { account: person.account, function: fg, purpose, controller: person.party };
};
