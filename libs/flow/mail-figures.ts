import { halfYearsTo, monitorCounts, nextMonthAt, noticeLimits, partyOf, toldBeforeMs, type CountedMessage, type HalfYear, type MonitorQuestion } from '@ketensluis/domain';
import type { DeliveryOutcome } from './party-adapter.js';
import type { FiguresStore, PersonMailSender } from './person-notice-ports.js';
import type { Clock, RegisterReader } from './ports.js';

export interface MailFiguresPorts {
  readonly clock: Clock;
  readonly registers: RegisterReader;
  readonly figures: FiguresStore;
  /** What the figures of a municipality are counted from, since a moment. */
  readonly counted: (municipality: string, from: Date) => Promise<readonly CountedMessage[]>;
  /** The file, small numbers hidden. */
  readonly write: (half: HalfYear, counts: Readonly<Record<MonitorQuestion, number>>, language: 'nl' | 'en') => { readonly name: string; readonly bytes: Uint8Array };
  readonly send: PersonMailSender;
}

const dayMs = 24 * 3_600_000;

/**
 * Mails one person the figures of his municipality, for the half year of the day before the month turned, so that the last mail of a half year is the whole of it.
 * Null when nobody waits; `gone`: his party is no municipality any more, and nothing was sent.
 */
export const mailFigures = async ({ clock, registers, figures, counted, write, send }: MailFiguresPorts): Promise<DeliveryOutcome['kind'] | 'gone' | null> => {
  const at = clock.now();
  const due = await figures.claim(at);
  if (due === null) return null;
  const municipality = partyOf((await registers.current()).registers, due.party)?.municipality ?? null;
  const [half] = halfYearsTo(new Date(due.dueAt.getTime() - dayMs), 1);
  if (municipality === null || half === undefined) {
    await figures.end(due.account);
    return 'gone';
  }
  const counts = monitorCounts(await counted(municipality, new Date(half.from.getTime() - toldBeforeMs)), half);
  const { name, bytes } = write(half, counts, due.language);
  const outcome = await send({ address: due.address, ref: due.ref, about: { kind: 'figures', file: { name, content: bytes } } }, at);
  const isPassing = outcome.kind === 'deferred' || outcome.kind === 'unknown';
  await figures.settle(due, isPassing ? new Date(at.getTime() + noticeLimits.againMs) : nextMonthAt(at));
  return outcome.kind;
};
