import { agreementSchema, categories, contractParts, inOrder, isMunicipalRole, personKinds, regimes, roles, sharingKind, type Agreement, type Category, type LawPack, type Role } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import type { Attended } from '../route.js';
import { dayStart, readDay } from '../shell/moment.js';
import { dayField } from './day-field.js';
import { agreementWords } from './words.js';

/** What somebody filled in about an agreement, as text; shown again when something is wrong with it. */
export interface FilledAgreement {
  readonly template: string;
  readonly purposes: string;
  readonly mandate: string;
  readonly from: string;
  readonly to: string;
  readonly subprocessors: string;
  readonly reason: string;
  readonly signers: Readonly<Record<'gemeente' | 'verwerker', { readonly person: string; readonly function: string; readonly day: string }>>;
  readonly categories: ReadonlySet<string>;
  readonly persons: ReadonlySet<string>;
  readonly recipients: ReadonlySet<string>;
  readonly counts: ReadonlySet<string>;
  readonly checks: ReadonlySet<string>;
}

/** A form that can go on to its trial, or everything that is wrong with it. */
export type ReadAgreement =
  | { readonly kind: 'read'; readonly body: Agreement; readonly checks: readonly string[]; readonly document: { readonly sha256: string; readonly content: Uint8Array } | null }
  | { readonly kind: 'faulty'; readonly faults: Readonly<Record<string, string>> };

/** Roles an agreement can let the hub bring data to, by the rules of the law: never the municipality itself, which needs none. */
export const outsideRoles = (pack: LawPack): readonly Role[] => {
  const named = new Set(pack.rules.filter((rule) => sharingKind(rule) !== null).flatMap(({ to }) => to));
  return roles.filter((role) => named.has(role) && !isMunicipalRole(role));
};

/** Categories the rules of the law give to anybody. */
export const givenCategories = (pack: LawPack): readonly Category[] => inOrder(pack.rules.filter((rule) => sharingKind(rule) !== null).flatMap(({ allowed }) => allowed));

/** To whom counts may go, where an agreement says so (law.md 4.3). */
export const countRoles = ['REG', 'ZVH', 'VR', 'BZK'] as const satisfies readonly Role[];

/** What the form holds, trimmed. */
export const filledOf = (form: URLSearchParams): FilledAgreement => {
  const text = (name: string): string => (form.get(name) ?? '').trim();
  const set = (name: string): ReadonlySet<string> => new Set(form.getAll(name));
  const signer = (who: string) => ({ person: text(`${who}-naam`), function: text(`${who}-functie`), day: text(`${who}-dag`) });
  return {
    template: text('model'), purposes: text('doel'), mandate: text('mandaat'), from: text('van'), to: text('tot'), subprocessors: text('subverwerkers'), reason: text('reden'),
    signers: { gemeente: signer('gemeente'), verwerker: signer('verwerker') }, categories: set('categorie'), persons: set('persoon'), recipients: set('ontvanger'), counts: set('aantallen'), checks: set('onderdeel'),
  };
};

interface Reading {
  readonly visit: Attended;
  readonly filled: FilledAgreement;
  readonly faults: Record<string, string>;
}

/** Reads a form against what is registered now; `current` is null for a new agreement. Every fault is told at once. */
export const readAgreement = (visit: Attended, filled: FilledAgreement, { current, key, controller }: { readonly current: Agreement | null; readonly key: string; readonly controller: string }): ReadAgreement => {
  const words = agreementWords(visit.language).faults;
  const faults: Record<string, string> = {};
  const reading = { visit, filled, faults };
  const document = documentOf(reading);
  const [from, to] = [dayOf(reading, 'van', filled.from, current?.from), filled.to === '' ? null : dayOf(reading, 'tot', filled.to, current?.to)];
  if (from !== null && to !== null && Date.parse(to) <= Date.parse(from)) faults['tot'] = words.order;
  const [signedByController, signedByProcessor] = [signatureOf(reading, 'gemeente', current?.signedByController), signatureOf(reading, 'verwerker', current?.signedByProcessor)];
  for (const [name, value, most] of [['doel', filled.purposes, 2_000], ['reden', filled.reason, 2_000]] as const) if (value === '') faults[name] = words.empty; else if (value.length > most) faults[name] = words.long;
  if (filled.mandate.length > 200) faults['mandaat'] = words.long;
  for (const [name, chosen] of [['categorie', filled.categories], ['persoon', filled.persons]] as const) if (chosen.size === 0) faults[name] = words.some;
  const documentSha256 = document?.sha256 ?? current?.documentSha256 ?? null;
  const isSigned = signedByController !== null && signedByProcessor !== null;
  if ((signedByController === null) !== (signedByProcessor === null)) faults['gemeente-naam'] ??= words.both;
  // Nothing leaves by an agreement of which nobody has seen the text and its compulsory parts (AVG art. 28(3) and (9)).
  if (isSigned && documentSha256 === null) faults['pdf'] ??= words.pdf;
  if (isSigned && contractParts.some((part) => !filled.checks.has(part))) faults['onderdeel'] = words.checks;
  if (isSigned && filled.mandate === '') faults['mandaat'] = words.empty;
  const body = {
    kind: 'agreement', key, controller, regime: current?.regime ?? regimes[0], laws: current?.laws ?? ['WTH'], categories: picked(categories, current?.categories, filled.categories), personKinds: picked(personKinds, current?.personKinds, filled.persons),
    purposes: filled.purposes, recipientsAllowed: picked(roles, current?.recipientsAllowed.map(({ role }) => role), filled.recipients).map((role) => current?.recipientsAllowed.find((one) => one.role === role) ?? { role, rules: null }),
    countsTo: picked(roles, current?.countsTo, filled.counts), subprocessors: subprocessorsOf(reading, current), template: filled.template, from: from ?? '', to,
    signedByController, signedByProcessor, mandate: filled.mandate === '' ? null : filled.mandate, documentSha256, terminated: current?.terminated ?? null,
  };
  if (Object.keys(faults).length > 0) return { kind: 'faulty', faults };
  const read = agreementSchema.safeParse(body);
  if (!read.success) return { kind: 'faulty', faults: { '': words.invalid } };
  return { kind: 'read', body: read.data, checks: contractParts.filter((part) => filled.checks.has(part)), document };
};

// In the order the agreement has, so that what was left as it was is no change; what is new follows.
const picked = <T extends string>(all: readonly T[], before: readonly T[] = [], chosen: ReadonlySet<string>): readonly T[] =>
  [...before.filter((one) => chosen.has(one)), ...all.filter((one) => chosen.has(one) && !before.includes(one))];

const documentOf = ({ visit, faults }: Reading): { readonly sha256: string; readonly content: Uint8Array } | null => {
  const file = visit.files.get('pdf');
  if (file === undefined) return null;
  // Whatever its name and its browser say: a PDF begins so.
  if (!file.content.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
    faults['pdf'] = agreementWords(visit.language).faults.notPdf;
    return null;
  }
  return { sha256: createHash('sha256').update(file.content).digest('hex'), content: file.content };
};

// A day that was left as it was keeps its moment: an agreement registered by command has hours.
const dayOf = ({ visit, faults }: Reading, name: string, text: string, before: string | null = null): string | null => {
  if (before !== null && text === dayField(before)) return before;
  const day = readDay(text);
  if (day === null) faults[name] = agreementWords(visit.language).faults.day;
  return day === null ? null : dayStart(day).toISOString();
};

const signatureOf = (reading: Reading, who: 'gemeente' | 'verwerker', before: Agreement['signedByController'] = null) => {
  const { visit, filled, faults } = reading;
  const { person, function: office, day } = filled.signers[who];
  if (person === '' && office === '' && day === '') return null;
  const words = agreementWords(visit.language).faults;
  if (person === '' || office === '' || day === '') {
    faults[`${who}-naam`] = words.signature;
    return null;
  }
  if (person.length > 200 || office.length > 200) faults[`${who}-naam`] = words.long;
  const signedAt = dayOf(reading, `${who}-dag`, day, before?.signedAt);
  if (signedAt !== null && Date.parse(signedAt) > visit.now.getTime()) faults[`${who}-dag`] = words.later;
  return signedAt === null ? null : { person, function: office, signedAt };
};

const subprocessorsOf = ({ visit, filled, faults }: Reading, current: Agreement | null) =>
  filled.subprocessors.split('\n').map((line) => line.trim()).filter((line) => line !== '').flatMap((line, place) => {
    const [name = '', country = '', purpose = '', approved = ''] = line.split(';').map((part) => part.trim());
    const day = approved === '' ? null : readDay(approved);
    if (name === '' || purpose === '' || [name, purpose].some((text) => text.length > 200) || !/^[A-Z]{2}$/.test(country) || (approved !== '' && day === null)) {
      faults['subverwerkers'] ??= agreementWords(visit.language).faults.subprocessor(place + 1);
      return [];
    }
    const before = current?.subprocessors.find((one) => one.name === name) ?? null;
    const kept = before !== null && approved === dayField(before.approvedAt) ? before.approvedAt : day === null ? null : dayStart(day).toISOString();
    return [{ name, country, purpose, approvedAt: kept, objectedAt: before?.objectedAt ?? null }];
  });
