import type { AuditPorts } from './audit-ports.js';
import type { RegisterReader } from './ports.js';

/** One file of an export; `path` is below its folder, with `/`. */
export interface ExportFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A piece of an export that is written as a whole: a case, a page of entries. `name` is the same whenever the export goes on. */
export interface ExportUnit {
  readonly name: string;
  readonly files: () => AsyncIterable<ExportFile>;
}

/** What is exported: of one controller, or (null) everything; as things stood at `upTo`, so that an export that goes on later stays one. */
export interface ExportScope {
  readonly controller: string | null;
  /** CBS code of the controller's municipality; null when it is none, or when everything is exported. */
  readonly municipality: string | null;
  readonly upTo: Date;
  /** Of the released log. */
  readonly size: number;
}

/** What the hub holds, opened. Only what is of the controller of the scope (I10). */
export interface ExportSource {
  readonly size: () => Promise<number>;
  readonly count: (scope: ExportScope) => Promise<number>;
  readonly units: (scope: ExportScope) => AsyncIterable<ExportUnit>;
  /** The log itself: for everything with all entries, for one controller its hashes and checkpoint only, and the verifier beside it. */
  readonly writeLog: (scope: ExportScope, progress: (done: number, total: number) => void) => Promise<void>;
}

/** Where an export goes. Every file appears whole; what is said to be written is on disk. */
export interface ExportTarget {
  /** The scope this folder was begun with, or null for an empty one. Throws when it holds something else or is complete. */
  readonly begun: () => Promise<ExportScope | null>;
  readonly begin: (scope: ExportScope) => Promise<void>;
  readonly isWritten: (unit: string) => boolean;
  readonly write: (unit: ExportUnit) => Promise<void>;
  /** The manifest over every file there is; afterwards the export is complete. */
  readonly finish: () => Promise<{ readonly files: number; readonly bytes: number }>;
}

/** What an export needs. */
export interface ExportPorts extends Pick<AuditPorts, 'clock' | 'ids' | 'trace' | 'audit'> {
  readonly registers: RegisterReader;
  readonly source: ExportSource;
  readonly target: ExportTarget;
}
