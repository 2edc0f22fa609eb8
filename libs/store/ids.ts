import { randomUUID } from 'node:crypto';

/** A UUIDv7 (RFC 9562 §5.7): its first 48 bits are the milliseconds of `at`, the rest is random. */
export const uuidV7 = (at: Date): string => {
  const moment = at.getTime().toString(16).padStart(12, '0');
  // What comes after the version of a random UUID, its variant with it. Node.js draws those many at a time, which one by one is most of what an id costs.
  return `${moment.slice(0, 8)}-${moment.slice(8)}-7${randomUUID().slice(15)}`;
};

/** The moment in a UUIDv7, which is that of the row it names. */
export const timeOf = (id: string): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

/** A text that no id made at `at` or later comes before: ids begin with their moment, so an index on them finds a period. */
export const firstIdOf = (at: Date): string =>
  at.getTime().toString(16).padStart(12, '0').replace(/^(.{8})(.{4})$/, '$1-$2-0000-0000-000000000000');

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for the text of a UUID: PostgreSQL faults on any other. */
export const isUuid = (text: string): boolean => uuidForm.test(text);
