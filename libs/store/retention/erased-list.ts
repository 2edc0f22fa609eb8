import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Kinds of things that can be erased; `entry` and `subject` are one person's part of the log, the others go by their clock. */
const erasedKinds = ['case', 'raw', 'outgoing', 'month', 'month-part', 'year', 'access', 'deferral', 'entry', 'subject'] as const;
/** One of `erasedKinds`. */
export type AnyErasedKind = (typeof erasedKinds)[number];

const lineSchema = z.strictObject({
  v: z.literal(1),
  at: z.iso.datetime(),
  kind: z.enum(erasedKinds),
  ref: z.string().regex(/^[0-9a-f:-]{4,100}$/),
  shares: z.array(z.string().regex(/^[0-9a-f]{20}$/)),
  excepted: z.array(z.uuid()),
});

/** One line: what goes, with which shares of keys; identifiers only. */
export interface ErasedLine {
  readonly at: Date;
  readonly kind: AnyErasedKind;
  readonly ref: string;
  readonly shares: readonly string[];
  readonly excepted: readonly string[];
}

/**
 * Ids of everything that was erased, outside the database: one line of JSON each, only ever added to. A line is on disk before anything of its
 * object goes, so what a restored backup brings back is known, and what a crash left half is finished.
 */
export interface ErasedList {
  /** Durable once this resolves. A line that says no more than an earlier one is not written again; shares of an earlier one are kept in it. */
  readonly add: (line: ErasedLine) => Promise<void>;
  /** The last line about each object, oldest first. Throws when a line was changed: then nobody can say what must not come back. */
  readonly all: () => Promise<readonly ErasedLine[]>;
  /** The last line about this object, or null. */
  readonly find: (kind: AnyErasedKind, ref: string) => Promise<ErasedLine | null>;
}

/** The list in this file; made when something is added, and read once: one process destroys at a time. */
export const openErasedList = (file: string): ErasedList => {
  let known: Promise<Map<string, ErasedLine>> | null = null;
  const lines = (): Promise<Map<string, ErasedLine>> => (known ??= readLines(file));
  return {
    add: async (line) => {
      const earlier = (await lines()).get(nameOf(line));
      const shares = [...new Set([...(earlier?.shares ?? []), ...line.shares])];
      if (earlier !== undefined && shares.length === earlier.shares.length && sameList(line.excepted, earlier.excepted)) return;
      const whole = { ...line, shares };
      await append(file, whole);
      (await lines()).set(nameOf(line), whole);
    },
    all: async () => [...(await lines()).values()],
    find: async (kind, ref) => (await lines()).get(nameOf({ kind, ref })) ?? null,
  };
};

const nameOf = ({ kind, ref }: Pick<ErasedLine, 'kind' | 'ref'>): string => `${kind}:${ref}`;

const sameList = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((item) => other.includes(item));

const append = async (file: string, line: ErasedLine): Promise<void> => {
  const isNew = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.write(`${JSON.stringify({ v: 1, at: line.at.toISOString(), kind: line.kind, ref: line.ref, shares: line.shares, excepted: line.excepted })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  for (const folder of isNew === undefined ? [dirname(file)] : [dirname(file), dirname(isNew)]) await syncFolder(folder);
};

// The name of a new file is durable only with its folder.
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

const readLines = async (file: string): Promise<Map<string, ErasedLine>> => {
  const text = await textOf(file);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1).map((line, place) => parsed(line, place + 1));
  // A crash cut the last line off: nothing of its object had gone yet.
  if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
  return new Map(lines.map((line) => [nameOf(line), line]));
};

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return '';
    throw fault;
  });

const parsed = (line: string, number: number): ErasedLine => {
  const read = lineSchema.safeParse(asJson(line));
  if (!read.success) throw new Error(`erased.jsonl is damaged at line ${number}: restore it from its backup. Without it erased data could come back; nothing was changed.`);
  const { at, kind, ref, shares, excepted } = read.data;
  return { at: new Date(at), kind, ref, shares, excepted };
};

const asJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // Refused by the schema, with the number of the line.
    return null;
  }
};
