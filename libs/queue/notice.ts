import type { WorkNotice } from '@ketensluis/flow';
import { z } from 'zod';

/** Version of the form below. Whoever changes it lets a release read both forms before one writes the new. */
const noticeForm = 1;

/** A notice is a few identifiers; anything longer is not one. */
export const noticeMaxBytes = 512;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const schema = z.discriminatedUnion('kind', [
  z.strictObject({ v: z.literal(noticeForm), kind: z.literal('disclose'), id: z.string().regex(/^[1-9]\d{0,17}$/), lane: z.string().regex(uuid) }),
  z.strictObject({ v: z.literal(noticeForm), kind: z.literal('deliver'), id: z.string().regex(uuid), lane: z.string().regex(/^\d{20}$/) }),
]);

/** What a message of the broker says, or why it says nothing to us. */
export type ReadNotice = { readonly kind: 'read'; readonly notice: WorkNotice } | { readonly kind: 'refused'; readonly code: 'unreadable' | 'unknown-version' };

/** A notice as bytes; `readNotice` reads them back. */
export const writeNotice = ({ kind, id, lane }: WorkNotice): Buffer => Buffer.from(JSON.stringify({ v: noticeForm, kind, id, lane }));

/** Reads any bytes; never throws. A later form is told apart from what is no notice at all. */
export const readNotice = (bytes: Uint8Array): ReadNotice => {
  if (bytes.length > noticeMaxBytes) return { kind: 'refused', code: 'unreadable' };
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { kind: 'refused', code: 'unreadable' };
  }
  const read = schema.safeParse(found);
  if (read.success) return { kind: 'read', notice: { kind: read.data.kind, id: read.data.id, lane: read.data.lane } };
  const version = z.object({ v: z.int().positive() }).safeParse(found);
  return { kind: 'refused', code: version.success && version.data.v !== noticeForm ? 'unknown-version' : 'unreadable' };
};
