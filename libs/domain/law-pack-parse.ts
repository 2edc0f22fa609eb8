import { conflictOf, problemsOf } from './law-pack-checks.js';
import { packSchema, ruleSchema } from './law-pack-schema.js';
import type { LawPack, SharingRule } from './law-pack.js';

/** Where a value stands: names of fields and positions in lists, from the top. */
export type ValuePath = readonly (string | number)[];

/** Parsed YAML with, for a path such as `['rules', 3, 'allowed', 0]`, the line it stands on (1 = the first; null when unknown). */
export interface PositionedValue {
  readonly value: unknown;
  readonly lineOf: (path: ValuePath) => number | null;
}

/** One reason why a law pack cannot be used. */
export interface LawPackProblem {
  readonly line: number | null;
  readonly path: string;
  readonly problem: string;
}

/** A law pack that must not be used; every problem with the line it stands on. */
export interface LawPackRefusal {
  readonly kind: 'refused';
  readonly code: 'invalid-law-pack';
  readonly public: string;
  readonly detail: string;
  readonly problems: readonly LawPackProblem[];
}

interface PlacedRule {
  readonly rule: SharingRule;
  readonly index: number;
}

/** A usable law pack, or every reason why it is not. `sha256` is that of the file's bytes, hexadecimal. */
export const parseLawPack = (source: PositionedValue, sha256: string): LawPack | LawPackRefusal => {
  const problems: LawPackProblem[] = [];
  const report = (path: ValuePath, problem: string): void => {
    problems.push({ line: nearestLine(source, path), path: path.join('.'), problem });
  };
  const pack = packSchema.safeParse(source.value);
  if (!pack.success) {
    for (const issue of pack.error.issues) report(issue.path.map(asStep), issue.message);
    return refusal(problems);
  }
  const rules = pack.data.rules.flatMap((value, index): readonly PlacedRule[] => {
    const parsed = ruleSchema.safeParse(value);
    if (parsed.success) return [{ rule: parsed.data, index }];
    for (const issue of parsed.error.issues) report(['rules', index, ...issue.path.map(asStep)], issue.message);
    return [];
  });
  for (const { rule, index } of rules) {
    for (const { field, problem } of problemsOf(rule)) report(['rules', index, field], `${rule.id}: ${problem}`);
  }
  reportPairs(rules, report);
  if (problems.length > 0) return refusal(problems);
  return { ...pack.data, sha256, rules: rules.map(({ rule }) => rule) };
};

const reportPairs = (rules: readonly PlacedRule[], report: (path: ValuePath, problem: string) => void): void => {
  rules.forEach(({ rule: later, index }, position) => {
    for (const { rule: earlier } of rules.slice(0, position)) {
      if (earlier.id === later.id) report(['rules', index, 'id'], `${later.id} stands here twice`);
      const conflict = conflictOf(earlier, later);
      if (conflict !== null) report(['rules', index, 'id'], `${later.id} contradicts ${earlier.id}: ${conflict}`);
    }
  });
};

const asStep = (step: PropertyKey): string | number => (typeof step === 'number' ? step : String(step));

// A missing field has no line of its own: then the rule it is missing from is named.
const nearestLine = (source: PositionedValue, path: ValuePath): number | null => {
  for (let length = path.length; length > 0; length -= 1) {
    const line = source.lineOf(path.slice(0, length));
    if (line !== null) return line;
  }
  return null;
};

const refusal = (problems: readonly LawPackProblem[]): LawPackRefusal => ({
  kind: 'refused',
  code: 'invalid-law-pack',
  public: 'the law pack cannot be used',
  detail: problems.map(({ line, path, problem }) => `line ${line ?? '?'}: ${path}: ${problem}`).join('\n'),
  problems,
});
