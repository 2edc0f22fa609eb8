import type { Queryable } from './pool.js';
import { prepared } from './statement.js';

/** Which versions of registers and webhooks hold. Where a mark is as it was, so is everything that was read under it. */
export interface CurrentMark {
  readonly registers: string;
  readonly webhooks: string;
}

/** Tells what holds. */
export interface MarkReader {
  /** By a look that begins after the call; all calls of one turn of the event loop share one. */
  readonly look: () => Promise<CurrentMark>;
}

const markSql = 'select registers, webhooks from current_mark';

/** Looks at once, for whoever looks rarely. */
export const loadMark = async (client: Queryable): Promise<CurrentMark> => {
  const { rows } = await client.query<CurrentMark>(prepared(markSql, []));
  const [row] = rows;
  if (row === undefined) throw new Error('bug: current_mark has no row');
  return row;
};

/** Registers, keys and switches of one piece of work are asked for together, and so cost one statement. */
export const markReader = (client: Queryable): MarkReader => {
  let next: Promise<CurrentMark> | null = null;
  return {
    look: () => {
      next ??= new Promise((resolve) => {
        setImmediate(() => {
          next = null;
          resolve(loadMark(client));
        });
      });
      return next;
    },
  };
};
