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

/** One column of rows that are written together. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly values: readonly unknown[];
}

/** Rows as a table of this name in a `from`, column by column; `select` says how each column is read there. */
export interface RowsPart extends Part {
  readonly select: readonly string[];
}

/**
 * Rows to be read in a statement. Bytes go as one value with the place of each in it: in an array they would go over the line in hexadecimal, twice as
 * long, and be made and read digit by digit.
 */
export const rowsPart = (name: string, columns: readonly Column[]): RowsPart => {
  const values: unknown[] = [];
  const [arrays, names, select]: [string[], string[], string[]] = [[], [], []];
  const add = (column: string, type: string, given: readonly unknown[]): void => {
    values.push(given);
    arrays.push(`$${values.length}::${type}[]`);
    names.push(column);
  };
  for (const column of columns) {
    if (column.type === 'bytea') {
      const { bytes, starts, sizes } = packed(column.values);
      values.push(bytes);
      select.push(`substr($${values.length}::bytea, ${column.name}_at, ${column.name}_size)`);
      add(`${column.name}_at`, 'integer', starts);
      add(`${column.name}_size`, 'integer', sizes);
    } else {
      add(column.name, column.type, column.values);
      select.push(`${name}.${column.name}`);
    }
  }
  return { sql: `unnest(${arrays.join(', ')}) as ${name} (${names.join(', ')})`, values, select };
};

const packed = (values: readonly unknown[]): { readonly bytes: Buffer; readonly starts: readonly (number | null)[]; readonly sizes: readonly (number | null)[] } => {
  const pieces: Uint8Array[] = [];
  let end = 0;
  const places = values.map((value) => {
    if (!(value instanceof Uint8Array)) return null;
    const start = end + 1;
    pieces.push(value);
    end += value.length;
    return { start, size: value.length };
  });
  return { bytes: Buffer.concat(pieces), starts: places.map((place) => place?.start ?? null), sizes: places.map((place) => place?.size ?? null) };
};

/** Inserts rows, column by column. */
export const insertRows = (table: string, columns: readonly Column[]): Part => {
  const { sql, values, select } = rowsPart('planned', columns);
  return { sql: `insert into ${table} (${columns.map(({ name }) => name).join(', ')}) select ${select.join(', ')} from ${sql}`, values };
};
