import {
  categories, categoryNames, isOutcome, outcomeWords, type Category, type Outcome, type SharingRule,
} from '@ketensluis/domain';
import type { Leaf } from '@ketensluis/tlog';
import type { RegisterHistory } from './audit-ports.js';
import type { LogRow } from './audit-rows.js';

/** An organisation by number and the name it had then; a person's role without an organisation has neither. */
export interface NamedParty {
  readonly oin: string | null;
  readonly name: string;
  readonly role: string | null;
}

/** Words in both languages. */
export interface BothLanguages {
  readonly nl: string;
  readonly en: string;
}

/** One entry as a person reads it: who gave what kind of data to whom, on which ground, and what became of it. */
export interface LogLine {
  readonly index: number;
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly decision: string | null;
  readonly controller: NamedParty | null;
  readonly sender: NamedParty | null;
  readonly recipient: NamedParty | null;
  readonly type: string | null;
  readonly purpose: string | null;
  readonly rule: string | null;
  /** The article as people cite it, and what it says. */
  readonly article: string | null;
  readonly articleText: string | null;
  readonly law: string | null;
  readonly agreement: string | null;
  readonly senderAgreement: string | null;
  readonly setting: string | null;
  readonly categories: readonly string[];
  readonly categoryWords: readonly BothLanguages[];
  readonly reasons: readonly string[];
  readonly outcome: { readonly code: Outcome; readonly words: BothLanguages; readonly at: Date | null } | null;
  readonly trace: string | null;
}

/** Reads one row with the registers as they were when it was recorded. */
export const lineOf = ({ index, leaf, outcome }: LogRow, history: RegisterHistory): LogLine => {
  const at = new Date(leaf.at);
  const pack = leaf.policy === undefined ? null : history.packOf(leaf.policy);
  const rule = pack?.pack.rules.find(({ id }) => id === leaf.rule) ?? null;
  const party = (oin: string | undefined, role: string | undefined): NamedParty | null =>
    oin === undefined && role === undefined ? null : { oin: oin ?? null, name: nameOf(oin, at, history), role: role ?? null };
  return {
    index, id: leaf.id, at, kind: leaf.kind,
    decision: leaf.decision ?? null,
    controller: party(leaf.controller, undefined),
    sender: party(leaf.from, leaf.fromRole),
    recipient: party(leaf.to, leaf.toRole),
    type: leaf.schema ?? null,
    purpose: leaf.purpose ?? null,
    rule: leaf.rule ?? null,
    ...articleOf(leaf, rule),
    law: pack === null ? null : `${pack.pack.law.toLowerCase()}@${pack.version}`,
    agreement: leaf.agreement ?? null,
    senderAgreement: leaf.senderAgreement ?? null,
    setting: leaf.setting ?? null,
    categories: leaf.cat ?? [],
    categoryWords: (leaf.cat ?? []).map(wordsOf),
    reasons: leaf.reasons ?? (leaf.code === undefined ? [] : [leaf.code]),
    outcome: outcomeOf(leaf, outcome),
    trace: leaf.trace ?? null,
  };
};

const nameOf = (oin: string | undefined, at: Date, history: RegisterHistory): string => (oin === undefined ? '' : history.partyAt(oin, at)?.name ?? oin);

const articleOf = (leaf: Leaf, rule: SharingRule | null): Pick<LogLine, 'article' | 'articleText'> => ({
  article: rule?.basis ?? leaf.basis ?? null,
  articleText: rule?.articleText ?? null,
});

const isCategory = (text: string): text is Category => categories.some((one) => one === text);

/** A category that a later version of the hub no longer knows keeps its code. */
const wordsOf = (code: string): BothLanguages => (isCategory(code) ? categoryNames[code] : { nl: code, en: code });

/** Only what was to go out, or waited for it, has an outcome. */
const outcomeOf = (leaf: Leaf, outcome: LogRow['outcome']): LogLine['outcome'] => {
  if (outcome === null) return leaf.kind === 'disclosure' ? { code: 'none', words: outcomeWords.none, at: null } : null;
  const code = isOutcome(outcome.code) ? outcome.code : 'none';
  return { code, words: outcomeWords[code], at: outcome.at };
};
