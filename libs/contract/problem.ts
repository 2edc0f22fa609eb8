import type { Label } from '@ketensluis/domain';
import { problemsMax } from './limits.js';

/** One thing wrong with a document: where, which rule, and what to do. Never holds a value or a name the sender chose. */
export interface Problem {
  readonly field: string;
  readonly rule: string;
  readonly remedy: Label;
}

/** Why a document was not read. `not-well-formed` and `forbidden` stop at the first fault, `invalid` lists all of them. */
export type ReadRefusalCode =
  | 'too-large' | 'not-utf8' | 'not-well-formed' | 'forbidden' | 'too-deep' | 'too-many-elements'
  | 'wrong-namespace' | 'unknown-type' | 'unknown-version' | 'invalid';

/** A document that was not read. Neither `public` nor `detail` nor `problems` holds anything the sender wrote. */
export interface ReadRefusal {
  readonly kind: 'refused';
  readonly code: ReadRefusalCode;
  readonly public: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

/** A refusal for one fault of the document as a whole. */
export const refuse = (code: ReadRefusalCode, detail: string, nl: string): ReadRefusal => ({
  kind: 'refused', code, public: 'the document does not follow the contract', detail,
  problems: [{ field: '', rule: code, remedy: { nl, en: `Correct the document: ${detail}.` } }],
});

/** A refusal that lists every problem found, up to `problemsMax`. */
export const refuseFor = (problems: readonly Problem[]): ReadRefusal => ({
  kind: 'refused', code: 'invalid', public: 'the document does not follow the contract',
  detail: `${problems.length} problems: ${[...new Set(problems.map((problem) => problem.rule))].slice(0, 10).join(', ')}`,
  problems: problems.slice(0, problemsMax),
});
