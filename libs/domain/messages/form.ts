import type { Label } from './label.js';

/** How one kind of short text must look: the pattern is written in the subset that JavaScript, JSON Schema and XSD 1.0 read alike. */
export interface TextForm {
  readonly pattern: string;
  readonly maxLength: number;
  readonly remedy: Label;
}

const form = (pattern: string, maxLength: number, nl: string, en: string): TextForm => ({ pattern, maxLength, remedy: { nl, en } });

/** Forms a text field can name. Patterns hold for the whole value and contain no anchors. */
export const textForms = {
  postcode: form('[1-9][0-9]{3} ?[A-Z]{2}', 7, 'Geef vier cijfers en twee hoofdletters, bijvoorbeeld 9901 AB.', 'Give four digits and two capitals, such as 9901 AB.'),
  telefoon: form('[+0-9][0-9 ()\\-]{5,19}', 20, 'Geef een telefoonnummer: cijfers, spaties, +, - en haakjes.', 'Give a telephone number: digits, spaces, +, - and brackets.'),
  email: form('[A-Za-z0-9._%+\\-]{1,64}@[A-Za-z0-9.\\-]{1,180}\\.[A-Za-z]{2,20}', 254, 'Geef een e-mailadres, bijvoorbeeld naam@voorbeeld.nl.', 'Give an e-mail address, such as name@example.nl.'),
  oin: form('[0-9]{20}', 20, 'Geef het OIN van 20 cijfers.', 'Give the OIN of 20 digits.'),
  uuid: form('[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 36, 'Geef een UUID in kleine letters.', 'Give a UUID in lower case.'),
  sha256: form('[0-9a-f]{64}', 64, 'Geef de SHA-256 in 64 hexadecimale kleine letters.', 'Give the SHA-256 as 64 lower-case hexadecimal digits.'),
  // ECLI: country, court code, year, number (Raad van de Europese Unie 2011/C 127/01).
  ecli: form('ECLI:[A-Z]{2}:[A-Z][A-Z0-9]{0,6}:[0-9]{4}:[A-Z0-9.]{1,25}', 48, 'Geef een ECLI, bijvoorbeeld ECLI:NL:RBTST:2026:1.', 'Give an ECLI, such as ECLI:NL:RBTST:2026:1.'),
  gemeentecode: form('[0-9]{4}', 4, 'Geef de CBS-code van vier cijfers.', 'Give the CBS code of four digits.'),
  kenmerk: form('[A-Za-z0-9./\\-]{1,40}', 40, 'Geef ten hoogste 40 letters, cijfers, punten, strepen of schuine strepen.', 'Give at most 40 letters, digits, dots, dashes or slashes.'),
  // No path, no leading dot, nothing a mail header or a file system reads otherwise.
  bestandsnaam: form('[A-Za-z0-9][A-Za-z0-9 ._()\\-]{0,119}', 120, 'Geef een bestandsnaam van letters, cijfers, spaties, punten, strepen en haakjes.', 'Give a file name of letters, digits, spaces, dots, dashes and brackets.'),
  mediatype: form('[a-z0-9][a-z0-9.+\\-]{0,60}/[a-z0-9][a-z0-9.+\\-]{0,60}', 122, 'Geef een mediatype in kleine letters, bijvoorbeeld application/pdf.', 'Give a media type in lower case, such as application/pdf.'),
  pad: form('[a-z0-9_]{1,60}(\\[[0-9]{1,4}\\])?(\\.[a-z0-9_]{1,60}(\\[[0-9]{1,4}\\])?){0,9}', 200, 'Geef het pad van een veld.', 'Give the path of a field.'),
} as const satisfies Readonly<Record<string, TextForm>>;

/** Name of a text form. */
export type TextFormName = keyof typeof textForms;
