import type PDFDocument from 'pdfkit';

/** One piece of a report, in reading order. The titles of a table stand above it on every page. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'table'; readonly columns: readonly { readonly title: string; readonly share: number }[]; readonly rows: readonly (readonly string[])[] };

/** A report to be read by people. */
export interface PdfReport {
  readonly title: string;
  readonly language: 'nl' | 'en';
  readonly at: Date;
  readonly blocks: readonly Block[];
}

declare global {
  // What pdfkit can do and its types do not say yet: which element a table becomes a child of.
  namespace PDFKit.Mixins {
    interface TableOptions {
      structParent?: PDFStructureElement;
    }
  }
}

type Document = InstanceType<typeof PDFDocument>;
type Structure = ReturnType<Document['struct']>;

const margin = 50;
const sizes = { title: 18, heading: 13, text: 10, table: 8, foot: 8 } as const;
const languages = { nl: 'nl-NL', en: 'en-GB' } as const;

/**
 * The report as tagged PDF 1.7: title, headings, paragraphs and tables with header cells are marked as such, so that a screen reader reads them in order
 * (ISO 14289-1). Its fonts are the standard ones every reader brings along, which is what keeps it from full conformance.
 */
export const pdfOf = async (report: PdfReport): Promise<Uint8Array> => {
  // Fonts and compression of every kind come along with it, and few processes ever make a report.
  const { default: Pdf } = await import('pdfkit');
  return new Promise((resolve, reject) => {
    const document = new Pdf({
      size: 'A4', layout: 'landscape', margin, pdfVersion: '1.7', tagged: true, lang: languages[report.language], displayTitle: true, bufferPages: true,
      info: { Title: printable(report.title), CreationDate: report.at, ModDate: report.at, Producer: 'Ketensluis', Creator: 'Ketensluis' },
    });
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => void chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
    const root = document.struct('Document');
    document.addStructure(root);
    write(document, root, { tag: 'H1', font: 'Helvetica-Bold', size: sizes.title, text: report.title });
    for (const block of report.blocks) place(document, root, block);
    root.end();
    number(document);
    document.end();
  });
};

const place = (document: Document, root: Structure, block: Block): void => {
  switch (block.kind) {
    case 'heading':
      return write(document, root, { tag: 'H2', font: 'Helvetica-Bold', size: sizes.heading, text: block.text });
    case 'paragraph':
      return write(document, root, { tag: 'P', font: 'Helvetica', size: sizes.text, text: block.text });
    case 'table':
      return tabulate(document, root, block);
  }
};

const write = (document: Document, root: Structure, { tag, font, size, text }: { readonly tag: string; readonly font: string; readonly size: number; readonly text: string }): void => {
  const isHeading = tag !== 'P';
  // A heading alone at the foot of a page says nothing.
  if (isHeading && document.y > document.page.height - 2.5 * margin) document.addPage();
  root.add(document.struct(tag, {}, () => {
    document.font(font).fontSize(size).text(printable(text), margin, document.y, { width: document.page.width - 2 * margin });
  }));
  document.moveDown(isHeading ? 0.4 : 0.7);
};

type Table = Extract<Block, { kind: 'table' }>;

const padding = 3;

/** One table a page, each with the header: on a page without it nobody can tell what a column says. */
const tabulate = (document: Document, root: Structure, { columns, rows }: Table): void => {
  const width = document.page.width - 2 * margin;
  const whole = columns.reduce((sum, { share }) => sum + share, 0);
  const widths = columns.map(({ share }) => Math.floor((width * share) / whole));
  const header = columns.map(({ title }) => printable(title));
  const texts = rows.map((row) => row.map(printable));
  document.font('Helvetica').fontSize(sizes.table);
  for (let next = 0; next === 0 || next < texts.length;) {
    const fits = fitting(document, { widths, header, rows: texts.slice(next, next + rowsPerPageMax) });
    // Not even one row under its header: the next page has room.
    if (fits === 0 && document.y > margin) {
      document.addPage();
      continue;
    }
    // One that is taller than a page is broken by pdfkit.
    const part = texts.slice(next, next + Math.max(1, fits));
    document.x = margin;
    document.table({
      structParent: root,
      columnStyles: widths,
      rowStyles: (row: number) => ({ border: [0, 0, 0.5, 0], borderColor: '#888888', padding, ...(row === 0 ? { backgroundColor: '#eeeeee' } : {}) }),
      data: [header.map((text) => ({ text, type: 'TH' as const, scope: 'Column' as const, textOptions: {} })), ...part.map((row) => row.map((text) => ({ text })))],
    });
    next += Math.max(1, part.length);
    if (next < texts.length) document.addPage();
  }
  document.x = margin;
  document.moveDown(1);
};

/** More lines of this size no page holds. */
const rowsPerPageMax = 100;

/** How many of these rows fit on what is left of the page, under a header; all of none when there are none. */
const fitting = (document: Document, { widths, header, rows }: { readonly widths: readonly number[]; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }): number => {
  const heightOf = (row: readonly string[]): number =>
    Math.max(...row.map((text, place) => document.heightOfString(text === '' ? ' ' : text, { width: (widths[place] ?? 0) - 2 * padding }))) + 2 * padding + 1;
  let left = document.page.height - margin - document.y - heightOf(header);
  if (rows.length === 0) return left < 0 ? 0 : 1;
  let count = 0;
  for (const row of rows) {
    left -= heightOf(row);
    if (left < 0) break;
    count += 1;
  }
  return count;
};

/** Page numbers are no content: a screen reader skips them. */
const number = (document: Document): void => {
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page);
    const { bottom } = document.page.margins;
    document.page.margins.bottom = 0;
    document.markContent('Artifact', { type: 'Pagination' });
    document.font('Helvetica').fontSize(sizes.foot).text(`${page + 1} / ${count}`, margin, document.page.height - margin / 1.5, { align: 'right', lineBreak: false, width: document.page.width - 2 * margin });
    document.endMarkedContent();
    document.page.margins.bottom = bottom;
  }
};

const windowsOnly = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** The standard fonts know Western letters only: an accent they lack is left out, any other letter becomes a question mark. */
const printable = (text: string): string =>
  [...text.normalize('NFC')].map((char) => (isWestern(char) ? char : ([...char.normalize('NFKD')].find(isWestern) ?? '?'))).join('');

const isWestern = (char: string): boolean => /[\n\x20-\x7e\xa0-\xff]/.test(char) || windowsOnly.includes(char);
