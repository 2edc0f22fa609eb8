import { askedName, holidaysOf, type PersonAsked } from '@ketensluis/domain';
import type { RegisterHistory } from './audit-ports.js';
import { absent, type Figure, type LogFilter } from './audit-rows.js';

/** What a person writes as it is looked for; the rest has to be found out first. */
type AskedAsIs = Pick<LogFilter, 'from' | 'to' | 'kind' | 'decision' | 'type' | 'category' | 'basis' | 'rule' | 'reason' | 'purpose' | 'outcome'>;

/** A filter as a person writes it; null asks for nothing. */
export interface FilterAsked extends AskedAsIs {
  /** The same person by every name somebody knows; an entry that has one of them is meant. */
  readonly persons: readonly PersonAsked[];
  /** OIN, or key of a party in the register. */
  readonly recipient: string | null;
  readonly sender: string | null;
  /** Version of a law pack in the register, as in `wth@1`. */
  readonly law: string | null;
  /** Kind of channel the recipient had at the time. */
  readonly channel: string | null;
  readonly outsideHours: boolean;
}

/** A filter that cannot be meant. */
export interface FilterRefusal {
  readonly kind: 'refused';
  readonly public: string;
  readonly detail: string;
}

/** Everything of a period. */
export const everything = (from: Date, to: Date): FilterAsked => ({
  from, to, persons: [], recipient: null, sender: null, kind: null, decision: null, type: null, category: null, basis: null, rule: null, law: null,
  reason: null, purpose: null, outcome: null, channel: null, outsideHours: false,
});

/** The filter with the registers put in: parties by number, a law by the hash the log names, a channel by who had it when. */
export const filterAsked = (asked: FilterAsked, controller: string | null, history: RegisterHistory): { readonly kind: 'filter'; readonly filter: LogFilter } | FilterRefusal => {
  const [recipient, sender] = [oinOf(asked.recipient, history), oinOf(asked.sender, history)];
  const policy = asked.law === null ? null : (history.packs.find(({ key, version }) => `${key}@${version}` === asked.law)?.pack.sha256 ?? undefined);
  if (recipient === undefined || sender === undefined) return refused('no party of the register has this key');
  if (policy === undefined) return refused('the register has no such version of a law; write it as in wth@1');
  if (asked.from.getTime() >= asked.to.getTime()) return refused('the period ends before it begins');
  return {
    kind: 'filter',
    filter: {
      controller, recipient, sender, policy,
      from: asked.from, to: asked.to, kind: asked.kind, decision: asked.decision, type: asked.type, category: asked.category, basis: asked.basis,
      rule: asked.rule, reason: asked.reason, purpose: asked.purpose, outcome: asked.outcome,
      subjects: asked.persons.length === 0 ? null : asked.persons.map(askedName),
      channel: asked.channel === null ? null : channelOf(asked.channel, history),
      outsideHours: asked.outsideHours ? { holidays: holidaysIn(asked, history) } : null,
    },
  };
};

const refused = (detail: string): FilterRefusal => ({ kind: 'refused', public: detail, detail });

const oinOf = (asked: string | null, history: RegisterHistory): string | null | undefined => {
  if (asked === null || asked === absent || /^\d{20}$/.test(asked)) return asked;
  return history.parties.find(({ party }) => party.key === asked)?.party.oin;
};

const channelOf = (kind: string, history: RegisterHistory): NonNullable<LogFilter['channel']> =>
  history.parties.flatMap(({ party, from, to }) => (party.channel?.kind === kind ? [{ oin: party.oin, from, to }] : []));

/** The holidays of a period, `YYYY-MM-DD`, by the calendar of the newest law pack. */
export const holidaysIn = ({ from, to }: Pick<FilterAsked, 'from' | 'to'>, history: RegisterHistory): readonly string[] => {
  const calendar = history.packs.at(-1)?.pack.calendar;
  if (calendar === undefined) return [];
  // The last moment in Amsterdam may lie in the year after that of UTC.
  const years = Array.from({ length: to.getUTCFullYear() - from.getUTCFullYear() + 2 }, (_, i) => from.getUTCFullYear() + i);
  return years.flatMap((year) => holidaysOf(year, calendar));
};

/** What the access log keeps of a filter: never the person (I13). */
export const writtenFilter = (asked: FilterAsked): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Object.entries(asked).filter(([key, value]) => key !== 'persons' && value !== null && value !== false)),
  from: asked.from.toISOString(),
  to: asked.to.toISOString(),
  ...(asked.persons.length === 0 ? {} : { person: true }),
});

/** The command that gives exactly the entries of a figure: what a report prints beside each number. */
export const askCommand = (asked: FilterAsked, of: Figure['of'], controller: string | null): string => {
  const { month, ...rest } = of;
  if (month !== undefined) throw new Error('bug: a month is a period, not a filter');
  const options: Readonly<Record<string, string | null | undefined>> = {
    from: asked.from.toISOString(), to: asked.to.toISOString(), kind: asked.kind, decision: asked.decision, type: asked.type, sender: asked.sender,
    recipient: asked.recipient, category: asked.category, basis: asked.basis, rule: asked.rule, law: asked.law, reason: asked.reason,
    'about-purpose': asked.purpose, outcome: asked.outcome, channel: asked.channel,
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key === 'purpose' ? 'about-purpose' : key, value])),
  };
  const words = Object.entries(options).flatMap(([name, value]) => (value === null || value === undefined ? [] : [`--${name} ${value}`]));
  return ['ketensluis ask', controller === null ? '--all' : `--for ${controller}`, ...words, ...(asked.outsideHours ? ['--outside-hours'] : [])].join(' ');
};
