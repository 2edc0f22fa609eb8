import type { Matrix } from '@ketensluis/flow';
import { csvOf } from './csv.js';

/** Who shares what, one row for each cell; figures that may point to a person are marked, for they are not for outside (law.md 7.4). */
export const matrixCsv = ({ cells, names }: Matrix): Uint8Array =>
  csvOf(
    ['afzender', 'afzender_oin', 'ontvanger', 'ontvanger_oin', 'categorie', 'aantal', 'niet_naar_buiten', 'vraag'],
    cells.map(({ sender, recipient, category, count, isSmall, ask }) => [
      names[sender] ?? sender, sender, names[recipient] ?? recipient, recipient, category ?? '', count, isSmall ? 'ja' : '', ask,
    ]),
  );

/** Who shares what as lines for a terminal: each sender with those it gave to. */
export const matrixText = ({ cells, names }: Matrix): string => {
  const senders = [...new Set(cells.map(({ sender }) => sender))];
  return senders.map((sender) => [
    `${names[sender] ?? sender}\n`,
    ...cells.filter((cell) => cell.sender === sender).map(({ recipient, category, count, isSmall, ask }) =>
      `  ${String(count).padStart(6)}${isSmall ? '*' : ' '} ${names[recipient] ?? recipient}${category === null ? '' : `, ${category}`}\n           ${ask}\n`),
  ].join('')).join('\n');
};
