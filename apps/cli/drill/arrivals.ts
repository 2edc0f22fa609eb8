import { parseKeyFile, parsePolicy, type LogTrust } from '@ketensluis/tlog';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartyClient } from '../../practice/ask.js';

/** By which channel a party has what it has. */
export const waysOut = ['mail', 'webhook', 'feed', 'portal'] as const;
/** One of `waysOut`. */
export type WayOut = (typeof waysOut)[number];

/** A disclosure as it came to a party, by the id that a party goes by to see that it had it before. */
export interface Arrival {
  readonly party: string;
  readonly way: WayOut;
  readonly disclosure: string;
  /** By the clock of this computer. */
  readonly at: Date;
}

/** A party that is connected by another channel than mail: what it got, and what it did not believe. */
export interface Listener {
  readonly key: string;
  /** In the order in which the hub told of them. */
  readonly arrivals: () => readonly Arrival[];
  /** Disclosures whose proof did not hold, and calls that were not signed by the hub. */
  readonly unproven: () => number;
  /** Nobody is there, until `come`. */
  readonly leave: () => void;
  readonly come: () => void;
  readonly close: () => Promise<void>;
}

/** Of such a party: its keys, and whose log it believes. */
export interface PartyPlace {
  readonly key: string;
  readonly oin: string;
  readonly client: PartyClient;
  /** Root certificate to believe; PEM. */
  readonly ca: string;
  readonly log: LogTrust;
  readonly now: () => Date;
}

/** What the log is believed by: its witnesses where the practice chain has them, else its own key. */
export const logTrustOf = async (practiceFolder: string, keyFile: string): Promise<LogTrust> => {
  const policy = await readFile(join(practiceFolder, 'witness', 'policy')).catch(() => null);
  const read = policy === null ? parseKeyFile(await readFile(keyFile)) : parsePolicy(policy);
  if ('kind' in read) throw new Error('bug: the practice chain wrote a policy that cannot be read');
  return read;
};

/** Mails that a practice party kept, in the order in which they came; it checked the proof of each before it answered. And how many it refused. */
export const mailArrivals = async (practiceFolder: string, party: string): Promise<{ readonly arrivals: readonly Arrival[]; readonly refused: number }> => {
  const [kept, refused] = await Promise.all(['inbox', 'refused'].map((name) => readdir(join(practiceFolder, party, name)).catch(() => new Array<string>())));
  const files = (kept ?? []).filter((name) => name.endsWith('.eml')).sort();
  const arrivals = await Promise.all(files.map(async (file): Promise<Arrival> => ({
    party, way: 'mail', disclosure: idIn.exec(file)?.[0] ?? file,
    // The name goes by the practice clock, which a drill moves; the file system goes by that of this computer.
    at: (await stat(join(practiceFolder, party, 'inbox', file))).mtime,
  })));
  return { arrivals, refused: (refused ?? []).filter((name) => name.endsWith('.eml')).length };
};

/** The inbox names a file by the Message-ID, which begins with the id of the disclosure. */
const idIn = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
