import { randomBytes } from 'node:crypto';

/** A UUIDv7 (RFC 9562 §5.7): its first 48 bits are the milliseconds of `at`, the rest is random. */
export const uuidV7 = (at: Date): string => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** The moment in a UUIDv7, which is that of the row it names. */
export const timeOf = (id: string): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

/** A text that no id made at `at` or later comes before: ids begin with their moment, so an index on them finds a period. */
export const firstIdOf = (at: Date): string =>
  at.getTime().toString(16).padStart(12, '0').replace(/^(.{8})(.{4})$/, '$1-$2-0000-0000-000000000000');

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for the text of a UUID: PostgreSQL faults on any other. */
export const isUuid = (text: string): boolean => uuidForm.test(text);
