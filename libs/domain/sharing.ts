import { covers } from './agreement.js';
import type { Category } from './category.js';
import { designates } from './designation.js';
import type { LawPack, SharingRule } from './law-pack.js';
import { isConnected, isMunicipalRole, isPersonRole, serves } from './party.js';
import type { Registers } from './registers.js';
import type { Role } from './role.js';
import { isSwitch, switchesOn } from './setting.js';

/** A duty of law, a choice of the controller, or what only the person concerned can allow. */
export type SharingKind = 'duty' | 'switch' | 'consent';

/** Whether an agreement lets the hub bring data: none needed (the municipality itself), all of it, what the law demands and not all, nothing. */
export type Cover = 'own' | 'covered' | 'partly' | 'missing';

/** One role that gets data under a rule, who has it for this municipality, and whether an agreement names it. */
export interface SharingRecipient {
  readonly role: Role;
  /** Names of the connected parties; empty for a natural person and where nobody is connected. */
  readonly parties: readonly string[];
  readonly cover: Cover;
}

/** What a municipality shares under one rule of the law pack. */
export interface SharingRow {
  readonly rule: SharingRule;
  readonly kind: SharingKind;
  /** False when only the municipality itself receives. */
  readonly isOutward: boolean;
  /** Of a switch: what the setting says. A duty and consent need none. */
  readonly isOn: boolean;
  readonly recipients: readonly SharingRecipient[];
  /** Categories of the rule that no agreement names for one of the recipients. */
  readonly uncovered: readonly Category[];
}

/** What a view of sharing is made of. */
export interface SharingInput {
  readonly registers: Registers;
  readonly pack: LawPack;
  /** CBS code. */
  readonly municipality: string;
  readonly at: Date;
}

/** How a rule is shown to its controller; null for what forbids, and for what is about nobody who can be a party. */
export const sharingKind = (rule: SharingRule): SharingKind | null => {
  if (rule.mode === 'forbidden' || rule.withholdsOnly || rule.to.length === 0) return null;
  if (isSwitch(rule)) return 'switch';
  return rule.mode === 'consent' ? 'consent' : 'duty';
};

/** Every rule on data of the municipality itself, in the order of the law pack; rules on what others control are theirs. */
export const sharingRows = (input: SharingInput): readonly SharingRow[] =>
  input.pack.rules.flatMap((rule) => {
    const kind = rule.controller === 'municipality' ? sharingKind(rule) : null;
    return kind === null ? [] : [rowOf(input, rule, kind)];
  });

const rowOf = (input: SharingInput, rule: SharingRule, kind: SharingKind): SharingRow => {
  const { registers, municipality, at } = input;
  const recipients = rule.to.map((role) => ({ role, parties: holdersOf(input, role), cover: coverOf(input, rule, role) }));
  const open = recipients.filter(({ cover }) => cover === 'partly' || cover === 'missing');
  return {
    rule, kind, recipients,
    isOutward: rule.to.some((role) => !isMunicipalRole(role)),
    isOn: kind !== 'switch' || registers.settings.some((setting) => setting.controller === municipality && switchesOn(setting, rule.id, at)),
    uncovered: rule.allowed.filter((category) => open.some(({ role }) => !isCovered(input, rule, { role, categories: [category], minors: false }))),
  };
};

const holdersOf = ({ registers, municipality, at }: SharingInput, role: Role): readonly string[] => {
  // Of lawyers it is the one of the case, so none can be named beforehand.
  if (isPersonRole(role) || role === 'ADV') return [];
  return registers.parties
    .filter((party) => isConnected(party, at) && party.serves.includes(municipality)
      && (role === 'INST' ? registers.designations.some((one) => designates(one, municipality, party.oin, at)) : serves(party, role, municipality)))
    .map(({ name }) => name);
};

interface Asked {
  readonly role: Role;
  readonly categories: readonly Category[];
  readonly minors: boolean;
}

const isCovered = ({ registers, municipality, at }: SharingInput, rule: SharingRule, { role, categories, minors }: Asked): boolean =>
  registers.agreements.some((agreement) => covers(agreement, { controller: municipality, regime: 'AVG', law: 'WTH', categories, minors, recipient: role, rule: rule.id }, at));

/** Whether an agreement of the municipality covers what this rule gives this role, asked as `decide` asks for each message (I9). */
const coverOf = (input: SharingInput, rule: SharingRule, role: Role): Cover => {
  if (isMunicipalRole(role)) return 'own';
  if (isCovered(input, rule, { role, categories: rule.allowed, minors: true })) return 'covered';
  return isCovered(input, rule, { role, categories: rule.required, minors: false }) ? 'partly' : 'missing';
};

/** What an agreement carries by itself: each rule and role that has no cover once it is gone. */
export interface Stopping {
  readonly rule: SharingRule;
  readonly role: Role;
  readonly parties: readonly string[];
  /** A duty of law stays: the municipality then does it outside the hub (law.md 4.3). */
  readonly isDuty: boolean;
}

/** What stops on the day an agreement ends, asked of every rule, also of those on data of the sender: those need the municipality's agreement too. */
export const stopsWithout = (key: string, input: SharingInput): readonly Stopping[] => {
  const without = { ...input, registers: { ...input.registers, agreements: input.registers.agreements.filter((agreement) => agreement.key !== key) } };
  return input.pack.rules.flatMap((rule) => {
    if (sharingKind(rule) === null) return [];
    return rule.to.flatMap((role) => {
      const [now, then] = [coverOf(input, rule, role), coverOf(without, rule, role)];
      const stops = (now === 'covered' || now === 'partly') && then === 'missing';
      return stops ? [{ rule, role, parties: holdersOf(input, role), isDuty: rule.mode === 'mandatory' && rule.authority === 'law' }] : [];
    });
  });
};
