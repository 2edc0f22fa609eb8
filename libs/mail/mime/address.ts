import { malformed, type Malformed } from './malformed.js';

/** An addr-spec, split; compare with `isSameAddress` only. */
export interface Address {
  readonly local: string;
  readonly domain: string;
}

const addressMaxLength = 254; // RFC 5321 §4.5.3.1.3 less the brackets
// Dot-atoms (RFC 5322 §3.2.3) with the non-ASCII characters of RFC 6532. Quoted local parts, routes, comments and domain
// literals are legal and unused; two readers read them differently, so they are refused.
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u00a0-\\ud7ff\\uf900-\\ufffc-]+";
const label = '[A-Za-z0-9\\u00a0-\\ud7ff\\uf900-\\ufffc](?:[A-Za-z0-9\\u00a0-\\ud7ff\\uf900-\\ufffc-]*[A-Za-z0-9\\u00a0-\\ud7ff\\uf900-\\ufffc])?';
const addrSpec = new RegExp(`^(${atom}(?:\\.${atom})*)@(${label}(?:\\.${label})*)$`);

/** Reads `local@domain`; null for anything else. */
export const readAddress = (text: string): Address | null => {
  if (text.length > addressMaxLength) return null;
  const match = addrSpec.exec(text);
  return match === null ? null : { local: match[1] ?? '', domain: match[2] ?? '' };
};

const displayName = /^(?:"(?:[^"\\]|\\.)*"|[^<>()[\]:;@,\\"])*$/;

/** The one mailbox of a From or Sender header, its display name dropped. Two mailboxes, groups and comments are refused. */
export const readMailbox = (value: string): Address | Malformed => {
  if (value.length > 4096) return malformed('mailbox too long');
  const bare = readAddress(value);
  if (bare !== null) return bare;
  const open = value.lastIndexOf('<');
  if (open === -1 || !value.endsWith('>')) return malformed('not one mailbox');
  const address = readAddress(value.slice(open + 1, -1));
  if (address === null || !displayName.test(value.slice(0, open))) return malformed('not one mailbox');
  return address;
};

const listMaxLength = 64 * 1024;

/** The mailboxes of a To or Cc header. What is no plain mailbox is left out: groups, comments, and all of a list too long to be one. */
export const readMailboxes = (value: string): readonly Address[] => {
  const pieces: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < Math.min(value.length, listMaxLength); index += 1) {
    const character = value[index];
    if (character === '\\') index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      pieces.push(value.slice(start, index));
      start = index + 1;
    }
  }
  pieces.push(value.slice(start, listMaxLength));
  return pieces.flatMap((piece) => {
    const mailbox = readMailbox(piece.trim());
    return 'kind' in mailbox ? [] : [mailbox];
  });
};

// U-labels and A-labels are one domain (RFC 9788 §4.4.5); URL has the IDNA mapping, and the pattern above keeps out
// everything that a URL would read as something other than a host.
const normalDomain = (domain: string): string => {
  const lower = domain.toLowerCase();
  if (/^[\u0000-\u007f]*$/.test(lower)) return lower;
  const url = `http://${lower}/`;
  return URL.canParse(url) ? new URL(url).hostname : lower;
};

/** Same mailbox: local parts equal to the letter, domains without regard to case or IDNA form (RFC 5280 §7.5). */
export const isSameAddress = (a: Address, b: Address): boolean =>
  a.local === b.local && normalDomain(a.domain) === normalDomain(b.domain);

/** `local@domain` as written. */
export const formatAddress = (address: Address): string => `${address.local}@${address.domain}`;
