import { parseLawPack, registersOf, type LawPack, type PositionedValue } from '@ketensluis/domain';
import type { RegisterReader } from '@ketensluis/flow';
import { currentRegister, registerMark, type Queryable } from '@ketensluis/store';
import { createHash } from 'node:crypto';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

const lawBody = z.object({ text: z.string() });

/** A YAML text with the line of every value in it; throws when it is no YAML. */
export const positioned = (text: string): PositionedValue => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`not YAML: ${error.message}`);
  return {
    value: document.toJS(),
    lineOf: (path) => {
      const node: unknown = document.getIn(path, true);
      const start = isNode(node) ? node.range?.[0] : undefined;
      return start === undefined ? null : lines.linePos(start).line;
    },
  };
};

/** The law pack in this text; throws with every problem and its line when it must not be used. */
export const readLawPack = (text: string): LawPack => {
  const pack = parseLawPack(positioned(text), createHash('sha256').update(text).digest('hex'));
  if (!('kind' in pack)) return pack;
  const problems = pack.problems.map(({ line, path, problem }) => `  line ${line ?? '?'} (${path}): ${problem}`);
  throw new Error(`the law pack is refused:\n${problems.join('\n')}`);
};

/** Reads the registers, and reads them again only when a version was added; decisions always see what is current. */
export const registerReader = (client: Queryable): RegisterReader => {
  let cached: { readonly mark: string; readonly value: Awaited<ReturnType<RegisterReader['current']>> } | null = null;
  return {
    current: async () => {
      const mark = await registerMark(client);
      if (cached?.mark === mark) return cached.value;
      const rows = await currentRegister(client);
      const law = rows.find(({ kind }) => kind === 'law');
      if (law === undefined) throw new Error('no law pack is loaded yet');
      const value = {
        registers: registersOf(rows.filter(({ kind }) => kind !== 'law')),
        pack: readLawPack(lawBody.parse(law.body).text),
      };
      cached = { mark, value };
      return value;
    },
  };
};
