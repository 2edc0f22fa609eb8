import { decode, type Answer } from 'dns-packet';

/** The kinds of record a mail route is decided by. */
export type RecordKind = 'A' | 'AAAA' | 'MX' | 'TXT' | 'TLSA';

/** A record of a mail server. */
export interface MxRecord {
  readonly preference: number;
  readonly exchange: string;
}

/** What stands in a record of each kind. */
export interface RecordContents {
  readonly A: string;
  readonly AAAA: string;
  readonly MX: MxRecord;
  /** Its strings joined. */
  readonly TXT: string;
  readonly TLSA: { readonly usage: number; readonly selector: number; readonly matching: number; readonly hex: string };
}

/** Why an answer could not be had now; another try may bring it. */
export type DnsFailure = 'servfail' | 'refused' | 'timeout' | 'unreachable' | 'malformed' | 'too-much' | 'alias-loop';

/** `name`: the last of the aliases that led there. `secure`: the resolver says that DNSSEC vouches for the answer, also for an absence (RFC 4035 §3.2.3). */
export type DnsAnswer<Kind extends RecordKind> =
  | { readonly kind: 'found'; readonly secure: boolean; readonly name: string; readonly records: readonly RecordContents[Kind][] }
  | { readonly kind: 'absent'; readonly secure: boolean }
  | { readonly kind: 'failed'; readonly cause: DnsFailure };

const recordsMax = 100;
const aliasesMax = 8;
const textMaxLength = 8_000;

/** One question, as it was sent. */
export interface DnsQuestion<Kind extends RecordKind> {
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
}

/** `stray`: not an answer to this question, by number or name; `cut`: ask again by TCP. */
export type ReadAnswer<Kind extends RecordKind> = DnsAnswer<Kind> | { readonly kind: 'stray' } | { readonly kind: 'cut' };

const rcodeMask = 0x0f;
const [noError, nameError, refused] = [0, 3, 5];

/** Reads an answer of the resolver. Never throws and never takes more than it must, whatever the bytes are. */
export function readAnswer<Kind extends RecordKind>(bytes: Buffer, question: DnsQuestion<Kind>): ReadAnswer<Kind> {
  const packet = decoded(bytes);
  if (packet === null) return bytes.length >= 2 && bytes.readUInt16BE(0) === question.id ? failed('malformed') : { kind: 'stray' };
  const [asked, ...others] = packet.questions ?? [];
  const isOurs = packet.id === question.id && packet.flag_qr && others.length === 0 && asked?.type === question.kind && sameName(asked.name, question.name);
  if (!isOurs) return { kind: 'stray' };
  if (packet.flag_tc) return { kind: 'cut' };
  const code = (packet.flags ?? 0) & rcodeMask;
  if (code === nameError) return { kind: 'absent', secure: packet.flag_ad };
  if (code !== noError) return failed(code === refused ? 'refused' : 'servfail');
  return collect(packet.answers ?? [], question, packet.flag_ad);
}

const failed = (cause: DnsFailure): { readonly kind: 'failed'; readonly cause: DnsFailure } => ({ kind: 'failed', cause });

function decoded(bytes: Buffer): ReturnType<typeof decode> | null {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}

const sameName = (one: string, other: string): boolean => one.toLowerCase().replace(/\.$/, '') === other.toLowerCase().replace(/\.$/, '');

// A resolver answers with the aliases it followed and the records at their end; a ring of aliases has no end (RFC 1034 §3.6.2).
function collect<Kind extends RecordKind>(answers: readonly Answer[], { name, kind }: DnsQuestion<Kind>, secure: boolean): DnsAnswer<Kind> {
  let at = name;
  for (let steps = 0; ; steps += 1) {
    const alias = answers.find((one) => one.type === 'CNAME' && sameName(one.name, at));
    if (alias?.type !== 'CNAME') break;
    if (steps === aliasesMax || typeof alias.data !== 'string') return failed('alias-loop');
    at = alias.data;
  }
  const here = answers.filter((one) => one.type === kind && sameName(one.name, at));
  if (here.length === 0) return { kind: 'absent', secure };
  if (here.length > recordsMax) return failed('too-much');
  const records: RecordContents[Kind][] = [];
  for (const one of here) {
    const contents = contentsOf(one, kind);
    if (contents === null) return failed('malformed');
    records.push(contents);
  }
  return { kind: 'found', secure, name: at.toLowerCase().replace(/\.$/, ''), records };
}

const readers: { readonly [Kind in RecordKind]: (answer: Answer) => RecordContents[Kind] | null } = {
  A: (one) => (one.type === 'A' ? one.data : null),
  AAAA: (one) => (one.type === 'AAAA' ? one.data : null),
  MX: (one) => (one.type === 'MX' ? { preference: one.data.preference ?? 0, exchange: one.data.exchange } : null),
  TXT: (one) => (one.type === 'TXT' ? joined(one.data) : null),
  TLSA: (one) => (one.type === 'TLSA' ? { usage: one.data.usage, selector: one.data.selector, matching: one.data.matchingType, hex: one.data.certificate.toString('hex') } : null),
};

const contentsOf = <Kind extends RecordKind>(answer: Answer, kind: Kind): RecordContents[Kind] | null => readers[kind](answer);

// RFC 7208 §3.3: several strings of one record are one text. What is longer than any record we know is no such record.
function joined(strings: string | Buffer | readonly (string | Buffer)[]): string {
  const list = typeof strings === 'string' || Buffer.isBuffer(strings) ? [strings] : strings;
  return list.map((one) => (typeof one === 'string' ? one : one.toString('latin1'))).join('').slice(0, textMaxLength);
}
