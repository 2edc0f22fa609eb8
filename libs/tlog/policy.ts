import { parseCosignerKey, parseVerifierKey } from './note-key.js';
import type { CosignerKey, VerifierKey } from './note-key.js';

/** A log whose checkpoints are accepted. */
export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url: string | null;
}

/** A witness and the name by which groups speak of it. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: CosignerKey;
  /** Submission prefix (C2SP tlog-witness); only who submits needs it. */
  readonly url: string | null;
}

/** Which witnesses together are enough. */
export type Quorum =
  | { readonly kind: 'none' }
  | { readonly kind: 'witness'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string; readonly threshold: number; readonly members: readonly Quorum[] };

/** Whom to believe about a log (C2SP tlog-policy): signed by one of `logs`, and witnessed as `quorum` says. */
export interface LogPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly quorum: Quorum;
}

/** Why a policy file cannot be used; `line` counts from 1. */
export interface PolicyRefusal {
  readonly kind: 'refused';
  readonly line: number;
  readonly detail: string;
}

/** Largest file, and most logs, witnesses and groups each; the format asks for at least 32. */
const policyMaxBytes = 65_536;
const policyNamesMax = 64;

/** True when the witnesses in `signed` are enough. */
export const hasQuorum = (quorum: Quorum, signed: ReadonlySet<string>): boolean => {
  switch (quorum.kind) {
    case 'none': return true;
    case 'witness': return signed.has(quorum.name);
    case 'group': return quorum.members.filter((member) => hasQuorum(member, signed)).length >= quorum.threshold;
  }
};

/** Reads a policy file; refuses with the line that is wrong. Never throws. */
export const parsePolicy = (bytes: Uint8Array): LogPolicy | PolicyRefusal => {
  if (bytes.length > policyMaxBytes) return refuse(1, `larger than ${policyMaxBytes} bytes`);
  // Octets from 0x80 on are opaque in names; one octet is one character here, and a key is read as UTF-8 again.
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const reading: Reading = { logs: [], witnesses: [], defined: new Map(), grouped: new Set(), quorum: null };
  for (const [place, text] of lines.entries()) {
    if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(text)) return refuse(place + 1, 'a control character');
    const words = text.split(/[ \t]+/).filter((word) => word !== '');
    if (words[0] === undefined || words[0].startsWith('#')) continue;
    const fault = readLine(reading, words);
    if (fault !== null) return refuse(place + 1, fault);
  }
  const { logs, witnesses, quorum } = reading;
  return quorum === null ? refuse(lines.length, 'no quorum line; `quorum none` asks for no witness') : { logs, witnesses, quorum };
};

interface Reading {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly defined: Map<string, Quorum>;
  /** Names that are a member of a group: of one only, so that a witness counts once. */
  readonly grouped: Set<string>;
  quorum: Quorum | null;
}

/** What is wrong with the line, or null. */
const readLine = (reading: Reading, [keyword, ...words]: readonly string[]): string | null => {
  switch (keyword) {
    case 'log': return readLog(reading, words);
    case 'witness': return readWitness(reading, words);
    case 'group': return readGroup(reading, words);
    case 'quorum': return readQuorum(reading, words);
    default: return 'begins with none of log, witness, group, quorum';
  }
};

const readLog = ({ logs }: Reading, [vkey, url, ...rest]: readonly string[]): string | null => {
  if (vkey === undefined || rest.length > 0) return 'expected: log <vkey> [<url>]';
  const key = parseVerifierKey(utf8(vkey));
  if ('kind' in key) return `key of the log: ${key.detail}`;
  if (logs.some((known) => known.key.publicKey.equals(key.publicKey))) return 'the key of this log is there already';
  if (logs.length === policyNamesMax) return `more than ${policyNamesMax} logs`;
  logs.push({ key, url: url === undefined ? null : utf8(url) });
  return null;
};

const readWitness = (reading: Reading, [name, vkey, url, ...rest]: readonly string[]): string | null => {
  if (name === undefined || vkey === undefined || rest.length > 0) return 'expected: witness <name> <vkey> [<url>]';
  const key = parseCosignerKey(utf8(vkey));
  if ('kind' in key) return `key of the witness: ${key.detail}`;
  // Under two names one witness would count twice.
  if (reading.witnesses.some((known) => known.key.publicKey.equals(key.publicKey))) return 'the key of this witness is there already';
  if (reading.witnesses.length === policyNamesMax) return `more than ${policyNamesMax} witnesses`;
  const fault = define(reading, name, { kind: 'witness', name });
  if (fault === null) reading.witnesses.push({ name, key, url: url === undefined ? null : utf8(url) });
  return fault;
};

const readGroup = (reading: Reading, [name, count, ...names]: readonly string[]): string | null => {
  if (name === undefined || count === undefined || names.length === 0) return 'expected: group <name> all|any|<number> <name>...';
  const threshold = thresholdOf(count, names.length);
  if (threshold === null) return `expected all, any or a number from 1 to ${names.length}`;
  if (reading.defined.size - reading.witnesses.length === policyNamesMax) return `more than ${policyNamesMax} groups`;
  const members: Quorum[] = [];
  for (const member of names) {
    const found = reading.defined.get(member);
    if (found === undefined) return 'a member that is not defined on an earlier line';
    if (reading.grouped.has(member)) return 'a member that is in a group already';
    reading.grouped.add(member);
    members.push(found);
  }
  return define(reading, name, { kind: 'group', name, threshold, members });
};

const readQuorum = (reading: Reading, [name, ...rest]: readonly string[]): string | null => {
  if (name === undefined || rest.length > 0) return 'expected: quorum <name>';
  if (reading.quorum !== null) return 'a second quorum line';
  const found: Quorum | undefined = name === 'none' ? { kind: 'none' } : reading.defined.get(name);
  if (found === undefined) return 'a quorum that is not defined on an earlier line';
  reading.quorum = found;
  return null;
};

const define = ({ defined }: Reading, name: string, quorum: Quorum): string | null => {
  if (name === 'none') return 'none is no name for a witness or group';
  if (defined.has(name)) return 'the name is there already';
  defined.set(name, quorum);
  return null;
};

const thresholdOf = (text: string, members: number): number | null => {
  if (text === 'all') return members;
  if (text === 'any') return 1;
  const number = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= members ? number : null;
};

const utf8 = (octets: string): string => Buffer.from(octets, 'latin1').toString('utf8');
const refuse = (line: number, detail: string): PolicyRefusal => ({ kind: 'refused', line, detail });
