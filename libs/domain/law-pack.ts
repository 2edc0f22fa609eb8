import type { Regime } from './agreement.js';
import type { Category } from './category.js';
import type { Event } from './event.js';
import type { Power } from './mandate.js';
import type { MessageType } from './messages/type.js';
import type { Role } from './role.js';

/** M, P, C and F of the disclosure matrix: a duty, a power, with consent only, never. */
export const modes = ['mandatory', 'permitted', 'consent', 'forbidden'] as const;
/** One of `modes`. */
export type Mode = (typeof modes)[number];

/** Facts of a case a rule may ask for; a closed list, so that no rule can depend on something the hub does not keep. */
export const conditions = [
  'child-abuse', 'no-child-abuse', 'vt-designated', 'vt-not-designated', 'minors-involved', 'no-minors', 'imposed-by-hovj',
  'imposed-by-burgemeester', 'consulted-by-hovj', 'consulted-by-burgemeester', 'own-request', 'not-own-request',
  'vt-told', 'vt-not-told',
] as const;
/** One of `conditions`. */
export type Condition = (typeof conditions)[number];

/** Pairs of which exactly one holds: two rules that ask for different sides of a pair never meet. */
export const oppositeConditions: readonly (readonly [Condition, Condition])[] = [
  ['child-abuse', 'no-child-abuse'],
  ['vt-designated', 'vt-not-designated'],
  ['minors-involved', 'no-minors'],
  ['imposed-by-hovj', 'imposed-by-burgemeester'],
  ['consulted-by-hovj', 'consulted-by-burgemeester'],
  ['own-request', 'not-own-request'],
  ['vt-told', 'vt-not-told'],
];

/** Why data are shared; codes, because the log holds them in clear (Wpg art. 32a, LED art. 25). */
export const purposes = [
  'beslissen', 'overleg', 'bekendmaken', 'veiligheid', 'hulpverlening', 'naleving', 'rechtsbijstand', 'rechtspraak', 'opsporing',
  'opvang', 'verantwoording', 'onderzoek', 'geen',
] as const;
/** One of `purposes`. */
export type Purpose = (typeof purposes)[number];

/** Minutes within which an act without a term in law should be done. Policy of the municipality, never law (law.md 2.0.4). */
export interface ServiceLevel {
  readonly targetMinutes: number;
  readonly warnMinutes: number;
  readonly breachMinutes: number;
}

/** Names of service levels: the words the law uses without a number of hours. */
const serviceLevelNames = ['onverwijld', 'spoedig', 'zelfde-dag'] as const;
/** One of `serviceLevelNames`. */
export type ServiceLevelName = (typeof serviceLevelNames)[number];
/** A service level for every name. */
export type ServiceLevels = Readonly<Record<ServiceLevelName, ServiceLevel>>;

/** By when a rule wants its disclosure done: a number in the law, a moment in the case, or a service level of policy. */
export type Term =
  | { readonly kind: 'law'; readonly amount: number; readonly unit: 'hours' | 'days' | 'weeks' | 'months'; /** The Algemene termijnenwet applies. */ readonly atw: boolean }
  | { readonly kind: 'before'; readonly moment: 'decision' | 'imposition' | 'end-of-ban' | 'hearing' | 'withdrawal'; /** Most are when the act is of use; a term of the law says so itself. */ readonly authority: 'law' | 'policy' }
  | { readonly kind: 'policy'; readonly level: ServiceLevelName };

/** One row of the disclosure matrix: who may get which categories of whom, when, and on what authority. */
export interface SharingRule {
  readonly id: string;
  readonly events: readonly Event[];
  readonly from: readonly Role[];
  /** Empty only for a rule about recipients that cannot be a party; `outsiders` then says whom it means. */
  readonly to: readonly Role[];
  readonly outsiders: string | null;
  readonly mode: Mode;
  readonly authority: 'law' | 'policy';
  /** The article, as people cite it. */
  readonly basis: string;
  /** The article as a code, for the log. */
  readonly basisCode: string;
  /** What the article says, in Dutch, in our words or the law's. */
  readonly articleText: string;
  readonly regime: Regime;
  /** Whose data these are: whose agreement and whose setting decide. */
  readonly controller: 'municipality' | 'sender';
  readonly allowed: readonly Category[];
  readonly forbidden: readonly Category[];
  /** A prohibition that withholds `forbidden` under any other rule, instead of forbidding the message (WTH-31, WTH-32). */
  readonly withholdsOnly: boolean;
  readonly required: readonly Category[];
  /** Gives what stands in the fields, never an attached document: one document holds more than the rule lets through. */
  readonly fieldsOnly: boolean;
  /** Lets the whole stand in the body of a webhook; without, a webhook says that there is something to fetch (NL GOV profile, informatiearm). Never with special categories. */
  readonly fullByWebhook: boolean;
  /** Lets a mail go by enforced TLS alone, where the channel of the party allows that too; without, only S/MIME or NTA 7516 protects it. Never with special categories. */
  readonly enforcedTls: boolean;
  /** A power somebody weighs for every message, in writing (law.md 3.6 step 5). */
  readonly weighed: boolean;
  readonly term: Term | null;
  /** All of them must hold. */
  readonly when: readonly Condition[];
  /** The mandate a HOvJ needs for this act (Wth art. 3(1)); null when it needs none. */
  readonly power: Power | null;
  readonly purpose: Purpose;
  readonly unverified: boolean;
  readonly explain: { readonly nl: string; readonly en: string };
}

/** The rules of one law, of one version; `sha256` is that of the file they were read from. */
export interface LawPack {
  readonly law: 'WTH';
  readonly version: string;
  readonly sha256: string;
  readonly serviceLevels: ServiceLevels;
  readonly calendar: CalendarRules;
  /**
   * Messages about an acute threat to life: while too few witnesses cosign the log they may leave on its own signature (log.md 6). Policy of the
   * customer, never law.
   */
  readonly acuteThreat: readonly MessageType[];
  readonly rules: readonly SharingRule[];
}

/** What the holiday table cannot know: whether Koningsdag moves to Saturday (unverified), and days equated by royal decree (Atw art. 3(3)). */
export interface CalendarRules {
  readonly koningsdag: { readonly month: number; readonly day: number; readonly ifSunday: 'day-before' | 'same-day' };
  readonly equated: readonly string[];
}
