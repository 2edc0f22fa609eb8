import { readFile } from 'node:fs/promises';
import { isAbsolute, join, dirname } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const mailboxSchema = z.strictObject({
  /** Names it in tasks and events; never changed, for how far it was read is kept under it. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(993),
  /** `implicit`: TLS from the first byte (RFC 8314). `starttls`: asked for before anything is said, and never done without. */
  tls: z.enum(['implicit', 'starttls']).default('implicit'),
  user: z.string().min(1).max(254),
  /** One line in a file only the hub may read; the password itself stands nowhere else. */
  passwordFile: z.string().min(1).max(1_000),
  /** PEM; absent: the roots that came with Node.js. */
  caFile: z.string().max(1_000).optional(),
  folder: z.string().min(1).max(200).default('INBOX'),
});

/** The mailboxes the hub reads, as they stand in the file of `KETENSLUIS_MAILBOXES`. */
const mailboxesSchema = z
  .strictObject({ mailboxes: z.array(mailboxSchema).max(50) })
  .refine(({ mailboxes }) => new Set(mailboxes.map(({ name }) => name)).size === mailboxes.length, 'two mailboxes have one name');

/** One mailbox with what its files hold. */
export interface MailboxSettings extends Omit<z.output<typeof mailboxSchema>, 'passwordFile' | 'caFile'> {
  readonly password: string;
  readonly ca: string | null;
}

/** A file of mailboxes that cannot be used; says where and why, never what a password file holds. */
class MailboxesNotUsable extends Error {}

/** Reads the file and the files it names, relative to itself. Throws `MailboxesNotUsable` with every problem at once. */
export const readMailboxes = async (file: string): Promise<readonly MailboxSettings[]> => {
  const text = await readFile(file, 'utf8').catch(() => unusable([`${file}: cannot be read`]));
  const read = mailboxesSchema.safeParse(valueOf(text, file));
  if (!read.success) return unusable(read.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`));
  const near = (path: string): string => (isAbsolute(path) ? path : join(dirname(file), path));
  const problems: string[] = [];
  const textOf = (name: string, path: string): Promise<string> =>
    readFile(near(path), 'utf8').catch(() => {
      problems.push(`${file}: ${name}: ${path} cannot be read`);
      return '';
    });
  const settings = await Promise.all(read.data.mailboxes.map(async ({ passwordFile, caFile, ...one }): Promise<MailboxSettings> => ({
    ...one,
    password: (await textOf(one.name, passwordFile)).replace(/\r?\n$/, ''),
    ca: caFile === undefined ? null : await textOf(one.name, caFile),
  })));
  return problems.length > 0 ? unusable(problems) : settings;
};

const valueOf = (text: string, file: string): unknown => {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return unusable([`${file}: is no YAML`]);
  }
};

const unusable = (problems: readonly string[]): never => {
  throw new MailboxesNotUsable(problems.join('\n'));
};
