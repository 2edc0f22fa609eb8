import { covers } from './agreement.js';
import type { Category } from './category.js';
import { isActive, serves } from './party.js';
import { municipalityOf, partyOf, type Registers } from './registers.js';
import type { Role } from './role.js';
import { switchesOn } from './setting.js';

/** On what a disclosure was permitted; agreements and `setting` are `key@version` or null. */
export interface PermittedOn {
  readonly recipient: { readonly oin: string; readonly role: Role };
  readonly municipality: string;
  readonly rule: string;
  readonly categories: readonly Category[];
  /** True when what is given names children. */
  readonly minors: boolean;
  readonly agreement: string | null;
  /** That of the sender, where the rule needs it as well. */
  readonly senderAgreement: string | null;
  readonly setting: string | null;
}

/** Why a disclosure that was permitted must not leave any more. */
export type StopReason = 'party-inactive' | 'no-agreement' | 'setting-off';

/**
 * Asked before every try: null while the party is connected, serves the municipality, and what the permit rested on still holds. A
 * terminated agreement stops deliveries at once (AVG art. 28(3)(a); law.md 4.3), also those that wait for another try.
 */
export const stopReason = (on: PermittedOn, registers: Registers, at: Date): StopReason | null => {
  const party = partyOf(registers, on.recipient.oin);
  if (party === null || !isActive(party, at) || !serves(party, on.recipient.role, on.municipality)) return 'party-inactive';
  // I9: the municipality itself may have what is its own, also when its agreement ended. That of the police binds toward the burgemeester as well.
  const own = municipalityOf(registers, on.municipality)?.oin === on.recipient.oin ? null : on.agreement;
  const agreements = [own, on.senderAgreement].filter((one) => one !== null);
  if (!agreements.every((one) => agreementHolds(on, one, registers, at))) return 'no-agreement';
  if (on.setting !== null && !settingHolds(on, on.setting, registers, at)) return 'setting-off';
  return null;
};

const keyOf = (document: string): string => document.slice(0, document.lastIndexOf('@'));

const agreementHolds = (on: PermittedOn, document: string, registers: Registers, at: Date): boolean => {
  const agreement = registers.agreements.find(({ key }) => key === keyOf(document));
  if (agreement === undefined) return false;
  const { controller, regime } = agreement;
  return covers(agreement, { controller, regime, law: 'WTH', categories: on.categories, minors: on.minors, recipient: on.recipient.role, rule: on.rule }, at);
};

const settingHolds = (on: PermittedOn, document: string, registers: Registers, at: Date): boolean => {
  const setting = registers.settings.find(({ key }) => key === keyOf(document));
  return setting !== undefined && switchesOn(setting, on.rule, at);
};
