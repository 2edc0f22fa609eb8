import { networksOf } from '@ketensluis/adapters';
import { z } from 'zod';

/** One setting: what the reference and the messages tell of it, and how its text is read. */
export interface ConfigurationRow {
  /** In the environment; in the file it is `fileKeyOf` this. */
  readonly key: string;
  readonly meaning: string;
  /** What holds without it, or what follows from it: what its reader would otherwise find out too late. */
  readonly consequence: string;
  readonly expected: string;
  readonly example: string;
  /** What holds when it is absent; null means nothing does. */
  readonly initial: string | null;
  /** May hold a password: shown as `***`. */
  readonly isSecret?: true;
  readonly read: z.ZodType;
}

/** The name of a setting in the file: `KETENSLUIS_SMTP_PORT` is `smtpPort` there. */
export const fileKeyOf = (key: string): string =>
  key.replace('KETENSLUIS_', '').toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A whole line that would do, as it is written there. */
export const exampleOf = (row: ConfigurationRow | undefined, file: string | null): string =>
  row === undefined ? '' : file === null ? `${row.key}=${row.example}` : `${fileKeyOf(row.key)}: ${row.example}`;

export const portExpected = 'a port number from 1 to 65535; below 1024 needs extra rights';
export const port = z.string().regex(/^\d{1,5}$/).transform(Number).pipe(z.number().int().min(1).max(65_535));

/** A file or folder; whether it is there is found out by whoever opens it. */
export const path = z.string().min(1).max(1_000).refine((text) => !text.includes('\0'));

export const mailAddress = z.email().max(254);

const areNetworks = (texts: readonly string[]): boolean => {
  try {
    networksOf(texts);
    return true;
  } catch {
    return false;
  }
};

/** Networks with commas between, or a list in the file. */
export const networks = (most: number) => z.string().max(most).transform((text) => text.split(',')).refine(areNetworks);

const isOrigin = (url: string): boolean => URL.canParse(url) && [new URL(url).origin, `${new URL(url).origin}/`].includes(url.toLowerCase());

/** An address without a path; without a slash at the end once it is read. */
export const origin = (protocol: RegExp) => z.url({ protocol }).refine(isOrigin).transform((url) => new URL(url).origin);
