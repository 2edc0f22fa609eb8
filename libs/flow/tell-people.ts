import { nextNoticeAt, noticeLimits, partyOf } from '@ketensluis/domain';
import type { DeliveryOutcome } from './party-adapter.js';
import type { PersonMailSender, PersonNoticeStore } from './person-notice-ports.js';
import type { Clock, RegisterReader } from './ports.js';

export interface TellPeoplePorts {
  readonly clock: Clock;
  readonly registers: RegisterReader;
  readonly notices: PersonNoticeStore;
  readonly send: PersonMailSender;
}

/**
 * Tells one person, whose moment has come, that something happened of what he asked to hear; a mail that was not taken is tried again. Null when nobody waits.
 * `quiet`: nothing happened, and nothing was sent.
 */
export const tellPeople = async ({ clock, registers, notices, send }: TellPeoplePorts): Promise<DeliveryOutcome['kind'] | 'quiet' | null> => {
  const at = clock.now();
  const due = await notices.claim(at);
  if (due === null) return null;
  const party = due.party === null ? null : partyOf((await registers.current()).registers, due.party);
  const { events, to } = await notices.happened(due, { municipality: party?.municipality ?? null, to: at });
  const next = nextNoticeAt(due.pace, at);
  if (events.length === 0) {
    await notices.settle(due, { toldTo: to, dueAt: next });
    return 'quiet';
  }
  const outcome = await send({ address: due.address, ref: due.ref, about: { kind: 'events', events } }, at);
  await notices.settle(due, outcome.kind === 'delivered' ? { toldTo: to, dueAt: next } : { toldTo: due.toldTo, dueAt: isPassing(outcome) ? new Date(at.getTime() + noticeLimits.againMs) : next });
  return outcome.kind;
};

/** A later try may do better; a refusal for good waits for the next moment, when the person may have mended the address. */
const isPassing = ({ kind }: DeliveryOutcome): boolean => kind === 'deferred' || kind === 'unknown';
