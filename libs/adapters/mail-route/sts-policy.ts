import { hostName } from '@ketensluis/domain';

/** A policy as its domain wrote it. */
export interface StsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  readonly mx: readonly string[];
  readonly maxAgeSeconds: number;
}

const maxAgeMost = 31_557_600;
const mxMax = 100;
const textMaxLength = 64 * 1024;

/** The id of the one record that announces a policy (RFC 8461 §3.1); null when there is none, or more than one. */
export function readStsRecord(texts: readonly string[]): string | null {
  const [text, ...others] = texts.filter((one) => /^v=STSv1\s*;/.test(one));
  if (text === undefined || others.length > 0) return null;
  const ids = text.split(';').flatMap((part) => /^\s*id\s*=\s*([A-Za-z0-9]{1,32})\s*$/.exec(part)?.[1] ?? []);
  return ids.length === 1 ? (ids[0] ?? null) : null;
}

/** Reads a policy (RFC 8461 §3.2); null for anything that is none. Keys it does not know are left aside, of one that comes twice the first counts. */
export function readStsPolicy(text: string): StsPolicy | null {
  if (text.length > textMaxLength) return null;
  const pairs = text.split(/\r?\n/).filter((line) => line.trim() !== '').map(pairOf);
  if (pairs.includes(null)) return null;
  const valueOf = (key: string): string | undefined => pairs.find((pair) => pair?.key === key)?.value;
  const [mode, age] = [valueOf('mode'), valueOf('max_age') ?? ''];
  if (valueOf('version') !== 'STSv1' || (mode !== 'enforce' && mode !== 'testing' && mode !== 'none')) return null;
  if (!/^\d{1,10}$/.test(age) || Number(age) > maxAgeMost) return null;
  const mx = pairs.flatMap((pair) => (pair?.key === 'mx' ? [patternOf(pair.value)] : []));
  if (mx.length > mxMax || (mx.length === 0 && mode !== 'none') || !mx.every((pattern) => pattern !== null)) return null;
  return { mode, mx, maxAgeSeconds: Number(age) };
}

const pairOf = (line: string): { readonly key: string; readonly value: string } | null => {
  const [, key, value] = /^\s*([A-Za-z0-9][A-Za-z0-9_.-]{0,31})\s*:\s*([!-~](?:[ -~]*[!-~])?)\s*$/.exec(line) ?? [];
  return key === undefined || value === undefined ? null : { key, value };
};

// RFC 8461 §4.1: a star may stand for the first label only.
const patternOf = (value: string): string | null => {
  const isStar = value.startsWith('*.');
  const name = hostName(isStar ? value.slice(2) : value);
  return name === null ? null : `${isStar ? '*.' : ''}${name}`;
};
