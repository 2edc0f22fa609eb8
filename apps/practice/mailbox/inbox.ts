import type { DisclosureProof } from '@ketensluis/tlog';
import { open, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail as it stands in a folder; its name begins with the moment it came. */
export interface KeptFile {
  readonly file: string;
  readonly raw: Buffer;
}

/** A folder of received mails, one file each; beside it the proofs that came with them, and apart from both what was refused. */
export interface Inbox {
  /** The mail is a whole, durable `.eml` file when this resolves; the same mail twice gives two files. Its proof stands in `../proofs` under the same name. Returns the file name. */
  readonly keep: (raw: Buffer, at: Date, proof: DisclosureProof | null) => Promise<string>;
  /** A mail with nothing but the proof of an earlier one stands in `../later-proofs`, its proof in `../proofs` under the same name. Durable when this resolves; returns the file name. */
  readonly keepLater: (raw: Buffer, at: Date, proof: DisclosureProof) => Promise<string>;
  /** A report on a mail of this party, from nobody, stands in `../reports`. */
  readonly keepReport: (raw: Buffer, at: Date) => Promise<string>;
  /** A test of the way stands in `../tests`. */
  readonly keepTest: (raw: Buffer, at: Date) => Promise<string>;
  /** Word from the hub to the people of the party, with nothing of a case in it, stands in `../people`. */
  readonly keepForPeople: (raw: Buffer, at: Date) => Promise<string>;
  /** The mail and why it was refused stand in `../refused`. */
  readonly keepApart: (raw: Buffer, at: Date, reason: string) => Promise<void>;
  /** Every kept mail, oldest first. */
  readonly mails: () => Promise<readonly KeptFile[]>;
  /** The last of what was kept for people, oldest first. */
  readonly forPeople: (most: number) => Promise<readonly KeptFile[]>;
}

/** Opens the folder, and makes it when it is not there. */
export async function openInbox(directory: string): Promise<Inbox> {
  await mkdir(directory, { recursive: true });
  let last = '';
  let repeat = 0;
  const nameOf = (raw: Buffer, at: Date): string => {
    const stamp = at.toISOString().replace(/[-:]/g, '');
    // Two mails in one millisecond: the number keeps both, and their order.
    repeat = stamp === last ? repeat + 1 : 0;
    last = stamp;
    return `${stamp}${repeat === 0 ? '' : `.${String(repeat).padStart(4, '0')}`}-${safeMessageId(raw)}`;
  };
  const beside = async (folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> => {
    await mkdir(join(directory, '..', folder), { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await writeWhole(join(directory, '..', folder), name, bytes);
  };
  const keepProof = (name: string, { leaf, opening, proof }: DisclosureProof): Promise<void> =>
    beside(proofsFolder, { [`${name}${leafEnd}`]: leaf, [`${name}${openingEnd}`]: opening, [`${name}.tlog-proof`]: proof });
  return {
    keep: async (raw, at, proof) => {
      const name = nameOf(raw, at);
      if (proof !== null) await keepProof(name, proof);
      await writeWhole(directory, `${name}.eml`, raw);
      return `${name}.eml`;
    },
    keepLater: async (raw, at, proof) => {
      const name = nameOf(raw, at);
      await keepProof(name, proof);
      await beside('later-proofs', { [`${name}.eml`]: raw });
      return `${name}.eml`;
    },
    keepReport: async (raw, at) => {
      const name = nameOf(raw, at);
      await beside('reports', { [`${name}.eml`]: raw });
      return `${name}.eml`;
    },
    keepTest: async (raw, at) => {
      const name = nameOf(raw, at);
      await beside('tests', { [`${name}.eml`]: raw });
      return `${name}.eml`;
    },
    keepForPeople: async (raw, at) => {
      const name = nameOf(raw, at);
      await beside(peopleFolder, { [`${name}.eml`]: raw });
      return `${name}.eml`;
    },
    keepApart: (raw, at, reason) => {
      const name = nameOf(raw, at);
      return beside('refused', { [`${name}.eml`]: raw, [`${name}.txt`]: Buffer.from(`${reason}\n`) });
    },
    mails: () => mailsIn(directory, Number.MAX_SAFE_INTEGER),
    forPeople: (most) => mailsIn(join(directory, '..', peopleFolder), most),
  };
}

const mailsIn = async (folder: string, most: number): Promise<readonly KeptFile[]> => {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml')).sort().slice(-most);
  return Promise.all(files.map(async (file) => ({ file, raw: await readFile(join(folder, file)) })));
};

const peopleFolder = 'people';
const proofsFolder = 'proofs';
const leafEnd = '.leaf.json';
const openingEnd = '.opening.json';

/** Entry and opening that came with the disclosure of this message id, as they stand beside the inbox in `directory`; null when none came. */
export async function findKeptProof(directory: string, message: string): Promise<Pick<DisclosureProof, 'leaf' | 'opening'> | null> {
  const folder = join(directory, '..', proofsFolder);
  const names = await readdir(folder).catch(() => []);
  // A name is stamp, number of a repeat, dash, message id; what came later, under an id of its own, is not the disclosure.
  const name = names.sort().find((one) => one.endsWith(leafEnd) && one.replace(/^[^-]*-/, '').startsWith(`${message}_`))?.slice(0, -leafEnd.length);
  if (name === undefined) return null;
  const [leaf, opening] = await Promise.all([leafEnd, openingEnd].map((end) => readFile(join(folder, `${name}${end}`))));
  return leaf === undefined || opening === undefined ? null : { leaf, opening };
}

/** Nobody sees half a file: it is written under another name, made durable, and then renamed. */
async function writeWhole(directory: string, file: string, bytes: Uint8Array): Promise<void> {
  const unfinished = join(directory, `.${file}.part`);
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
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
