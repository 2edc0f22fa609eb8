import type { AttachmentMark, Field, FieldValues, MessageDefinition } from '@ketensluis/domain';
import type { z } from 'zod';
import { problemsMax } from './limits.js';
import type { Problem } from './problem.js';
import { knownNames, missing, remedyOf } from './remedy.js';

/** Fields as they came in, before anything is known of them. */
export type RawValue = string | number | boolean | null | readonly RawValue[] | { readonly [name: string]: RawValue };

/** Joins a field or a 1-based index to a path, as people write it: `minderjarigen[2].naam`. */
export const pathTo = (path: string, step: string | number): string =>
  typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`;

const isRecord = (raw: RawValue | undefined): raw is { readonly [name: string]: RawValue } => typeof raw === 'object' && raw !== null && !Array.isArray(raw);
const itemAt = (raw: RawValue | undefined, index: number): RawValue | undefined => Array.isArray(raw) ? raw[index] : undefined;

/** Values that passed, or every problem found. */
export type Checked = { readonly kind: 'values'; readonly values: FieldValues } | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** Holds raw values against the fields: the values as the schema returns them, or what is wrong, field by field. */
export const check = (fields: readonly Field[], schema: z.ZodType<FieldValues>, raw: RawValue): Checked => {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { kind: 'values', values: parsed.data };
  const problems = parsed.error.issues.slice(0, problemsMax).flatMap((issue) => problemsOf(issue, fields, raw));
  return { kind: 'problems', problems };
};

interface Spot {
  readonly of: Field | null;
  readonly fields: readonly Field[];
  readonly raw: RawValue | undefined;
  readonly path: string;
}

const stepInto = (spot: Spot, step: PropertyKey): Spot => {
  if (typeof step === 'number') {
    const item = spot.of?.kind === 'list' ? spot.of.item : null;
    return { of: item, fields: item?.kind === 'group' ? item.fields : [], raw: itemAt(spot.raw, step), path: pathTo(spot.path, step + 1) };
  }
  const of = spot.fields.find((one) => one.name === step) ?? null;
  const raw = isRecord(spot.raw) && Object.hasOwn(spot.raw, String(step)) ? spot.raw[String(step)] : undefined;
  return { of, fields: of?.kind === 'group' ? of.fields : [], raw, path: pathTo(spot.path, of?.name ?? '?') };
};

const problemsOf = (issue: z.core.$ZodIssue, fields: readonly Field[], raw: RawValue): readonly Problem[] => {
  const root: Spot = { of: null, fields, raw, path: '' };
  const spot = issue.path.reduce(stepInto, root);
  if (issue.code === 'unrecognized_keys') return unknownFields(spot);
  if (spot.of === null) return [{ field: spot.path, rule: 'structure', remedy: knownNames(fields) }];
  if (spot.raw === undefined) return [{ field: spot.path, rule: 'required', remedy: missing(spot.of) }];
  return [{ field: spot.path, rule: spot.of.kind, remedy: remedyOf(spot.of) }];
};

// The name the sender used can be anything, so it is told by its place (I13).
const unknownFields = (spot: Spot): readonly Problem[] => {
  const names = isRecord(spot.raw) ? Object.keys(spot.raw) : [];
  return names.flatMap((name, index) => spot.fields.some((of) => of.name === name) ? []
    : [{ field: pathTo(spot.path, `*[${index + 1}]`), rule: 'unknown-field', remedy: knownNames(spot.fields) }]).slice(0, problemsMax);
};

/** What the rules over several fields find wrong with values that passed `check`; paths start at `at`. */
export const brokenRules = (definition: MessageDefinition, values: FieldValues, attachments: readonly AttachmentMark[], at: string): readonly Problem[] =>
  definition.rules.filter((rule) => !rule.holds(values, attachments)).flatMap((rule) => rule.fields.map((name) => ({
    field: pathTo(at, name), rule: rule.id,
    remedy: { nl: `${rule.remedy.nl} (${rule.article})`, en: `${rule.remedy.en} (${rule.article})` },
  })));
