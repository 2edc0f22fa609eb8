import { parseLawPack, registersOf, type LawPack, type PositionedValue } from '@ketensluis/domain';
import type { Clock, MarkedRegisters, RegisterReader } from '@ketensluis/flow';
import { currentRegister, markReader, openTask, RegisterNotAsLogged, type MarkReader, type Queryable } from '@ketensluis/store';
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

/** As the flows need it. A claim that names the mark takes nothing once another one holds, and so needs no look of its own. */
export interface MarkedReader extends RegisterReader {
  /** What was read last, whatever holds by now; reads when nothing was. */
  readonly last: () => Promise<MarkedRegisters>;
}

/** True once a hub was started on this database, or it was prepared: the law comes in then, and no register is read without. */
export const hasLaw = async (client: Queryable): Promise<boolean> => (await currentRegister(client)).some(({ kind }) => kind === 'law');

/**
 * Reads the registers, and reads them again only when a version was added; decisions always see what is current. Rejects, and opens a task, while a
 * register is not what the log says: then nothing is decided and nothing leaves.
 */
export const registerReader = (client: Queryable, clock: Clock, marks: MarkReader = markReader(client)): MarkedReader => {
  let cached: MarkedRegisters | null = null;
  const current = async (seen?: string): Promise<MarkedRegisters> => {
    if (cached !== null && cached.mark === seen) return cached;
    const { registers: mark } = await marks.look();
    if (cached?.mark === mark) return cached;
    // What was read before is of no use any more, also when what holds now cannot be read.
    cached = null;
    const rows = await currentRegister(client).catch((fault: unknown) => told(client, fault, clock.now()));
    const law = rows.find(({ kind }) => kind === 'law');
    if (law === undefined) throw new Error('no law pack is loaded yet');
    cached = {
      mark,
      registers: registersOf(rows.filter(({ kind }) => kind !== 'law')),
      pack: readLawPack(lawBody.parse(law.body).text),
    };
    return cached;
  };
  return { current, last: async () => cached ?? current() };
};

const told = async (client: Queryable, fault: unknown, at: Date): Promise<never> => {
  if (fault instanceof RegisterNotAsLogged) await openTask(client, { kind: 'log', ref: fault.document, party: null, cause: fault.message }, at);
  throw fault;
};
