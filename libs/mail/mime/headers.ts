import { malformed, mimeLimits, type Malformed } from './malformed.js';

/** One header field: `name` in lower case, `value` unfolded and trimmed, encoded words still encoded. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** The header section of an entity, and the offset at which its body begins. */
export interface HeaderSection {
  readonly headers: readonly Header[];
  readonly bodyStart: number;
}

const lf = 0x0a;
const cr = 0x0d;
const fieldName = /^[!-9;-~]{1,128}$/;
const utf8 = new TextDecoder('utf-8');

// Two readers that pick different copies of these see different mails (RFC 5322 §3.6, RFC 2045 §3). The list has what
// decides something here or what a person would be shown; a doubled To or Cc decides nothing.
const atMostOnce = new Set([
  'content-type', 'content-transfer-encoding', 'content-disposition', 'content-id', 'content-description', 'mime-version',
  'from', 'sender', 'reply-to', 'subject', 'date', 'message-id', 'in-reply-to', 'references',
]);

interface Line {
  readonly text: Uint8Array;
  readonly next: number;
  readonly ending: 'crlf' | 'lf' | 'none';
}

// A bare LF ends a line too: that is what OpenSSL writes on Unix. Never a bare CR, which mailers disagree about.
const readLine = (bytes: Uint8Array, start: number): Line | Malformed => {
  const window = bytes.subarray(start, start + mimeLimits.headerLineMaxBytes + 2);
  const at = window.indexOf(lf);
  if (at === -1) {
    if (start + window.length < bytes.length) return malformed('header line too long');
    return { text: window, next: bytes.length, ending: 'none' };
  }
  const isCrlf = at > 0 && window[at - 1] === cr;
  return { text: window.subarray(0, isCrlf ? at - 1 : at), next: start + at + 1, ending: isCrlf ? 'crlf' : 'lf' };
};

const hasControl = (line: Uint8Array): boolean => line.some((byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f);

const startsBlank = (line: Uint8Array): boolean => line[0] === 0x20 || line[0] === 0x09;

const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 0x20 || byte === 0x09);

const splitField = (text: string): Header | Malformed => {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(colon, 0));
  if (!fieldName.test(name)) return malformed('header field without a proper name');
  return { name: name.toLowerCase(), value: text.slice(colon + 1).trim() };
};

const duplicateOf = (headers: readonly Header[]): string | null => {
  const seen = new Set<string>();
  for (const { name } of headers) {
    if (!atMostOnce.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
};

const collect = (fields: readonly string[], bodyStart: number): HeaderSection | Malformed => {
  const headers: Header[] = [];
  for (const field of fields) {
    const header = splitField(field);
    if ('kind' in header) return header;
    headers.push(header);
  }
  const duplicate = duplicateOf(headers);
  return duplicate === null ? { headers, bodyStart } : malformed(`header ${duplicate} occurs twice`);
};

// What is wrong with a line of a header section, seen after those before it.
const faultOf = (line: Line, ending: Line['ending'] | null, isFirst: boolean): string | null => {
  if (ending !== null && line.ending !== 'none' && line.ending !== ending) return 'mixed line endings in the headers';
  if (hasControl(line.text)) return 'control character in the headers';
  const isContinued = startsBlank(line.text);
  if (isContinued && isFirst) return 'headers begin with a continuation';
  // Some readers end the headers at a line of blanks, others fold it: RFC 5322 §3.2.2 forbids writing one.
  return isContinued && isBlank(line.text) ? 'blank continuation line in the headers' : null;
};

/**
 * Reads the header section at the start of `bytes` within the limits. Refuses whatever two readers could read
 * differently: control characters, bare CR, mixed line endings, blank continuations, doubled fields.
 */
export const readHeaders = (bytes: Uint8Array): HeaderSection | Malformed => {
  const fields: string[] = [];
  let ending: Line['ending'] | null = null;
  let position = 0;
  while (position < bytes.length) {
    if (position > mimeLimits.headerSectionMaxBytes) return malformed('header section too large');
    const line = readLine(bytes, position);
    if ('kind' in line) return line;
    const fault = faultOf(line, ending, fields.length === 0);
    if (fault !== null) return malformed(fault);
    ending = line.ending;
    position = line.next;
    if (line.text.length === 0) return collect(fields, position);
    const text = utf8.decode(line.text);
    if (startsBlank(line.text)) fields.push((fields.pop() ?? '') + text);
    else fields.push(text);
    if (fields.length > mimeLimits.headersMax) return malformed('too many headers');
  }
  return collect(fields, bytes.length);
};

/** The value of a header that may occur once; null when absent. The first one, should a repeatable field be asked for. */
export const headerOf = (headers: readonly Header[], name: string): string | null =>
  headers.find((header) => header.name === name)?.value ?? null;
