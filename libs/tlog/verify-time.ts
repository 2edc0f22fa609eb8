import { medianTime, openCosigned } from './cosignature.js';
import type { LogPolicy } from './policy.js';
import { bundlePath, decodeBundle, tilesAt, tileWidth } from './tile.js';

/** Where an export keeps how many cosigned checkpoints it holds, as a number and a line feed. */
export const cosignedCountPath = 'checkpoints/count';

/** Path of a bundle of cosigned checkpoints: laid out as entry bundles are (tlog-tiles), the oldest first, one for each minute. */
export const cosignedPath = (index: number, width: number): string => bundlePath(index, width).replace('tile/entries/', 'checkpoints/');

/** Minutes in two thousand years: no export holds more. */
const countMax = 1_100_000_000;

/** A head that enough witnesses cosigned, and when: the median of their clocks. */
export interface WitnessedHead {
  readonly size: number;
  readonly root: Uint8Array;
  readonly atMs: number;
}

/** A checkpoint that the export kept. */
export interface StoredHead {
  readonly size: number;
  readonly root: Uint8Array;
  /** Null when too few witnesses of the policy signed it: it proves no time. */
  readonly atMs: number | null;
  /** The file it stands in. */
  readonly path: string;
}

/** What is wrong with the checkpoints of an export; `missing` when a file is not there. */
export interface StoredFault {
  readonly path: string;
  readonly detail: string;
  readonly code: 'missing' | 'checkpoint' | 'quorum';
}

/** How many checkpoints an export says it holds; null when what it says is no number. */
export const storedCount = (read: (path: string) => Uint8Array | null): number | null => {
  const text = read(cosignedCountPath);
  if (text === null) return 0;
  const count = Number(/^(0|[1-9][0-9]{0,9})\n$/.exec(Buffer.from(text).toString('latin1'))?.[1] ?? Number.NaN);
  return count <= countMax ? count : null;
};

/** What the checkpoints of an export are read with. */
export interface StoredInput {
  readonly read: (path: string) => Uint8Array | null;
  readonly policy: LogPolicy;
  /** Whether enough witnesses signed the checkpoint of the whole log, which comes after all of these. */
  readonly isLastWitnessed: boolean;
  readonly fault: (fault: StoredFault) => void;
  readonly progress: (done: number) => void;
}

/**
 * Reads every checkpoint an export kept and verifies each signature on it that it knows the key of: the log's, and those of the witnesses. Witnesses
 * come and go, so one without a quorum of this policy is a fault only between two that have it: then a line of it was damaged. Never throws.
 */
export const readStored = ({ read, policy, isLastWitnessed, fault, progress }: StoredInput): readonly StoredHead[] => {
  const count = storedCount(read);
  if (count === null) {
    fault({ path: cosignedCountPath, detail: 'is no number of checkpoints', code: 'checkpoint' });
    return [];
  }
  const heads: StoredHead[] = [];
  for (const { index, width } of tilesAt(0, count)) {
    const path = cosignedPath(index, width);
    const bytes = read(path);
    const notes = bytes === null ? null : decodeBundle(bytes);
    if (notes === null || notes.length !== width) {
      fault({ path, detail: bytes === null ? `cosigned checkpoints are missing` : `does not hold ${width} checkpoints`, code: bytes === null ? 'missing' : 'checkpoint' });
      continue;
    }
    for (const [place, note] of notes.entries()) {
      const opened = openCosigned(note, policy);
      if (opened.kind === 'refused') fault({ path, detail: `checkpoint ${index * tileWidth + place}: ${opened.detail}`, code: 'checkpoint' });
      else heads.push({ size: opened.size, root: opened.root, atMs: opened.hasQuorum ? (medianTime(opened.cosignatures)?.getTime() ?? null) : null, path });
    }
    progress(index * tileWidth + width);
  }
  for (const one of lapses(heads, isLastWitnessed)) fault({ path: one.path, detail: `a checkpoint of ${one.size} entries lacks witnesses that those before and after it have`, code: 'quorum' });
  return heads;
};

const lapses = (heads: readonly StoredHead[], isLastWitnessed: boolean): readonly StoredHead[] => {
  const first = heads.findIndex(({ atMs }) => atMs !== null);
  const last = isLastWitnessed ? heads.length : heads.findLastIndex(({ atMs }) => atMs !== null);
  return heads.filter(({ atMs }, place) => atMs === null && first >= 0 && place > first && place < last);
};

/** An entry may be older than the last head without it by this much: it was recorded, and the head after it not yet made. */
export const recordedBeforeMs = 60_000;
/** An entry may be younger than the first head with it by this much: clocks differ. */
export const clocksDifferMs = 5_000;

/** Holds the time an entry says it is of against the clocks of the witnesses. Indexes must come in order. */
export interface TimeRule {
  /** What contradicts it, or null. */
  readonly objection: (index: number, atMs: number) => string | null;
}

/**
 * The rule against backdating (log.md 5): an entry that was not yet in the log at T1 and was in it at T2, by the witnesses' clocks, is of a time
 * from T1 - 60 s to T2 + 5 s. Null when there is no witnessed head to hold it against.
 */
export const timeRule = (heads: readonly WitnessedHead[]): TimeRule | null => {
  if (heads.length === 0) return null;
  const bySize = [...heads].sort((a, b) => a.size - b.size);
  // Of all heads with the entry the earliest counts, of all without it the latest.
  const firstWith: number[] = [];
  for (let place = bySize.length - 1; place >= 0; place -= 1) firstWith[place] = Math.min(bySize[place]?.atMs ?? Infinity, firstWith[place + 1] ?? Infinity);
  let next = 0;
  let lastWithoutMs = -Infinity;
  return {
    objection: (index, atMs) => {
      for (let head = bySize[next]; head !== undefined && head.size <= index; head = bySize[next]) {
        lastWithoutMs = Math.max(lastWithoutMs, head.atMs);
        next += 1;
      }
      const firstWithMs = firstWith[next] ?? Infinity;
      if (atMs < lastWithoutMs - recordedBeforeMs) return `says ${iso(atMs)}; at ${iso(lastWithoutMs)} witnesses saw the log without it`;
      return atMs > firstWithMs + clocksDifferMs ? `says ${iso(atMs)}; at ${iso(firstWithMs)} witnesses saw the log with it` : null;
    },
  };
};

const iso = (ms: number): string => new Date(ms).toISOString();
