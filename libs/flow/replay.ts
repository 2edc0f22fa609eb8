import { candidates, decide, recipientKey, type CaseFile, type Category, type Decision, type Message, type Necessity, type OnwardEvent } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { Clock, Ids, RegisterReader } from './ports.js';

/** A disclosure that was brought before, with what it came from. */
export interface BroughtDisclosure {
  readonly id: string;
  readonly entryId: string;
  readonly caseId: string;
  readonly recipient: string;
  readonly trace: string | undefined;
  readonly categories: readonly Category[];
  readonly message: Message;
  readonly file: CaseFile;
  readonly event: OnwardEvent | null;
  readonly necessity: readonly Necessity[];
}

/** Disclosures that were brought before. */
export interface ReplayStore {
  /** Null when it was never brought, or when what it held is destroyed. */
  readonly find: (id: string) => Promise<BroughtDisclosure | null>;
  /** One transaction: the entry and, unless it was refused, the delivery to be tried again. False when it is under way already. */
  readonly record: (disclosure: BroughtDisclosure, entry: EntryDraft, again: boolean, at: Date) => Promise<boolean>;
}

export interface ReplayPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly replays: ReplayStore;
}

/** `under-way`: it is being tried already. `refused`: the law, an agreement or the case does not permit it any more; `reason` is that of the decision. */
export type Replayed = { readonly kind: 'queued' } | { readonly kind: 'absent' } | { readonly kind: 'under-way' } | { readonly kind: 'refused'; readonly reason: string };

/**
 * Has a disclosure that was brought before brought once more, under its own id and with the same bytes, after deciding anew whether its recipient may have
 * them today. Who asked and why stands in the log, whatever the answer (I3).
 */
export const replay = async (asked: { readonly id: string; readonly reason: string; readonly by: string }, ports: ReplayPorts): Promise<Replayed> => {
  const at = ports.clock.now();
  const found = await ports.replays.find(asked.id);
  if (found === null) return { kind: 'absent' };
  const { registers, pack } = await ports.registers.current();
  const onward = found.event === null ? {} : { onward: found.event };
  const decision = candidates({ ...found, ...registers, pack, at, ...onward })
    .map((candidate) => decide({ ...found, candidate, pack, registers, again: true, at }))
    .find((one) => recipientKey(one) === found.recipient);
  const objection = objectionTo(found, decision ?? null);
  const facts = {
    id: ports.ids.next(at), kind: 'outcome', at: at.toISOString(), to: found.recipient, ref: found.entryId, msg: found.id, trace: found.trace,
    code: objection === null ? 'replay' : 'replay-refused',
    ...(objection === null ? {} : { reasons: [objection] }),
  } as const;
  const entry = { ...plainEntry(facts, { by: asked.by }), reason: asked.reason };
  const isNew = await ports.replays.record(found, entry, objection === null, at);
  if (objection !== null) return { kind: 'refused', reason: objection };
  return { kind: isNew ? 'queued' : 'under-way' };
};

/** Why the same bytes must not go again: null when today's decision gives everything they hold. */
const objectionTo = ({ categories }: BroughtDisclosure, decision: Decision | null): string | null => {
  if (decision === null) return 'no-basis';
  if (decision.kind !== 'permit') return decision.reasons[0] ?? decision.kind;
  return categories.every((one) => decision.categories.includes(one)) ? null : 'less-permitted';
};
