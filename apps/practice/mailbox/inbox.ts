import { open, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of received mails, one file each. */
export interface Inbox {
  /** The mail is a whole, durable `.eml` file when this resolves; the same mail twice gives two files. Returns the file name. */
  readonly keep: (raw: Buffer, at: Date) => Promise<string>;
  /** Every kept mail, oldest first. */
  readonly mails: () => Promise<readonly { readonly file: string; readonly raw: Buffer }[]>;
}

/** Opens the folder, and makes it when it is not there. */
export async function openInbox(directory: string): Promise<Inbox> {
  await mkdir(directory, { recursive: true });
  let last = '';
  let repeat = 0;
  return {
    keep: async (raw, at) => {
      const stamp = at.toISOString().replace(/[-:]/g, '');
      // Two mails in one millisecond: the number keeps both, and their order.
      repeat = stamp === last ? repeat + 1 : 0;
      last = stamp;
      const file = `${stamp}${repeat === 0 ? '' : `.${String(repeat).padStart(4, '0')}`}-${safeMessageId(raw)}.eml`;
      await writeWhole(directory, file, raw);
      return file;
    },
    mails: async () => {
      const files = (await readdir(directory)).filter((name) => name.endsWith('.eml')).sort();
      return Promise.all(files.map(async (file) => ({ file, raw: await readFile(join(directory, file)) })));
    },
  };
}

/** Nobody sees half a mail: it is written under another name, made durable, and then renamed. */
async function writeWhole(directory: string, file: string, raw: Buffer): Promise<void> {
  const unfinished = join(directory, `.${file}.part`);
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(raw);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, join(directory, file));
}

const headMaxBytes = 64 * 1024;
const nameMaxChars = 100;

/** The Message-ID as part of a file name: letters, digits, dots and dashes only, so that no sender chooses a path. */
export function safeMessageId(raw: Buffer): string {
  const head = raw.subarray(0, headMaxBytes).toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  const id = /^message-id:[ \t]*(?:\r\n[ \t]+)?<?([^>\r\n]*)/im.exec(head)?.[1] ?? '';
  const safe = id.replace(/[^A-Za-z0-9.-]+/g, '_').replace(/^[._-]+/, '').slice(0, nameMaxChars);
  return safe === '' ? 'no-id' : safe;
}
