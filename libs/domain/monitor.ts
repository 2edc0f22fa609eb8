import { Temporal } from 'temporal-polyfill';
import { groupOf, groupsOf, momentIn, says, textOf } from './field-read.js';
import type { FieldValues } from './messages/field.js';
import type { MessageType } from './messages/type.js';
import { zone } from './terms.js';

/** The ten questions of the monitor of 2008, with their parts (law.md 7.2); the second of question 9 says what "ongegrond" also can mean. */
export const monitorQuestions = ['1', '2', '3', '4', '5', '6', '7a', '7b', '7c', '8', '9', '9b', '10', '10b'] as const;
/** One of `monitorQuestions`. */
export type MonitorQuestion = (typeof monitorQuestions)[number];

/** Types of messages from which something is counted. */
export const monitorTypes = [
  'huisverbod.aangezegd', 'huisverbod.opgelegd', 'huisverbod.geweigerd', 'raadsman.gewenst', 'huisverbod.ingetrokken', 'huisverbod.verlengd', 'opvang.gevraagd',
  'hulp.gestart', 'voorziening.verzocht', 'zitting.bepaald', 'uitspraak.voorziening', 'uitspraak.beroep', 'uitspraak.hoger-beroep',
] as const satisfies readonly MessageType[];

/** A message that was applied to its case and not replaced since. */
export interface CountedMessage {
  readonly caseId: string;
  readonly type: MessageType;
  readonly receivedAt: Date;
  readonly fields: FieldValues;
}

/** A half year `2026-1` (January to June) or `2026-2`. Only these: from two periods that overlap, a number that is hidden can be reckoned. */
export interface HalfYear {
  readonly name: string;
  readonly from: Date;
  /** No longer counts. */
  readonly to: Date;
}

const halfOf = (year: number, half: 1 | 2): HalfYear => {
  const start = Temporal.PlainDate.from({ year, month: half === 1 ? 1 : 7, day: 1 });
  const dateOf = (day: Temporal.PlainDate): Date => new Date(day.toZonedDateTime(zone).epochMilliseconds);
  return { name: `${year}-${half}`, from: dateOf(start), to: dateOf(start.add({ months: 6 })) };
};

/** The half year with this name, or null. */
export const halfYearNamed = (name: string): HalfYear | null => {
  const [, year, half] = /^(20\d\d)-([12])$/.exec(name) ?? [];
  return year === undefined ? null : halfOf(Number(year), half === '1' ? 1 : 2);
};

/** This half year and those before it, newest first. */
export const halfYearsTo = (at: Date, count: number): readonly HalfYear[] => {
  const today = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  const place = today.year * 2 + (today.month > 6 ? 1 : 0);
  return Array.from({ length: count }, (_, back) => halfOf(Math.floor((place - back) / 2), (place - back) % 2 === 0 ? 1 : 2));
};

/** What happens can be told a little before its own day, such as a shelter that begins next week; so far back is looked. */
export const toldBeforeMs = 31 * 24 * 3_600_000;

/** One thing that counts: the same key counts once, however often it was told. */
interface Event {
  readonly question: MonitorQuestion;
  readonly key: string;
  readonly at: Date | null;
}

/** How often each happened within the period. What is counted is the event, by its own day; the day it was told to the hub only where the message gives none. */
export const monitorCounts = (messages: readonly CountedMessage[], { from, to }: Pick<HalfYear, 'from' | 'to'>): Readonly<Record<MonitorQuestion, number>> => {
  const first = new Map<string, { readonly question: MonitorQuestion; readonly at: Date }>();
  for (const message of messages) {
    for (const { question, key, at } of eventsOf(message)) {
      const name = `${question} ${message.caseId} ${key}`;
      const moment = at ?? message.receivedAt;
      const known = first.get(name);
      if (known === undefined || moment < known.at) first.set(name, { question, at: moment });
    }
  }
  const within = [...first.values()].filter(({ at }) => from <= at && at < to);
  return Object.fromEntries(monitorQuestions.map((asked) => [asked, within.filter(({ question }) => question === asked).length])) as Record<MonitorQuestion, number>;
};

const eventsOf = ({ type, fields }: CountedMessage): readonly Event[] => {
  const once = (question: MonitorQuestion, field: string): Event => ({ question, key: '', at: momentIn(fields, field) });
  const each = (question: MonitorQuestion, field: string): Event => ({ question, key: textOf(fields, field) ?? '', at: momentIn(fields, field) });
  switch (type) {
    case 'huisverbod.aangezegd':
    // Told by word of mouth and written down later is one ban.
    case 'huisverbod.opgelegd': return [once('1', 'opgelegd_op'), ...wishOf(fields)];
    case 'huisverbod.geweigerd': return [once('2', 'besloten_op')];
    case 'raadsman.gewenst': return [once('3', 'gewenst_op')];
    case 'huisverbod.ingetrokken': return [once('4', 'ingetrokken_op')];
    // Art. 9 does not forbid to extend in two steps: each decision counts.
    case 'huisverbod.verlengd': return [each('5', 'verlengd_op')];
    case 'opvang.gevraagd': return [{ question: '6', key: '', at: dayIn(fields, 'vanaf') }];
    case 'hulp.gestart': return groupsOf(fields, 'gestart').flatMap(helpOf);
    case 'voorziening.verzocht': return [procedure('8', fields)];
    case 'zitting.bepaald': return filed(textOf(fields, 'soort_procedure') ?? '', fields);
    case 'uitspraak.voorziening': return [procedure('8', fields), ...outcomeOf(fields)];
    case 'uitspraak.beroep': return filed('beroep', fields);
    case 'uitspraak.hoger-beroep': return filed('hoger-beroep', fields);
    default: return [];
  }
};

const helpFor: Readonly<Record<string, MonitorQuestion>> = { uithuisgeplaatste: '7a', achterblijver: '7b', kinderen: '7c' };
const helpOf = (start: FieldValues): readonly Event[] => {
  const question = helpFor[textOf(start, 'voor') ?? ''];
  return question === undefined ? [] : [{ question, key: textOf(start, 'gestart_op') ?? '', at: dayIn(start, 'gestart_op') }];
};

const procedures: Readonly<Record<string, MonitorQuestion>> = { 'voorlopige-voorziening': '8', beroep: '10', 'hoger-beroep': '10b' };

// A request is known by its number at the court, whoever tells of it first: the request itself, the hearing or the ruling.
const procedure = (question: MonitorQuestion, fields: FieldValues): Event => ({ question, key: textOf(fields, 'zaaknummer_rechtbank') ?? '', at: momentIn(fields, 'verzoek_ontvangen_op') });

const filed = (kind: string, fields: FieldValues): readonly Event[] => {
  const question = procedures[kind];
  return question === undefined ? [] : [procedure(question, fields)];
};

const outcomeOf = (fields: FieldValues): readonly Event[] => [{
  question: textOf(fields, 'gevolg_voor_maatregel') === 'blijft' ? '9b' : '9', key: textOf(fields, 'zaaknummer_rechtbank') ?? '', at: momentIn(fields, 'uitspraak_op'),
}];

// The wish can stand in the order as well as in a message of its own; it counts once for a ban.
const wishOf = (fields: FieldValues): readonly Event[] => {
  const wish = groupOf(fields, 'raadsman_wens');
  return says(wish, 'gewenst') ? [{ question: '3', key: '', at: momentIn(wish, 'gewenst_op') }] : [];
};

const dayIn = (fields: FieldValues, name: string): Date | null => {
  const text = textOf(fields, name);
  return text === null ? null : new Date(Temporal.PlainDate.from(text).toZonedDateTime(zone).epochMilliseconds);
};

/** A number that may point to a person; below this it is hidden (law.md 7.4). None is no person. */
export const monitorSmall = 5;

/** True when the number is to be hidden. */
export const isSmallCount = (count: number): boolean => count > 0 && count < monitorSmall;
