import { findProof, proofFiles } from '@ketensluis/contract';
import type { OpenedMail } from '@ketensluis/mail';
import { parseKeyFile, parsePolicy, verifyDisclosureProof, verifyLaterProof, type DisclosureProof, type DisclosureVerdict, type ExpectedDisclosure, type LogTrust } from '@ketensluis/tlog';
import { readFile } from 'node:fs/promises';

/** Whether a party takes a mail: with the proof it keeps, or why not, in words for the other side (SMTP reply code and text, nothing of the content). */
export type Taken =
  | { readonly kind: 'taken'; readonly proof: DisclosureProof }
  /** Nothing but the proof of a disclosure that came before, complete by now; `of` is the id of that. */
  | { readonly kind: 'proven-later'; readonly proof: DisclosureProof; readonly of: string }
  /** A test of the way, with nothing in it. */
  | { readonly kind: 'tested' }
  /** Word to people, with nothing of a case in it. */
  | { readonly kind: 'noticed' }
  | { readonly kind: 'refused'; readonly code: 451 | 554; readonly text: string };

/** Looks at a whole mail before it is answered. */
export type MailCheck = (raw: Uint8Array, at: Date) => Promise<Taken>;

/** What is looked at in a mail, opened with keys or read as it came. */
export type ReadMail = Pick<OpenedMail, 'from' | 'messageId' | 'parts'>;

/** What a party checks by. */
export interface ProofTrust {
  /** OIN of the party. */
  readonly oin: string;
  /** The only address disclosures come from. */
  readonly hubAddress: string;
  /** File with the key of the hub's log, as it was given to the party. */
  readonly logKeyFile: string;
  /** File with the witnesses of that log, where it has any (C2SP tlog-policy). */
  readonly policyFile: string;
  /** Opens a mail as the party would; throws when it cannot. */
  readonly open: (raw: Uint8Array, at: Date) => Promise<ReadMail>;
  /** What came with the disclosure of this id; null when none came. */
  readonly kept: (message: string) => Promise<Pick<DisclosureProof, 'leaf' | 'opening'> | null>;
}

const documentNames = ['verstrekking.xml', 'verstrekking.json'];

/** The rule of every recipient: a disclosure without proof that it is in the log is not taken, whoever signed it (log.md 5). */
export const proofCheck = (trust: ProofTrust): MailCheck => async (raw, at) => {
  const believed = await trustIn(trust);
  if (believed === null) return { kind: 'refused', code: 451, text: '4.7.0 the key of the log is not known here yet' };
  const mail = await trust.open(raw, at).catch(() => null);
  if (mail === null) return refused('the mail cannot be opened, or its signature is not proven');
  if (mail.from !== trust.hubAddress) return refused('not from the hub');
  // A test brings no file, so nothing about anybody comes in without a proof.
  if (testId.test(mail.messageId ?? '') && mail.parts.every(({ name }) => name === null)) return { kind: 'tested' };
  const proof = findProof(mail.parts);
  if (typeof proof === 'string') return refused(`no proof: ${proof} is missing`);
  const later = laterId.exec(mail.messageId ?? '')?.[1];
  if (later !== undefined) return takeLater(mail, { proof, message: later }, trust, believed);
  const document = mail.parts.find(({ name }) => name !== null && documentNames.includes(name));
  const message = /^<?([0-9a-f-]{36})@/.exec(mail.messageId ?? '')?.[1];
  if (document === undefined || message === undefined) return refused('not a disclosure');
  const verdict = judge(proof, { recipient: trust.oin, message, document: document.content }, believed);
  return verdict.kind === 'proven' ? { kind: 'taken', proof } : refused(`the proof does not hold: ${verdict.detail}`);
};

/** No for good, in words for the other side. */
export const refused = (text: string): Taken => ({ kind: 'refused', code: 554, text: `5.7.1 ${text}` });

const testId = /^<?[0-9a-f-]{36}\.proef@/;

/** The hub gives a proof that it brings afterwards the id of the disclosure, and a word behind it. */
const laterId = /^<?([0-9a-f-]{36})\.bewijs@/;

const proofNames: readonly string[] = Object.values(proofFiles).map(({ name }) => name);

/** Of a proof that comes afterwards nothing is forgiven: it is there to be complete. Content has no place beside it. */
const takeLater = async (mail: ReadMail, { proof, message }: { readonly proof: DisclosureProof; readonly message: string }, trust: ProofTrust, believed: LogTrust): Promise<Taken> => {
  if (mail.parts.some(({ name }) => name !== null && !proofNames.includes(name))) return refused('a proof that comes afterwards brings nothing else');
  const earlier = await trust.kept(message);
  if (earlier === null) return refused('no disclosure with this id came here');
  const verdict = verifyLaterProof(proof, { recipient: trust.oin, message, earlier }, believed);
  return verdict.kind === 'proven' ? { kind: 'proven-later', proof, of: message } : refused(`the proof does not hold: ${verdict.detail}`);
};

/**
 * While too few witnesses answer, what is about an acute threat to life leaves on the signature of the log alone (log.md 6), and a party that needs it must not
 * turn it away: `log receipts --policy` shows later which those were. A false line of a witness is never taken.
 */
const judge = (proof: DisclosureProof, expected: ExpectedDisclosure, trust: LogTrust): DisclosureVerdict => {
  const verdict = verifyDisclosureProof(proof, expected, trust);
  return verdict.kind === 'refused' && verdict.code === 'no-quorum' && 'logs' in trust ? verifyDisclosureProof(proof, expected, trust.logs.map(({ key }) => key)) : verdict;
};

// Read for each mail: the hub makes its key at its first start, when the parties are there already.
const trustIn = async ({ logKeyFile, policyFile }: ProofTrust): Promise<LogTrust | null> => {
  const [keyBytes, policyBytes] = await Promise.all([logKeyFile, policyFile].map((file) => readFile(file).catch(() => null)));
  const policy = policyBytes === null || policyBytes === undefined ? null : parsePolicy(policyBytes);
  if (policy !== null) return 'kind' in policy ? null : policy;
  const keys = keyBytes === null || keyBytes === undefined ? null : parseKeyFile(keyBytes);
  return keys === null || 'kind' in keys ? null : keys;
};
