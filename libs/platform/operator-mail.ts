import { nextNoticeAt } from '@ketensluis/domain';
import type { DeliveryOutcome, PersonMailSender } from '@ketensluis/flow';
import { createOperatorMail, type ToldFinding } from '@ketensluis/store';
import { createHash } from 'node:crypto';
import { doctorFacts, findingCodes, findingsOf, type Finding, type FindingCode } from './doctor.js';
import { findingText } from './finding-words.js';
import type { Hub } from './hub.js';

/** Who is mailed, by what, and what only this process knows. */
export interface OperatorMail {
  readonly contact: string;
  readonly send: PersonMailSender;
  readonly dataFolder: string;
  readonly databaseUrl: string;
}

/** How a round ended: nothing was due, there was nothing to tell, or what came of the mail. */
export type OperatorOutcome = 'idle' | 'quiet' | DeliveryOutcome['kind'];

/**
 * Mails the operator once a day what is wrong and what was mended, when there is any; what waits unchanged is not repeated by itself. The text is that of the
 * checklist: organisations by number, no case and no person. A mail that is not taken is tried again after half an hour.
 */
export const operatorRound = (hub: Pick<Hub, 'pool' | 'clock' | 'registers' | 'keyring' | 'store'>, { contact, send, ...parts }: OperatorMail): (() => Promise<OperatorOutcome>) => {
  const kept = createOperatorMail(hub.pool);
  return async () => {
    const at = hub.clock.now();
    const told = await kept.claim(at);
    if (told === null) return 'idle';
    const now = findingsOf(await doctorFacts(hub, parts), at).filter(({ code }) => code !== 'backup-unknown');
    const news = operatorNews(told.filter(isKnown), now);
    const outcome = news === null ? 'quiet' : (await send({ address: contact, ref: refOf(at), about: { kind: 'findings', ...news } }, at)).kind;
    // What was refused for good is not tried again today, and counts as not told.
    if (outcome !== 'deferred' && outcome !== 'unknown') await kept.settle(outcome === 'quiet' || outcome === 'delivered' ? now : told, at);
    return outcome;
  };
};

// The same for every try until the next morning, also past midnight.
const refOf = (at: Date): string => createHash('sha256').update(`operator ${nextNoticeAt('daily', at).toISOString()}`).digest('hex').slice(0, 32);

type Kept = Omit<ToldFinding, 'code'> & { readonly code: FindingCode };

// A release of before may have had others.
const isKnown = (one: ToldFinding): one is Kept => findingCodes.some((code) => code === one.code);

/** What to tell in both languages; null while nothing is wrong now and nothing changed. */
export const operatorNews = (told: readonly Kept[], now: readonly Finding[]): { readonly nl: readonly string[]; readonly en: readonly string[] } | null => {
  const keyOf = ({ code, about }: Kept): string => `${code}/${about ?? ''}`;
  const without = (some: readonly Kept[], others: readonly Kept[]): readonly Kept[] => some.filter((one) => !others.some((other) => keyOf(other) === keyOf(one)));
  const mended = without(told, now);
  const [bad, wait] = [now.filter(({ level }) => level === 'bad'), now.filter(({ level }) => level === 'wait')];
  if (bad.length === 0 && mended.length === 0 && without(now, told).length === 0) return null;
  const linesIn = (language: 'nl' | 'en'): readonly string[] => {
    const heads = language === 'nl' ? ['Nu doen:', 'Binnenkort:', 'Hersteld:'] : ['Do now:', 'Soon:', 'Mended:'];
    const told = [bad.flatMap((one) => fullText(one, language)), wait.flatMap((one) => fullText(one, language)), mended.map((one) => `- ${textOf(one, language).what}`)];
    return heads.flatMap((head, place) => ((told[place]?.length ?? 0) === 0 ? [] : [head, ...(told[place] ?? [])]));
  };
  return { nl: linesIn('nl'), en: linesIn('en') };
};

const fullText = (one: Finding, language: 'nl' | 'en'): readonly string[] => {
  const { what, todo } = textOf(one, language);
  return [`- ${what}`, `  ${todo}`, ...(one.remedy === null ? [] : [`  ${one.remedy}`])];
};

const textOf = (one: Kept, language: 'nl' | 'en') => findingText(one, {
  about: one.about ?? '', count: one.count ?? 0,
  when: one.at === null ? (language === 'nl' ? 'nog nooit' : 'never yet') : `${one.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
}, language);
