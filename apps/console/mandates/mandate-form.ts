import { isConnected, mandatedPowers, type Mandate, type Registers, type Versioned } from '@ketensluis/domain';
import type { Attended } from '../route.js';
import type { OwnMunicipality } from '../sharing/municipality.js';
import type { Faults } from '../shell/fields.js';
import { dayStart, readDay } from '../shell/moment.js';
import { mandateWords } from './words.js';

/** A mandate of the register. */
export type OwnMandate = Versioned<Mandate>;

/** A function somebody may get a mandate for, with its name as people know it. */
export interface Holder {
  readonly oin: string;
  readonly function: string;
  readonly name: string;
}

/** Shorter tells nobody anything. */
const reasonMin = 5;

/** Functions of hulpofficier of connected bodies that work for this municipality. */
export const holdersFor = ({ registers, code }: OwnMunicipality, at: Date): readonly Holder[] =>
  registers.parties.filter((party) => isConnected(party, at) && party.serves.includes(code)).flatMap((party) =>
    party.functions.filter(({ role }) => role === 'HOVJ').map((post) => ({ oin: party.oin, function: post.code, name: `${post.name} (${party.name})` })));

/** Name of who has a mandate; the code of the function where its body is not connected any more. */
export const holderName = ({ holder }: Pick<Mandate, 'holder'>, { parties }: Pick<Registers, 'parties'>): string => {
  const party = parties.find(({ oin }) => oin === holder.oin);
  const post = party?.functions.find(({ code }) => code === holder.function);
  return `${post?.name ?? holder.function} (${party?.name ?? holder.oin})`;
};

/** What a form says, read: a document to be proposed, or what is wrong, all at once. */
export type ReadForm = { readonly kind: 'read'; readonly document: Readonly<Record<string, unknown>> & { readonly key: string }; readonly reason: string } | { readonly kind: 'faults'; readonly faults: Faults };

const textIn = ({ form }: Pick<Attended, 'form'>, name: string): string => (form.get(name) ?? '').trim();
const addDay = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
const momentOf = (day: string): string => dayStart(day).toISOString();
const onlyFaults = (checks: readonly (readonly [string, boolean, string])[]): Faults => Object.fromEntries(checks.filter(([, isWrong]) => isWrong).map(([name, , text]) => [name, text]));

/** Reads the form of a new mandate. */
export const readNew = (visit: Attended, own: OwnMunicipality): ReadForm => {
  const { faults: said } = mandateWords(visit.language);
  const [from, to] = [readDay(textIn(visit, 'van')), readDay(textIn(visit, 'tot'))];
  const holder = holdersFor(own, visit.now).find((one) => `${one.oin}/${one.function}` === textIn(visit, 'houder')) ?? null;
  const powers = mandatedPowers.filter((power) => visit.form.getAll('bevoegdheid').includes(power));
  const [reference, signedBy, decision, reason] = [textIn(visit, 'kenmerk'), textIn(visit, 'ondertekend'), textIn(visit, 'besluit'), textIn(visit, 'reden')];
  const faults = onlyFaults([
    ['houder', holder === null, said.holder], ['kenmerk', !/^(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(reference), said.reference], ['bevoegdheid', powers.length === 0, said.powers],
    ['ondertekend', signedBy === '', said.signedBy], ['besluit', decision === '', said.decision], ['van', from === null, said.from],
    ['tot', textIn(visit, 'tot') !== '' && (to === null || (from !== null && to < from)), said.to], ['reden', reason.length < reasonMin, said.reason],
  ]);
  if (holder === null || from === null || Object.keys(faults).length > 0) return { kind: 'faults', faults };
  const document = {
    kind: 'mandate', key: freeKey(own, holder), municipality: own.code, reference, grantedBy: 'burgemeester', holder: { oin: holder.oin, function: holder.function }, powers, signedBy, decision,
    from: momentOf(from), to: to === null ? null : momentOf(addDay(to)),
  };
  return { kind: 'read', document, reason };
};

// A mandate that ended keeps its key and its history; the next one has another.
const freeKey = ({ registers, code }: OwnMunicipality, { function: post }: Holder): string => {
  const taken = new Set(registers.mandates.map(({ key }) => key));
  const first = `mandaat-${code}-${post}`;
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? first : `${first}-${number}`;
    if (!taken.has(key)) return key;
  }
};

/** Reads the form that ends a mandate: its last day, from today on. What was done under it stays done under it. */
export const readEnd = (visit: Attended, { version: _, ...mandate }: OwnMandate): ReadForm => {
  const { faults: said } = mandateWords(visit.language);
  const [last, reason] = [readDay(textIn(visit, 'laatste')), textIn(visit, 'reden')];
  const to = last === null ? null : momentOf(addDay(last));
  const faults = onlyFaults([['laatste', to === null || Date.parse(to) <= visit.now.getTime() || Date.parse(to) <= Date.parse(mandate.from), said.last], ['reden', reason.length < reasonMin, said.reason]]);
  return Object.keys(faults).length > 0 ? { kind: 'faults', faults } : { kind: 'read', document: { ...mandate, to }, reason };
};
