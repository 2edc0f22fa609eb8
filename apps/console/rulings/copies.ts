import type { Role } from '@ketensluis/domain';
import type { CourtDelivery, CourtDuty, CourtPage } from '@ketensluis/flow';
import type { Tone } from '../shell/parts.js';

/** How a copy or notice stands. */
export type CopyState = 'delivered' | 'done' | 'by-hand' | 'under-way' | 'held' | 'stuck';

/** One copy or notice the registry owes because of a ruling, and how it stands. */
export interface Copy {
  readonly key: string;
  readonly kind: 'copy' | 'word';
  readonly role: Role;
  /** OIN of the party; null for a person, or where nobody is connected. */
  readonly recipient: string | null;
  readonly rule: string;
  readonly article: string;
  readonly dueAt: Date | null;
  readonly state: CopyState;
  /** When it was delivered or done. */
  readonly at: Date | null;
  /** When it stood in the recipient's feed. */
  readonly listedAt: Date | null;
}

/** Word of mouth (Wth art. 8(2)), or a copy (art. 8(1)), by the key of its duty. */
export const copyKind = (key: string): Copy['kind'] => (key.startsWith('E18') ? 'word' : 'copy');

/** How each state looks. */
export const copyTones: Readonly<Record<CopyState, Tone>> = { delivered: 'good', done: 'good', 'by-hand': 'wait', 'under-way': 'wait', held: 'bad', stuck: 'bad' };

/** Whether the registry still has to do something about it. */
export const isToDo = ({ state }: Copy): boolean => state === 'by-hand' || state === 'held' || state === 'stuck';

const order: readonly Role[] = ['POL', 'VT', 'BM', 'ADV', 'PART', 'UHG'];
const persons: readonly Role[] = ['UHG', 'PART'];

/** Copies and notices of one message, from what is owed and what was sent; those of the law's own order first. */
export const copiesOf = (messageId: string, { deliveries, duties }: Pick<CourtPage, 'deliveries' | 'duties'>): readonly Copy[] =>
  duties.filter((duty) => duty.messageId === messageId)
    .map((duty) => copyOf(duty, deliveries.findLast((one) => one.messageId === messageId && fulfils(one, duty)) ?? null))
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.key.localeCompare(b.key));

const fulfils = ({ rules, roles, recipient }: CourtDelivery, duty: CourtDuty): boolean =>
  rules.includes(duty.rule) && roles.includes(duty.toward) && (duty.recipient === null || duty.recipient === recipient);

const copyOf = (duty: CourtDuty, delivery: CourtDelivery | null): Copy => ({
  key: duty.key, kind: copyKind(duty.key), role: duty.toward, recipient: delivery?.recipient ?? duty.recipient, rule: duty.rule, article: duty.article, dueAt: duty.dueAt,
  state: stateOf(duty, delivery), at: delivery?.state === 'delivered' ? delivery.finishedAt : duty.closedAt, listedAt: delivery?.listedAt ?? null,
});

const stateOf = (duty: CourtDuty, delivery: CourtDelivery | null): CopyState => {
  if (delivery?.state === 'delivered') return 'delivered';
  if (duty.closedAt !== null) return 'done';
  if (delivery === null) return persons.includes(duty.toward) || duty.recipient === null ? 'by-hand' : 'held';
  return sentState(delivery);
};

/** How one delivery stands, in the same words as a copy. */
export const sentState = ({ state }: Pick<CourtDelivery, 'state'>): CopyState => {
  switch (state) {
    case 'delivered': case 'held': return state;
    case 'waiting': case 'announced': return 'under-way';
    case 'dead': return 'stuck';
  }
};
