/** One file of a report; `path` is below the folder the user names. */
export interface ReportFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A value as JSON on one line, for a file of JSON lines. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
