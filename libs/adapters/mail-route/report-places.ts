import { hostName } from '@ketensluis/domain';

/** One place a domain wants its reports on TLS at. */
export type ReportPlace = { readonly kind: 'mail'; readonly address: string; readonly domain: string } | { readonly kind: 'web'; readonly url: string };

/** Places of one domain that are tried; a longer list is nobody's. */
const placesMax = 4;

/**
 * Where the TXT records of `_smtp._tls.DOMAIN` want reports, in their order: nowhere when there is no record of this kind, more than one, or nothing
 * in it that can be used (RFC 8460 §3).
 */
export function reportPlaces(texts: readonly string[]): readonly ReportPlace[] {
  const [record, ...others] = texts.filter((text) => /^v=TLSRPTv1[ \t]*;/.test(text));
  if (record === undefined || others.length > 0) return [];
  const rua = /;[ \t]*rua[ \t]*=[ \t]*([^;]+)/.exec(record)?.[1] ?? '';
  return rua.split(',').slice(0, placesMax).flatMap((uri) => placeOf(uri.trim()) ?? []);
}

function placeOf(uri: string): ReportPlace | null {
  const [, mailbox] = /^mailto:([^?]+)/i.exec(uri) ?? [];
  if (mailbox !== undefined) return mailPlace(decoded(mailbox));
  return webPlace(uri);
}

// Nothing a mail system could read as more than one address, or as another header.
function mailPlace(address: string): ReportPlace | null {
  const [, local = '', domain = ''] = /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^@]{1,253})$/.exec(address) ?? [];
  const host = hostName(domain);
  return host === null ? null : { kind: 'mail', address: `${local}@${host}`, domain: host };
}

function webPlace(uri: string): ReportPlace | null {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && uri.length <= 500 ? { kind: 'web', url: url.href } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
