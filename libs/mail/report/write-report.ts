import { boundaryOf, writeField, writeHeaders, type Field } from '../mime/build.js';
import { formatDate } from '../mime/date.js';

/** One mail that reports on another (RFC 6522). `text` is what a person reads; it and all fields are ASCII. */
export interface ReportInput {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly date: Date;
  readonly text: string;
  readonly type: 'delivery-status' | 'disposition-notification';
  /** Groups of fields, as the type has them. */
  readonly groups: readonly (readonly Field[])[];
  /** Headers of the mail it is about, where they are returned. */
  readonly returned: Uint8Array | null;
}

/** The mail as bytes. Throws RangeError when a value could begin another field. */
export const writeReport = (input: ReportInput): Uint8Array => {
  const boundary = boundaryOf(`report ${input.messageId}`);
  const head = writeHeaders([
    ['From', input.from], ['To', input.to], ['Subject', input.subject], ['Date', formatDate(input.date)], ['Message-ID', input.messageId],
    // RFC 3834 §2: what a machine sends by itself is marked, so that no machine answers it.
    ['Auto-Submitted', 'auto-replied'], ['MIME-Version', '1.0'],
    ['Content-Type', `multipart/report; report-type=${input.type}; boundary="${boundary}"`],
  ]);
  const parts: readonly (readonly [string, Uint8Array | string])[] = [
    ['text/plain; charset=us-ascii', `${input.text.replace(/\r?\n/g, '\r\n')}\r\n`],
    [`message/${input.type}`, input.groups.map((fields) => fields.map(writeField).join('')).join('\r\n')],
    ...(input.returned === null ? [] : [['text/rfc822-headers', input.returned] as const]),
  ];
  const written = parts.flatMap(([type, content]) => [Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
  return Buffer.concat([head, ...written, Buffer.from(`--${boundary}--\r\n`)]);
};

/** The header section of a mail, with the empty line behind it, as a status notification returns it. */
export const headersOf = (raw: Uint8Array): Uint8Array => {
  const end = Buffer.from(raw.buffer, raw.byteOffset, raw.length).indexOf('\r\n\r\n');
  return end < 0 ? raw : raw.subarray(0, end + 2);
};
