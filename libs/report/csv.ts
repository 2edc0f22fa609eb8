const separator = ';';

/**
 * A table as CSV that a spreadsheet of a Dutch office opens as it is: UTF-8 with a byte order mark, `;` between, CRLF after each row (RFC 4180). A text that
 * a spreadsheet would take for a formula gets an apostrophe before it, and one more where it had one: taking one away gives the text back.
 */
export const csvOf = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): Uint8Array =>
  Buffer.from(`\uFEFF${[columns, ...rows].map((row) => `${row.map(cellOf).join(separator)}\r\n`).join('')}`, 'utf8');

const cellOf = (value: string | number): string => {
  if (typeof value === 'number') return String(value);
  const harmless = /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /["\r\n;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
