import { categories, type Category } from './category.js';
import { isSpecial } from './category-special.js';
import { blockedFor } from './decision-grounds.js';
import { eventOf, isOnward, onwardEvents, type Event } from './event.js';
import { oppositeConditions, type SharingRule } from './law-pack.js';
import { messageDefinitions } from './messages/definitions.js';
import type { MessageDefinition } from './messages/definition.js';
import { messageTypes } from './messages/type.js';
import { isPersonRole } from './party.js';
import type { Role } from './role.js';

/** What is wrong with a rule, and in which of its fields. */
export interface RuleProblem {
  readonly field: string;
  readonly problem: string;
}

type RuleCheck = (rule: SharingRule) => readonly RuleProblem[];

const found = (field: string, holds: boolean, problem: string): readonly RuleProblem[] => (holds ? [{ field, problem }] : []);
const shared = <T>(a: readonly T[], b: readonly T[]): readonly T[] => a.filter((item) => b.includes(item));

const addressed: RuleCheck = (rule) => [
  ...found('to', rule.to.length === 0 && rule.outsiders === null, 'a rule without recipients says in `outsiders` whom it means'),
  ...found('outsiders', rule.to.length > 0 && rule.outsiders !== null, 'outsiders are for a rule without recipients'),
];

const forbidsClearly: RuleCheck = (rule) => {
  if (rule.mode !== 'forbidden') {
    return [
      ...found('withholdsOnly', rule.withholdsOnly, 'only a prohibition can withhold'),
      ...found('allowed', rule.allowed.length === 0, 'a rule that gives nothing is a prohibition'),
    ];
  }
  return [
    ...found('allowed', rule.allowed.length > 0, 'a prohibition allows no category'),
    ...found('required', rule.required.length > 0, 'a prohibition requires no category'),
    ...found('forbidden', !rule.withholdsOnly && rule.forbidden.length !== categories.length, 'a prohibition forbids `all`, or `withholdsOnly` what it names'),
    ...found('forbidden', rule.withholdsOnly && rule.forbidden.length === 0, 'withholds nothing'),
  ];
};

const consistent: RuleCheck = (rule) => [
  ...shared(rule.allowed, rule.forbidden).map((category) => ({ field: 'allowed', problem: `${category} is both allowed and forbidden` })),
  ...rule.required.filter((category) => !rule.allowed.includes(category)).map((category) => ({ field: 'required', problem: `${category} is required and not allowed` })),
  ...rule.to.flatMap((role) => shared(rule.allowed, blockedFor(role)).map((category) => ({ field: 'allowed', problem: `${category} never goes to ${role}` }))),
  ...oppositeConditions.flatMap(([one, other]) => found('when', rule.when.includes(one) && rule.when.includes(other), `${one} and ${other} cannot both hold`)),
  ...found('power', rule.power !== null && !rule.from.includes('HOVJ'), 'a mandate is for the hulpofficier, who is no sender here'),
  ...found('controller', rule.regime === 'WPG' && rule.controller !== 'sender', 'police data have the police as controller (Wpg art. 1(f))'),
];

const keepsClosed: RuleCheck = (rule) => [
  ...found('fullByWebhook', rule.fullByWebhook && rule.mode === 'forbidden', 'a prohibition sends nothing'),
  ...found('fullByWebhook', rule.fullByWebhook && rule.allowed.some(isSpecial), 'a special category never stands in the body of a webhook (AVG art. 9, 10)'),
  ...found('enforcedTls', rule.enforcedTls && rule.mode === 'forbidden', 'a prohibition sends nothing'),
  ...found('enforcedTls', rule.enforcedTls && rule.allowed.some(isSpecial), 'a special category never goes by TLS alone (AVG art. 9, 10 and 32; NTA 7516)'),
];

const ownRoles: readonly Role[] = ['GEM', 'BM', 'OOV'];

// The definitions that bring the event about and that this sender can send. An event of the hub is brought about in the name of the
// municipality (or, for counts, of the police) whoever sent the message it is about.
const reaching = (event: Event, from: readonly Role[]): readonly MessageDefinition[] | 'no-message' => {
  if (!isOnward(event)) return messageTypes.filter((type) => eventOf[type] === event).map((type) => messageDefinitions[type]).filter((each) => shared(each.senderRoles, from).length > 0);
  if (!from.some((role) => ownRoles.includes(role) || (onwardEvents[event].length === 0 && !isPersonRole(role)))) return [];
  return onwardEvents[event].length === 0 ? 'no-message' : onwardEvents[event].map((type) => messageDefinitions[type]);
};

const labelsOf = (definition: MessageDefinition): ReadonlySet<Category> => {
  const labels = new Set<Category>(definition.attachmentCategories);
  const walk = (fields: MessageDefinition['fields']): void => {
    for (const field of fields) {
      if (field.kind === 'group') walk(field.fields);
      else if (field.kind === 'list') walk([field.item]);
      else labels.add(field.category);
    }
  };
  walk(definition.fields);
  return labels;
};

const reachable: RuleCheck = (rule) => rule.events.flatMap((event) => {
  const definitions = reaching(event, rule.from);
  if (definitions === 'no-message') return [];
  if (definitions.length === 0) return rule.mode === 'forbidden' ? [] : [{ field: 'events', problem: `unreachable: no sender of this rule can send a message that brings about ${event}` }];
  if (rule.mode === 'forbidden') return [];
  return definitions.flatMap((definition) => {
    const labels = labelsOf(definition);
    return rule.required.filter((category) => !labels.has(category)).map((category) => ({ field: 'required', problem: `unreachable: ${definition.type} cannot hold ${category}` }));
  });
});

const checks: readonly RuleCheck[] = [addressed, forbidsClearly, consistent, keepsClosed, reachable];

/** Everything wrong with one rule by itself. */
export const problemsOf = (rule: SharingRule): readonly RuleProblem[] => checks.flatMap((check) => check(rule));

/** True when both can hold for one case: neither asks for the opposite of what the other asks. */
const meet = (a: SharingRule, b: SharingRule): boolean =>
  !oppositeConditions.some(([one, other]) => (a.when.includes(one) && b.when.includes(other)) || (a.when.includes(other) && b.when.includes(one)));

/** Why two rules cannot stand together, or null. Two that would both apply are a conflict even when they agree: a permit names one rule. */
export const conflictOf = (a: SharingRule, b: SharingRule): string | null => {
  if (shared(a.events, b.events).length === 0 || shared(a.from, b.from).length === 0 || shared(a.to, b.to).length === 0 || !meet(a, b)) return null;
  if (a.withholdsOnly && b.withholdsOnly) return null;
  if (a.withholdsOnly || b.withholdsOnly) {
    const both = a.withholdsOnly ? shared(a.forbidden, b.allowed) : shared(b.forbidden, a.allowed);
    return both.length === 0 ? null : `${both.join(', ')} both allowed and withheld`;
  }
  if (a.mode !== b.mode) return `one is ${a.mode}, the other ${b.mode}`;
  const both = [...shared(a.allowed, b.forbidden), ...shared(b.allowed, a.forbidden)];
  return both.length > 0 ? `${[...new Set(both)].join(', ')} both allowed and forbidden` : 'both apply';
};
