import { isBsn, isDay, type PersonAsked } from '@ketensluis/domain';
import { createInterface } from 'node:readline/promises';
import { PlainFault, terminal } from '../terminal.js';

const linesMax = 10;

/**
 * Asks whom a question is about, one name a line: a BSN, or name and day of birth with a comma between. Read from the terminal or from standard input, so
 * that it stands in no list of processes and no history of commands (I13).
 */
export const readPersons = async (input: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin): Promise<readonly PersonAsked[]> => {
  const lines: string[] = [];
  if (input.isTTY === true) terminal.err('About whom? A BSN, or "Name, YYYY-MM-DD"; more lines for the same person, an empty line ends.\n');
  const reader = createInterface({ input });
  try {
    for await (const line of reader) {
      if (line.trim() === '') break;
      lines.push(line);
      if (lines.length > linesMax) throw new PlainFault(`At most ${linesMax} lines, all about one person.`, 2);
    }
  } finally {
    reader.close();
  }
  if (lines.length === 0) throw new PlainFault('Nobody was named.', 2);
  return lines.map(parsePerson);
};

/** One line as a person; a refusal does not repeat the line. */
export const parsePerson = (line: string): PersonAsked => {
  const text = line.trim();
  if (/^\d+$/.test(text)) {
    if (isBsn(text)) return { kind: 'bsn', bsn: text };
    throw new PlainFault('This is no BSN: nine digits that pass the check.', 2);
  }
  const [, name, birthDate] = /^(.{1,200}?)\s*,\s*(\d{4}-\d\d-\d\d)$/u.exec(text) ?? [];
  if (name === undefined || birthDate === undefined || !isDay(birthDate)) throw new PlainFault('Write a BSN, or name and day of birth as in: Eva Proef, 1987-02-03', 2);
  return { kind: 'name', name, birthDate };
};
