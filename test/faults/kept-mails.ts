import { leafHash, parseLeaf, verifyProof, type LogPolicy } from '@ketensluis/tlog';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fleet } from './fleet.js';
import type { Night } from './night.js';
import { idsIn } from './outcome.js';

/** One mail that a party kept, and what the proof beside it says. */
export interface KeptMail {
  readonly party: string;
  readonly file: string;
  /** By the clock of this machine, to the millisecond. */
  readonly receivedAt: Date;
  /** When the last of the witnesses that both must sign did so, in whole seconds; null when the proof does not hold. */
  readonly cosignedAt: Date | null;
  readonly messageId: string;
  /** Id of the disclosure inside, which is that of its delivery. */
  readonly disclosureId: string;
}

/** What all parties hold. */
export interface Kept {
  readonly mails: readonly KeptMail[];
  /** Ids of the disclosures of which a party has a proof that both witnesses signed, with the mail or afterwards. */
  readonly proven: ReadonlySet<string>;
  /** Why mails were refused. */
  readonly refused: readonly string[];
}

/** Reads and opens everything the parties kept, each with its own keys. */
export const readKept = async (night: Night, { keptFolder, policy }: Fleet): Promise<Kept> => {
  const mails: KeptMail[] = [];
  const refused: string[] = [];
  const proven = new Set<string>();
  for (const party of await readdir(keptFolder)) {
    const inbox = join(keptFolder, party, 'inbox');
    for (const file of (await readdir(inbox)).filter((name) => name.endsWith('.eml')).sort()) {
      const raw = await readFile(join(inbox, file));
      const beside = join(keptFolder, party, 'proofs', file.slice(0, -'.eml'.length));
      mails.push({ party, file, receivedAt: momentIn(file), cosignedAt: await cosignedAt(beside, policy), ...(await idsIn(night, party, raw)) });
    }
    for (const name of (await readdir(join(keptFolder, party, 'proofs')).catch(() => [])).filter((one) => one.endsWith('.leaf.json'))) {
      const beside = join(keptFolder, party, 'proofs', name.slice(0, -'.leaf.json'.length));
      const leaf = parseLeaf(await readFile(`${beside}.leaf.json`));
      if (leaf.kind === 'leaf' && (await cosignedAt(beside, policy)) !== null) proven.add(leaf.leaf.msg ?? '');
    }
    const apart = join(keptFolder, party, 'refused');
    for (const name of await readdir(apart).catch(() => [])) if (name.endsWith('.txt')) refused.push(`${party}: ${await readFile(join(apart, name), 'utf8')}`);
  }
  return { mails, proven, refused };
};

/** A mail is named after the moment in which it came whole. */
const momentIn = (file: string): Date => new Date(file.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z.*$/, '$1-$2-$3T$4:$5:$6Z'));

const cosignedAt = async (beside: string, policy: LogPolicy): Promise<Date | null> => {
  const [leaf, proof] = await Promise.all([readFile(`${beside}.leaf.json`), readFile(`${beside}.tlog-proof`).catch(() => null)]);
  // A party that was killed in between has half of a proof, and no mail.
  if (proof === null) return null;
  const verdict = verifyProof(proof, leafHash(leaf), policy);
  return verdict.kind === 'refused' ? null : new Date(Math.max(...verdict.checkpoint.cosignatures.map(({ at }) => at.getTime())));
};
