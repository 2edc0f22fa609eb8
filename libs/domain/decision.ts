import type { Category } from './category.js';
import type { Event } from './event.js';
import type { Mode, Purpose } from './law-pack.js';
import type { Role } from './role.js';

/** Why nothing may go out, now or ever. */
const refusalReasons = [
  'other-tenant', 'no-basis', 'conflicting-rules', 'forbidden', 'unknown-party', 'role-not-held', 'not-mandatable', 'required-missing',
  'required-blocked', 'nothing-to-give', 'ban-ended', 'not-necessary',
] as const;
/** Why a disclosure waits; each is decided anew when its cause falls away. */
const holdReasons = [
  'no-agreement', 'setting-off', 'no-mandate', 'consent-missing', 'necessity-missing', 'outside-hub', 'party-inactive',
] as const;
/** One of `refusalReasons`. */
export type RefusalReason = (typeof refusalReasons)[number];
/** One of `holdReasons`. */
export type HoldReason = (typeof holdReasons)[number];
/** What went into a permit besides the rule. */
export const permitReasons = ['rule', 'controller-itself', 'agreement', 'setting', 'mandate', 'consent', 'necessity', 'person-block'] as const;
/** One of `permitReasons`. */
export type PermitReason = (typeof permitReasons)[number];

/** A document of a register and its version (I4). */
export interface DocumentRef {
  readonly key: string;
  readonly version: number;
}

/** Who a decision is about: a party in a role, or (oin null) a natural person or somebody not connected. Holds no name of a person. */
export interface Recipient {
  readonly role: Role;
  readonly oin: string | null;
  readonly name: string | null;
  readonly function: string | null;
}

/** What every decision says, whatever its outcome. */
export interface Grounds {
  readonly messageId: string;
  readonly event: Event;
  readonly from: Role;
  readonly recipient: Recipient;
  readonly ruleId: string | null;
  readonly mode: Mode | null;
  readonly authority: 'law' | 'policy' | null;
  readonly basis: string | null;
  readonly basisCode: string | null;
  readonly purpose: Purpose | null;
  /** The sentence of the rule; Dutch and English from the law pack. */
  readonly sentence: { readonly nl: string; readonly en: string } | null;
  /** Agreement of the municipality; null when it is itself the recipient, or when none covers. */
  readonly agreement: DocumentRef | null;
  /** Agreement of the sender on its own data (Wpg art. 6c); null when the rule needs none. */
  readonly senderAgreement: DocumentRef | null;
  readonly setting: DocumentRef | null;
  readonly mandate: DocumentRef | null;
  readonly consent: DocumentRef | null;
  /** A permit: what goes out. A hold: what would go out, and may be told by hand where the reason is `outside-hub`. A refusal: none. */
  readonly categories: readonly Category[];
  /** The rule gives no attached documents. */
  readonly fieldsOnly: boolean;
  /** Present in the message and not given. */
  readonly omitted: readonly Category[];
  /** Withheld for the person's safety whatever the rule says. */
  readonly blocked: readonly Category[];
  readonly packVersion: string;
  readonly policySha256: string;
  /** By when the act must be done, by the hub or by hand; null when there is no term. */
  readonly dutyDeadline: Date | null;
  /** Whether the deadline is a number in the law or a service level. */
  readonly deadlineAuthority: 'law' | 'policy' | null;
  readonly decidedAt: Date;
}

/** A duty under this rule toward this role. */
export interface Fulfilment {
  readonly rule: string;
  readonly role: Role;
}

declare const permitted: unique symbol;

/** Leave to give exactly `categories` of one message to one recipient. Only `decide` makes one. */
export interface Permit extends Grounds {
  readonly kind: 'permit';
  readonly ruleId: string;
  readonly reasons: readonly PermitReason[];
  /** Duties its delivery fulfils: its own, and those of other capacities the same party receives it in. */
  readonly fulfils: readonly Fulfilment[];
  readonly [permitted]: true;
}

/** Nothing goes out now; the duty stays open with its deadline, and it is decided anew when the cause falls away. */
export interface Hold extends Grounds {
  readonly kind: 'hold';
  readonly reasons: readonly HoldReason[];
}

/** Nothing goes out. `public` gives nothing away; neither text holds personal data. */
export interface Refusal extends Grounds {
  readonly kind: 'refuse';
  readonly reasons: readonly RefusalReason[];
  readonly public: string;
  readonly detail: string;
}

/** Outcome of the rules for one message and one recipient. */
export type Decision = Permit | Hold | Refusal;

/** One name per recipient of a message: the OIN, or the role of a natural person or of somebody not connected. */
export const recipientKey = (decision: Decision): string => decision.recipient.oin ?? decision.recipient.role;
