import { categories, type ConsultationPurpose } from '@ketensluis/domain';
import { absent, decided, everything, type FilterAsked } from '@ketensluis/flow';
import { Temporal } from 'temporal-polyfill';
import { dayStart, readDay } from '../shell/moment.js';
import { purposeOf } from './asker.js';

/** The names of the filters in the address, in the order of the form. */
export const filterNames = ['doel', 'van', 'tot', 'ontvanger', 'afzender', 'besluit', 'categorie', 'grond', 'regel', 'wet', 'kanaal', 'buiten', 'stand'] as const;
/** One of those. */
export type FilterName = (typeof filterNames)[number];

/** Decisions by the word in the address, as kinds of the log; `alles` is every entry, those that are no decision too. */
export const decisions = { toegestaan: 'disclosure', wacht: 'hold', geweigerd: 'refusal', raadpleging: 'consultation', alles: null } as const;
/** One of those words. */
export type DecisionWord = keyof typeof decisions;
const isDecision = (text: string): text is DecisionWord => Object.hasOwn(decisions, text);

/** What is wrong with a filter, by the name of its field. */
export type FilterFault = 'day' | 'order' | 'unknown';

/** The filters of an address as the flows take them. */
export interface ReadFilter {
  readonly asked: FilterAsked;
  readonly purpose: ConsultationPurpose;
  /** First and last day, `jjjj-mm-dd`, both included. */
  readonly days: { readonly first: string; readonly last: string };
  /** Only entries below this size of the tree: what a figure was counted over. Null for all. */
  readonly size: number | null;
  readonly faults: Readonly<Partial<Record<FilterName, FilterFault>>>;
}

const zone = 'Europe/Amsterdam';
const code = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,119}$|^-$/;
/** How far back a list goes when nobody said: a list about one person all the years the log can tell of persons. */
const back = { list: { days: 30 }, person: { years: 5 } } as const;

const today = (now: Date): Temporal.PlainDate => Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();

/** First moment after a civil day. */
export const dayEnd = (day: string): Date => dayStart(Temporal.PlainDate.from(day).add({ days: 1 }).toString());

/** Reads the filters; what cannot be meant is a fault and asks for nothing. */
export const readFilter = (query: URLSearchParams, now: Date, about: keyof typeof back): ReadFilter => {
  const faults: Partial<Record<FilterName, FilterFault>> = {};
  const coded = (name: FilterName): string | null => {
    const text = query.get(name)?.trim() ?? '';
    if (text === '') return null;
    if (code.test(text)) return text;
    faults[name] = 'unknown';
    return null;
  };
  const dayOf = (name: 'van' | 'tot', usual: Temporal.PlainDate): string => {
    const text = query.get(name) ?? '';
    const day = text.trim() === '' ? usual.toString() : readDay(text);
    if (day === null) faults[name] = 'day';
    return day ?? usual.toString();
  };
  const [first, last] = [dayOf('van', today(now).subtract(back[about])), dayOf('tot', today(now))];
  if (first > last) faults.van = 'order';
  const category = coded('categorie');
  if (category !== null && category !== absent && !categories.some((one) => one === category)) faults.categorie = 'unknown';
  const decision = query.get('besluit') ?? '';
  const size = /^\d{1,15}$/.exec(query.get('stand') ?? '')?.[0];
  return {
    asked: {
      ...everything(dayStart(first), dayEnd(last)), kind: isDecision(decision) ? decisions[decision] : decided, recipient: coded('ontvanger'), sender: coded('afzender'),
      category, basis: coded('grond'), rule: coded('regel'), law: coded('wet'), channel: coded('kanaal'), outsideHours: query.get('buiten') === 'ja',
    },
    purpose: purposeOf(query.get('doel')) ?? 'toezicht.fg', days: { first, last }, size: size === undefined ? null : Number(size), faults,
  };
};

/** A day `jjjj-mm-dd` as people write it: `dd-mm-jjjj`. */
export const writtenDay = (day: string): string => day.split('-').reverse().join('-');

const beyond = 999_999_999_999_999;

/** The cursor of the first page: nobody has a row with this number, so it begins at the newest, below the size that was asked for. */
export const firstPage = (size: number | null): string | null => (size === null ? null : `${beyond}.${size}`);
