import type { Category } from './category.js';
import { deadlineOf } from './deadline.js';
import type { Decision, DocumentRef, Grounds, Hold, HoldReason, Permit, PermitReason, Refusal, RefusalReason } from './decision.js';
import { isControllerItself, type Question } from './decision-grounds.js';

/** The register documents a decision rests on besides the agreements. */
export interface Refs {
  readonly setting: DocumentRef | null;
  readonly mandate: DocumentRef | null;
  readonly consent: DocumentRef | null;
}

// Permits this process has issued. A permit is leave for the step it was made in; it is not stored and read back, so membership is
// what tells a permit from an object that looks like one.
const issued = new WeakSet<object>();

/** True for permits that `decide` made in this process, and for nothing else. */
export const isIssued = (permit: Permit): boolean => issued.has(permit);

const groundsOf = (question: Question, refs: Refs, categories: readonly Category[]): Grounds => {
  const { message, candidate, rule, source, present, blocked, pack, agreement, senderAgreement, at } = question;
  return {
    messageId: message.id,
    event: candidate.event,
    from: candidate.from,
    recipient: { role: candidate.role, oin: candidate.party?.oin ?? null, name: candidate.party?.name ?? null, function: candidate.function },
    ruleId: rule?.id ?? null,
    mode: rule?.mode ?? null,
    authority: rule?.authority ?? null,
    basis: rule?.basis ?? null,
    basisCode: rule?.basisCode ?? null,
    purpose: rule?.purpose ?? null,
    sentence: rule?.explain ?? null,
    agreement,
    senderAgreement,
    ...refs,
    categories,
    fieldsOnly: (rule?.fieldsOnly ?? true) || source?.fieldsOnly === true,
    omitted: present.filter((category) => !categories.includes(category)),
    blocked: blocked.filter((category) => present.includes(category)),
    packVersion: pack.version,
    policySha256: pack.sha256,
    ...deadlineOf(question),
    decidedAt: at,
  };
};

// For the other side every refusal reads the same: which rule, whose agreement and who else is in the case is not theirs to learn.
const refusalPublic = 'not authorised';

const refusalDetails: Readonly<Record<RefusalReason, string>> = {
  'other-tenant': 'the party does not work for the municipality of the case (WTH-37, I10)',
  'no-basis': 'no rule of the law pack gives this event from this sender to this recipient',
  'conflicting-rules': 'more than one rule applies; two found is not one',
  forbidden: 'the rule forbids it',
  'unknown-party': 'the sender is not an active party',
  'role-not-held': 'the party does not hold the role in this case',
  'not-mandatable': 'extending and withdrawing stay with the burgemeester (Wth art. 3(1))',
  'required-missing': 'the message lacks a category the recipient must have',
  'required-blocked': 'a category the recipient must have is withheld from it',
  'nothing-to-give': 'no category in the message is allowed to this recipient',
  'not-necessary': 'the sender weighed it and found it not necessary',
  'ban-ended': 'it waited until the ban no longer ran, or ended at another moment: given now, it would tell what is not so',
};

/** Makers of decisions; for `decide` only, and not exported from the library. */
export const issue = {
  permit: (question: Question, reasons: readonly PermitReason[], refs: Refs): Decision => {
    const { rule, candidate, giving } = question;
    if (rule === null || rule.mode === 'forbidden') throw new Error('bug: a permit without a rule that permits');
    const own = { rule: rule.id, role: candidate.role };
    const permit = Object.freeze({ ...groundsOf(question, refs, giving), kind: 'permit', ruleId: rule.id, reasons, fulfils: [own, ...candidate.also] }) as unknown as Permit;
    issued.add(permit);
    return permit;
  },
  hold: (question: Question, reason: HoldReason, refs: Refs): Hold =>
    ({ ...groundsOf(question, refs, question.giving), kind: 'hold', reasons: [reason] }),
  refusal: (question: Question, reason: RefusalReason, refs: Refs): Refusal => ({
    ...groundsOf(question, refs, []),
    // A refusal may rest on no contract: naming one would say that it was asked.
    agreement: null,
    senderAgreement: null,
    kind: 'refuse',
    reasons: [reason],
    public: refusalPublic,
    detail: `${refusalDetails[reason]}${isControllerItself(question) ? '; the recipient is the controller' : ''}`,
  }),
};
