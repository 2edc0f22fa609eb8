import { createHash } from 'node:crypto';
import { ringText, type Ring } from './bell.js';

/** A statement that each session parses and plans once (PostgreSQL `prepare`); the name is that of its text. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** One writing statement to be joined with others; `$1` and so on count within the part. */
export interface Part {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const names = new Map<string, string>();

/** For what runs for every message: parsing and planning cost more than most of these statements do. */
export const prepared = (text: string, values: readonly unknown[]): PreparedStatement => {
  const name = names.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 20);
  names.set(text, name);
  return { name, text, values: [...values] };
};

/**
 * Joins parts to one statement, which is one turn to the database and by itself a whole transaction: all parts hold or none. Every part sees the
 * database as it was before, so none may build on a row another one writes; foreign keys are checked when all are done. Rings when it commits.
 */
export const oneStatement = (parts: readonly Part[], rings: readonly Ring[] = []): PreparedStatement => {
  const values: unknown[] = [];
  const texts = parts.map(({ sql, values: own }, place) => {
    const offset = values.length;
    values.push(...own);
    return `part_${place} as (${sql.replace(/\$(\d+)/g, (_all, number: string) => `$${Number(number) + offset}`)})`;
  });
  const heard = [...new Set(rings)].map(ringText);
  return prepared(`with ${texts.join(',\n')}\nselect ${heard.join(', ')}`, values);
};
