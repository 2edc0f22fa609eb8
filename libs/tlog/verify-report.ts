/** What a check can find. `missing` says a file is not there; every other code says the log is not what was signed. */
export type FindingCode =
  | 'missing' | 'checkpoint' | 'root' | 'tile' | 'bundle' | 'entry-hash' | 'leaf' | 'duplicate-id' | 'ref' | 'shrunk' | 'fork'
  /** Too few witnesses of the policy; an entry whose time the clocks of the witnesses contradict. */
  | 'quorum' | 'time';

/** One thing that is wrong, and where: the index of the entry, or of the first entry under the file. */
export interface Finding {
  readonly code: FindingCode;
  readonly index: number | null;
  readonly path: string | null;
  readonly detail: string;
}

/** Outcome of checking a log. `incomplete`: nothing contradicts the signature, but files are missing. */
export interface VerifyReport {
  readonly verdict: 'good' | 'tampered' | 'incomplete';
  readonly origin: string | null;
  readonly size: number;
  readonly root: Uint8Array | null;
  /** Entries whose bytes were read and hashed. */
  readonly entries: number;
  /** The first `findingsMax`; `findingsTotal` counts all. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
}

/** Findings kept in a report: a log cut in two would otherwise fill the memory. */
export const findingsMax = 100;

/** Collects findings within bounds. */
export interface Findings {
  readonly add: (code: FindingCode, place: { readonly index?: number; readonly path?: string }, detail: string) => void;
  readonly has: (code: FindingCode) => boolean;
  readonly report: (head: Pick<VerifyReport, 'origin' | 'size' | 'root' | 'entries'>) => VerifyReport;
}

/** An empty collection. */
export const collectFindings = (): Findings => {
  const kept: Finding[] = [];
  const counts = new Map<FindingCode, number>();
  const total = (): number => [...counts.values()].reduce((sum, n) => sum + n, 0);
  return {
    add: (code, place, detail) => {
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (kept.length < findingsMax) kept.push({ code, index: place.index ?? null, path: place.path ?? null, detail });
    },
    has: (code) => counts.has(code),
    report: (head) => {
      const missing = counts.get('missing') ?? 0;
      const verdict = total() > missing ? 'tampered' : missing > 0 ? 'incomplete' : 'good';
      return { ...head, verdict, findings: kept, findingsTotal: total() };
    },
  };
};
