import { opensLeaf, parseLeaf, parseOpening } from '@ketensluis/tlog';
import type { Leaf, OpeningFile } from '@ketensluis/tlog';
import { readArguments, usage } from './command.js';
import type { CommandIo, LogExit } from './command.js';
import { readIfPresent } from './files.js';

/** How `log open` is called. */
const openUsage =
  'usage: ketensluis log open LEAF OPENING [DOCUMENT] [--json]\n' +
  '  LEAF      the entry, byte for byte\n' +
  '  OPENING   the .opening.json that came with it\n' +
  '  DOCUMENT  what was committed to, byte for byte; not needed when the opening holds the text itself';

/**
 * Checks that an entry commits to a document, or to the text in an opening. 0 when it does, 1 when not, 3 when called wrongly. Where the entry stands in the
 * log is another question: `log proof`.
 */
export const logOpen = async (args: readonly string[], io: CommandIo): Promise<LogExit> => {
  const given = readArguments(args, { values: [], flags: ['json'] });
  const [leafFile, openingFile, documentFile, ...rest] = given?.positionals ?? [];
  if (given === null || leafFile === undefined || openingFile === undefined || rest.length > 0) return usage(io, openUsage);
  for (const file of [leafFile, openingFile, ...(documentFile === undefined ? [] : [documentFile])]) {
    if (readIfPresent(file) === null) return usage(io, `${file}: no such file`);
  }
  const [leaf, opening] = [parseLeaf(readIfPresent(leafFile) ?? new Uint8Array()), parseOpening(readIfPresent(openingFile) ?? new Uint8Array())];
  if (leaf.kind === 'leaf' && opening !== null && (opening.text === null) === (documentFile === undefined)) {
    return usage(io, opening.text === null ? `this opening is of a document: name it\n${openUsage}` : `this opening holds its text: name no document\n${openUsage}`);
  }
  const told = leaf.kind === 'refused' ? notOpen('leaf', `the entry is no leaf: ${leaf.problem}`)
    : opening === null ? notOpen('opening', `${openingFile} is no opening`)
    : judge(leaf.leaf, opening, documentFile === undefined ? null : readIfPresent(documentFile));
  if (given.isSet('json')) io.out(`${JSON.stringify(told)}\n`);
  else io.out(told.verdict === 'refused' ? `NOT OPENED: ${told.detail}\n` : `opened: ${told.label} of the ${told.kind} of ${told.at}${told.to === null ? '' : ` to ${told.to}`}${told.text === null ? '' : `: ${told.text}`}\n`);
  return told.verdict === 'opened' ? 0 : 1;
};

const notOpen = (code: string, detail: string) => ({ verdict: 'refused', code, detail }) as const;

const judge = (leaf: Leaf, opening: OpeningFile, document: Uint8Array | null) => {
  const bytes = opening.text === null ? document : Buffer.from(opening.text, 'utf8');
  if (bytes === null || !opensLeaf(opening, bytes, leaf.c)) return notOpen('other', `the entry does not commit to this ${opening.label}`);
  const { label, text } = opening;
  return { verdict: 'opened', label, text, id: leaf.id, kind: leaf.kind, at: leaf.at, to: leaf.to ?? null, msg: leaf.msg ?? null } as const;
};
