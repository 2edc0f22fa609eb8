import { writeDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import {
  applyMessage, candidates, cannot, confirmationDuties, correctionProblem, decide, explain, extract, hasReceived, heldDuties, isEndEvent, isOnward, municipalityOf, openCase, originalOf, owedToEach, partyOf, recipientKey, senderProblem, subjectNames, subjectsWith, tellsEnd, traceOf,
  type CaseFile, type CaseRefusal, type Decision, type Disclosure, type DocumentRef, type LawPack, type Registers,
} from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';
import type { CaseStore, Clock, DecidedJob, DisclosureJob, DisclosurePlan, Ids, LoadedMessage, PlannedDecision, RegisterReader } from './ports.js';

export interface DisclosePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly cases: CaseStore;
}

/**
 * Applies each message to its case, decides for everybody who could receive it, and records every decision (I3). When this resolves,
 * case, duties, decisions, log entries and outgoing disclosures are durable together; nothing has left yet (I1).
 */
export const disclose = async (jobs: readonly DisclosureJob[], ports: DisclosePorts): Promise<readonly DecidedJob[]> => {
  const at = ports.clock.now();
  return ports.cases.disclose(jobs, at, async (loaded, mark) => {
    const { registers, pack } = await ports.registers.current(mark);
    return planDisclosure(loaded, { registers, pack, at, nextId: () => ports.ids.next(at) });
  });
};

/** What a plan depends on besides the message and its case. */
export interface PlanContext {
  readonly registers: Registers;
  readonly pack: LawPack;
  readonly at: Date;
  readonly nextId: () => string;
}

/** Everything one message changes, as a value; the same input gives the same plan. */
export const planDisclosure = (loaded: LoadedMessage, context: PlanContext): DisclosurePlan => {
  const { message } = loaded;
  if (loaded.event !== null || loaded.held !== null) {
    if (loaded.file === null) throw new Error('bug: an event of the hub on a case nothing was applied to');
    if (loaded.isReplaced) return unchanged;
    // A ban that was withdrawn, annulled or extended meanwhile does not end as it would have: a reminder would tell the end it had before.
    if (loaded.held === null && loaded.event !== null && isEndEvent(loaded.event) && !tellsEnd(loaded.file, loaded.event, context.at)) return unchanged;
    return { ...unchanged, ...decidedWith(loaded, loaded.file, context) };
  }
  const { pack, registers, at } = context;
  const before = loaded.file ?? openCase(message);
  const stranger = senderProblem({ message, file: before, registers });
  if (stranger !== null) return refusedPlan(loaded, stranger, context);
  if (originalOf(message) !== null) return correctedPlan(loaded, before, context);
  const applied = applyMessage(before, message, {
    mandates: registers.mandates,
    serviceLevels: pack.serviceLevels,
    calendar: pack.calendar,
    at,
  });
  if (applied.kind === 'refused') return refusedPlan(loaded, applied, context);
  const { decisions, duties } = decidedWith(loaded, applied.file, context);
  return {
    ...unchanged,
    file: applied.file,
    decisions,
    duties: [...owedToEach(applied.duties, decisions.map(({ decision }) => decision)), ...duties.filter(({ key }) => !applied.closes.includes(key))],
    moved: applied.moved,
    closes: applied.closes,
    onward: applied.onward,
  };
};

const unchanged: DisclosurePlan = {
  outcome: 'applied', file: null, decisions: [], entries: [], duties: [], moved: [], closes: [], onward: [], replaces: null, tasks: [],
};

// What was decided stays: the case learns who is meant, and everybody who has the original is owed the correction (Wpg art. 4(4), AVG art. 19).
const correctedPlan = (loaded: LoadedMessage, before: CaseFile, context: PlanContext): DisclosurePlan => {
  const { message, original } = loaded;
  const problem = correctionProblem(message, original);
  if (problem !== null || original === null) return refusedPlan(loaded, problem ?? cannot('unknown-original', 'AVG art. 19'), context);
  const file: CaseFile = { ...before, changedAt: message.receivedAt.toISOString(), subjects: [...subjectsWith(before, message.fields)] };
  const { decisions, duties } = decidedWith(loaded, file, context);
  return {
    ...unchanged, file, decisions, onward: original.events, replaces: original.id,
    duties: [...duties, ...confirmationDuties({ message, original, ...context })],
  };
};

// What waits is still owed: a hold with a deadline leaves a duty behind.
const decidedWith = (loaded: LoadedMessage, file: CaseFile, context: PlanContext): Pick<DisclosurePlan, 'decisions' | 'duties'> => {
  const decisions = decideAll(loaded, file, context);
  const { pack, at } = context;
  return { decisions, duties: heldDuties({ decisions: decisions.map(({ decision }) => decision), file, pack, receivedAt: loaded.message.receivedAt, at }) };
};

/** A message that cannot be: the case stays as it was, the refusal is in the log, and a person tells the sender. */
const refusedPlan = (loaded: LoadedMessage, refusal: CaseRefusal, { registers, at, nextId }: PlanContext): DisclosurePlan => ({
  ...unchanged,
  outcome: 'refused',
  entries: [
    {
      facts: { ...messageFacts(loaded, registers), id: nextId(), kind: 'refusal', at: at.toISOString(), msg: loaded.id, code: refusal.code, decision: 'refuse' },
      subjects: [],
      reason: `${refusal.detail} (${refusal.article})`,
      payload: null,
      detail: {},
    },
  ],
  tasks: [{ kind: 'refused-message', ref: loaded.id, party: loaded.message.sender.oin, cause: refusal.code }],
});

const decideAll = (loaded: LoadedMessage, file: CaseFile, context: PlanContext): readonly PlannedDecision[] => {
  const { registers, pack, at } = context;
  const { parties, designations } = registers;
  return candidates({ message: loaded.message, file, pack, parties, designations, at, ...(loaded.event === null ? {} : { onward: loaded.event }) })
    .map((candidate) => decide({ message: loaded.message, file, candidate, pack, registers, necessity: loaded.necessity, again: loaded.held !== null, at }))
    .filter((decision) => isAsked(loaded, recipientKey(decision)) && isConcerned(loaded, decision, context))
    .map((decision) => planned(loaded, file, decision, context));
};

// A new raadsman gets the file the one before him had (Wth art. 5(2)). Nobody else is added afterwards: an old message is no news.
const isAsked = ({ event, held, settled }: LoadedMessage, recipient: string): boolean =>
  held === null || held.has(recipient) || (event === 'FILE_FOR_LAWYER' && !settled.has(recipient));

// That a message was withdrawn is for whoever has it; to anybody else it would tell that there was one.
const isConcerned = ({ message, original }: LoadedMessage, { recipient }: Decision, { registers, at }: PlanContext): boolean =>
  message.type !== 'bericht.ingetrokken' || (original !== null && hasReceived(original.recipients, registers, at)(recipient));

const planned = (loaded: LoadedMessage, file: CaseFile, decision: Decision, context: PlanContext): PlannedDecision => {
  const entry = entryOf(loaded, file, decision, context);
  if (decision.kind !== 'permit') return { decision, entry, outgoing: null };
  const party = decision.recipient.oin;
  if (party === null) throw new Error('bug: a permit for nobody');
  const mid = context.nextId();
  const document = documentOf(loaded, file, extract(loaded.message, decision), { oin: party, id: mid });
  return {
    decision,
    entry: {
      ...entry,
      facts: { ...entry.facts, kind: 'disclosure', to: party, msg: mid },
      payload: writeDisclosure(document, 'application/xml'),
      detail: { ...entry.detail, omitted: document.omitted },
    },
    outgoing: {
      mid,
      party,
      twin: writeDisclosure(document, 'application/json'),
      attachments: document.attachments.map((attachment) => loaded.message.attachments.indexOf(attachment)),
      // What the hub itself brings about later with the same message is no alarm any more.
      isAcute: loaded.event === null && context.pack.acuteThreat.includes(loaded.message.type),
    },
  };
};

/** The entry of one decision: organisations, codes and versions in clear; persons and sentences committed to (I7). */
const entryOf = (loaded: LoadedMessage, file: CaseFile, decision: Decision, { registers, at, nextId }: PlanContext): EntryDraft => ({
  facts: {
    ...messageFacts(loaded, registers),
    id: nextId(),
    kind: decision.kind === 'hold' ? 'hold' : 'refusal',
    at: at.toISOString(),
    to: decision.recipient.oin ?? undefined,
    toRole: decision.recipient.role,
    purpose: decision.purpose ?? undefined,
    basis: decision.basisCode ?? undefined,
    cat: decision.categories,
    decision: decision.kind,
    rule: decision.ruleId ?? undefined,
    policy: decision.policySha256,
    agreement: versionOf(decision.agreement),
    senderAgreement: versionOf(decision.senderAgreement),
    setting: versionOf(decision.setting),
    mandate: versionOf(decision.mandate),
    code: decision.reasons[0],
    reasons: decision.reasons,
    msg: loaded.id,
  },
  subjects: file.subjects.map(subjectNames),
  reason: explain(decision, 'nl'),
  payload: null,
  detail: { english: explain(decision, 'en'), withheld: decision.omitted, blocked: decision.blocked },
});

const messageFacts = ({ id, message }: LoadedMessage, registers: Registers) => ({
  trace: traceOf(id),
  from: message.sender.oin,
  fromRole: message.sender.role,
  // Only a code of the register: free text could name a person, and the log keeps it for ever (I7).
  role: partyOf(registers, message.sender.oin)?.functions.find(({ code }) => code === message.sender.function)?.code,
  controller: municipalityOf(registers, message.case.municipality)?.oin,
  law: message.case.law,
  schema: `${message.type}@${message.version}`,
});

const versionOf = (document: DocumentRef | null): string | undefined => (document === null ? undefined : `${document.key}@${document.version}`);

const documentOf = ({ message, original }: LoadedMessage, file: CaseFile, disclosure: Disclosure, { oin, id }: { readonly oin: string; readonly id: string }): DisclosureDocument => {
  const { permit } = disclosure;
  const replaces = original?.recipients.find((earlier) => earlier.oin === oin)?.disclosureId ?? null;
  return {
    id,
    ...(replaces === null ? {} : { replaces }),
    type: disclosure.type,
    version: disclosure.version,
    case: disclosure.case,
    sender: message.sender,
    recipient: { oin, role: permit.recipient.role },
    sentAt: disclosure.sentAt,
    receivedAt: disclosure.receivedAt,
    event: isOnward(permit.event) ? permit.event : null,
    // Part of the core of the order: for whoever may have that core, and as the case stands now.
    endsAt: file.endsAt !== null && permit.categories.includes('C-ORDER') ? new Date(file.endsAt) : null,
    ground: {
      rule: permit.ruleId,
      article: permit.basis ?? '',
      authority: permit.authority ?? 'law',
      mode: permit.mode ?? 'mandatory',
      agreement: versionOf(permit.agreement) ?? null,
      senderAgreement: versionOf(permit.senderAgreement) ?? null,
      setting: versionOf(permit.setting) ?? null,
      categories: permit.categories,
    },
    fields: disclosure.fields,
    omitted: disclosure.omitted,
    attachments: disclosure.attachments,
  };
};
