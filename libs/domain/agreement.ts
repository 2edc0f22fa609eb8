import { z } from 'zod';
import type { Category } from './category.js';
import { categorySchema, controllerSchema, keySchema, lineSchema, roleSchema, ruleIdSchema, sha256Schema, textSchema } from './identifier.js';
import { instantSchema, intervalShape, isOrdered, isWithin } from './interval.js';
import type { Role } from './role.js';

const signatureSchema = z.strictObject({ person: lineSchema, function: lineSchema, signedAt: instantSchema });

const subprocessorSchema = z.strictObject({
  name: lineSchema,
  country: z.string().regex(/^[A-Z]{2}$/),
  purpose: lineSchema,
  approvedAt: instantSchema.nullable(),
  objectedAt: instantSchema.nullable(),
});

/** Regimes of data protection law; an agreement under one never covers data under another (AVG art. 28, Wpg art. 6c, Wjsg). */
export const regimes = ['AVG', 'WPG', 'WJSG'] as const;
/** One of `regimes`. */
export type Regime = (typeof regimes)[number];

/** Whom data are about, in an agreement on the Wth: the person sent out, the adults of the household, children (law.md 1.2). */
export const personKinds = ['UHG', 'PART', 'KIND'] as const;
/** One of `personKinds`. */
export type PersonKind = (typeof personKinds)[number];

/** A contract between a controller and the hub as its processor (AVG art. 28(3), Wpg art. 6c). */
export const agreementSchema = z
  .strictObject({
    kind: z.literal('agreement'),
    key: keySchema,
    controller: controllerSchema,
    regime: z.enum(regimes),
    laws: z.array(z.enum(['WTH'])).min(1),
    categories: z.array(categorySchema).min(1),
    personKinds: z.array(z.enum(personKinds)).min(1),
    purposes: textSchema,
    /** Which roles the hub may bring data to, and under which rules; `rules: null` is every rule. Empty: the controller itself only. */
    recipientsAllowed: z.array(z.strictObject({ role: roleSchema, rules: z.array(ruleIdSchema).min(1).nullable() })),
    countsTo: z.array(roleSchema),
    subprocessors: z.array(subprocessorSchema),
    template: z.enum(['VNG', 'own', 'supplier']),
    ...intervalShape,
    signedByController: signatureSchema.nullable(),
    signedByProcessor: signatureSchema.nullable(),
    mandate: lineSchema.nullable(),
    documentSha256: sha256Schema.nullable(),
    terminated: z.strictObject({ at: instantSchema, reason: textSchema }).nullable(),
  })
  .refine(isOrdered, 'the period ends before it starts');

/** A processor agreement; its status follows from the moment of asking and is stored nowhere. */
export type Agreement = Readonly<z.output<typeof agreementSchema>>;

/** Where an agreement stands at one moment; `ending` is active with less than 60 days to go. */
export type AgreementStatus = 'unsigned' | 'future' | 'active' | 'ending' | 'ended' | 'terminated';

/** An agreement that ends within this time is reported as `ending`. */
const agreementWarnBeforeMs = 60 * 24 * 60 * 60 * 1_000;

/** The status at `at`: active needs both signatures, set no later than `at`, and a period that runs (law.md 4.3). */
export const agreementStatus = (agreement: Agreement, at: Date): AgreementStatus => {
  const now = at.getTime();
  if (agreement.terminated !== null && Date.parse(agreement.terminated.at) <= now) return 'terminated';
  const signatures = [agreement.signedByController, agreement.signedByProcessor];
  if (!signatures.every((signature) => signature !== null && Date.parse(signature.signedAt) <= now)) return 'unsigned';
  if (now < Date.parse(agreement.from)) return 'future';
  if (!isWithin(agreement, at)) return 'ended';
  return agreement.to !== null && Date.parse(agreement.to) - now < agreementWarnBeforeMs ? 'ending' : 'active';
};

// Whose data a category may hold. A name of a child stands among those of the household, and text that is written freely, the form of the police
// and documents of the court speak of everybody.
const personsOf: Readonly<Record<Category, readonly PersonKind[]>> = {
  'C-REF': [], 'C-TERM': [], 'C-COUNT': [],
  'C-ID': ['UHG'], 'C-BSN': ['UHG'], 'C-REACH': ['UHG'], 'C-ORDER': ['UHG'], 'C-RULOUT': ['UHG'], 'C-LAW': ['UHG'], 'C-CRIM': ['UHG'], 'C-HEALTH': ['UHG'],
  'C-MEDDECL': ['UHG'], 'C-CARE': ['UHG'], 'C-HELP': ['UHG'], 'C-HELPCONT': ['UHG'], 'C-DR': ['UHG'], 'C-RISK18B': ['UHG'], 'C-SEC': ['UHG'],
  'C-ADDR': ['UHG', 'PART'], 'C-HH': ['PART', 'KIND'], 'C-HHREACH': ['PART', 'KIND'], 'C-MINOR': ['KIND'],
  'C-GROUND': ['UHG', 'PART', 'KIND'], 'C-RIHG': ['UHG', 'PART', 'KIND'], 'C-POL': ['UHG', 'PART', 'KIND'], 'C-RULDOC': ['UHG', 'PART', 'KIND'], 'C-ADVICE': ['UHG', 'PART', 'KIND'],
};

// AVG art. 28(3): the contract names the categories of data subjects. Children count where there are any.
const coversPersons = ({ personKinds }: Agreement, { categories, minors }: AgreementQuestion): boolean =>
  categories.every((category) => personsOf[category].every((kind) => personKinds.includes(kind) || (kind === 'KIND' && !minors && category !== 'C-MINOR')));

/** What an agreement is asked to cover. */
export interface AgreementQuestion {
  readonly controller: string;
  readonly regime: Regime;
  readonly law: 'WTH';
  readonly categories: readonly Category[];
  /** True when the case is about children as well. */
  readonly minors: boolean;
  readonly recipient: Role;
  readonly rule: string;
}

/**
 * True when the agreement is in force at `at` and names controller, regime, law, every category, the kinds of persons these are about, and the recipient under this rule.
 * A processor acts on documented instructions only (AVG art. 28(3)(a)): what the contract does not name, it does not cover.
 */
export const covers = (agreement: Agreement, question: AgreementQuestion, at: Date): boolean => {
  const status = agreementStatus(agreement, at);
  return (status === 'active' || status === 'ending')
    && agreement.controller === question.controller
    && agreement.regime === question.regime
    && agreement.laws.includes(question.law)
    && question.categories.every((category) => agreement.categories.includes(category))
    && coversPersons(agreement, question)
    && agreement.recipientsAllowed.some(({ role, rules }) => role === question.recipient && (rules === null || rules.includes(question.rule)));
};
