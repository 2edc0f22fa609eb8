import { covers } from './agreement.js';
import type { Candidate } from './candidate.js';
import type { CaseFile } from './case-file.js';
import { categoriesOf, type Message } from './message.js';
import { inOrder, type Category } from './category.js';
import type { Decision, DocumentRef } from './decision.js';
import type { LawPack, SharingRule } from './law-pack.js';
import type { Registers } from './registers.js';
import type { Role } from './role.js';
import { factsOf, matchingRules, withholdingRules, type Route } from './rule-match.js';

/** Why a person with authority finds a permitted disclosure necessary, for these categories of this message (law.md 3.6 step 5). */
export interface Necessity {
  readonly messageId: string;
  /** The recipient as `recipientKey` names it. */
  readonly recipient: string;
  readonly categories: readonly Category[];
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

/** Everything a decision depends on, and nothing else. */
export interface DecisionInput {
  readonly message: Message;
  /** The case after the message was applied to it. */
  readonly file: CaseFile;
  readonly candidate: Candidate;
  readonly pack: LawPack;
  readonly registers: Registers;
  readonly necessity: readonly Necessity[];
  /** True when it was on hold and is decided anew; what an order says may no longer hold by then. */
  readonly again?: boolean;
  readonly at: Date;
}

/** The decision for the municipality on the same message; `none` when no rule gives it that message at all. */
export type Source = Decision | { readonly kind: 'none'; readonly categories: readonly Category[]; readonly fieldsOnly: boolean };

/** The input with what every check asks for, looked up once. */
export interface Question extends DecisionInput {
  /** What the municipality itself may have of this message, when it would tell it onward; null when that is no question. */
  readonly source: Source | null;
  readonly municipality: string;
  readonly rules: readonly SharingRule[];
  /** The one rule, or null when there is none or more than one. */
  readonly rule: SharingRule | null;
  readonly present: readonly Category[];
  readonly blocked: readonly Category[];
  /** What would go out: allowed, present and not blocked. */
  readonly giving: readonly Category[];
  readonly agreement: DocumentRef | null;
  readonly senderAgreement: DocumentRef | null;
}

/**
 * Blocks that stand above every rule, whatever a law pack says (law.md 3.6 step 7): where the uithuisgeplaatste stays is never for the
 * household, how to reach the victims is never for him. His raadsman speaks for him, so the block on him holds for the raadsman too.
 */
const personBlocks: Readonly<Partial<Record<Role, readonly Category[]>>> = {
  PART: ['C-REACH'],
  UHG: ['C-HHREACH'],
  ADV: ['C-HHREACH'],
};

/** Categories never given to this role, whatever a rule allows. */
export const blockedFor = (role: Role): readonly Category[] => personBlocks[role] ?? [];

/** Looks up what the checks ask for. */
export const questionOf = (input: DecisionInput, source: Source | null): Question => {
  const { message, candidate, registers, pack } = input;
  const facts = factsOf({ ...input, ...registers });
  const route: Route = candidate;
  const rules = matchingRules(pack, route, facts);
  const [rule = null] = rules.length === 1 ? rules : [];
  const present = categoriesOf(message);
  const withheld = withholdingRules(pack, route, facts).flatMap((each) => each.forbidden);
  const blocked = inOrder([...blockedFor(candidate.role), ...withheld]);
  const giving = rule === null || rule.mode === 'forbidden'
    ? []
    : present.filter((category) => rule.allowed.includes(category) && !rule.forbidden.includes(category) && !blocked.includes(category))
      .filter((category) => source === null || source.categories.includes(category));
  const found = { ...input, source, municipality: message.case.municipality, rules, rule, present, blocked, giving };
  return { ...found, agreement: agreementOf(found, 'AVG', message.case.municipality), senderAgreement: rule?.regime === 'WPG' ? agreementOf(found, 'WPG', message.sender.oin) : null };
};

const agreementOf = (question: Omit<Question, 'agreement' | 'senderAgreement'>, regime: 'AVG' | 'WPG', controller: string): DocumentRef | null => {
  const { rule, candidate, file, giving, registers, at } = question;
  if (rule === null) return null;
  const asked = { controller, regime, law: 'WTH' as const, categories: giving, minors: file.minorsInvolved, recipient: candidate.role, rule: rule.id };
  return refOf(registers.agreements.find((agreement) => covers(agreement, asked, at)));
};

/** Key and version of a document, or null for none. */
export const refOf = (document: { readonly key: string; readonly version: number } | undefined): DocumentRef | null =>
  document === undefined ? null : { key: document.key, version: document.version };

/** True when the recipient is the municipality of the case itself: the controller needs no contract to get its own data. */
export const isControllerItself = ({ candidate, municipality }: Question): boolean => candidate.party?.municipality === municipality;
