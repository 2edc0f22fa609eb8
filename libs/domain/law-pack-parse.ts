import type { LawPack } from './law-pack.js';

/** Parsed YAML with, for a path such as `rules.3.allowed.0`, the line it stands on (null when unknown). */
export interface PositionedValue {
  readonly value: unknown;
  readonly lineOf: (path: readonly (string | number)[]) => number | null;
}

/** A law pack that must not be used; every problem with the line it stands on. */
export interface LawPackRefusal {
  readonly kind: 'refused';
  readonly code: 'invalid-law-pack';
  readonly public: string;
  readonly detail: string;
  readonly problems: readonly { readonly line: number | null; readonly path: string; readonly problem: string }[];
}

/** A usable law pack, or every reason why it is not. */
export const parseLawPack = (source: PositionedValue, sha256: string): LawPack | LawPackRefusal => {
  throw new Error(`bug: not built yet for ${sha256} ${typeof source.value}`);
};
