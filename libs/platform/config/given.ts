import type { ConfigurationProblem } from './problems.js';

/** One setting that somebody made, and where. */
export interface Given {
  readonly text: string;
  readonly source: {
    /** The setting as it is called there. */
    readonly key: string;
    /** Null for the environment. */
    readonly file: string | null;
    readonly line: number | null;
  };
}

/** What was found, by the names of the rows; and what could not be read. */
export interface Sources {
  readonly given: ReadonlyMap<string, Given>;
  readonly problems: readonly ConfigurationProblem[];
}
