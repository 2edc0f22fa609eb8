import { stateAt, tellsEnd } from './case-file.js';
import { consentsTo } from './consent.js';
import { isSpecial } from './category-special.js';
import { candidates } from './candidate.js';
import { blockedFor, isControllerItself, questionOf, refOf, type DecisionInput, type Question, type Source } from './decision-grounds.js';
import type { Decision, HoldReason, PermitReason, RefusalReason } from './decision.js';
import { issue } from './decision-issue.js';
import { designates } from './designation.js';
import { isEndEvent, isOnward, type Event } from './event.js';
import { groupOf, says } from './field-read.js';
import { mandates } from './mandate.js';
import { isActive, isMunicipalRole, isPersonRole } from './party.js';
import { partyOf } from './registers.js';
import { isSwitch, switchesOn } from './setting.js';

type Verdict = { readonly kind: 'refuse'; readonly reason: RefusalReason } | { readonly kind: 'hold'; readonly reason: HoldReason } | null;
type Check = (question: Question) => Verdict;

const refuse = (reason: RefusalReason): Verdict => ({ kind: 'refuse', reason });
const hold = (reason: HoldReason): Verdict => ({ kind: 'hold', reason });

/**
 * Decides for one message and one recipient. The first check that objects decides; when none does, and only then, there is a permit.
 * Never throws for anything a party sent.
 */
export const decide = (input: DecisionInput): Decision => {
  const question = questionOf(input, sourceOf(input));
  for (const [, check] of checks) {
    const verdict = check(question);
    if (verdict === null) continue;
    return verdict.kind === 'hold'
      ? issue.hold(question, verdict.reason, refsOf(question))
      : issue.refusal(question, verdict.reason, refsOf(question));
  }
  return issue.permit(question, permitReasons(question), refsOf(question));
};

const toldOnward: readonly Event[] = ['FILE_FOR_COURT', 'FILE_FOR_LAWYER', 'RULING_ONWARD'];

/**
 * What the municipality hands on is at most what it may have itself (Wpg art. 7, AVG art. 5(1)(b)): police data it never got are not in its
 * file, whatever the court may have. Decided anew at this moment and not remembered: where the agreement of the police ended since, the
 * hub is no longer their processor, and the municipality hands on its copy itself. A message of its own has no such limit; nor has
 * the reminder that the ban ended, which is an order given in its name.
 */
const sourceOf = (input: DecisionInput): Source | null => {
  const { message, candidate, registers } = input;
  if (!toldOnward.includes(candidate.event) || partyOf(registers, message.sender.oin)?.municipality === message.case.municipality) return null;
  const own = candidates({ ...input, ...registers }).find(({ role, event }) => isMunicipalRole(role) && !isOnward(event));
  return own === undefined ? { kind: 'none', categories: [], fieldsOnly: true } : decide({ ...input, candidate: own });
};

// Step 3 (is there a rule, and does it forbid?) comes before step 1 (the agreement): a hold promises that the disclosure may still
// follow, and no contract can make lawful what no article gives. Everything a person or a contract can still put right is a hold.
const sameTenant: Check = ({ candidate, municipality }) =>
  candidate.party !== null && !candidate.party.serves.includes(municipality) ? refuse('other-tenant') : null;

const knownSender: Check = ({ message, registers, municipality }) => {
  const sender = partyOf(registers, message.sender.oin);
  if (sender === null || !isActive(sender, message.receivedAt)) return refuse('unknown-party');
  if (!sender.roles.includes(message.sender.role)) return refuse('role-not-held');
  // A municipality speaks in its own cases only, a party from elsewhere in none of them (I10).
  return sender.serves.includes(municipality) ? null : refuse('other-tenant');
};

const designatedSender: Check = ({ message, candidate, registers, municipality }) =>
  candidate.from === 'INST' && !registers.designations.some((d) => designates(d, municipality, message.sender.oin, message.receivedAt))
    ? refuse('role-not-held')
    : null;

const heldRole: Check = ({ candidate: { party, role }, file, registers, municipality, at }) => {
  if (party === null) return null;
  if (isPersonRole(role)) return refuse('role-not-held');
  if (role === 'INST') return registers.designations.some((d) => designates(d, municipality, party.oin, at)) ? null : refuse('role-not-held');
  if (role === 'ADV' && file.procedure.lawyerOin !== party.oin) return refuse('role-not-held');
  return party.roles.includes(role) ? null : refuse('role-not-held');
};

const mandatable: Check = ({ candidate: { from, event } }) =>
  from === 'HOVJ' && (event === 'EXTENDED' || event === 'WITHDRAWN') ? refuse('not-mandatable') : null;

const oneRule: Check = ({ rules, rule }) => {
  if (rules.length === 0) return refuse('no-basis');
  if (rule === null) return refuse('conflicting-rules');
  return rule.mode === 'forbidden' ? refuse('forbidden') : null;
};

// The police would enforce, and the household rely on, what is not there any more. The municipality keeps what was decided in its name.
const tellsOfABan: readonly Event[] = ['IMPOSED_ORAL', 'IMPOSED', 'EXTENDED'];
const running: readonly string[] = ['IMPOSED_ORAL', 'IMPOSED', 'EXTENDED'];

const banRuns: Check = (question) => {
  const { again, candidate, file, at } = question;
  if (again !== true) return null;
  if (isEndEvent(candidate.event)) return tellsEnd(file, candidate.event, at) ? null : refuse('ban-ended');
  if (!tellsOfABan.includes(candidate.event) || isControllerItself(question)) return null;
  return running.includes(stateAt(file, at)) ? null : refuse('ban-ended');
};

const heldByMunicipality: Check = ({ source }) => {
  if (source === null || source.kind === 'permit') return null;
  return source.kind === 'hold' ? hold(source.reasons[0] ?? 'no-agreement') : refuse('nothing-to-give');
};

const requiredPresent: Check = ({ rule, present }) =>
  rule !== null && rule.required.some((category) => !present.includes(category)) ? refuse('required-missing') : null;

const requiredGiven: Check = ({ rule, giving }) =>
  rule !== null && rule.required.some((category) => !giving.includes(category)) ? refuse('required-blocked') : null;

const somethingToGive: Check = ({ giving }) => (giving.length === 0 ? refuse('nothing-to-give') : null);

// AVG art. 28(3), I9: without a contract nothing goes to anyone but the municipality itself.
const municipalAgreement: Check = (question) =>
  question.agreement === null && !isControllerItself(question) ? hold('no-agreement') : null;

// Wpg art. 6c: an agreement under the AVG does not cover police data, also not toward the burgemeester (law.md trap 8).
const policeAgreement: Check = ({ rule, senderAgreement }) =>
  rule?.regime === 'WPG' && senderAgreement === null ? hold('no-agreement') : null;

const switchedOn: Check = (question) =>
  needsSetting(question) && settingOf(question) === null ? hold('setting-off') : null;

// Wth art. 3(1). The act counts at the moment it reached the hub, also when it is decided anew later.
const mandated: Check = (question) =>
  needsMandate(question) && mandateOf(question) === null ? hold('no-mandate') : null;

const consented: Check = (question) =>
  question.rule?.mode === 'consent' && consentOf(question) === null ? hold('consent-missing') : null;

// A power that is weighed each time: the sender says so in the message, or a person with authority does afterwards.
const weighed: Check = (question) =>
  question.rule?.weighed === true && !says(groupOf(question.message.fields, 'ook_naar_veilig_thuis'), 'verstrekken') && !isReasonedFor(question)
    ? hold('necessity-missing')
    : null;

const judgedNeedless: Check = (question) =>
  question.rule?.weighed === true && groupOf(question.message.fields, 'ook_naar_veilig_thuis')['verstrekken'] === false && !isReasonedFor(question)
    ? refuse('not-necessary')
    : null;

const necessary: Check = (question) =>
  question.rule?.mode === 'permitted' && question.giving.filter(isSpecial).some((category) => !isReasoned(question, category))
    ? hold('necessity-missing')
    : null;

const activeRecipient: Check = ({ candidate: { party }, at }) => (party !== null && !isActive(party, at) ? hold('party-inactive') : null);

const reachable: Check = ({ candidate: { party } }) => (party === null || party.channel === null ? hold('outside-hub') : null);

/** The order in which a decision is made, one line per check (law.md 3.6; the number is that of its step). */
const checks: readonly (readonly [step: string, check: Check])[] = [
  ['2 same tenant', sameTenant],
  ['2 sender known and in the case', knownSender],
  ['2 sender designated', designatedSender],
  ['2 recipient holds the role', heldRole],
  ['3 not mandatable (Wth art. 3(1))', mandatable],
  ['3 exactly one rule, and it does not forbid', oneRule],
  ['3 what waited is still so', banRuns],
  ['2 what is told onward is had (Wpg art. 7)', heldByMunicipality],
  ['6 required categories present', requiredPresent],
  ['7 required categories not blocked', requiredGiven],
  ['6 something to give', somethingToGive],
  ['5 weighed and found needless', judgedNeedless],
  ['1 agreement of the municipality', municipalAgreement],
  ['1 agreement of the police', policeAgreement],
  ['3 switched on', switchedOn],
  ['3 mandate of the hulpofficier', mandated],
  ['4 consent', consented],
  ['5 weighed each time', weighed],
  ['5 necessity', necessary],
  ['2 recipient active', activeRecipient],
  ['9 can be reached by the hub', reachable],
];

const needsSetting = ({ rule }: Question): boolean => rule !== null && isSwitch(rule);

const settingOf = ({ rule, registers, municipality, message, at }: Question) => {
  if (rule === null) return null;
  const controller = rule.controller === 'municipality' ? municipality : message.sender.oin;
  return refOf(registers.settings.find((setting) => setting.controller === controller && switchesOn(setting, rule.id, at)));
};

const needsMandate = ({ rule, candidate }: Question): boolean => candidate.from === 'HOVJ' && rule !== null && rule.power !== null;

const mandateOf = ({ rule, registers, municipality, message }: Question) => {
  const power = rule?.power ?? null;
  if (power === null) return null;
  const asked = { municipality, oin: message.sender.oin, function: message.sender.function, power };
  return refOf(registers.mandates.find((mandate) => mandates(mandate, asked, message.receivedAt)));
};

// The only data that go out on consent are those of the person sent out (WTH-36): nobody else can consent for him.
const consentOf = ({ registers, municipality, message, candidate, giving, at }: Question) => {
  const asked = { municipality, caseNumber: message.case.number, recipient: candidate.role, categories: giving, person: 'UHG' as const };
  return refOf(registers.consents.find((consent) => consentsTo(consent, asked, at)));
};

const reasonsFor = ({ message, necessity, candidate }: Question) =>
  necessity.filter((each) => each.messageId === message.id && each.recipient === (candidate.party?.oin ?? candidate.role));

const isReasonedFor = (question: Question): boolean => reasonsFor(question).length > 0;

// A hulpofficier who asks the burgemeester to weigh a form that leads to no ban has said why it is needed (WTH-02).
const isReasoned = (question: Question, category: Parameters<typeof isSpecial>[0]): boolean => {
  const { message } = question;
  if (message.type === 'rihg.geen-verbod' && category === 'C-RIHG' && message.fields['weging_gevraagd'] === true) return true;
  return reasonsFor(question).some(({ categories }) => categories.includes(category));
};

const refsOf = (question: Question) => ({
  setting: needsSetting(question) ? settingOf(question) : null,
  mandate: needsMandate(question) ? mandateOf(question) : null,
  consent: question.rule?.mode === 'consent' ? consentOf(question) : null,
});

const permitReasons = (question: Question): readonly PermitReason[] => {
  const { rule, agreement, senderAgreement, present, candidate } = question;
  const refs = refsOf(question);
  const found: readonly (readonly [PermitReason, boolean])[] = [
    ['rule', rule !== null],
    ['controller-itself', isControllerItself(question)],
    ['agreement', agreement !== null || senderAgreement !== null],
    ['setting', refs.setting !== null],
    ['mandate', refs.mandate !== null],
    ['consent', refs.consent !== null],
    ['necessity', rule?.mode === 'permitted' && question.giving.some(isSpecial)],
    ['person-block', blockedFor(candidate.role).some((category) => present.includes(category))],
  ];
  return found.flatMap(([reason, holds]) => (holds ? [reason] : []));
};
