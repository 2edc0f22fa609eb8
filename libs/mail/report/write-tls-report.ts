import { encodeBase64 } from '../mime/base64.js';
import { boundaryOf, writeHeaders } from '../mime/build.js';
import { formatDate } from '../mime/date.js';

/** A report on TLS as a mail. Everything in it is ASCII and about domains and servers, never about a person. */
export interface TlsReportMail {
  readonly from: string;
  readonly to: string;
  readonly date: Date;
  /** The domain that is told, and the domain that tells. */
  readonly domain: string;
  readonly submitter: string;
  /** The id that stands in the report, without brackets; it is the Message-ID too, so that a repeat is known. */
  readonly id: string;
  readonly fileName: string;
  readonly gzip: Uint8Array;
}

/** The mail of RFC 8460 §5.3, not yet signed. Throws RangeError when a value could begin another field. */
export const writeTlsReport = ({ from, to, date, domain, submitter, id, fileName, gzip }: TlsReportMail): Uint8Array => {
  if (!/^[A-Za-z0-9._!-]+$/.test(fileName)) throw new RangeError('the name of a report is made of domains and numbers');
  const boundary = boundaryOf(`tlsrpt ${id}`);
  const head = writeHeaders([
    ['From', from], ['To', to], ['Date', formatDate(date)], ['Message-ID', `<${id}>`],
    ['Subject', `Report Domain: ${domain} Submitter: ${submitter} Report-ID: <${id}>`],
    ['TLS-Report-Domain', domain], ['TLS-Report-Submitter', submitter],
    // RFC 3834 §5: sent by a machine, and in answer to nothing.
    ['Auto-Submitted', 'auto-generated'], ['MIME-Version', '1.0'],
    ['Content-Type', `multipart/report; report-type="tlsrpt"; boundary="${boundary}"`],
  ]);
  const file = writeHeaders([
    // The name as the RFC shows it, in one piece: readers of reports look for it, and few know RFC 2231.
    ['Content-Type', 'application/tlsrpt+gzip'], ['Content-Transfer-Encoding', 'base64'], ['Content-Disposition', `attachment; filename="${fileName}"`],
  ]);
  const text = `This is an aggregate report on TLS for ${domain}\r\nfrom ${submitter} (RFC 8460).\r\n`;
  return Buffer.concat([
    head, Buffer.from(`--${boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n${text}\r\n--${boundary}\r\n`), file, encodeBase64(gzip), Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
};
