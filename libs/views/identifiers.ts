import { createHash } from 'node:crypto';
import { traceOf } from '@ketensluis/domain';
import type { Leaf } from '@ketensluis/tlog';

/** W3C trace id of an entry, 32 hexadecimal digits; entries from before there were traces get that of their message, else one of their own. */
export const traceOfEntry = ({ trace, msg, id }: Leaf): string => trace ?? traceOf(msg ?? id);

const digest = (...words: readonly (string | number)[]): Buffer => createHash('sha256').update(['ketensluis/view/v1', ...words].join('\0'), 'utf8').digest();

/** Span id, 16 hexadecimal digits: the same at every export, so that a receiver drops what it has (Authorization Decision Log, Ingestion). */
export const spanOf = (entryId: string, part: string | number = 'entry'): string => digest('span', entryId, part).subarray(0, 8).toString('hex');

/** A UUID (version 8, RFC 9562 §5.8) for a part of an entry; the same at every export. */
export const uuidOf = (entryId: string, part: string | number): string => {
  const bytes = digest('uuid', entryId, part).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return dashed(bytes.toString('hex'));
};

/** A trace id written as UUID, for standards that know no other identifiers. */
export const traceAsUuid = (trace: string): string => dashed(trace);

const dashed = (hex: string): string => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
