import { mimeLimits } from '../mime/malformed.js';

/**
 * Headers in which a mail system states what it found: who sent it, whether its signature holds, how it travelled. Anybody can write them, so on a mail that
 * comes in they say nothing (RFC 8601 §5); the name of the one of NTA 7516 is not public, which is why every name that begins so is meant.
 */
const foreign = /^(?:authentication-results|arc-authentication-results|x-authentication-results|received-spf|x-smime-status|x-smime-[a-z-]*|x-nta[a-z0-9-]*|nta[0-9-][a-z0-9-]*|x-dkim-[a-z-]*|x-spf-[a-z-]*|x-dmarc-[a-z-]*)$/;

const lf = 0x0a;
const cr = 0x0d;

/**
 * The mail without those fields in its outer headers; what it holds inside is not touched. Returns the same bytes when there are none, and copies nothing
 * then. Headers that cannot be read stay as they are: whoever reads them refuses the mail.
 */
export const stripForeignStatus = (raw: Uint8Array): Uint8Array => {
  const cuts: { readonly from: number; readonly to: number }[] = [];
  let isCut = false;
  for (let at = 0; at < Math.min(raw.length, mimeLimits.headerSectionMaxBytes); ) {
    const end = raw.indexOf(lf, at);
    const next = end < 0 ? raw.length : end + 1;
    if (end === at || (end === at + 1 && raw[at] === cr)) break;
    const isContinued = raw[at] === 0x20 || raw[at] === 0x09;
    if (!isContinued) isCut = foreign.test(nameAt(raw, at));
    if (isCut) cuts.push({ from: at, to: next });
    at = next;
  }
  if (cuts.length === 0) return raw;
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const cut of cuts) {
    kept.push(raw.subarray(from, cut.from));
    from = cut.to;
  }
  return Buffer.concat([...kept, raw.subarray(from)]);
};

const nameMaxLength = 80;

const nameAt = (raw: Uint8Array, at: number): string => {
  const text = Buffer.from(raw.subarray(at, at + nameMaxLength)).toString('latin1');
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(0, colon).trimEnd().toLowerCase();
};
