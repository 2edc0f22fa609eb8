import { periodOf } from './quarter.js';

/** What a mail domain says of itself by NTA 7516: from when until when, by which provider, and on which servers it takes such mail. */
export interface NtaRecord {
  readonly text: string;
  /** First and last month, `YYYY-MM`; both belong to the period. */
  readonly startMonth: string;
  readonly endMonth: string;
  readonly provider: string | null;
  /** Lowest preference first; empty: the servers of its MX records. */
  readonly servers: readonly NtaServer[];
}

/** One server that takes mail under NTA 7516. */
export interface NtaServer {
  readonly preference: number;
  readonly name: string;
}

/** Why a text that claims to be an NTA record is none. */
export type NtaFault = 'doubled' | 'too-long' | 'unknown-version' | 'malformed' | 'no-period' | 'bad-server';

/** One record, none, or something that claims to be one and is not: then nothing may be concluded from it. */
export type NtaReading =
  | { readonly kind: 'record'; readonly record: NtaRecord }
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly fault: NtaFault };

const textMaxLength = 1_000;
const serversMax = 10;

/**
 * Reads the TXT records at the top of a mail domain, each with its strings joined (RFC 7208 §3.3 does so too). Two forms are in use: `key=value` with
 * a preference before the server, and an older one with `key:value` and without. The norm itself is not public; this is what two suppliers publish.
 */
export const readNta = (texts: readonly string[]): NtaReading => {
  const [text, ...others] = texts.filter((one) => /^\s*v\s*[=:]\s*NTA7516/i.test(one));
  if (text === undefined) return { kind: 'absent' };
  if (others.length > 0) return { kind: 'invalid', fault: 'doubled' };
  return text.length > textMaxLength ? { kind: 'invalid', fault: 'too-long' } : readText(text);
};

/** True from the first day of its first month through the last day of its last, on the calendar of Amsterdam. */
export const isNtaInForce = ({ startMonth, endMonth }: NtaRecord, at: Date): boolean => {
  const [first, last] = [periodOf(startMonth), periodOf(endMonth)];
  return first !== null && last !== null && first.from <= at && at < last.to;
};

const versions = new Set(['NTA7516-1', 'NTA7516']);

const readText = (text: string): NtaReading => {
  const pairs = text.split(';').map((part) => part.trim()).filter((part) => part !== '').map(pairOf);
  if (pairs.includes(null)) return { kind: 'invalid', fault: 'malformed' };
  const valuesOf = (...keys: readonly string[]): readonly string[] => pairs.flatMap((pair) => (pair !== null && keys.includes(pair.key) ? [pair.value] : []));
  const single = [valuesOf('v'), valuesOf('startdate', 'version'), valuesOf('enddate', 'expire'), valuesOf('provider')];
  if (single.some((values) => values.length > 1)) return { kind: 'invalid', fault: 'malformed' };
  const [[version = ''] = [], [startMonth = ''] = [], [endMonth = ''] = [], [provider] = []] = single;
  if (!versions.has(version.toUpperCase())) return { kind: 'invalid', fault: 'unknown-version' };
  if (!isMonth(startMonth) || !isMonth(endMonth) || startMonth > endMonth) return { kind: 'invalid', fault: 'no-period' };
  const servers = valuesOf('ntamx').map(serverOf);
  if (servers.length > serversMax || !servers.every((one) => one !== null)) return { kind: 'invalid', fault: 'bad-server' };
  const inOrder = [...servers].sort((one, other) => one.preference - other.preference);
  return { kind: 'record', record: { text, startMonth, endMonth, provider: provider ?? null, servers: inOrder } };
};

const pairOf = (part: string): { readonly key: string; readonly value: string } | null => {
  const [, key, value] = /^([A-Za-z][A-Za-z0-9_-]{0,30})\s*[=:]\s*([!-~][ -~]*)$/.exec(part) ?? [];
  return key === undefined || value === undefined ? null : { key: key.toLowerCase(), value: value.trim() };
};

const isMonth = (text: string): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(text);

const preferenceMax = 65_535;

const serverOf = (value: string): NtaServer | null => {
  const [, preference = '0', name = ''] = /^(?:(\d{1,5})\s+)?(\S+)$/.exec(value) ?? [];
  const host = hostName(name);
  return host === null || Number(preference) > preferenceMax ? null : { preference: Number(preference), name: host };
};

/** A name of a host in lower case and without the last dot; null for anything that is none, an address among them (RFC 1123 §2.1). */
export const hostName = (text: string): string | null => {
  const name = text.toLowerCase().replace(/\.$/, '');
  const isName = name.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
  return isName && !/\.\d+$/.test(name) ? name : null;
};
