import type { CaseFile } from './case-file.js';
import { designates, type Designation } from './designation.js';
import type { Event } from './event.js';
import type { Condition, LawPack, SharingRule } from './law-pack.js';
import type { Message } from './message.js';
import { isConnected, serves, type Party } from './party.js';
import type { Role } from './role.js';

/** The conditions that hold in a case for one message; of every pair of opposites exactly one. */
export type Facts = ReadonlySet<Condition>;

/** What the facts follow from. */
export interface FactsInput {
  readonly message: Message;
  readonly file: CaseFile;
  readonly parties: readonly Party[];
  readonly designations: readonly Designation[];
  readonly at: Date;
}

/** The conditions that hold. Whether Veilig Thuis is designated is asked of the register for the municipality of the case (law.md trap 6). */
export const factsOf = ({ message, file, parties, designations, at }: FactsInput): Facts => {
  const municipality = message.case.municipality;
  const vtDesignated = parties.some((party) =>
    isConnected(party, at) && serves(party, 'VT', municipality) && designations.some((d) => designates(d, municipality, party.oin, at)));
  return new Set<Condition>([
    file.childAbuse ? 'child-abuse' : 'no-child-abuse',
    vtDesignated ? 'vt-designated' : 'vt-not-designated',
    file.minorsInvolved ? 'minors-involved' : 'no-minors',
    file.imposedBy === 'HOVJ' ? 'imposed-by-hovj' : 'imposed-by-burgemeester',
    file.consultAskedBy === 'HOVJ' ? 'consulted-by-hovj' : 'consulted-by-burgemeester',
    file.vtTold ? 'vt-told' : 'vt-not-told',
    message.fields['eigen_verzoek'] === true ? 'own-request' : 'not-own-request',
  ]);
};

/** Who would tell whom, on what occasion. */
export interface Route {
  readonly event: Event;
  readonly from: Role;
  readonly role: Role;
}

/** Every rule for the route whose conditions hold, except those that only withhold categories. */
export const matchingRules = (pack: LawPack, route: Route, facts: Facts): readonly SharingRule[] =>
  pack.rules.filter((rule) => !rule.withholdsOnly && onRoute(rule, route) && rule.when.every((condition) => facts.has(condition)));

/** Every rule that withholds categories from this recipient, whatever else permits (WTH-31, WTH-32). */
export const withholdingRules = (pack: LawPack, route: Route, facts: Facts): readonly SharingRule[] =>
  pack.rules.filter((rule) => rule.withholdsOnly && onRoute(rule, route) && rule.when.every((condition) => facts.has(condition)));

const onRoute = (rule: SharingRule, { event, from, role }: Route): boolean =>
  rule.events.includes(event) && rule.from.includes(from) && rule.to.includes(role);
